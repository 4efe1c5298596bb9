"""The OpenAI SDK, pointed at the platform as ``interview up`` starts it."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from benchmarks.stt.clips import word_error_rate
from tests.integration.conftest import RunningPlatform

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

SENTENCE = "First we read the logs, and then we restored the old version of the service."


@pytest.fixture
def client(platform: RunningPlatform) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{platform.address}/v1", api_key=platform.api_key, max_retries=0) as made:
        yield made


def test_the_models_that_serve_are_listed_under_openais_names_too(client: openai.OpenAI) -> None:
    models = {model.id: model.model_extra or {} for model in client.models.list()}
    assert {"whisper-tiny.en", "espeak-ng", "whisper-1", "tts-1"} <= models.keys()
    assert models["whisper-1"]["root"] == "whisper-tiny.en"


@pytest.mark.parametrize("format", ["wav", "mp3", "opus"])
def test_what_is_spoken_is_understood(client: openai.OpenAI, format: str) -> None:
    spoken = client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE, response_format=format)  # type: ignore[arg-type]
    heard = client.audio.transcriptions.create(model="whisper-1", file=(f"a.{format}", spoken.content))
    # espeak-ng's voice is harder for the model than a person's.
    assert word_error_rate([SENTENCE], [heard.text]) <= 0.25, heard.text


def test_failures_are_the_sdks_own(client: openai.OpenAI, platform: RunningPlatform) -> None:
    with pytest.raises(openai.NotFoundError, match="No language model is configured here"):
        client.chat.completions.create(model="any", messages=[{"role": "user", "content": "Hello."}])
    with pytest.raises(openai.APIStatusError) as unreadable:
        client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"garbage" * 99))
    assert unreadable.value.code == "audio-unreadable"
    stranger = client.with_options(api_key="ik_wrong")
    with pytest.raises(openai.AuthenticationError, match="not valid"):
        stranger.models.list()
