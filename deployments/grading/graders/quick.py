"""The graders that need neither a model nor computer algebra: milliseconds on an honest answer and key.

A hostile key or answer can make them take minutes, so the tier runs them in a process that it can stop
(``QuickGraders``); ``quick_task`` is that process's side.
"""

from __future__ import annotations

from typing import assert_never

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders.closed.choices import grade_multi_select, grade_multiple_choice
from deployments.grading.graders.closed.exact import grade_exact
from deployments.grading.graders.closed.ordered import grade_ordered
from deployments.grading.graders.closed.short_text import grade_short_text
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.numeric.numeric import grade_numeric
from deployments.grading.graders.rivals import names_a_rival
from deployments.grading.graders.statements import other_statement
from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.errors import DeadlineExceeded, EngineFailed, EngineUnavailable, InvalidInput
from interview.grades import Grade
from interview.plans.questions import (
    Exact,
    MultipleChoice,
    MultiSelect,
    Numeric,
    Ordered,
    Question,
    RubricGrading,
    ShortText,
)

MODULE = "deployments.grading.graders.quick_task"

#: The confidence of full marks for an answer that makes a statement.
_STATED = 0.85

QuickSpec = Exact | ShortText | Ordered | MultipleChoice | MultiSelect | Numeric | RubricGrading


class QuickJob(Struct, frozen=True):
    question: Question
    answer: str


class QuickResult(Struct, frozen=True):
    """A grade, or the message and fields of ``InvalidInput``: the question's key is unusable."""

    grade: Grade | None = None
    problem: str = ""
    fields: dict[str, str] = {}


def grade_quickly(spec: QuickSpec, question: Question, answer: str) -> Grade:
    """Grade in this thread. Raises InvalidInput (an unusable key).

    Full marks for a statement of the right term or number, or for a term beside another, need review
    (``other_statement``, ``names_a_rival``).
    """
    grade = _grade(spec, question, answer)
    if grade.score < 1.0 or grade.needs_review or not isinstance(spec, ShortText | MultipleChoice | Numeric):
        return grade
    spans = [(one.start, one.end) for one in grade.evidence]
    review = other_statement(answer, spans, question.prompt, number=isinstance(spec, Numeric))
    if not review and isinstance(spec, ShortText):
        review = names_a_rival(answer, spans, question.prompt)
    if not review:
        return grade
    return replace(grade, needs_review=True, review_reason=review, confidence=min(grade.confidence, _STATED))


def _grade(spec: QuickSpec, question: Question, answer: str) -> Grade:
    match spec:
        case Exact():
            return grade_exact(spec, answer, question.prompt)
        case ShortText():
            return grade_short_text(spec, answer)
        case Ordered():
            return grade_ordered(spec, answer, question.prompt)
        case MultipleChoice():
            return grade_multiple_choice(spec, answer, question.prompt)
        case MultiSelect():
            return grade_multi_select(spec, answer, question.prompt)
        case Numeric():
            return grade_numeric(spec, answer, question.prompt)
        case RubricGrading():
            return grade_coverage(question, answer)
        case _:
            assert_never(spec)


class QuickGraders:
    """``grade_quickly`` in a limited process, which ends with a task that breaks its limits."""

    def __init__(self, limits: SandboxLimits) -> None:
        self._limits = limits
        self._sandbox = Sandbox(MODULE, limits)

    async def start(self) -> None:
        await self._sandbox.start()

    async def stop(self) -> None:
        await self._sandbox.stop()

    async def grade(self, question: Question, answer: str, tenant: str = "") -> Grade:
        """Raises InvalidInput (an unusable key), DeadlineExceeded, EngineFailed (out of memory), EngineUnavailable, and
        Overloaded (too many of the tenant's answers wait)."""
        outcome = await self._sandbox.run(msgspec.msgpack.encode(QuickJob(question, answer)), tenant)
        match outcome.kind:
            case "done":
                return _grade_of(msgspec.msgpack.decode(outcome.result, type=QuickResult))
            case "time":
                raise DeadlineExceeded(f"Grading was stopped: it ran longer than {self._limits.wall_s:g} s.")
            case "memory":
                raise EngineFailed(
                    f"Grading was stopped: it used more than {self._limits.memory_bytes >> 20} MiB of memory."
                )
            case "crash" | "ready":
                raise EngineUnavailable("The graders' process gave no result; try again.", retry_after_s=1)
            case _:
                assert_never(outcome.kind)


def _grade_of(result: QuickResult) -> Grade:
    if result.grade is None:
        raise InvalidInput(result.problem, detail={"fields": result.fields})
    return result.grade
