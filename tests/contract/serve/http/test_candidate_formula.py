"""A candidate tries formulas on the example sheet of the open question; nothing of key or test sheets is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.grading.contract import CalculateRequest, Calculating, Calculation
from deployments.grading.graders.formula.example import example_rows, shown
from deployments.grading.graders.formula.sheets import make_sheets
from interview.plans.questions import Formula
from serve.http.app import create_app
from serve.http.settings import HttpSettings
from tests.support.paths import DATA
from tests.support.realtime import KEY, application_ports, fake_ears

PLANS = InstalledPlans.from_directory(DATA / "web")
BEFORE = (
    "I build the billing service.",
    "Every write must also update the index.",
    "Option B",
    "Options A and C.",
    "1. Parse, 2. Plan, 3. Execute, 4. Return rows",
    "365 gigabytes",
)
OPERATOR = {"Authorization": f"Bearer {KEY}"}


class House:
    def __init__(self, client: httpx.AsyncClient, candidate: dict[str, str]) -> None:
        self.client = client
        self.candidate = candidate

    async def tried(self, formula: str = "") -> httpx.Response:
        return await self.client.post("/candidate/formula", json={"formula": formula}, headers=self.candidate)

    async def calculated(self, formula: str = "") -> dict[str, Any]:
        reply = await self.tried(formula)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found


@asynccontextmanager
async def opened(tmp_path: Path, settings: HttpSettings | None = None, **changes: Any) -> AsyncIterator[House]:
    """A house whose candidate has started; ``changes`` are ports in place of the application's."""
    ports = application_ports(tmp_path, stt=fake_ears(), tts=None, plans=PLANS)
    transport = httpx.ASGITransport(create_app(replace(ports, **changes), settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as client:
        invited = {"plan": "every-form", "candidate": {"name": "Ada"}}
        link = await client.post("/interviews/i-1/link", json=invited, headers=OPERATOR)
        bought = await client.post("/candidate/token", headers={"Authorization": f"Bearer {link.json()['token']}"})
        candidate = {"Authorization": f"Bearer {bought.json()['access_token']}"}
        started = await client.post("/session/start/i-1", json={"consent": True, "voice": False}, headers=candidate)
        assert started.status_code == 200, started.text
        yield House(client, candidate)
        await ports.formulas.stop()  # type: ignore[union-attr]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as opened_house:
        yield opened_house


async def answered(house: House) -> None:
    for number, answer in enumerate(BEFORE):
        sent = {
            "json": {"answer": answer, "voice": False},
            "headers": {**house.candidate, "Idempotency-Key": f"{number}"},
        }
        reply = await house.client.post("/session/turn/i-1", **sent)  # type: ignore[arg-type]
        assert reply.status_code == 200, reply.text
    assert reply.json()["interviewer_response"]["question"]["question_id"] == "north"


async def test_a_formula_is_calculated_on_the_sheet_that_is_shown(house: House) -> None:
    early = await house.tried("=1+1")
    assert (early.status_code, early.json()["detail"]) == (409, "The open question asks for no formula.")
    await answered(house)
    sheet = await house.calculated()
    assert sheet["rows"][0] == ["Region", "Amount"]
    assert len(sheet["rows"]) == 11
    assert (sheet["result"], sheet["problem"]) == ([], "")
    due = sum(float(amount) for region, amount in sheet["rows"][1:] if region == "North")
    found = await house.calculated('=SUMIF(A2:A11,"North",B2:B11)')
    assert found["rows"] == sheet["rows"]
    assert float(found["result"][0][0]) == due
    assert (await house.calculated("=1/0"))["result"] == [["#DIV/0!"]]
    assert (await house.calculated("=NOSUCH(A1)"))["problem"]
    assert (await house.calculated("=TODAY()"))["problem"]
    assert "reference" not in str(sheet)
    state = await house.client.get("/session/state/i-1", headers=OPERATOR)
    assert state.json()["turn_number"] == len(BEFORE), "trying is no turn"


class SlowFormulas(Calculating):
    """Calculates once it may ``finish``; ``working`` has a permit for each calculation that began."""

    def __init__(self) -> None:
        self.working, self.finish = asyncio.Semaphore(0), asyncio.Event()

    async def calculate(self, request: CalculateRequest) -> Calculation:
        self.working.release()
        await self.finish.wait()
        return Calculation(())


async def test_formulas_count_in_the_replicas_limit_of_work_in_flight(tmp_path: Path) -> None:
    slow = SlowFormulas()
    async with opened(tmp_path, HttpSettings(max_steps_in_flight=1), formulas=slow) as house:
        await answered(house)
        first = asyncio.create_task(house.tried("=1+1"))
        await slow.working.acquire()
        turn = await house.client.post("/session/turn/i-1", json={"answer": "=1+1"}, headers=house.candidate)
        # rejected before the body is read
        other = await house.client.post("/candidate/formula", content=b"not JSON", headers=house.candidate)
        slow.finish.set()
        assert [turn.status_code, other.status_code, (await first).status_code] == [429, 429, 200]
        assert other.headers["retry-after"] == "1"
        assert (await house.tried("=1+1")).status_code == 200


async def test_it_is_the_candidates_own_route_and_bounded(house: House) -> None:
    await answered(house)
    assert (await house.client.post("/candidate/formula", json={}, headers=OPERATOR)).status_code == 403
    assert (await house.client.post("/candidate/formula", json={})).status_code == 401
    assert (await house.tried("=" + "1+" * 2_000 + "1")).status_code == 422
    endless = await house.calculated("=SUM(SEQUENCE(1000000,1000))")
    assert endless["problem"]
    assert endless["result"] == []
    wide = await house.calculated("=SEQUENCE(30,30)")
    assert [len(wide["result"]), len(wide["result"][0])] == [20, 20]


def test_the_example_is_none_of_the_sheets_that_grade() -> None:
    plan = PLANS.get("every-form")
    assert plan is not None
    question = plan.by_id["north"]
    assert isinstance(question.grader, Formula)
    rows = tuple(tuple(map(shown, row)) for row in example_rows(question.grader, question.id))
    for seed in range(50):
        for sheet in make_sheets(question.grader, f"{question.id}:{seed}"):
            cells = tuple(tuple(shown(sheet.cells.get((column, row))) for column in (1, 2)) for row in range(1, 12))  # type: ignore[arg-type]
            assert cells != rows
