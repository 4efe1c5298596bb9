"""The meters of the model tiers count usage, and nothing that failed or was not stated."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from deployments.stt.contract import TranscribeRequest
from deployments.stt.engines.fake import FakeSpeechToText
from deployments.tts.audio.encode import encode_audio
from deployments.tts.config import TtsConfig
from deployments.tts.contract import SynthesisRequest
from deployments.tts.service import TtsService
from interview.errors import EngineFailed, EngineUnavailable, InvalidInput
from serve.metrics.metered_tiers import MeteredLanguageModel, MeteredSpeechToText, MeteredTextToSpeech
from serve.metrics.registry import PlatformMetrics
from tests.support.fake_language_model import FakeLanguageModel

ASK: ChatRequest = {"messages": [{"role": "user", "content": "Why is that so?"}]}
STREAMED: ChatRequest = {**ASK, "stream_options": {"include_usage": True}}


@pytest.fixture
def metrics() -> PlatformMetrics:
    return PlatformMetrics()


def value(metrics: PlatformMetrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def tokens(metrics: PlatformMetrics, model: str = "m") -> tuple[float, float]:
    name = "interview_llm_tokens_total"
    return (value(metrics, name, model=model, kind="prompt"), value(metrics, name, model=model, kind="completion"))


def unmetered(metrics: PlatformMetrics, model: str = "m") -> float:
    return value(metrics, "interview_llm_unmetered_total", model=model)


def fake(*answers: Any) -> FakeLanguageModel:
    return FakeLanguageModel(answers, config=LlmConfig(engine="fake", served_name="m"))


class Server:
    """A stranger's server: sends the chunks (or the one response) it was given; an error in their place is raised."""

    def __init__(self, *items: dict[str, Any] | Exception) -> None:
        self._items = items
        self.closed = False

    async def chat(self, request: ChatRequest) -> ChatResponse:
        item = self._items[0]
        if isinstance(item, Exception):
            raise item
        return item

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        try:
            for item in self._items:
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self.closed = True

    async def info(self) -> LlmInfo:
        return LlmInfo(engine="remote", models=("m",))


def used(prompt: object, completion: object) -> dict[str, Any]:
    return {"model": "m", "choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}}


SAID: dict[str, Any] = {"model": "m", "choices": [{"index": 0, "delta": {"content": "Because."}}], "usage": None}


async def test_a_completions_tokens_are_counted_by_model_and_kind(metrics: PlatformMetrics) -> None:
    model = MeteredLanguageModel(fake("One two three.", "Four."), metrics)
    assert (await model.chat(ASK))["choices"][0]["message"]["content"] == "One two three."
    await model.chat(ASK)
    assert tokens(metrics) == (8, 4)
    assert unmetered(metrics) == 0


async def test_a_streams_tokens_are_counted_from_its_usage_chunk(metrics: PlatformMetrics) -> None:
    chunks = [chunk async for chunk in MeteredLanguageModel(fake("One two three."), metrics).stream(STREAMED)]
    assert chunks[-1]["usage"]["completion_tokens"] == 3, "the client still gets the chunk"
    assert tokens(metrics) == (4, 3)


async def test_a_call_that_fails_counts_nothing(metrics: PlatformMetrics) -> None:
    model = MeteredLanguageModel(fake(EngineFailed("down"), EngineFailed("down")), metrics)
    with pytest.raises(EngineFailed):
        await model.chat(ASK)
    with pytest.raises(EngineFailed):
        _ = [chunk async for chunk in model.stream(STREAMED)]
    broken = MeteredLanguageModel(Server(SAID, EngineUnavailable("lost")), metrics)
    with pytest.raises(EngineUnavailable):
        _ = [chunk async for chunk in broken.stream(STREAMED)]
    assert "interview_llm_tokens_total{" not in metrics.exposition().decode()
    assert "interview_llm_unmetered_total{" not in metrics.exposition().decode()


@pytest.mark.parametrize(
    "answer",
    [SAID, {"model": "m"}, used(None, 3), used(True, 3), used(-1, 3), used("7", 3), {"model": "m", "usage": [1, 2]}],
)
async def test_an_answer_without_sound_usage_is_unmetered_rather_than_zero(
    metrics: PlatformMetrics, answer: dict[str, Any]
) -> None:
    assert await MeteredLanguageModel(Server(answer), metrics).chat(ASK) == answer
    assert [chunk async for chunk in MeteredLanguageModel(Server(answer), metrics).stream(ASK)] == [answer]
    assert unmetered(metrics) == 2
    assert "interview_llm_tokens_total{" not in metrics.exposition().decode()


async def test_a_stream_closed_early_counts_what_is_known_and_closes_the_engines(metrics: PlatformMetrics) -> None:
    server = Server({**SAID, "usage": used(10, 1)["usage"]}, {**SAID, "usage": used(10, 2)["usage"]}, SAID, SAID)
    async with aclosing(MeteredLanguageModel(server, metrics).stream(ASK)) as chunks:
        for _ in range(3):
            await anext(chunks)
    assert server.closed
    assert tokens(metrics) == (10, 2), "usage with each chunk is a running sum: the last one counts, once"

    async with aclosing(MeteredLanguageModel(Server(SAID, SAID), metrics).stream(ASK)) as chunks:
        await anext(chunks)
    assert unmetered(metrics) == 1


async def test_usage_stated_before_a_stream_broke_is_counted(metrics: PlatformMetrics) -> None:
    with pytest.raises(EngineUnavailable):
        _ = [c async for c in MeteredLanguageModel(Server(used(10, 4), EngineUnavailable("x")), metrics).stream(ASK)]
    assert tokens(metrics) == (10, 4)


async def test_what_is_transcribed_is_heard_and_what_is_refused_is_not(metrics: PlatformMetrics) -> None:
    import numpy as np

    stt = MeteredSpeechToText(FakeSpeechToText(), metrics)
    request = TranscribeRequest(encode_audio(np.full(24_000, 5000, np.int16), 16_000, "wav"))
    transcript = await stt.transcribe(request)
    assert transcript.duration_s > 0
    with pytest.raises(InvalidInput):
        await stt.transcribe(TranscribeRequest(b""))
    assert value(metrics, "interview_audio_seconds_total", direction="heard") == transcript.duration_s


@pytest.fixture
async def voice() -> AsyncIterator[TtsService]:
    service = TtsService(TtsConfig(engine="fake"))
    yield service
    await service.close()


async def test_what_is_synthesised_is_spoken_and_what_is_refused_is_not(
    metrics: PlatformMetrics, voice: TtsService
) -> None:
    tts = MeteredTextToSpeech(voice, metrics)
    speech = await tts.synthesize(SynthesisRequest("Ten words make half a second of this tone here."))
    assert speech.duration_s == pytest.approx(0.5)
    with pytest.raises(InvalidInput):
        await tts.synthesize(SynthesisRequest("..."))
    with pytest.raises(InvalidInput):
        _ = [piece async for piece in tts.stream(SynthesisRequest("..."))]
    assert value(metrics, "interview_audio_seconds_total", direction="spoken") == speech.duration_s


async def test_a_speech_stream_closed_early_counts_what_was_handed_out(
    metrics: PlatformMetrics, voice: TtsService
) -> None:
    tts = MeteredTextToSpeech(voice, metrics)
    two_sentences = SynthesisRequest("Ten words make half a second of this tone here. Never asked for.")
    async with aclosing(tts.stream(two_sentences)) as pieces:
        await anext(pieces)
    assert value(metrics, "interview_audio_seconds_total", direction="spoken") == pytest.approx(0.5)
