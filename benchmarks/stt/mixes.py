"""Recordings as from bad rooms: clips mixed with noise, music, other voices and room responses, in code.

Everything is float32 at 16 kHz, shape (samples,), drawn from a seeded generator, so a mix is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, sosfilt

Samples = npt.NDArray[np.float32]
Noise = Callable[[np.random.Generator, int], Samples]

RATE = 16_000


def coloured(exponent: float) -> Noise:
    """Noise whose power falls with frequency to the ``exponent``: 0 white, 1 pink, 2 brown."""

    def make(random: np.random.Generator, count: int) -> Samples:
        spectrum = np.fft.rfft(random.normal(size=count))
        frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)
        return _levelled(np.fft.irfft(spectrum / frequency ** (exponent / 2), count))

    return make


def fan(random: np.random.Generator, count: int) -> Samples:
    """Mains hum with harmonics over low-passed noise."""
    t = np.arange(count) / RATE
    hum = sum(np.sin(2 * np.pi * 50 * k * t + random.uniform(0, 6)) / k for k in range(1, 8))
    low = sosfilt(butter(2, 800, fs=RATE, output="sos"), random.normal(size=count))
    return _levelled(0.4 * hum + 3 * low)


def typing(random: np.random.Generator, count: int) -> Samples:
    """Key strokes: short clicks, three to nine a second, over faint noise."""
    sound = 0.01 * random.normal(size=count)
    at = 0
    while at < count:
        length = min(count - at, int(random.uniform(0.01, 0.04) * RATE))
        click = random.normal(size=length) * np.exp(-np.arange(length) / (0.004 * RATE))
        sound[at : at + length] += random.uniform(0.3, 1) * click
        at += int(random.uniform(0.1, 0.35) * RATE)
    return _levelled(sound)


def street(random: np.random.Generator, count: int) -> Samples:
    """Passing cars: brown noise that swells and fades."""
    at = np.arange(0, count + RATE, RATE)
    slow = np.interp(np.arange(count), at, random.uniform(0.1, 1, len(at)))
    return _levelled(coloured(1.6)(random, count) * slow)


def music(random: np.random.Generator, count: int) -> Samples:
    """A chord progression with a melody and a beat; harmonics of plucked and bowed tones."""
    t = np.arange(count) / RATE
    beat_s = random.uniform(0.3, 0.6)
    root = 110 * 2 ** (random.integers(0, 12) / 12)
    sound = np.zeros(count)
    for number in range(int(count / RATE / beat_s) + 1):
        since = t - number * beat_s
        on = (since >= 0) & (since < 2 * beat_s)
        chord = (0, 4, 7) if number // 4 % 2 else (5, 9, 12)
        notes = [*chord, 12 + random.choice((0, 2, 4, 5, 7, 9, 11, 12))]
        for note in notes if number % 4 == 0 else notes[-1:]:
            pitch = root * 2 ** (note / 12)
            tone = sum(np.sin(2 * np.pi * pitch * k * since[on]) / k**1.5 for k in range(1, 7))
            sound[on] += tone * np.exp(-since[on] * random.uniform(1, 4)) * np.minimum(1, since[on] * 50)
        hit = (since >= 0) & (since < 0.06)
        sound[hit] += 0.8 * random.normal(size=int(hit.sum())) * np.exp(-since[hit] * 60)
    return _levelled(sound)


NOISES: dict[str, Noise] = {
    "white": coloured(0),
    "pink": coloured(1),
    "brown": coloured(2),
    "fan": fan,
    "typing": typing,
    "street": street,
}


def babble(random: np.random.Generator, count: int, voices: Sequence[Samples], speakers: int = 6) -> Samples:
    """Several people talking at once, none to be understood."""
    sound = np.zeros(count)
    for _ in range(speakers):
        voice = np.resize(voices[int(random.integers(len(voices)))], count)
        sound += np.roll(voice, int(random.integers(count)))
    return _levelled(sound)


def in_room(random: np.random.Generator, speech: Samples, reverberation_s: float, direct_share: float) -> Samples:
    """Speech heard through a room.

    The response is a direct path and exponentially decaying noise (Polack's model). ``reverberation_s``: RT60.
    ``direct_share``: power of the direct path in the response, low for a distant microphone.
    """
    length = int(reverberation_s * RATE)
    decay = np.exp(-6.91 * np.arange(length) / length)
    tail = random.normal(size=length) * decay
    tail[: int(0.002 * RATE)] = 0
    tail *= np.sqrt((1 - direct_share) / np.sum(tail**2))
    tail[0] = np.sqrt(direct_share)
    return _levelled(fftconvolve(speech, tail)[: len(speech)])


def at_snr(speech: Samples, noise: Samples, snr_db: float) -> Samples:
    """Their sum, with the power of the spoken parts ``snr_db`` above that of the noise; peaks at 0.9."""
    mixed = speech / _speech_level(speech) + noise[: len(speech)] / max(_rms(noise), 1e-9) * 10 ** (-snr_db / 20)
    return (0.9 * mixed / max(float(np.abs(mixed).max()), 1e-9)).astype(np.float32)


def _speech_level(speech: Samples) -> float:
    """Root mean square of the 20 ms frames within 25 dB of the loudest: pauses do not count."""
    frames = speech[: len(speech) // 320 * 320].reshape(-1, 320)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    return float(np.sqrt(np.mean(power[power > power.max() * 10**-2.5])))


def _rms(sound: npt.NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def _levelled(sound: npt.NDArray[np.floating]) -> Samples:
    return (0.1 * sound / max(_rms(sound), 1e-9)).astype(np.float32)
