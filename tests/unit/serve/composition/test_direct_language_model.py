"""``/v1`` calls a remote language model from the ingress itself; any other engine stays behind its tier."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from deployments.llm.config import LlmConfig, RemoteConfig
from interview.errors import EngineUnavailable
from serve.composition.direct_language_model import DirectLanguageModel
from tests.support import openai_server
from tests.support.fake_language_model import FakeLanguageModel

ASK: dict[str, Any] = {"messages": [{"role": "user", "content": "Why?"}]}


def remote(base_url: str) -> LlmConfig:
    return LlmConfig(engine="remote", model="m", remote=RemoteConfig(base_url=base_url, attempts=1))


async def test_a_remote_model_answers_whole_and_in_pieces_without_a_tier() -> None:
    fake = FakeLanguageModel(["whole", "in pieces"], config=LlmConfig(engine="fake", served_name="m"))
    async with openai_server.serving(fake) as base_url:
        direct = DirectLanguageModel(remote(base_url))
        assert direct.model is not None
        async with direct.running():
            whole = await direct.model.chat(ASK)
            async with aclosing(direct.model.stream(ASK)) as chunks:
                pieces = [choice["delta"].get("content") or "" async for chunk in chunks for choice in chunk["choices"]]
            info = await direct.model.info()
    assert whole["choices"][0]["message"]["content"] == "whole"
    assert "".join(pieces) == "in pieces"
    assert (info.engine, info.models, info.notice) == ("remote", ("m",), None)


async def test_a_server_that_is_down_keeps_no_ingress_from_starting() -> None:
    async with openai_server.serving(FakeLanguageModel()) as base_url:
        pass
    direct = DirectLanguageModel(remote(base_url))
    assert direct.model is not None
    async with direct.running():
        assert "did not answer" in str((await direct.model.info()).notice)
        with pytest.raises(EngineUnavailable):
            await direct.model.chat(ASK)


async def test_connections_are_kept_between_requests_and_closed_at_the_end() -> None:
    """A new connection for each request would cost a round trip and, with TLS, a handshake."""
    opened = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        body = b'{"choices": [{"message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}], "data": []}'
        while head := await _request(reader):
            assert b"HTTP/1.1" in head
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        direct = DirectLanguageModel(remote(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"))
        assert direct.model is not None
        async with direct.running():
            for _ in range(5):
                await direct.model.chat(ASK)
    assert opened == 1


async def _request(reader: asyncio.StreamReader) -> bytes:
    """One request's head, with its body read; empty when the client closed the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
    return head


@pytest.mark.parametrize("engine", ["none", "fake", "transformers"])
def test_other_engines_stay_behind_the_tier(engine: Any) -> None:
    assert DirectLanguageModel(LlmConfig(engine=engine)).model is None
