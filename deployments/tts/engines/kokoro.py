"""Kokoro (82M, Apache-2 weights) through kokoro-onnx: a natural voice for operators who fetch its two files."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deployments.tts.config import KokoroConfig
from deployments.tts.engines.port import Pcm
from interview.errors import EngineFailed, ModelMissing

#: Kokoro's voices begin with a letter for the language; these are espeak's codes for them, which phonemise its text.
LANGUAGES = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "cmn",
}

HOW_TO_GET_IT = (
    "Install it with `pip install kokoro-onnx`, download kokoro-v1.0.onnx and voices-v1.0.bin from its releases page, "
    "and set tts.kokoro.model and tts.kokoro.voices to their paths; or set tts.engine to espeak."
)


class KokoroEngine:
    """``SpeechEngine`` over one ONNX session; ``workers`` threads may run it at once.

    Not run in this project's own tests beyond its absence: the weights could not be fetched here.

    Raises:
        ModelMissing: the package or a file is absent.
    """

    notice: str | None = None

    def __init__(self, config: KokoroConfig, *, workers: int = 1) -> None:
        try:
            from kokoro_onnx import Kokoro
        except ImportError as error:
            raise ModelMissing(f"The Kokoro voice is not installed. {HOW_TO_GET_IT}") from error
        for what, path in (("model", config.model), ("voices", config.voices)):
            if not path or not Path(path).is_file():
                raise ModelMissing(f"Kokoro's {what} file is not at {path or 'any path'!r}. {HOW_TO_GET_IT}")
        self._config = config
        self._kokoro = Kokoro(config.model, config.voices)
        self._voices = tuple(sorted(self._kokoro.get_voices()))
        self._threads = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="kokoro")
        self.name = "kokoro"
        self.sample_rate = 24_000

    def voices(self) -> tuple[str, ...]:
        return self._voices

    def resolve(self, voice: str | None, language: str) -> str | None:
        if voice is not None:
            return voice if voice in self._voices else None
        default = self._config.default_voice
        spoken = language.lower().split("-")[0]
        ordered = (default, *self._voices)
        return next((name for name in ordered if LANGUAGES.get(name[:1], "").split("-")[0] == spoken), None)

    def _create(self, text: str, voice: str, speed: float) -> Pcm:
        import numpy as np

        try:
            samples, sample_rate = self._kokoro.create(
                text, voice=voice, speed=speed, lang=LANGUAGES.get(voice[:1], "en-us")
            )
        except (ValueError, RuntimeError, AssertionError) as error:
            raise EngineFailed(f"Kokoro could not speak this text ({type(error).__name__}).") from error
        return Pcm((np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16), int(sample_rate))

    async def speak(self, text: str, *, voice: str, speed: float) -> Pcm:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._create, text, voice, speed)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
