"""Answers that have the words of the key points and do not assert them, by authors who had not seen the graders.

Half "kept" measures: neither its answers nor its questions train the model
(docs/measurements/2026-12-03-asserted-points.md).
"""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import asserted_points, assertion_training
from deployments.grading.graders.coverage.assertion import trained

#: The most that answers of a kind without a true point may score on average.
MOST = {"scrambled": 0.07, "glib": 0.1, "denied": 0.16, "harmful": 0.18, "dropped": 0.27}


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return asserted_points.figures()


@pytest.mark.parametrize("kind", MOST)
def test_words_that_assert_nothing_earn_next_to_nothing(figures: dict[str, Any], kind: str) -> None:
    assert figures["kinds"][kind]["true"] == 0
    assert figures["kinds"][kind]["score"] <= MOST[kind]  # 0.82, 0.46, 0.35, 0.55 and 0.34 without the model


def test_right_answers_in_own_words_keep_their_marks(figures: dict[str, Any]) -> None:
    assert figures["kinds"]["full_right"]["score"] >= 0.67
    short = figures["kinds"]["short_right"]
    assert abs(short["score"] - short["true"]) <= 0.08
    assert figures["references"]["strong"] >= 0.87
    assert figures["true points credited"] >= 0.75
    assert figures["other points credited"] <= 0.14


@pytest.mark.parametrize(
    ("kind", "least"), [("bullets", 0.68), ("notes", 0.58), ("transcript", 0.68), ("negative", 0.6), ("story", 0.69)]
)
def test_right_answers_in_other_forms_keep_their_marks(figures: dict[str, Any], kind: str, least: float) -> None:
    assert figures["kinds"][kind]["score"] >= least  # 0.74, 0.65, 0.73, 0.67 and 0.74 without the model
    assert figures["kinds"]["empty_bullets"]["score"] <= 0.09


def test_scores_follow_what_is_true(figures: dict[str, Any]) -> None:
    assert figures["correlation with the truth"] >= 0.76  # 0.31 without the model
    # people's grades of students' answers, which have no such faults on purpose: 0.58 without the model
    assert figures["correlation with people, students' answers"] >= 0.565


def test_the_weights_are_those_of_the_committed_texts() -> None:
    assert trained().texts == assertion_training.digest(assertion_training.trained_on())


def test_no_kept_answer_and_no_question_of_one_trains() -> None:
    kept = {one.question for one in assertion_training.answers("kept")}
    assert len(kept) == 32
    assert not kept & {one.question for one in assertion_training.trained_on()}
