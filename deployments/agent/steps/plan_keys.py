"""Checks the answer keys of a plan from a request, before its interview starts."""

from __future__ import annotations

import asyncio

from deployments.grading.contract import GradeRequest, Grading
from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Formula, Question, Symbolic
from interview.yaml.source import field_name

_AT_ONCE = 4


async def check_keys(plan: InterviewPlan, grading: Grading, tenant: str) -> None:
    """Grade each reference formula and each key expression as an answer to its own question.

    ``check_question`` sees only the form of these keys; the graders alone can tell whether they can be read and run.

    Raises:

        InvalidInput: a key cannot be read, does not run, or is not graded as right; ``detail["fields"]`` names each.
        Overloaded, DeadlineExceeded, EngineUnavailable: the grading tier cannot check them now.
    """
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def problem_of(question: Question) -> str:
        async with at_once:
            return await _problem(question, grading, tenant)

    problems = await asyncio.gather(*(problem_of(question) for question in plan.questions))
    wrong = {
        field_name(("questions", index, "grader", _FIELDS[type(plan.questions[index].grader)])): problem
        for index, problem in enumerate(problems)
        if problem
    }
    if wrong:
        sentences = "; ".join(f"{field}: {problem}" for field, problem in wrong.items())
        raise InvalidInput(f"The plan cannot be graded: {sentences}", detail={"fields": wrong})


_FIELDS: dict[type, str] = {Formula: "reference", Symbolic: "expression"}


async def _problem(question: Question, grading: Grading, tenant: str) -> str:
    match question.grader:
        case Formula(reference=key) | Symbolic(expression=key):
            pass
        case _:
            return ""  # ``check_question`` covers the other keys
    try:
        grade = await grading.grade(GradeRequest(question=question, answer=key, tenant=tenant))
    except InvalidInput as error:
        return error.message
    # Another grader's grade, such as the fake tier's, says nothing about the key.
    if grade.grader == question.grader.__struct_config__.tag and grade.score < 1.0:
        return f"The key is not graded as right: {grade.rationale}"
    return ""
