"""A cache of speech at the caller, so that lines common to all interviews cross the RPC once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec.structs import replace

from deployments.tts.cache import SpeechCache
from deployments.tts.contract import (
    Preparation,
    PreparationRequest,
    Speech,
    SpeechPart,
    SynthesisRequest,
    TextToSpeech,
    TtsInfo,
)


class NearCache:
    """``TextToSpeech`` that caches up to ``max_bytes`` of complete speech, evicting the least recently used.

    The tier caches speech, too; a hit here also saves the call (docs/measurements/2026-11-29-straight-turn.md). Speech
    of a substitute voice is not cached, so that the preferred voice is used as soon as it is back. Streams pass
    through.
    """

    def __init__(self, tts: TextToSpeech, max_bytes: int) -> None:
        self._tts = tts
        self.cache = SpeechCache[SynthesisRequest](max_bytes)

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        found = self.cache.get(request)
        if found is not None:
            return found
        speech = await self._tts.synthesize(request)
        if not speech.stands_in:
            self.cache.put(request, replace(speech, cached=True))
        return speech

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        async with aclosing(self._tts.stream(request)) as parts:
            async for part in parts:
                yield part

    async def prepare(self, request: PreparationRequest) -> Preparation:
        return await self._tts.prepare(request)

    async def info(self) -> TtsInfo:
        return await self._tts.info()
