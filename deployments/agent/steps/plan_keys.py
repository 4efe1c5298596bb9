"""Checks the answer keys of a plan with the graders, before an interview relies on them."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from deployments.grading.contract import GradeRequest, Grading
from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Formula, Question, Symbolic
from interview.yaml.source import field_name

_AT_ONCE = 4


class KeyProblem(Struct, frozen=True):
    """A key that cannot be graded by: ``field`` of the grader of the plan's question number ``index`` (0-based)."""

    index: int
    question_id: str
    field: str
    problem: str


async def key_problems(plan: InterviewPlan, grading: Grading, tenant: str = "") -> tuple[KeyProblem, ...]:
    """Grade each reference formula and each key expression as an answer to its own question.

    ``check_question`` sees only the form of these keys; the graders alone can tell whether they can be read and run.

    Raises:

        Overloaded, DeadlineExceeded, EngineUnavailable: the grading tier cannot check them now.
    """
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def problem_of(index: int, question: Question) -> KeyProblem | None:
        async with at_once:
            found = await _problem(question, grading, tenant)
        return None if found is None else KeyProblem(index, question.id, *found)

    problems = await asyncio.gather(*(problem_of(index, question) for index, question in enumerate(plan.questions)))
    return tuple(problem for problem in problems if problem is not None)


async def check_keys(plan: InterviewPlan, grading: Grading, tenant: str) -> None:
    """Raises InvalidInput whose ``detail["fields"]`` names each key of ``key_problems``; else as ``key_problems``."""
    wrong = {
        field_name(("questions", one.index, "grader", one.field)): one.problem
        for one in await key_problems(plan, grading, tenant)
    }
    if wrong:
        sentences = "; ".join(f"{field}: {problem}" for field, problem in wrong.items())
        raise InvalidInput(f"The plan cannot be graded: {sentences}", detail={"fields": wrong})


async def _problem(question: Question, grading: Grading, tenant: str) -> tuple[str, str] | None:
    """The grader's field and the problem of its key; None for a usable key."""
    match question.grader:
        case Formula(reference=key):
            field = "reference"
        case Symbolic(expression=key):
            field = "expression"
        case _:
            return None  # ``check_question`` covers the other keys
    try:
        grade = await grading.grade(GradeRequest(question=question, answer=key, tenant=tenant))
    except InvalidInput as error:
        return field, error.message
    # Another grader's grade, such as the fake tier's, says nothing about the key.
    if grade.grader == question.grader.__struct_config__.tag and grade.score < 1.0:
        return field, f"The key is not graded as right: {grade.rationale}"
    return None
