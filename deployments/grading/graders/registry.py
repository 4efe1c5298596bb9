"""The registry of graders: dispatches on the kind of the question's grader."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from deployments.grading.config import GradingConfig
from deployments.grading.contract import Calculation
from deployments.grading.graders.coverage.alignment import Aligner, load_aligner
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.formula.grader import FormulaGrader
from deployments.grading.graders.glossed import graded
from deployments.grading.graders.quick import QuickGraders, grade_quickly
from deployments.grading.graders.symbolic.symbolic import SymbolicGrader
from interview.errors import UnsupportedRequest
from interview.grades import NOT_SCORED, Grade
from interview.languages.language import base_of
from interview.plans.questions import (
    Exact,
    Formula,
    GraderSpec,
    MultipleChoice,
    MultiSelect,
    Numeric,
    Ordered,
    Question,
    RubricGrading,
    ShortText,
    Symbolic,
    Ungraded,
)
from interview.text.machine_orders import text_without_orders
from interview.text.visible_text import is_foreign

FOREIGN = "The answer is not in the interview's language; only a person can judge it."
#: The confidence of such a grade: as of an answer in which no key point was found.
_FOREIGN_CONFIDENCE = 0.2

#: A grader that runs in a worker process: the key, the answer, a seed, the tenant.
ProcessGrader = Callable[[Question, str, int, str], Awaitable[Grade]]


class Registry:
    """Dispatches on the grader's type. Formulas and symbolic answers are always graded in worker processes.

    ``quick_apart``: the others are, too, so that a hostile key or answer cannot stop this process. Without it they run
    in this thread: for the operator's own plans and answers. ``processes`` overrides the graders of formulas and
    symbolic answers.

    Raises:

        ConfigError: ``config.embeddings`` is not a token encoder.
        ModelMissing, ModelCorrupt: its files are absent or differ from their manifest.
    """

    def __init__(
        self,
        config: GradingConfig | None = None,
        processes: dict[type[GraderSpec], ProcessGrader] | None = None,
        *,
        quick_apart: bool = False,
    ) -> None:
        config = config or GradingConfig()
        self._aligner: Aligner | None = None if config.embeddings is None else load_aligner(config.embeddings)
        self._sandboxed = (FormulaGrader(config.formula_sandbox), SymbolicGrader(config.symbolic_sandbox))
        formula, symbolic = self._sandboxed
        self._quick = QuickGraders(config.quick_sandbox) if quick_apart else None
        self._processes = {Formula: formula.grade, Symbolic: symbolic.grade} if processes is None else dict(processes)

    async def start(self, *, sandboxes: bool = True) -> None:
        """Warm the worker processes, those of formulas and symbolic answers only with ``sandboxes``; without it the
        first answer starts them."""
        if self._quick is not None:
            await self._quick.start()
        if sandboxes:
            for grader in self._sandboxed:
                await grader.start()

    async def stop(self) -> None:
        if self._quick is not None:
            await self._quick.stop()
        for grader in self._sandboxed:
            await grader.stop()

    async def calculate(self, question: Question, formula: str, tenant: str = "") -> Calculation:
        """Raises as ``FormulaGrader.calculate``."""
        return await self._sandboxed[0].calculate(question, formula, tenant)

    async def coverage(self, question: Question, answer: str, language: str) -> Grade:
        """The key-point coverage of any question: by meaning if there is an encoder. Raises as ``grade``."""
        return await self.grade(replace(question, grader=RubricGrading()), answer, language=language)

    async def grade(
        self, question: Question, answer: str, seed: int = 0, tenant: str = "", language: str = "en"
    ) -> Grade:
        """``tenant`` is who pays for the worker processes' time. An answer in another language than English is graded
        by its gloss, and an open one by words only: the token encoder is English.

        Raises:

            InvalidInput: an unusable key.
            UnsupportedRequest: there is no such grader here.
            DeadlineExceeded, EngineFailed, EngineUnavailable: the grader was stopped, or its process died.
            Overloaded: too many of the tenant's answers wait.
        """
        aligner = self._aligner if base_of(language) == "en" else None

        async def grade_english(question: Question, answer: str) -> Grade:
            return await self._grade(question, answer, seed, tenant, aligner)

        return _with_language(await graded(question, answer, language, grade_english), question, answer, language)

    async def _grade(self, question: Question, answer: str, seed: int, tenant: str, aligner: Aligner | None) -> Grade:
        spec = question.grader
        match spec:
            case RubricGrading() if aligner is not None:
                return await asyncio.to_thread(grade_coverage, question, answer, aligner)
            case Exact() | ShortText() | Ordered() | MultipleChoice() | MultiSelect() | Numeric() | RubricGrading():
                if self._quick is not None:
                    return await self._quick.grade(question, answer, tenant)
                return grade_quickly(spec, question, answer)
            case Ungraded():
                return not_scored()
            case Formula() | Symbolic():
                process = self._processes.get(type(spec))
                if process is None:
                    raise UnsupportedRequest(
                        f"This grading tier has no grader for {type(spec).__name__.lower()} answers."
                    )
                return await process(question, answer, seed, tenant)


def _with_language(grade: Grade, question: Question, answer: str, language: str) -> Grade:
    """``grade``, for a person to look at if an open answer is in another language than the interview's."""
    if not isinstance(question.grader, RubricGrading) or not is_foreign(text_without_orders(answer), language):
        return grade
    reason = f"{FOREIGN} {grade.review_reason}".strip()
    return replace(
        grade, needs_review=True, review_reason=reason, confidence=min(grade.confidence, _FOREIGN_CONFIDENCE)
    )


def not_scored() -> Grade:
    """The grade of a question that is not scored; averages exclude it."""
    return Grade(
        score=0.0, level=NOT_SCORED, confidence=1.0, rationale="This question is not scored.", grader=NOT_SCORED
    )
