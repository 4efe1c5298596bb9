"""Sounds and files made for tests of the speech tiers."""

from __future__ import annotations

import io
import wave

import numpy as np
import numpy.typing as npt

from tests.support.paths import ROOT


def tone(duration_s: float, sample_rate: int = 16_000) -> npt.NDArray[np.float32]:
    """440 Hz at a third of full scale; float32, shape (samples,)."""
    t = np.arange(int(duration_s * sample_rate)) / sample_rate
    return (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def wav_file(samples: npt.NDArray[np.float32], sample_rate: int = 16_000) -> bytes:
    """A 16-bit mono wav file of samples in [-1, 1], with the standard header of 44 bytes."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def human_speech(sample_rate: int) -> npt.NDArray[np.int16]:
    """Four seconds of a read sentence (public domain); int16, shape (samples,)."""
    with wave.open(str(ROOT / "tests" / "data" / "speech" / "two_cities_1.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        at = np.arange(0, len(samples) - 1, file.getframerate() / sample_rate)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.int16)
