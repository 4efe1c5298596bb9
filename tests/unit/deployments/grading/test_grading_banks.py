"""The shipped plans and their graders fit: every key earns full marks, every option is told apart by its words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from interview.plans.questions import (
    Exact,
    Formula,
    MultipleChoice,
    MultiSelect,
    Numeric,
    Ordered,
    Question,
    RubricGrading,
    ShortText,
    Symbolic,
)
from tests.support.shipped_plans import plans_in

PLANS = plans_in("en")
QUESTIONS = [question for plan in PLANS.values() for question in plan.questions]


@pytest.fixture
async def service() -> AsyncIterator[GradingService]:
    made = GradingService(GradingConfig())
    yield made
    await made.stop()


def key_of(question: Question) -> str | None:
    """The right answer, as a candidate might give it; None for open questions."""
    match question.grader:
        case Formula(reference=reference):
            return reference
        case Numeric(value=value, unit=unit):
            return f"{value} {unit or ''}".replace(" %", "%")
        case Symbolic(expression=expression):
            return expression
        case MultipleChoice(answer=answer):
            return f"option {answer}"
        case MultiSelect(answers=answers):
            return " and ".join(answers)
        case Ordered(answer=answer):
            return ", then ".join(answer)
        case ShortText(accepted=accepted) | Exact(accepted=accepted):
            return accepted[0]
        case _:
            return None


async def test_every_key_earns_full_marks(service: GradingService) -> None:
    wrong = []
    for question in QUESTIONS:
        answer = key_of(question)
        if answer is not None:
            grade = await service.grade(GradeRequest(question=question, answer=answer))
            if grade.score < 1.0:
                wrong.append((question.id, answer, grade.score, grade.rationale))
    assert not wrong, wrong


async def test_options_are_told_apart_by_their_words(service: GradingService) -> None:
    for question in QUESTIONS:
        if isinstance(question.grader, MultipleChoice):
            for option in question.grader.options:
                grade = await service.grade(GradeRequest(question=question, answer=option.text))
                assert grade.score == (option.id == question.grader.answer), (question.id, option.text, grade.rationale)


async def test_coverage_puts_strong_reference_answers_above_weak_ones(service: GradingService) -> None:
    for question in QUESTIONS:
        if isinstance(question.grader, RubricGrading) and question.reference is not None:
            strong, weak = [
                await service.grade(GradeRequest(question=question, answer=answer))
                for answer in (question.reference.strong, question.reference.weak)
            ]
            assert strong.score > weak.score, (question.id, strong, weak)
            # no strong answer is too short for its points
            assert "short for so many points" not in strong.rationale, question.id
