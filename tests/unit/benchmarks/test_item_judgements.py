"""The banks hold the judged medians, and a question that drifts from them is named."""

from __future__ import annotations

from msgspec.structs import replace

from benchmarks.item_judgements import PASSES, apart, installed, read

JUDGED, QUESTIONS = read(), installed()


def test_every_scored_question_is_judged_in_three_passes() -> None:
    assert len(PASSES) == 3
    assert all(len(found.b) == len(found.a) == 3 for found in JUDGED.values())
    assert QUESTIONS.keys() == JUDGED.keys()


def test_the_banks_hold_the_medians() -> None:
    assert apart(JUDGED, QUESTIONS) == []


def test_a_provisional_parameter_that_was_changed_by_hand_is_named() -> None:
    question = QUESTIONS["be-index"]
    by_hand = {**QUESTIONS, "be-index": replace(question, difficulty=replace(question.difficulty, b=2.0))}
    assert apart(JUDGED, by_hand) == ["be-index"]
    measured = replace(question, difficulty=replace(question.difficulty, b=2.0, provisional=False))
    assert apart(JUDGED, {**QUESTIONS, "be-index": measured}) == []
