"""Normalises loudness: ITU-R BS.1770-4 measurement, one gain, and a look-ahead peak limiter.

Voices differ by more than 10 dB, and a candidate must not need to adjust the volume between questions.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi, tan

import numpy as np
from numpy.typing import NDArray

from deployments.tts.config import LoudnessConfig

FULL_SCALE = 32768.0
BLOCK_S = 0.4
HOP_S = 0.1
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
LIMITER_BLOCK_S = 0.005


def _response(
    b: tuple[float, float, float], a: tuple[float, float, float], z1: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """A biquad's frequency response at ``z1`` = e^(−jω)."""
    top = b[0] + b[1] * z1 + b[2] * z1**2
    return np.asarray(top / (a[0] + a[1] * z1 + a[2] * z1**2), dtype=np.complex128)


@lru_cache(maxsize=8)
def _k_weighting(sample_rate: int, size: int) -> NDArray[np.complex128]:
    """The K-weighting response on the bins of a real FFT of ``size`` points.

    BS.1770 tabulates the two biquads at 48 kHz only; these are their analogue prototypes, re-derived for any rate as
    in libebur128 (a high shelf of +4 dB at 1682 Hz, then a 38 Hz high-pass).
    """
    z1 = np.exp(-1j * np.linspace(0, pi, size // 2 + 1))
    k = tan(pi * 1681.974450955533 / sample_rate)
    gain, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = gain**0.4996667741545416
    shelf_b = (gain + middle * k / q + k * k, 2 * (k * k - gain), gain - middle * k / q + k * k)
    shelf_a = (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    k, q = tan(pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_a = (1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
    return _response(shelf_b, shelf_a, z1) * _response((1.0, -2.0, 1.0), high_a, z1)


def integrated_loudness(samples: NDArray[np.int16], sample_rate: int) -> float:
    """Gated loudness in LUFS of mono audio (BS.1770-4, equations 2 to 7); ``-inf`` for silence.

    Audio shorter than one 400 ms block is measured as one ungated block.
    """
    if not len(samples):
        return float("-inf")
    # Padding to a power of two keeps the circular convolution's wrap-around in the zeros and the FFT fast.
    size = 1 << (len(samples) + sample_rate // 10).bit_length()
    spectrum = np.fft.rfft(samples.astype(np.float64) / FULL_SCALE, size)
    weighted = np.fft.irfft(spectrum * _k_weighting(sample_rate, size), size)[: len(samples)]
    energy = np.concatenate(([0.0], np.cumsum(weighted**2)))
    block, hop = int(BLOCK_S * sample_rate), int(HOP_S * sample_rate)
    if len(samples) <= block:
        powers = np.array([energy[-1] / len(samples)])
    else:
        starts = np.arange(0, len(samples) - block + 1, hop)
        powers = (energy[starts + block] - energy[starts]) / block
    with np.errstate(divide="ignore"):
        levels = -0.691 + 10 * np.log10(powers)
        kept = levels > ABSOLUTE_GATE_LUFS
        if not kept.any():
            return float("-inf")
        relative_gate = -0.691 + 10 * np.log10(powers[kept].mean()) + RELATIVE_GATE_LU
        return float(-0.691 + 10 * np.log10(powers[kept & (levels > relative_gate)].mean()))


def limit_peaks(signal: NDArray[np.float64], sample_rate: int, ceiling: float) -> NDArray[np.float64]:
    """``signal`` limited to ``ceiling``, by a smoothly varying gain instead of clipping.

    The gain is fixed at the edges of 5 ms blocks, at the value that the louder neighbour needs, and linear in between:
    so within a block it never exceeds the needed gain.
    """
    block = max(1, int(LIMITER_BLOCK_S * sample_rate))
    blocks = -(-len(signal) // block)
    padded = np.zeros(blocks * block)
    padded[: len(signal)] = np.abs(signal)
    peaks = padded.reshape(blocks, block).max(axis=1)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    if (needed == 1.0).all():
        return signal
    fenced = np.concatenate(([1.0], needed, [1.0]))
    edges = np.minimum(fenced[:-1], fenced[1:])
    gain = np.interp(np.arange(len(signal)), np.arange(blocks + 1) * block, edges)
    return signal * gain


def normalise(samples: NDArray[np.int16], sample_rate: int, config: LoudnessConfig) -> NDArray[np.int16]:
    """``samples`` at ``config.target_lufs``, limited to ``config.peak_dbfs``; silence stays silence."""
    if integrated_loudness(samples, sample_rate) == float("-inf"):
        return samples
    ceiling = FULL_SCALE * 10 ** (config.peak_dbfs / 20)
    gain_db = 0.0
    levelled = samples
    # Twice, because limiting reduces the loudness: the second pass compensates.
    for _ in range(2):
        gain_db = min(gain_db + config.target_lufs - integrated_loudness(levelled, sample_rate), config.max_gain_db)
        limited = limit_peaks(samples.astype(np.float64) * 10 ** (gain_db / 20), sample_rate, ceiling)
        levelled = np.rint(limited).clip(-FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return levelled
