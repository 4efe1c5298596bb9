"""Hostile keys and answers: each grade ends within its limit, and other tenants' answers are graded meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.tier import GradingTier
from deployments.shell.sandbox import SandboxLimits
from interview.errors import DeadlineExceeded, InterviewError
from interview.plans.questions import AnyGrader, Formula, Numeric, Question, SheetColumn, ShortText

LIMITS = SandboxLimits(cpu_s=1, wall_s=1, tasks_per_child=1000)

#: Longer than the deadline in this process: minutes of comparing.
SLOW_KEY = ShortText(tuple(f"variant number {index} of many words here" for index in range(200)))
SLOW_ANSWER = "i think a load balancer distributes " * 500
SLOW_FORMULA = Formula("=SUM(A2:A101)", (SheetColumn("n"),), rows=100, sheets=200)


def asked(grader: AnyGrader, answer: str, tenant: str) -> GradeRequest:
    return GradeRequest(Question("q", "technical", "any", "How far?", grader), answer, tenant=tenant)


@pytest.fixture
async def tier() -> AsyncIterator[GradingTier]:
    made = GradingTier(GradingConfig(quick_sandbox=LIMITS, formula_sandbox=SandboxLimits(cpu_s=1, wall_s=1)))
    await made.start()
    yield made
    await made.stop()


async def test_a_grade_that_runs_too_long_is_stopped_and_the_next_one_served(tier: GradingTier) -> None:
    with pytest.raises(DeadlineExceeded, match="stopped"):
        await tier.service.grade(asked(SLOW_KEY, SLOW_ANSWER, "acme"))
    assert (await tier.service.grade(asked(Numeric(5, unit="m"), "five metres", "acme"))).score == 1.0


async def test_the_event_loop_runs_while_a_grade_does(tier: GradingTier) -> None:
    grading = asyncio.create_task(tier.service.grade(asked(SLOW_KEY, SLOW_ANSWER, "acme")))
    turns = 0
    while not grading.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10
    with pytest.raises(InterviewError):
        await grading


@pytest.mark.parametrize("unit", ["m^9^9^9", "m**9**9**9", "(m^9)^99999999", "m^" + "9" * 40])
async def test_a_unit_that_would_be_computed_for_hours_does_not_stop_the_graders(tier: GradingTier, unit: str) -> None:
    for request in (asked(Numeric(5, unit=unit), "5 m", "acme"), asked(Numeric(5, unit="m"), f"5 {unit}", "acme")):
        try:
            await tier.service.grade(request)
        except InterviewError as error:
            assert error.code in ("deadline-exceeded", "engine-failed", "invalid-input"), error.code
    assert (await tier.service.grade(asked(Numeric(5, unit="m"), "5 m", "acme"))).score == 1.0


@pytest.mark.parametrize(
    ("grader", "flood"),
    [(SLOW_KEY, SLOW_ANSWER), (SLOW_FORMULA, '=SUMPRODUCT(LEN(REPT("x",32000+A2:A101)))')],
    ids=["short text", "formula"],
)
async def test_one_tenants_flood_leaves_anothers_answers_graded(
    tier: GradingTier, grader: AnyGrader, flood: str
) -> None:
    """20 slow answers wait; another tenant's is graded after at most one of them."""
    flooding = [asyncio.create_task(tier.service.grade(asked(grader, flood, "flood"))) for _ in range(20)]
    await asyncio.sleep(0)
    honest = asked(grader, "variant number 7 of many words here" if grader is SLOW_KEY else "=SUM(A2:A101)", "acme")
    grade = await tier.service.grade(honest)
    assert grade.score == 1.0
    assert sum(task.done() for task in flooding) <= 2
    for task in flooding:
        task.cancel()
    await asyncio.gather(*flooding, return_exceptions=True)
