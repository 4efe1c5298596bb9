"""Meters on the model tiers: tokens, seconds heard and seconds spoken, counted at the caller.

Every engine, including vLLM and remote servers, is called through the caller's side, so the tiers need no code for it.
Failed calls count nothing; an answer without ``usage`` counts as unmetered, never as zero tokens.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LanguageModel, LlmInfo
from deployments.stt.contract import EngineInfo, SpeechToText, TranscribeRequest, Transcript
from deployments.tts.contract import (
    Preparation,
    PreparationRequest,
    Speech,
    SpeechPart,
    SynthesisRequest,
    TextToSpeech,
    TtsInfo,
)
from serve.metrics.registry import PlatformMetrics


class MeteredLanguageModel:
    """``LanguageModel`` that counts tokens by model and kind."""

    def __init__(self, model: LanguageModel, metrics: PlatformMetrics) -> None:
        self._model = model
        self._metrics = metrics

    async def chat(self, request: ChatRequest) -> ChatResponse:
        response = await self._model.chat(request)
        self._count(response.get("model"), response.get("usage"))
        return response

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Count the last usage seen, however the stream ends: servers that send usage with each chunk send running
        totals."""
        model: object = None
        usage: object = None
        begun = failed = False
        try:
            async with aclosing(self._model.stream(request)) as chunks:
                async for chunk in chunks:
                    begun = True
                    model = chunk.get("model") or model
                    usage = chunk.get("usage") or usage
                    yield chunk
        except Exception:
            failed = True
            raise
        finally:
            if usage or (begun and not failed):
                self._count(model, usage)

    async def info(self) -> LlmInfo:
        return await self._model.info()

    def _count(self, model: object, usage: object) -> None:
        # A tier answers under its served model names, so clients cannot inflate this label's values.
        name = model if isinstance(model, str) and model else "unknown"
        counts = _counts(usage)
        if counts is None:
            self._metrics.unmetered.labels(name).inc()
            return
        prompt, completion = counts
        self._metrics.tokens.labels(name, "prompt").inc(prompt)
        self._metrics.tokens.labels(name, "completion").inc(completion)


def _counts(usage: object) -> tuple[int, int] | None:
    """Prompt and completion tokens; None when ``usage``, which a remote server may send, is not as OpenAI's API defines
    it."""
    if not isinstance(usage, Mapping):
        return None
    counts: list[Any] = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    if not all(type(count) is int and count >= 0 for count in counts):
        return None
    prompt, completion = counts
    return prompt, completion


class MeteredSpeechToText:
    """``SpeechToText`` that counts transcribed seconds."""

    def __init__(self, stt: SpeechToText, metrics: PlatformMetrics) -> None:
        self._stt = stt
        self._seconds = metrics.audio_seconds.labels("heard")

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        transcript = await self._stt.transcribe(request)
        self._seconds.inc(max(0.0, transcript.duration_s))
        return transcript

    async def info(self) -> EngineInfo:
        return await self._stt.info()


class MeteredTextToSpeech:
    """``TextToSpeech`` that counts seconds of delivered speech, cached or fresh.

    For a stream it counts the part delivered before it ended, failed or was closed. Speech prepared ahead counts on
    delivery.
    """

    def __init__(self, tts: TextToSpeech, metrics: PlatformMetrics) -> None:
        self._tts = tts
        self._seconds = metrics.audio_seconds.labels("spoken")

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        speech = await self._tts.synthesize(request)
        self._seconds.inc(max(0.0, speech.duration_s))
        return speech

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        async with aclosing(self._tts.stream(request)) as parts:
            async for part in parts:
                self._seconds.inc(max(0.0, part.duration_s))
                yield part

    async def prepare(self, request: PreparationRequest) -> Preparation:
        return await self._tts.prepare(request)

    async def info(self) -> TtsInfo:
        return await self._tts.info()
