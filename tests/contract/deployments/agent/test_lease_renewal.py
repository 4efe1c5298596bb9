"""The lease of a turn: renewed while its worker works, for as long as the settings allow, and short once it is dead."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.journal import lease
from deployments.agent.journal.lease import TURN, Leases
from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from interview.errors import StorageUnavailable, TurnInFlight
from interview.plans.files import load_plan
from serve.simulation.rehearsal import NotedQueue, Rehearsal, RehearsalStage, SetClock
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import IdempotencyRecord, SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import TESTS

KEY = SessionKey("acme", "rehearsal")
OFTEN_S = 0.001
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"
CONFIG = AgentConfig(lease_s=400 * OFTEN_S, renew_lease_every_s=OFTEN_S)


class Slow(GradingService):
    """Grades when it is told to."""

    def __init__(self) -> None:
        super().__init__(GradingConfig(), background=NotedQueue())
        self.asked = asyncio.Event()
        self.told = asyncio.Event()

    async def grade(self, request: GradeRequest) -> Any:
        self.asked.set()
        await self.told.wait()
        return await super().grade(request)


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SessionStore]:
    opened: SessionStore
    if request.param == "memory":
        opened = MemorySessionStore()
    else:
        opened = RedisSessionStore(request.getfixturevalue("redis_url"), prefix=f"lease-{secrets.token_hex(4)}")
    yield opened
    await opened.close()


@pytest.fixture
def grading() -> Slow:
    return Slow()


@pytest.fixture
def stage(store: SessionStore, grading: Slow) -> RehearsalStage:
    plan = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
    return RehearsalStage(sessions=store, plan=plan, grading=grading, config=CONFIG)


async def record_of(store: SessionStore, key: str) -> IdempotencyRecord | None:
    return (await store.load_with_idempotency(KEY, TURN, key))[1]


async def renewed_after(store: SessionStore, key: str, moment: float) -> None:
    """Returns when the lease ends later than ``moment``."""
    while (record := await record_of(store, key)) is None or record.lease_until <= moment:
        await asyncio.sleep(0)


async def test_a_working_worker_keeps_its_turn_longer_than_one_lease_lasts(
    stage: RehearsalStage, store: SessionStore, grading: Slow
) -> None:
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    turn = asyncio.create_task(candidate.answer(COST, key="slow"))
    await grading.asked.wait()
    for _ in range(5):
        stage.clock.advance(4 * OFTEN_S)
        await renewed_after(store, "slow", stage.clock.unix_s())
        with pytest.raises(TurnInFlight):
            await stage.agent().turn(candidate.turn_request("slow", text=COST))
    with pytest.raises(TurnInFlight):
        await Rehearsal(stage.agent()).hint("h1")
    grading.told.set()
    body = await turn
    replay = await stage.agent().turn(candidate.turn_request("slow", text=COST))
    assert replay.replayed and msgspec.json.decode(replay.encoded) == body


async def test_a_lease_that_was_released_is_not_written_again(
    stage: RehearsalStage, store: SessionStore, grading: Slow
) -> None:
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    turn = asyncio.create_task(candidate.answer(COST, key="given-up"))
    await grading.asked.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert await record_of(store, "given-up") is None
    assert len(asyncio.all_tasks()) == 1, "nothing renews a lease that its worker has given up"


class FullDisk(MemorySessionStore):
    """Writes nothing while it is ``full``; ``refused`` counts the attempts to release a lease."""

    full = False
    refused = 0

    async def commit(self, key: SessionKey, **fields: Any) -> None:
        self._check()
        await super().commit(key, **fields)

    async def release(self, key: SessionKey, scope: str, idempotency_key: str) -> None:
        if self.full:
            self.refused += 1
        self._check()
        await super().release(key, scope, idempotency_key)

    def _check(self) -> None:
        if self.full:
            raise StorageUnavailable("The disk is full.")


async def test_an_answer_is_free_again_as_soon_as_a_store_that_was_down_is_back(
    grading: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RELEASE_EVERY_S", OFTEN_S)
    store = FullDisk()
    plan = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
    stage = RehearsalStage(sessions=store, plan=plan, grading=grading, config=AgentConfig(renew_lease_every_s=0))
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    turn = asyncio.create_task(candidate.answer(COST, key="late"))
    await grading.asked.wait()
    store.full = True
    grading.told.set()
    with pytest.raises(StorageUnavailable):
        await turn
    while store.refused < 3:
        await asyncio.sleep(0)
    assert await record_of(store, "late") is not None
    store.full = False
    while await record_of(store, "late") is not None:
        await asyncio.sleep(0)
    assert (await candidate.answer(COST, key="late"))["turn_number"] == 2


class Counted(MemorySessionStore):
    """Counts renewals; the first one fails."""

    renewals = 0

    async def renew(self, key: SessionKey, lease: IdempotencyRecord) -> bool:
        self.renewals += 1
        if self.renewals == 1:
            raise StorageUnavailable("The store does not answer.")
        return True


async def test_a_hung_worker_keeps_its_turn_for_lease_s_at_most_and_survives_a_failed_renewal() -> None:
    store = Counted()
    leases = Leases(store, SetClock(), lease_s=20 * OFTEN_S, renew_every_s=OFTEN_S)
    async with leases.renewed(KEY, "hung", "f"):
        (renewing,) = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait({renewing})
    assert store.renewals == 16, "the first lease lasts for four periods"


async def test_a_lease_without_renewal_is_written_for_its_whole_time() -> None:
    clock = SetClock()
    leases = Leases(Counted(), clock, lease_s=45.0, renew_every_s=0)
    assert leases.left_s(leases.lease("k", "f")) == pytest.approx(45.0)
    async with leases.renewed(KEY, "k", "f"):
        pass
