"""Every keyed question of the shipped banks grades people's own wording: right ones 1, wrong ones near 0, and the
boundary cases as ``tests/data/plans/keyed_answers.yaml`` states."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deployments.grading.graders.registry import Registry
from interview.plans import questions as q
from interview.plans.files import load_bank
from interview.yaml.source import read_yaml
from tests.support.paths import ROOT

BANKS = sorted((ROOT / "configs" / "interviews" / "banks").glob("*.yaml"))
KEYED = {
    question.id: question
    for bank in BANKS
    for question in load_bank(bank)
    if question.is_scored and not question.is_open
}
CASES: dict[str, dict[str, list[Any]]] = read_yaml(ROOT / "tests" / "data" / "plans" / "keyed_answers.yaml").data

#: An answer that misses the question may still share something with the key: a formula is right where a sheet is blank.
MOST_OF_A_WRONG_ANSWER = 0.25

by_question = pytest.mark.parametrize("name", KEYED)


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    registry = Registry()
    yield registry
    await registry.stop()


def test_every_keyed_question_has_right_wrong_and_boundary_answers() -> None:
    assert CASES.keys() == KEYED.keys()
    for name, cases in CASES.items():
        assert len(cases["right"]) >= 3, name
        assert len(cases["wrong"]) >= 3, name
        without_boundaries = {"da-sheet-sumif", "da-sheet-month-end"}
        assert cases.get("boundary") or name in without_boundaries, name


@by_question
async def test_a_right_answer_in_ones_own_words_scores_all(registry: Registry, name: str) -> None:
    for answer in CASES[name]["right"]:
        grade = await registry.grade(KEYED[name], answer)
        assert grade.score == 1.0, f"{answer}: {grade.rationale}"


@by_question
async def test_a_wrong_answer_scores_next_to_nothing(registry: Registry, name: str) -> None:
    for answer in CASES[name]["wrong"]:
        grade = await registry.grade(KEYED[name], answer)
        assert grade.score <= MOST_OF_A_WRONG_ANSWER, f"{answer}: {grade.rationale}"


@by_question
async def test_answers_at_the_boundary_score_as_stated(registry: Registry, name: str) -> None:
    for case in CASES[name].get("boundary", []):
        grade = await registry.grade(KEYED[name], case["answer"])
        if "score" in case:
            assert grade.score == case["score"], f"{case['answer']}: {grade.rationale}"
        else:
            assert grade.score < case["below"], f"{case['answer']}: {grade.rationale}"
        if case.get("review"):
            assert grade.needs_review, case["answer"]


def test_the_other_words_for_an_option_are_never_shown() -> None:
    told = [question for question in KEYED.values() if question.options]
    assert told
    for question in told:
        assert isinstance(question.grader, q.MultipleChoice)
        assert any(option.aliases for option in question.grader.options)
        assert all(not hasattr(option, "aliases") for option in q.card_of(question).options)
