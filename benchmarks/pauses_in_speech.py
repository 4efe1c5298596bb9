"""The place in a synthesised sentence where a speaker pauses: between two words.

A voice gives a fragment that it speaks alone the falling tone of a finished sentence. A pause put into the whole
sentence leaves the tone of a sentence that goes on. The fragment alone shows where its words end in the whole: the two
are aligned by dynamic time warping with an open end (Müller, Information Retrieval for Music and Motion, 2007, ch. 4).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

_WINDOW_S, _HOP_S = 0.04, 0.02
_BANDS, _LOWEST_HZ, _HIGHEST_HZ = 24, 100.0, 6_000.0
#: The quietest place so near the aligned one is taken.
_NEAR_S = 0.06
#: A last word is drawn out at the end of a sentence, at most by this factor of the whole fragment.
_STRETCH = 1.4


def place_after(fragment: Samples, whole: Samples, rate_hz: int) -> int:
    """The sample of ``whole`` at which the words of ``fragment`` end. Both are one voice's, without silence around."""
    hop = round(_HOP_S * rate_hz)
    costs = _distances(_spectra(fragment, rate_hz), _spectra(whole, rate_hz))
    place = _open_end(costs) * hop + hop
    near = round(_NEAR_S * rate_hz)
    energy = np.concatenate([[0.0], np.cumsum(whole.astype(np.float64) ** 2)])
    starts = np.arange(max(0, place - near), max(1, min(len(whole) - hop, place + near)))
    return int(starts[np.argmin(energy[starts + hop] - energy[starts])]) + hop // 2


def _spectra(samples: Samples, rate_hz: int) -> NDArray[np.float64]:
    """Log energies in bands of equal ratio, each frame without its mean: shape ``[frames, bands]``."""
    window, hop = round(_WINDOW_S * rate_hz), round(_HOP_S * rate_hz)
    padded = np.pad(samples.astype(np.float64), (0, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop] * np.hanning(window)
    power = np.abs(np.fft.rfft(frames)) ** 2
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1) * window / rate_hz
    bands = [power[:, int(low) : max(int(low) + 1, int(high))].sum(1) for low, high in pairwise(edges)]
    logs = np.log(np.stack(bands, axis=1) + 1e3)
    return np.asarray(logs - logs.mean(axis=0))


def _distances(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(((one[:, None] - other[None]) ** 2).sum(axis=2)))


def _open_end(costs: NDArray[np.float64]) -> int:
    """The last column of the cheapest path from the first corner through all rows, relative to its length."""
    rows, columns = costs.shape
    sums = np.full((rows + 1, columns + 1), np.inf)
    sums[0, 0] = 0.0
    for row in range(1, rows + 1):
        for column in range(max(1, int(row / _STRETCH) - 10), min(columns, int(row * _STRETCH) + 10) + 1):
            # a diagonal step counts twice, so that paths of any shape to one cell have one length
            sums[row, column] = min(
                sums[row - 1, column - 1] + 2 * costs[row - 1, column - 1],
                sums[row - 1, column] + costs[row - 1, column - 1],
                sums[row, column - 1] + costs[row - 1, column - 1],
            )
    return int(np.argmin(sums[rows, 1:] / (rows + np.arange(1, columns + 1))))
