"""A plan from a request starts only when the graders can work with its answer keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from deployments.agent.contract import StartRequest
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import InvalidInput
from interview.plans.files import load_plan
from serve.simulation.rehearsal import RehearsalStage
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
COLUMNS = [{"name": "price", "values": "decimal", "low": 1, "high": 9}]
SUM = {"kind": "formula", "reference": "=SUM(A2:A9)", "columns": COLUMNS, "rows": 8}


@pytest.fixture
async def stage() -> AsyncIterator[RehearsalStage]:
    grading = GradingService(GradingConfig())
    yield RehearsalStage(sessions=MemorySessionStore(), plan=PLAN, grading=grading)
    await grading.stop()


def start_with(grader: dict[str, Any]) -> StartRequest:
    """A start that brings the short plan, the second question with ``grader``."""
    plan: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(PLAN))
    plan["questions"][1]["grader"] = grader
    plan["questions"][1]["criteria"] = []
    return StartRequest(tenant="acme", interview_id="rehearsal", plan=plan, consent=True, voice=False)


@pytest.mark.parametrize(
    "grader", [SUM, {"kind": "symbolic", "expression": "n*(n+1)/2"}], ids=lambda grader: str(grader["kind"])
)
async def test_a_plan_with_keys_that_can_be_graded_starts(stage: RehearsalStage, grader: dict[str, Any]) -> None:
    assert (await stage.agent().start(start_with(grader))).encoded


@pytest.mark.parametrize(
    ("grader", "field", "reason"),
    [
        (SUM | {"reference": "=*SUM(A2:A9)"}, "reference", "reference formula"),
        (SUM | {"reference": "=SUMM(A2:A9)"}, "reference", "SUMM"),
        (SUM | {"reference": '=""'}, "reference", "not graded as right"),
        ({"kind": "symbolic", "expression": "2 * (x + "}, "expression", "not an expression"),
        ({"kind": "symbolic", "expression": "9^9^9^9^9"}, "expression", "too large"),
    ],
    ids=["no-formula", "no-such-function", "empty-text", "half-an-expression", "too-large"],
)
async def test_a_key_that_cannot_be_graded_is_named_and_nothing_starts(
    stage: RehearsalStage, grader: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await stage.agent().start(start_with(grader))
    assert list(refused.value.detail["fields"]) == [f"questions[1].grader.{field}"]
    assert reason in refused.value.detail["fields"][f"questions[1].grader.{field}"]
    assert await stage.sessions.load(SessionKey("acme", "rehearsal")) is None
