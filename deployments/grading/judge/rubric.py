"""The rubric judge: a model names sentences and grades, code quotes the sentences and computes the score.

The model decides about each criterion or key point by the number of a sentence and a grade from a closed set. It is
asked for ``samples`` choices in one request. The samples are combined item by item, and the result with key-point
coverage by meaning.
"""

from __future__ import annotations

import logging
import statistics
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec.structs import replace

from deployments.grading.config import JudgeConfig
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.glossed import graded
from deployments.grading.graders.grade_builder import mark, no_answer, nonsense
from deployments.grading.judge import prompt
from deployments.grading.judge.combination import combined
from deployments.grading.judge.judged_item import JudgedItem, items_of
from deployments.grading.judge.numbered_answer import NumberedAnswer
from deployments.grading.judge.verdict import Reading, Verdict, checked, samples_in
from deployments.grading.judge.watchdog import doubts
from deployments.llm.contract import PRIORITY_BACKGROUND, LanguageModel
from interview.grades import CriterionGrade, Evidence, Grade
from interview.plans.questions import Question, RubricGrading

logger = logging.getLogger(__name__)

GRADER = "rubric"

#: The key-point coverage grade of an answer.
Coverage = Callable[[Question, str, str], Awaitable[Grade]]


async def _coverage_here(question: Question, answer: str, language: str) -> Grade:
    async def by_words(question: Question, answer: str) -> Grade:
        return grade_coverage(question, answer)

    return await graded(question, answer, language, by_words)


class RubricJudge:
    """Grades open answers through a ``LanguageModel``."""

    def __init__(
        self, model: LanguageModel, config: JudgeConfig | None = None, coverage: Coverage | None = None
    ) -> None:
        """``coverage`` grades by key points; without it that is done by words, in this thread."""
        self._model = model
        self._config = config or JudgeConfig()
        self._coverage = coverage or _coverage_here

    async def grade(self, question: Question, answer: str, seed: int = 0, language: str = "en") -> Grade:
        """The grade of an open answer; the deterministic coverage grade when there is nothing to judge by.

        Raises:

            InvalidModelOutput: no sample was usable.
            ModelMissing, Overloaded, DeadlineExceeded, EngineUnavailable, CircuitOpen, EngineFailed: of the model.
        """
        empty = no_answer(GRADER, answer, language) or nonsense(GRADER, answer)
        if empty is not None:
            return empty
        coverage = await self._coverage(question, answer, language)
        items = items_of(question)
        text = NumberedAnswer(question.prompt, answer, salt=f"{question.id}:{seed}")
        if not items or not text.sentences:
            return coverage
        count = question.grader.samples if isinstance(question.grader, RubricGrading) else self._config.samples
        count = max(1, min(count, self._config.samples_at_most))
        samples = await self._samples(question, items, text, seed, count)
        judged = _judged(items, samples, text)
        grade = combined(judged, coverage, usable=len(samples) / count, share=self._config.coverage_share)
        return _with_doubts(grade, [*_orders(text), *doubts(judged, grade, coverage, self._config.watchdog)])

    async def _samples(
        self, question: Question, items: Sequence[JudgedItem], text: NumberedAnswer, seed: int, count: int
    ) -> list[Mapping[str, Verdict]]:
        """The usable samples, at least one. Raises as ``grade``."""
        response = await self._model.chat(
            {
                "messages": prompt.messages(question, items, text),
                "n": count,
                "temperature": self._config.temperature,
                "seed": seed * 1000,
                "max_tokens": self._config.max_tokens,
                "priority": PRIORITY_BACKGROUND,
                "deadline_s": self._config.deadline_s,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": "verdict",
                        "strict": True,
                        "schema": prompt.schema(items, len(text.sentences)),
                    },
                },
            }
        )
        found = samples_in(response, items, len(text.sentences))[:count]
        if len(found) < count:
            logger.warning("the judge's samples were not all usable: question=%s usable=%d", question.id, len(found))
        return found


def _judged(items: Sequence[JudgedItem], samples: Sequence[Mapping[str, Verdict]], text: NumberedAnswer) -> Grade:
    """The judge's own grade: the weighted mean of the items' scores, with code's quotes."""
    parts: list[CriterionGrade] = []
    evidence: list[Evidence] = []
    for item in items:
        part, quoted = _part(item, [checked(item, sample[item.id], text) for sample in samples], text)
        parts.append(part)
        evidence += [quoted] if quoted is not None else []
    weight = sum(part.weight or 0.0 for part in parts) or 1.0
    score = sum((part.weight or 0.0) * part.score for part in parts) / weight
    rationale = "; ".join(f"{part.criterion}: {part.rationale}" for part in parts)
    made = mark(GRADER, score, f"{rationale}.", criteria=parts, evidence=list(dict.fromkeys(evidence)))
    return replace(made, prompt=prompt.VERSION)


def _part(
    item: JudgedItem, readings: Sequence[Reading], text: NumberedAnswer
) -> tuple[CriterionGrade, Evidence | None]:
    """One item over all samples: the median level of a criterion, the mean grade of a point."""
    scores = [one.score for one in readings]
    grade = sorted(readings, key=lambda one: one.score)[(len(readings) - 1) // 2].grade
    score = item.scores[grade] if item.criterion is not None else statistics.fmean(scores)
    named = Counter(one.sentence for one in readings if one.sentence)
    number = min(named, key=lambda one: (-named[one], one)) if named and score > item.scores[item.lowest] else 0
    quoted = text.quote(number, supports=item.name)
    said = f"sentence {number}" if number else next((one.refused for one in readings if one.refused), "not found")
    told = f"level {grade}" if item.criterion is not None else f"{score:.0%} made"
    part = CriterionGrade(
        criterion=item.criterion.id if item.criterion is not None else item.name,
        level=grade,
        score=score,
        quote=quoted.quote if quoted is not None else "",
        rationale=f"{told} ({said})",
        spread=max(scores) - min(scores),
        weight=item.weight,
    )
    return part, quoted


def _orders(text: NumberedAnswer) -> list[str]:
    if not text.orders:
        return []
    return [f"{text.orders} order{'s' * (text.orders > 1)} to the machine did not reach the judge."]


def _with_doubts(grade: Grade, found: Sequence[str]) -> Grade:
    if not found:
        return grade
    reason = " ".join([grade.review_reason, *found]).strip()
    return replace(grade, needs_review=True, review_reason=reason)
