"""The conformance cases of tests/data/grading: every key agrees with the graders, all of them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from interview.grades import Grade
from interview.plans.questions import AnyGrader, Question
from tests.support.paths import TESTS

DATA = TESTS / "data" / "grading"


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines() if line.strip()]


def question(case: dict[str, Any]) -> Question:
    grader: AnyGrader = msgspec.convert(case["grader"], type=AnyGrader)
    return Question(id="q", type="technical", skill="s", prompt=case.get("prompt", "A question."), grader=grader)


@pytest.mark.parametrize("name", ["numeric.jsonl", "objective.jsonl", "symbolic.jsonl"])
async def test_every_case_gets_the_score_of_its_key(name: str) -> None:
    service = GradingService(GradingConfig())
    wrong = []
    for case in cases(name):
        grade = await service.grade(GradeRequest(question=question(case), answer=case["answer"]))
        right = abs(grade.score - case["score"]) < 1e-3 and grade.needs_review == case.get("review", grade.needs_review)
        if not right:
            wrong.append((case["grader"], case["answer"], case["score"], grade.score, grade.rationale))
        assert grade.rationale
        assert all(one.quote == case["answer"][one.start : one.end] for one in grade.evidence)
        assert grade.evidence or not case["answer"].strip()
    await service.stop()
    assert not wrong, "\n".join(map(str, wrong))


def right(case: dict[str, Any], grade: Grade) -> bool:
    """Whether a grade is within what the case allows. Where 0 is right, a grade that asks for a person is right too."""
    low = case.get("score", case.get("at_least", 0.0))
    high = case.get("score", case.get("at_most", 1.0))
    if grade.needs_review != case.get("review", grade.needs_review):
        return False
    return low - 1e-3 <= grade.score <= high + 1e-3 or (high == 0 and grade.needs_review)


@pytest.mark.parametrize(
    "name",
    [
        f"{folder}{area}{kinds}.jsonl"
        for area in ("numeric", "objective", "symbolic")
        for folder, kinds in (("", "_kinds"), ("handed/", ""))
    ],
)
async def test_answers_are_read_as_public_suites_and_people_write_them(name: str) -> None:
    service = GradingService(GradingConfig())
    wrong = []
    for case in cases(name):
        grade = await service.grade(GradeRequest(question=question(case), answer=case["answer"]))
        if not right(case, grade):
            wrong.append((case["grader"], case["answer"], grade.score, grade.needs_review, grade.rationale))
    await service.stop()
    assert not wrong, "\n".join(map(str, wrong))


def test_the_set_is_as_large_as_promised() -> None:
    assert len(cases("numeric.jsonl")) + len(cases("objective.jsonl")) >= 150
