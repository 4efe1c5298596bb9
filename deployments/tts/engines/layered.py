"""One engine of two: a natural voice for its languages, espeak-ng for all others."""

from __future__ import annotations

from collections.abc import Mapping

from deployments.tts.engines.port import Pcm, VoiceEngine


class LayeredEngine:
    """``VoiceEngine`` that tries ``first``, then ``second``; their voice names are disjoint."""

    stands_in = ""

    def __init__(self, first: VoiceEngine, second: VoiceEngine) -> None:
        self._first = first
        self._second = second
        self._of_first = frozenset(first.voices())
        self.name = first.name
        self.notice: str | None = f"Languages without a voice are spoken by {second.name}."
        self.openai_voices: Mapping[str, str] = {**second.openai_voices, **first.openai_voices}
        self.slow = first.slow

    def voices(self) -> tuple[str, ...]:
        return (*self._first.voices(), *self._second.voices())

    def resolve(self, voice: str | None, language: str) -> str | None:
        return self._first.resolve(voice, language) or self._second.resolve(voice, language)

    def version(self, voice: str) -> str:
        return self._engine(voice).version(voice)

    def speaker(self, voice: str) -> str:
        return self._engine(voice).speaker(voice)

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        return await self._engine(voice).speak(text, voice=voice, speed=speed, quiet=quiet)

    async def close(self) -> None:
        await self._first.close()
        await self._second.close()

    def _engine(self, voice: str) -> VoiceEngine:
        return self._first if voice in self._of_first else self._second
