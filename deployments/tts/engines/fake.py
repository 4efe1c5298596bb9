"""A voice for tests and load runs: a tone per word, a seeded service time, and a count of running calls."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Mapping

from deployments.tts.config import OPENAI_VOICES, FakeVoiceConfig
from deployments.tts.engines.port import Pcm

SAMPLE_RATE = 16_000
WORD_S = 0.05
VOICES = ("fake-high", "fake-low")
TONES_HZ = {"fake-high": 440.0, "fake-low": 220.0}


class FakeSpeechEngine:
    """``SpeechEngine`` without a voice: every word is 50 ms of tone, so durations and differences can be checked.

    ``running`` is how many sentences are being spoken now; ``spoken`` how many ever began.
    """

    name = "fake"
    stands_in = ""
    openai_voices: Mapping[str, str] = OPENAI_VOICES
    slow = False
    notice: str | None = "This is the fake voice for tests and load runs: it plays tones."

    def __init__(self, config: FakeVoiceConfig | None = None) -> None:
        self._config = config or FakeVoiceConfig()
        self._random = random.Random(self._config.seed)  # noqa: S311 - a service time is no secret
        self.running = 0
        self.spoken = 0

    def voices(self) -> tuple[str, ...]:
        return VOICES

    def resolve(self, voice: str | None, language: str) -> str | None:
        """OpenAI's English voice names are accepted as well, because this fake replaces every engine."""
        if voice is None:
            return VOICES[0]
        if voice in VOICES:
            return voice
        return VOICES[1] if voice.startswith("en-") else None

    def version(self, voice: str) -> str:
        return self.name

    def speaker(self, voice: str) -> str:
        return self.name

    def _service_time_s(self) -> float:
        median_s, sigma = self._config.median_s, self._config.sigma
        return self._random.lognormvariate(math.log(median_s), sigma) if median_s > 0 else 0.0

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        import numpy as np

        self.running += 1
        self.spoken += 1
        try:
            await asyncio.sleep(self._service_time_s())
        finally:
            self.running -= 1
        samples = np.arange(int(SAMPLE_RATE * WORD_S * len(text.split()) / speed))
        tone = np.sin(2 * np.pi * TONES_HZ[voice] * samples / SAMPLE_RATE) * 0.2 * 32767
        return Pcm(tone.astype(np.int16), SAMPLE_RATE)

    async def close(self) -> None:
        """Nothing to release."""
