"""The rubric judge: a model proposes levels with quotes, code checks the quotes and computes the score.

The model is called ``samples`` times with different seeds. The median level counts, and the spread of the samples
bounds the confidence. All model output is checked: a level counts only with a quote that occurs in the answer, levels
come from a closed set, and the score is the weighted mean of the levels' scores.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.config import JudgeConfig
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.grade_builder import mark, no_answer, nonsense
from deployments.grading.judge import prompt
from deployments.grading.judge.delimited_answer import UntrustedText
from deployments.grading.judge.prompt import criteria_of, ordered
from deployments.grading.judge.watchdog import doubts
from deployments.llm.contract import PRIORITY_BACKGROUND, ChatResponse, LanguageModel
from interview.errors import InterviewError, InvalidModelOutput
from interview.grades import CriterionGrade, Evidence, Grade
from interview.plans.questions import Criterion, Question, RubricGrading

logger = logging.getLogger(__name__)

GRADER = "rubric"

#: A single sample does not measure its own reliability.
_SINGLE_SAMPLE_CONFIDENCE = 0.5
_BEST_CONFIDENCE = 0.95


class _Verdict(Struct, frozen=True):
    """The model's verdict on one criterion."""

    level: int
    quote: str = ""
    reason: str = ""


class _Reading(Struct, frozen=True):
    """One sample's checked verdict on one criterion; ``evidence`` is None when the quote does not occur."""

    level: int
    score: float
    reason: str
    evidence: Evidence | None
    accepted: bool


#: The key-point coverage grade of an answer.
Coverage = Callable[[Question, str], Awaitable[Grade]]


async def _coverage_here(question: Question, answer: str) -> Grade:
    return grade_coverage(question, answer)


class RubricJudge:
    """Grades open answers through a ``LanguageModel``."""

    def __init__(
        self, model: LanguageModel, config: JudgeConfig | None = None, coverage: Coverage | None = None
    ) -> None:
        """``coverage`` grades by key points; without it that runs in this thread."""
        self._model = model
        self._config = config or JudgeConfig()
        self._coverage = coverage or _coverage_here

    async def grade(self, question: Question, answer: str, seed: int = 0) -> Grade:
        """The grade of an open answer; the deterministic coverage grade when the question has no usable rubric.

        Raises:

            InvalidModelOutput: no sample was usable.
            ModelMissing, Overloaded, DeadlineExceeded, EngineUnavailable, CircuitOpen, EngineFailed: of the model.
        """
        empty = no_answer(GRADER, answer) or nonsense(GRADER, answer)
        if empty is not None:
            return empty
        coverage = await self._coverage(question, answer)
        criteria = criteria_of(question)
        if not criteria:
            return coverage
        text = UntrustedText(answer, salt=f"{question.id}:{seed}")
        count = question.grader.samples if isinstance(question.grader, RubricGrading) else self._config.samples
        count = max(1, min(count, self._config.samples_at_most))
        samples = await self._samples(question, criteria, text, seed, count)
        readings = {
            criterion.id: [_checked(criterion, sample[criterion.id], text) for sample in samples]
            for criterion in criteria
        }
        grade = _combined(criteria, readings, asked=count, answer=answer)
        return _with_doubts(grade, doubts(grade, coverage, self._config.watchdog))

    async def _samples(
        self, question: Question, criteria: Sequence[Criterion], text: UntrustedText, seed: int, count: int
    ) -> list[Mapping[str, _Verdict]]:
        """The usable samples, at least one. Raises the last error when there is none."""
        results = await asyncio.gather(
            *(self._sample(question, criteria, text, seed * 1000 + index) for index in range(count)),
            return_exceptions=True,
        )
        usable: list[Mapping[str, _Verdict]] = []
        failure: InterviewError | None = None
        for result in results:
            if isinstance(result, InterviewError):
                failure = result
                logger.warning("a judge sample failed: question=%s error=%s", question.id, result.code)
            elif isinstance(result, BaseException):
                raise result
            else:
                usable.append(result)
        if not usable:
            raise failure or InvalidModelOutput("The judge gave no verdict.")
        return usable

    async def _sample(
        self, question: Question, criteria: Sequence[Criterion], text: UntrustedText, seed: int
    ) -> Mapping[str, _Verdict]:
        response = await self._model.chat(
            {
                "messages": prompt.messages(question, criteria, text),
                "temperature": self._config.temperature,
                "seed": seed,
                "max_tokens": self._config.max_tokens,
                "priority": PRIORITY_BACKGROUND,
                "deadline_s": self._config.deadline_s,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "verdict", "strict": True, "schema": prompt.schema(criteria)},
                },
            }
        )
        return _read(response, criteria)


