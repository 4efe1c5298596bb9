"""Speech for scripts, without Ray or an event loop: the demo's candidate persona speaks through this."""

from __future__ import annotations

import atexit
from functools import lru_cache
from typing import TYPE_CHECKING

from deployments.tts.audio.encode import encode_audio
from deployments.tts.audio.loudness import normalise
from deployments.tts.config import TtsConfig
from deployments.tts.engines.espeak import EspeakVoice
from deployments.tts.sentences import clean, split_sentences
from interview.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["encode_audio", "synthesize_wav"]


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
    sentences = split_sentences(clean(text))
    if not sentences:
        raise InvalidInput("There is no text to speak.")
    sample_rate = engine.hello.sample_rate
    pause = np.zeros(int(pause_s * sample_rate), dtype=np.int16)
    parts: list[NDArray[np.int16]] = []
    for sentence in sentences:
        spoken = engine.speak(sentence, voice=voice, speed=speed)
        parts += [normalise(spoken.samples, sample_rate, TtsConfig().loudness), pause]
    return np.concatenate(parts[:-1]), sample_rate
