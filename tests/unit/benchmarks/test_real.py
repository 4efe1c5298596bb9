"""The bench with real models: which steps hold, and what speakers say."""

from __future__ import annotations

import random

import pytest

from benchmarks.real import Seen, length_s, row
from benchmarks.spoken_answers import answers, of_a_person


def seen(slow: int = 0, failures: int = 0) -> Seen:
    """A hundred turns, ``slow`` of them of three seconds."""
    found = Seen(spoken_s=60.0)
    for number in range(100):
        found.turn.record(3000.0 if number < slow else 500.0)
        found.stages["stt"].record(300.0)
    found.failures.update({"turn: HTTP 503": failures} if failures else {})
    return found


@pytest.mark.parametrize(("slow", "failures", "held"), [(4, 0, True), (6, 0, False), (0, 1, False)])
def test_a_step_holds_while_its_p95_is_within_two_seconds_and_nothing_failed(slow, failures, held) -> None:
    found = row(10, 30.0, seen(slow, failures), {"stt": 15.0, "ingress": 3.0, "gcs": 0.01})
    assert found["held"] is held
    assert found["spoken_s_per_s"] == 2.0
    assert found["cores"] == {"stt": 0.5, "ingress": 0.1}
    assert found["stages_ms"]["stt"]["p50"] == pytest.approx(300, rel=0.01)


def test_a_step_without_a_turn_does_not_hold() -> None:
    assert row(10, 30.0, Seen(), {})["held"] is False


def test_answers_are_recordings_of_different_lengths_and_the_same_for_one_seed() -> None:
    sentences = of_a_person()
    first, again = answers(20, random.Random(3), sentences), answers(20, random.Random(3), sentences)
    assert first == again
    assert len({answer.duration_s for answer in first}) > 10
    for answer in first:
        assert length_s(answer.audio) == pytest.approx(answer.duration_s)
        assert answer.duration_s >= 1
