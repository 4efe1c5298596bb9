"""The registry of graders: dispatches on the kind of the question's grader."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from deployments.grading.config import GradingConfig
from deployments.grading.graders.closed.choices import grade_multi_select, grade_multiple_choice
from deployments.grading.graders.closed.exact import grade_exact
from deployments.grading.graders.closed.ordered import grade_ordered
from deployments.grading.graders.closed.short_text import grade_short_text
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.coverage.embedding import Meaning
from deployments.grading.graders.coverage.embedding_onnx import OnnxSentenceEmbedder
from deployments.grading.graders.formula.grader import FormulaGrader
from deployments.grading.graders.numeric.numeric import grade_numeric
from deployments.grading.graders.symbolic.symbolic import SymbolicGrader
from interview.errors import UnsupportedRequest
from interview.grades import NOT_SCORED, Grade
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

#: A grader that runs in a worker process: the key, the answer, a seed.
ProcessGrader = Callable[[Question, str, int], Awaitable[Grade]]


class Registry:
    """Dispatches on the grader's type. ``processes`` overrides the graders that run in worker processes.

    Raises:

        ConfigError: ``config.embeddings`` is not an embedding model.
    """

    def __init__(
        self, config: GradingConfig | None = None, processes: dict[type[GraderSpec], ProcessGrader] | None = None
    ) -> None:
        config = config or GradingConfig()
        self._meaning: Meaning | None = None
        if config.embeddings is not None:
            self._meaning = Meaning(OnnxSentenceEmbedder(config.embeddings), config.meaning)
        self._sandboxed = (FormulaGrader(config.formula_sandbox), SymbolicGrader(config.symbolic_sandbox))
        formula, symbolic = self._sandboxed
        self._processes = {Formula: formula.grade, Symbolic: symbolic.grade} if processes is None else dict(processes)

    async def start(self) -> None:
        """Warm the worker processes; without it the first formula or symbolic answer starts them."""
        for grader in self._sandboxed:
            await grader.start()

    async def stop(self) -> None:
        for grader in self._sandboxed:
            await grader.stop()

    async def grade(self, question: Question, answer: str, seed: int = 0) -> Grade:
        """Raises InvalidInput (an unusable key), UnsupportedRequest (no such grader), EngineFailed."""
        spec = question.grader
        match spec:
            case Exact():
                return grade_exact(spec, answer)
            case ShortText():
                return grade_short_text(spec, answer)
            case Ordered():
                return grade_ordered(spec, answer)
            case MultipleChoice():
                return grade_multiple_choice(spec, answer)
            case MultiSelect():
                return grade_multi_select(spec, answer)
            case Numeric():
                return grade_numeric(spec, answer, question.prompt)
            case RubricGrading():
                if self._meaning is None:
                    return grade_coverage(question, answer)
                return await asyncio.to_thread(grade_coverage, question, answer, self._meaning)
            case Ungraded():
                return not_scored()
            case Formula() | Symbolic():
                process = self._processes.get(type(spec))
                if process is None:
                    raise UnsupportedRequest(
                        f"This grading tier has no grader for {type(spec).__name__.lower()} answers."
                    )
                return await process(question, answer, seed)


def not_scored() -> Grade:
    """The grade of a question that is not scored; averages exclude it."""
    return Grade(
        score=0.0, level=NOT_SCORED, confidence=1.0, rationale="This question is not scored.", grader=NOT_SCORED
    )
