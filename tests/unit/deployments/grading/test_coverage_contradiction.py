"""Key-point coverage gives no credit for words that deny a point, reverse it or swap two things."""

from __future__ import annotations

import json

import msgspec
import pytest

from deployments.grading.graders.coverage.alignment import load_aligner
from deployments.grading.graders.coverage.contradiction import contradicts, is_list_of_terms, swaps
from deployments.grading.graders.coverage.coverage import grade_coverage
from interview.plans.questions import KeyPoint, Question, ReferenceAnswers, RubricGrading
from tests.support.paths import TESTS

HANDED = TESTS / "data" / "grading" / "handed" / "coverage.jsonl"
POINTS = ("write every change to a log first", "replay the log after a crash", "latency is low but throughput is high")
PROMPT = "How does a write-ahead log work?"


def score(answer: str) -> float:
    points = tuple(KeyPoint(text=point) for point in POINTS)
    question = Question("q", "technical", "s", PROMPT, RubricGrading(), key_points=points)
    return grade_coverage(question, answer).score


@pytest.mark.parametrize(
    ("wording", "passage"),
    [
        ("lock the row", "Locking the row is a bad idea."),
        ("lock the row", "I would never lock the row."),
        ("lock the row", "Do not lock the row."),
        ("replay the log after a crash", "Replaying the log after a crash does not help."),
        ("never share a private key", "You can always share a private key."),
        ("partitions cannot be avoided", "Partitions can be avoided."),
        ("latency is low but throughput is high", "Throughput is low but latency is high."),
        ("regularise the model", "I remove the regularisation of the model."),
    ],
)
def test_a_denial_or_an_opposite_contradicts(wording: str, passage: str) -> None:
    assert contradicts(wording, passage)


@pytest.mark.parametrize(
    ("wording", "passage"),
    [
        ("lock the row", "I lock the row."),
        ("lock the row", "If that is not possible, I lock the row."),
        ("lock the row", "Lock the row, do not lock the table."),
        ("never share a private key", "Sharing a private key is dangerous."),
        ("partitions cannot be avoided", "You cannot avoid partitions."),
        ("stop taking new requests", "It should stop taking new requests by reporting not ready."),
        ("it finds rows without reading the whole table", "It does not have to read the whole table to find rows."),
        ("latency is low but throughput is high", "Throughput is high and latency is low."),
    ],
)
def test_the_same_said_otherwise_does_not(wording: str, passage: str) -> None:
    assert not contradicts(wording, passage)


def test_swapped_subjects_are_seen_where_the_question_compares_two_things() -> None:
    passage = "Merge rewrites the history and rebase creates a merge commit."
    assert swaps("merge creates a commit and keeps the history", passage, ["merg", "rebas"])
    assert not swaps(
        "merge creates a commit and keeps the history", "Merge creates a commit, rebase rewrites.", ["merg", "rebas"]
    )


def test_a_list_of_terms_earns_less_than_a_sentence() -> None:
    assert is_list_of_terms("write change log first replay log crash")
    assert not is_list_of_terms("Every change is written to a log first, and the log is replayed after a crash.")
    assert score("write every change log first replay log crash") < score(
        "I write every change to a log first and replay the log after a crash."
    )


def test_a_denied_point_earns_nothing_and_the_rationale_says_so() -> None:
    assert score("Never write every change to a log first.") == 0.0
    assert score("Write every change to a log first.") > 0.3


@pytest.mark.parametrize(
    ("by_meaning", "core", "stretch"), [(False, 0.65, 0.6), (True, 0.83, 0.8)], ids=["words", "meaning"]
)
def test_handed_answers_are_covered_within_their_range(by_meaning: bool, core: float, stretch: float) -> None:
    aligner = load_aligner() if by_meaning else None
    cases = [json.loads(line) for line in HANDED.read_text().splitlines()]
    within = {"core": 0, "stretch": 0}
    total = {"core": 0, "stretch": 0}
    for case in cases:
        points = tuple(msgspec.convert(point, type=KeyPoint) for point in case.get("key_points", ()))
        reference = msgspec.convert(case["reference"], type=ReferenceAnswers) if "reference" in case else None
        question = Question(
            "q", "technical", "s", case["prompt"], RubricGrading(), key_points=points, reference=reference
        )
        covered = grade_coverage(question, case["answer"], aligner).score
        total[case["tier"]] += 1
        within[case["tier"]] += case["at_least"] - 1e-9 <= covered <= case["at_most"] + 1e-9
    assert within["core"] >= core * total["core"]
    assert within["stretch"] >= stretch * total["stretch"]


def test_an_answer_of_fragments_names_its_points_for_half_and_says_so() -> None:
    point = KeyPoint("roll back the last release", ("put the previous version back",))
    question = Question("q", "technical", "s", "What do you do?", RubricGrading(), key_points=(point,))
    terms = grade_coverage(question, "Dashboard first. Trace. Roll back release. Memory leak.")
    spoken = grade_coverage(question, "First I look at the dashboard. Then I roll back the last release.")
    assert (terms.score, spoken.score) == (0.5, 1.0)
    assert "fragments" in terms.rationale
    assert "fragments" not in spoken.rationale
    short = grade_coverage(question, "Roll back release. Then trace.")
    assert short.score == 1.0, "a short answer is no list"