def _read(response: ChatResponse, criteria: Sequence[Criterion]) -> Mapping[str, _Verdict]:
    """Raises InvalidModelOutput unless there is a verdict with a valid level on every criterion."""
    try:
        content: Any = response["choices"][0]["message"]["content"]
        verdicts = msgspec.convert(json.loads(content), type=dict[str, _Verdict])
    except (KeyError, IndexError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise InvalidModelOutput("The judge's verdict is not the requested JSON.") from error
    for criterion in criteria:
        verdict = verdicts.get(criterion.id)
        if verdict is None or verdict.level not in {level.level for level in criterion.levels}:
            raise InvalidModelOutput("The judge's verdict leaves out a criterion or names a level that does not exist.")
    return verdicts


def _checked(criterion: Criterion, verdict: _Verdict, text: UntrustedText) -> _Reading:
    """A verdict after its quote was checked. The lowest level needs no quote, because there may be none."""
    levels = ordered(criterion)
    chosen = next(level for level in levels if level.level == verdict.level)
    evidence = text.find(verdict.quote, supports=criterion.name)
    lowest = chosen.level == levels[0].level
    accepted = evidence is not None or (lowest and not verdict.quote.strip())
    return _Reading(chosen.level, chosen.score, verdict.reason.strip()[:300], evidence, accepted)


def _combined(
    criteria: Sequence[Criterion], readings: Mapping[str, Sequence[_Reading]], *, asked: int, answer: str
) -> Grade:
    """Median level per criterion over the accepted readings; score, spread and confidence computed in code.

    ``confidence = 0.95 · (1 - min(1, 2 · spread)) · (accepted readings / requested readings)``, at most 0.5 for a
    single sample; ``spread`` is the weighted mean over the criteria of (highest - lowest score).
    """
    graded = [_criterion_grade(criterion, readings[criterion.id]) for criterion in criteria]
    weight = sum(criterion.weight for criterion in criteria) or 1.0
    score = sum(c.weight * g.score for c, g in zip(criteria, graded, strict=True)) / weight
    spread = sum(c.weight * g.spread for c, g in zip(criteria, graded, strict=True)) / weight
    accepted = sum(reading.accepted for some in readings.values() for reading in some)
    confidence = _BEST_CONFIDENCE * (1.0 - min(1.0, 2.0 * spread)) * accepted / (asked * len(criteria))
    if asked == 1 or min(len(some) for some in readings.values()) == 1:
        confidence = min(confidence, _SINGLE_SAMPLE_CONFIDENCE)
    failed = [
        criterion.name for criterion in criteria if not all(reading.accepted for reading in readings[criterion.id])
    ]
    evidence = tuple(dict.fromkeys(one for c in criteria if (one := _best_evidence(readings[c.id])) is not None))
    sentences = "; ".join(
        f"{criterion.name}: level {grade.level}, {grade.rationale.rstrip('.') or 'no reason given'}"
        for criterion, grade in zip(criteria, graded, strict=True)
    )
    made = mark(
        GRADER,
        score,
        f"{sentences}.",
        confidence=confidence,
        evidence=evidence,
        criteria=graded,
        review=f"A quote of the judge does not occur in the answer: {', '.join(failed)}." if failed else "",
    )
    return replace(made, prompt=prompt.VERSION)


def _criterion_grade(criterion: Criterion, readings: Sequence[_Reading]) -> CriterionGrade:
    accepted = sorted((one for one in readings if one.accepted), key=lambda one: one.score)
    lowest = ordered(criterion)[0]
    if not accepted:
        return CriterionGrade(
            criterion=criterion.id,
            level=lowest.level,
            score=lowest.score,
            rationale="Not accepted: no sample quoted the answer verbatim",
            spread=1.0,
            weight=criterion.weight,
        )
    median = accepted[len(accepted) // 2] if len(accepted) % 2 else accepted[len(accepted) // 2 - 1]
    scores = [one.score for one in accepted]
    quoted = next((one for one in accepted if one.level == median.level and one.evidence is not None), median)
    return CriterionGrade(
        criterion=criterion.id,
        level=median.level,
        score=statistics.median_low(scores),
        quote=quoted.evidence.quote if quoted.evidence else "",
        rationale=quoted.reason,
        spread=max(scores) - min(scores),
        weight=criterion.weight,
    )


def _best_evidence(readings: Sequence[_Reading]) -> Evidence | None:
    accepted = sorted((one for one in readings if one.accepted and one.evidence), key=lambda one: one.score)
    return accepted[(len(accepted) - 1) // 2].evidence if accepted else None


def _with_doubts(grade: Grade, found: Sequence[str]) -> Grade:
    if not found:
        return grade
    reason = " ".join([grade.review_reason, *found]).strip()
    return replace(grade, needs_review=True, review_reason=reason)
