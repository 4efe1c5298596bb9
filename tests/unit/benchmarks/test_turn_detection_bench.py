"""The benchmark's bookkeeping: a cut is an end before the last word, a slow end is one that the cap decided."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.turn_detection import Heard, Reading, Utterance, hear, interval, scored
from deployments.turn_detection.contract import FRAME_MS
from interview.turn_taking.profiles import STORY, plain_silence

SPEAKS, SILENT = [True] * 30, [False] * 300


async def surely(_at_ms: int) -> float:
    return 0.9


async def hardly(_at_ms: int) -> float:
    return 0.1


async def never(_at_ms: int) -> float:
    raise AssertionError("the plain rule asks no model")


@pytest.mark.parametrize("pause_frames", [0, 32])
async def test_the_plain_rule_cuts_an_answer_at_its_pause(pause_frames: int) -> None:
    frames = SPEAKS + SILENT[:pause_frames] + SPEAKS + SILENT
    found = await hear(plain_silence(0.5), frames, never)
    ended_ms = (len(SPEAKS) if pause_frames else 2 * len(SPEAKS)) * FRAME_MS + 500
    assert found.ended_ms is not None
    assert ended_ms <= found.ended_ms <= ended_ms + FRAME_MS


async def test_a_judged_end_is_waited_for_shortly_and_another_until_the_cap() -> None:
    spoken_ms = len(SPEAKS) * FRAME_MS
    likely = await hear(STORY, SPEAKS + SILENT, surely)
    unlikely = await hear(STORY, SPEAKS + SILENT, hardly)
    assert likely.ended_ms is not None
    assert unlikely.ended_ms is not None
    assert STORY.wait_s * 1000 <= likely.ended_ms - spoken_ms <= STORY.wait_s * 1000 + FRAME_MS
    assert STORY.cap_s * 1000 <= unlikely.ended_ms - spoken_ms <= STORY.cap_s * 1000 + FRAME_MS


async def test_words_of_an_unfinished_sentence_outweigh_the_sound() -> None:
    async def unfinished(_at_ms: int) -> Reading:
        return Reading(unfinished=True)

    found = await hear(STORY, SPEAKS + SILENT, surely, unfinished)
    assert found.silence_ms >= STORY.cap_s * 1000


def test_cuts_and_slow_ends_are_counted_apart() -> None:
    utterance = Utterance("a b", "a", "v", "pause within a sentence", np.zeros(16_000 * 10, np.int16), ends_ms=4_000)
    heard = [Heard(2_000, 1_216), Heard(5_200, 1_216), Heard(8_000, 4_000), Heard(5_200, 1_216)]
    score = scored(STORY, [(utterance, found) for found in heard])
    assert (score.utterances, score.cut, score.slow) == (4, 0.25, 0.25)
    assert score.delay_p50_ms == 1_200


def test_no_cut_in_thirty_still_allows_one_in_nine() -> None:
    assert interval(0, 30) == (0.0, 0.1135)
