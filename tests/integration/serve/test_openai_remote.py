"""``/v1/chat/completions`` of a running platform whose language model is a remote server."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import openai
import pytest

from deployments.llm.config import LlmConfig
from serve.local.local_platform import free_port
from tests.integration.conftest import key_in, profile_with, run_up
from tests.support import openai_server
from tests.support.fake_language_model import FakeLanguageModel

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


async def test_the_sdk_talks_to_the_remote_model_through_the_ingress(tmp_path: Path) -> None:
    fake = FakeLanguageModel(config=LlmConfig(engine="fake", served_name="m"))
    async with openai_server.serving(fake) as base_url:
        port = free_port()
        llm = {"engine": "remote", "model": "m", "remote": {"base_url": base_url}}
        stt, tts = {"engine": "fake"}, {"engine": "fake"}
        profile = profile_with(tmp_path / "remote.yaml", port, llm=llm, stt=stt, tts=tts)
        run, printed = await asyncio.to_thread(run_up, profile, tmp_path / "data")
        try:
            async with openai.AsyncOpenAI(
                base_url=f"http://127.0.0.1:{port}/v1", api_key=key_in(printed), max_retries=0
            ) as client:
                fake.script("whole", "in pieces")
                asked = [{"role": "user", "content": "Why?"}]
                whole = await client.chat.completions.create(model="m", messages=asked)  # type: ignore[call-overload]
                stream = await client.chat.completions.create(model="m", messages=asked, stream=True)  # type: ignore[call-overload]
                pieces = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
                listed = [model.id async for model in client.models.list()]
        finally:
            run.send_signal(signal.SIGINT)
            await asyncio.to_thread(run.communicate, timeout=60)
    assert whole.choices[0].message.content == "whole"
    assert "".join(pieces) == "in pieces"
    assert "m" in listed
