"""Requests review when the judge is unreliable: wide sample spread, disagreement of graders, or drift."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from deployments.grading.config import WatchdogPolicy
from interview.grades import Grade
from interview.plans.questions import Question


def doubts(judged: Grade, grade: Grade, coverage: Grade, policy: WatchdogPolicy) -> list[str]:
    """The reasons to review ``grade``, which combines the judge's own with ``coverage``; empty when there are none."""
    found: list[str] = []
    apart = [one.criterion for one in judged.criteria if one.spread > policy.spread]
    if apart:
        found.append(f"The judge's samples differ by more than {policy.spread:g} on: {', '.join(apart)}.")
    if coverage.confidence > 0 and abs(judged.score - coverage.score) > policy.disagreement:
        found.append(
            f"The judge ({judged.score:.2f}) and key-point coverage ({coverage.score:.2f}) differ by more than"
            f" {policy.disagreement:g}."
        )
    if grade.confidence < policy.confidence:
        found.append(f"The judge's confidence ({grade.confidence:.2f}) is below {policy.confidence:g}.")
    return found


class CalibrationItem(Struct, frozen=True):
    """An answer with an agreed human score."""

    question: Question
    answer: str
    score: float


class Drift(Struct, frozen=True):
    """Mean absolute error against the labels, and the mean signed error (above 0: too generous)."""

    items: int
    mean_absolute_error: float
    bias: float

    def reason(self, policy: WatchdogPolicy) -> str:
        """The reason for which rubric grades need review until the judge is recalibrated; empty within the limit."""
        if self.items == 0 or self.mean_absolute_error <= policy.drift:
            return ""
        towards = "generous" if self.bias > 0 else "strict"
        return (
            f"The judge has drifted: on {self.items} calibration answers it is off by {self.mean_absolute_error:.2f} on"
            f" average (limit {policy.drift:g}), too {towards}."
        )


async def measure_drift(judge: Callable[[Question, str], Awaitable[Grade]], items: Sequence[CalibrationItem]) -> Drift:
    """Judge the calibration set and compare. Raises the judge's errors."""
    errors = [(await judge(item.question, item.answer)).score - item.score for item in items]
    if not errors:
        return Drift(0, 0.0, 0.0)
    return Drift(len(errors), sum(map(abs, errors)) / len(errors), sum(errors) / len(errors))


def reference_items(questions: Sequence[Question]) -> list[CalibrationItem]:
    """The calibration set of every bank: reference answers to scored questions, strong 1, average 0.6, weak 0.2.

    A keyed question has no average: its answer is right or wrong.
    """
    return [
        CalibrationItem(question, answer, score)
        for question in questions
        if question.reference is not None and question.is_scored
        for answer, score in (
            (question.reference.strong, 1.0),
            *(((question.reference.average, 0.6),) if question.is_open else ()),
            (question.reference.weak, 0.2 if question.is_open else 0.0),
        )
    ]
