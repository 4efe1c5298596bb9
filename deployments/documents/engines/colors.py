"""The contrast ratio of two colors after WCAG 2, for one pair and for whole images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Below this ratio (1: the same, 21: black on white) text is invisible unless a reader knows it is there.
LEGIBLE_CONTRAST = 1.3

#: Strong colour without luminance contrast, such as yellow on white, is visible, too: minimum difference in one
#: channel, of 255.
LEGIBLE_CHANNEL = 128

Colour = tuple[int, int, int]

_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(np.float32)
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


def legible(text: Colour, background: Colour) -> bool:
    """Whether text of one colour is distinguishable from its background."""
    return bool(told_apart(np.array([text], dtype=np.uint8), np.array([background], dtype=np.uint8))[0])


def told_apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """For two arrays of RGB pixels (..., 3): which pixels are distinguishable (...)."""
    first, second = _LINEAR[one] @ _WEIGHTS + 0.05, _LINEAR[other] @ _WEIGHTS + 0.05
    contrast = np.maximum(first, second) / np.minimum(first, second)
    channels = np.abs(one.astype(np.int16) - other).max(axis=-1)
    return np.asarray((contrast >= LEGIBLE_CONTRAST) | (channels >= LEGIBLE_CHANNEL))
