"""Loudness is what ITU-R BS.1770-4 says it is, and no voice is louder or quieter than another."""

import numpy as np
import pytest
from numpy.typing import NDArray

from deployments.tts.audio.loudness import integrated_loudness, limit_peaks, normalise
from deployments.tts.config import LoudnessConfig


def tone(hz: float, dbfs: float, seconds: float = 5.0, rate: int = 48_000) -> NDArray[np.int16]:
    """A sine whose peak lies at ``dbfs``."""
    wave = np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate) * 10 ** (dbfs / 20)
    return np.rint(wave * 32767).astype(np.int16)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_the_standards_reference_tone_measures_what_the_standard_says(rate: int) -> None:
    # BS.1770-4: a 0 dBFS, 997 Hz sine on one channel reads -3.01 LKFS, at any sample rate.
    assert integrated_loudness(tone(997, -20.0, rate=rate), rate) == pytest.approx(-23.01, abs=0.05)


def test_silence_around_speech_does_not_count() -> None:
    speech = tone(997, -20.0)
    padded = np.concatenate((np.zeros(480_000, np.int16), speech, np.zeros(480_000, np.int16)))
    assert integrated_loudness(padded, 48_000) == pytest.approx(integrated_loudness(speech, 48_000), abs=0.3)


def test_silence_has_no_loudness_and_stays_silence() -> None:
    silence = np.zeros(24_000, np.int16)
    assert integrated_loudness(silence, 24_000) == float("-inf")
    assert not normalise(silence, 24_000, LoudnessConfig()).any()


@pytest.mark.parametrize("dbfs", [-35.0, -20.0, -3.0])
def test_quiet_and_loud_come_out_alike(dbfs: float) -> None:
    levelled = normalise(tone(300, dbfs), 48_000, LoudnessConfig())
    assert integrated_loudness(levelled, 48_000) == pytest.approx(-20.0, abs=0.1)


def test_a_whisper_is_raised_no_further_than_the_gain_allows() -> None:
    config = LoudnessConfig(max_gain_db=12.0)
    quiet = tone(997, -60.0)
    raised = integrated_loudness(normalise(quiet, 48_000, config), 48_000)
    assert raised == pytest.approx(integrated_loudness(quiet, 48_000) + 12.0, abs=0.1)


def test_no_sample_passes_the_ceiling_and_nothing_is_clipped_flat() -> None:
    random = np.random.default_rng(1)
    signal = random.standard_normal(20_001) * 4000
    signal[7_000] = 60_000.0
    limited = limit_peaks(signal, 22_050, 29_000.0)
    assert np.abs(limited).max() <= 29_000.0 + 1e-6
    assert (np.abs(limited) > 28_999).sum() <= 2
    assert np.array_equal(limited[:6_000], signal[:6_000])
