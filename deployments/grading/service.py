"""The grading tier without Ray: grade now, and queue slow work."""

from __future__ import annotations

import asyncio
from typing import Protocol

from msgspec.structs import replace

from deployments.grading.config import GradingConfig
from deployments.grading.contract import CalculateRequest, Calculation, GradeRequest
from deployments.grading.graders.grade_builder import with_deductions
from deployments.grading.graders.numeric import units
from deployments.grading.graders.registry import Registry
from interview.errors import DeadlineExceeded, InvalidInput, UnsupportedRequest
from interview.grades import Grade


class BackgroundWork(Protocol):
    """The queue of background grading; durable before a method returns."""

    async def judge(self, request: GradeRequest) -> None: ...

    async def evaluate(self, tenant: str, interview_id: str) -> None: ...


class GradingService:
    """``Grading`` over the graders of ``registry`` and a background queue."""

    def __init__(
        self, config: GradingConfig, registry: Registry | None = None, background: BackgroundWork | None = None
    ) -> None:
        self._config = config
        self._registry = registry or Registry(config)
        self._background = background

    async def start(self) -> None:
        """Warm up, so that the first candidates do not wait."""
        await asyncio.to_thread(units.warm_up)
        await self._registry.start(sandboxes=self._config.warm_sandboxes)

    async def stop(self) -> None:
        await self._registry.stop()

    async def grade(self, request: GradeRequest) -> Grade:
        answer, cut = request.answer, False
        if len(answer) > self._config.max_answer_chars:
            answer, cut = answer[: self._config.max_answer_chars], True
        try:
            async with asyncio.timeout(self._config.deadline_s):
                grade = await self._registry.grade(
                    request.question, answer, request.seed, request.tenant, request.language
                )
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"Grading did not finish within {self._config.deadline_s:g} s.", retry_after_s=1
            ) from error
        if not grade.is_judgement:
            return grade
        grade = with_deductions(
            grade,
            hint_cost=request.hint_cost,
            transcript_confidence=request.transcript_confidence,
            review_below=self._config.review_below,
        )
        if cut:
            note = f"Only the first {self._config.max_answer_chars} characters were graded."
            grade = replace(grade, needs_review=True, review_reason=f"{grade.review_reason} {note}".strip())
        return grade

    async def calculate(self, request: CalculateRequest) -> Calculation:
        try:
            async with asyncio.timeout(self._config.deadline_s):
                return await self._registry.calculate(request.question, request.formula, request.tenant)
        except TimeoutError as error:
            raise DeadlineExceeded("The formula was not calculated in time.", retry_after_s=1) from error

    async def judge(self, request: GradeRequest) -> None:
        if not request.interview_id:
            raise InvalidInput(
                "Background grading needs the interview it belongs to.", detail={"fields": {"interview_id": "empty"}}
            )
        await self._queue().judge(request)

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        await self._queue().evaluate(tenant, interview_id)

    def _queue(self) -> BackgroundWork:
        if self._background is None:
            raise UnsupportedRequest("This grading tier was built without a background queue.")
        return self._background
