"""A pause is put where the words of a fragment end in the whole, though the voice draws its last word out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.pauses_in_speech import place_after

RATE_HZ = 16_000


def word(pitch_hz: float, seconds: float) -> NDArray[np.float64]:
    """A tone that begins and ends softly."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return 8_000 * np.sin(2 * np.pi * pitch_hz * time) * np.sin(np.pi * time / seconds) ** 0.5


def spoken(*words: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.concatenate(words).astype(np.int16)


@pytest.mark.parametrize("drawn_out", [1.0, 1.3])
def test_the_place_is_where_the_next_word_begins(drawn_out: float) -> None:
    first, second = word(300, 0.4), word(700, 0.3)
    whole = spoken(first, second, word(1_500, 0.4), word(400, 0.3))
    fragment = spoken(first, word(700, 0.3 * drawn_out))
    place_s = place_after(fragment, whole, RATE_HZ) / RATE_HZ
    assert place_s == pytest.approx(0.7, abs=0.03)


def test_the_whole_as_a_fragment_ends_at_its_end() -> None:
    whole = spoken(word(300, 0.4), word(700, 0.3), word(1_500, 0.4))
    assert place_after(whole, whole, RATE_HZ) / RATE_HZ == pytest.approx(1.1, abs=0.05)
