"""Watches the judge for drift: periodically it grades the plan's own reference answers, whose level is known."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from msgspec import Struct

from deployments.grading.config import WatchdogPolicy
from deployments.grading.judge.watchdog import CalibrationItem, measure_drift, reference_items
from interview.errors import InterviewError
from interview.grades import Grade
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question

logger = logging.getLogger(__name__)


class _Measured(Struct, frozen=True):
    reason: str
    at_s: float


class DriftWatch:
    """Caches, per plan, whether the judge meets the policy; measures again when the result is too old.

    Measuring costs ``policy.drift_items`` judgements per plan every ``policy.drift_every_s`` seconds and replica.
    """

    def __init__(
        self,
        judge: Callable[[Question, str, int, str], Awaitable[Grade]],
        policy: WatchdogPolicy,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``judge`` grades a question's answer with a seed, in a language."""
        self._judge = judge
        self._policy = policy
        self._clock_s = clock_s
        self._measured: dict[str, _Measured] = {}

    async def __call__(self, plan: InterviewPlan) -> str:
        """The reason to review this plan's rubric grades; empty while the judge matches the labels or has none."""
        if self._policy.drift_every_s <= 0:
            return ""
        known = self._measured.get(plan.digest)
        now_s = self._clock_s()
        if known is not None and now_s - known.at_s < self._policy.drift_every_s:
            return known.reason

        async def judge(question: Question, answer: str) -> Grade:
            return await self._judge(question, answer, 0, plan.language)

        try:
            drift = await measure_drift(judge, calibration_items(plan, self._policy.drift_items))
        except InterviewError as error:
            # The grade at hand will meet the same error and report it; without a new measurement the last one holds.
            logger.warning("the judge's drift could not be measured: plan=%s error=%s", plan.id, error.code)
            return known.reason if known is not None else ""
        reason = drift.reason(self._policy)
        if reason:
            logger.warning("the judge has drifted: plan=%s error=%.2f", plan.id, drift.mean_absolute_error)
        self._measured[plan.digest] = _Measured(reason, now_s)
        return reason


def calibration_items(plan: InterviewPlan, count: int) -> list[CalibrationItem]:
    """``count`` reference answers of the plan's open questions, spread evenly over questions and levels."""
    items = reference_items([question for question in plan.questions if question.is_open])
    if len(items) <= count:
        return items
    # A step that is not a multiple of three covers strong, average and weak answers alike.
    step = max(1, len(items) // count)
    step += step % 3 == 0
    return [items[index * step % len(items)] for index in range(count)]
