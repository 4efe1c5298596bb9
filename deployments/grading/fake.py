"""The fake grading tier: seeded grades after a configured service time, for load runs and tests."""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
from collections.abc import Awaitable, Callable

from deployments.grading.config import FakeGradingConfig
from deployments.grading.contract import CalculateRequest, Calculation, GradeRequest
from deployments.grading.graders import answer_text
from deployments.grading.graders.grade_builder import mark, no_answer
from interview.errors import UnsupportedRequest
from interview.grades import Grade

Sleep = Callable[[float], Awaitable[None]]


class FakeGrading:
    """``Grading`` that draws a score from a hash of the answer; ``judged`` and ``evaluated`` record the queued work."""

    def __init__(self, config: FakeGradingConfig | None = None, *, sleep: Sleep = asyncio.sleep) -> None:
        self._config = config or FakeGradingConfig()
        self._sleep = sleep
        self._random = random.Random(self._config.seed)  # noqa: S311 - reproducible load, not secrecy
        self.judged: list[GradeRequest] = []
        self.evaluated: list[tuple[str, str]] = []

    async def grade(self, request: GradeRequest) -> Grade:
        await self._sleep(self._service_time_s())
        empty = no_answer("fake", request.answer)
        if empty:
            return empty
        digest = hashlib.sha256(f"{self._config.seed}|{request.question.id}|{request.answer}".encode()).digest()
        score = digest[0] / 255
        evidence = [answer_text.whole(request.answer, "the answer")]
        return mark("fake", score, "A seeded fake score.", confidence=0.5, evidence=evidence)

    async def calculate(self, request: CalculateRequest) -> Calculation:
        raise UnsupportedRequest("The fake grading tier calculates no formulas.")

    async def judge(self, request: GradeRequest) -> None:
        self.judged.append(request)

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        self.evaluated.append((tenant, interview_id))

    def _service_time_s(self) -> float:
        match self._config.service_time:
            case "zero":
                return 0.0
            case "fixed":
                return self._config.service_ms / 1000
            case "lognormal":
                mu = math.log(max(self._config.service_ms, 1e-9))
                return self._random.lognormvariate(mu, self._config.service_sigma) / 1000
