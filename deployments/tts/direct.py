"""Speech for scripts, without Ray or an event loop; the demo's persona uses it."""

from __future__ import annotations

import asyncio
import atexit
from functools import lru_cache
from typing import TYPE_CHECKING

from deployments.tts.audio.encode import encode_audio
from deployments.tts.audio.loudness import normalise
from deployments.tts.config import TtsConfig
from deployments.tts.contract import SAMPLE_RATE, SynthesisRequest
from deployments.tts.engines.espeak import EspeakVoice
from deployments.tts.engines.selection import build_engine
from deployments.tts.service import TtsService
from deployments.tts.utterance import units_of
from interview.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Voice", "encode_audio", "synthesize_wav"]


class Voice:
    """The tier's voice for a program without an event loop; blocking, for one thread. ``close`` it when done."""

    def __init__(self, config: TtsConfig | None = None) -> None:
        """Raises ModelMissing, ModelCorrupt: as ``engines.selection.build_engine``."""
        self._runner = asyncio.Runner()
        self._engine = build_engine(config or TtsConfig(kept_bytes=0))
        self._service = TtsService(config or TtsConfig(kept_bytes=0), self._engine)

    def first_of(self, *voices: str) -> str:
        """The first of ``voices`` that is installed. Raises InvalidInput when none is."""
        for voice in voices:
            if self._engine.resolve(voice, "en") is not None:
                return voice
        raise InvalidInput(f"None of the voices {', '.join(voices)} is installed.")

    def engine_of(self, voice: str) -> str:
        return self._engine.speaker(voice)

    def say(self, text: str, voice: str, speed: float = 1.0) -> tuple[NDArray[np.int16], int]:
        """``(samples, sample_rate)``: mono int16 of ``text``. Raises as ``TextToSpeech.synthesize``."""
        import numpy as np

        request = SynthesisRequest(text, voice=voice, format="pcm", speed=speed)
        speech = self._runner.run(self._service.synthesize(request))
        return np.frombuffer(speech.audio, dtype="<i2").astype(np.int16), SAMPLE_RATE

    def close(self) -> None:
        self._runner.run(self._service.close())
        self._runner.close()


@lru_cache(maxsize=1)
def _voice() -> EspeakVoice:
    voice = EspeakVoice()
    atexit.register(voice.close)
    return voice


def synthesize_wav(
    text: str, voice: str = "en-us", speed: float = 1.0, *, pause_s: float = 0.25
) -> tuple[NDArray[np.int16], int]:
    """``(samples, sample_rate)``: mono int16 of ``text`` at the tier's loudness, spoken by espeak-ng.

    ``voice`` is espeak's own name (``en-us``, ``en-gb-x-rp+f3``); ``pause_s`` is the silence between sentences.

    Raises:
        InvalidInput: no words, or no such voice.
        ModelMissing: espeak-ng is not installed.
    """
    import numpy as np

    engine = _voice()
    base, _, variant = voice.partition("+")
    if base not in engine.hello.voices or (variant and variant not in engine.hello.variants):
        raise InvalidInput(f"Unknown voice {voice!r}. Choose one of: {', '.join(sorted(engine.hello.voices))}.")
    units = units_of(text, base, pause_s=pause_s)
    if not units:
        raise InvalidInput("There is no text to speak.")
    sample_rate = engine.hello.sample_rate
    parts: list[NDArray[np.int16]] = []
    for unit in units:
        spoken = engine.speak(unit.spoken, voice=voice, speed=speed)
        pause = np.zeros(int(unit.pause_s * sample_rate), dtype=np.int16)
        parts += [pause, normalise(spoken.samples, sample_rate, TtsConfig().loudness)]
    return np.concatenate(parts), sample_rate
