"""An interview's id is unique for ever: while its keys live, after they expired, and after its erasure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from deployments.agent.contract import EndRequest
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import Conflict, SessionEnded, StorageUnavailable
from interview.plans.files import load_plan
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.archive.port import SessionQuery
from storage.archive.sql import SqlArchive
from storage.archive.transfer import archive_session
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.archives import memory_archive
from tests.support.paths import TESTS

KEY = SessionKey("acme", "rehearsal")


class Later(MemorySessionStore):
    """A live store whose time the test moves; sessions live a minute, their idempotency records an hour."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        super().__init__(clock=lambda: self.now, ttl_s=60, idempotency_ttl_s=3600)


@pytest.fixture
async def archive() -> AsyncIterator[SqlArchive]:
    made = memory_archive()
    yield made
    await made.close()


@pytest.fixture
def store() -> Later:
    return Later()


@pytest.fixture
def stage(store: Later, archive: SqlArchive) -> RehearsalStage:
    return RehearsalStage(
        sessions=store,
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        archive=archive,
    )


async def test_an_interview_is_listed_from_its_start(stage: RehearsalStage, archive: SqlArchive) -> None:
    await stage.rehearsal().start("short-plan", candidate_name="Ada", candidate_reference="c-7")
    (row,) = await archive.find(SessionQuery("acme"))
    assert (row.interview_id, row.status, row.candidate_reference) == ("rehearsal", "active", "c-7")


async def test_the_id_of_an_ended_interview_greets_no_one(stage: RehearsalStage) -> None:
    await stage.rehearsal().start("short-plan")
    await stage.agent().end(EndRequest("acme", "rehearsal"))
    with pytest.raises(SessionEnded, match="new id"):
        await stage.rehearsal().start("short-plan")


@pytest.mark.parametrize("after_s", [61, 3601, 10_000_000])
async def test_the_id_of_an_expired_interview_starts_no_other(
    stage: RehearsalStage, store: Later, archive: SqlArchive, after_s: float
) -> None:
    await stage.rehearsal().start("short-plan", candidate_name="Ada")
    await archive_session(store, archive, KEY)
    store.now += after_s
    with pytest.raises(SessionEnded, match="new id"):
        await stage.rehearsal().start("short-plan", candidate_name="Eve")
    found = await archive.load(KEY)
    assert found is not None
    assert found.state.candidate.name == "Ada"
    await stage.rehearsal(tenant="rival").start("short-plan")


async def test_the_id_of_an_erased_interview_stays_used(
    stage: RehearsalStage, store: Later, archive: SqlArchive
) -> None:
    await stage.rehearsal().start("short-plan")
    await store.delete(KEY)
    await archive.erase(KEY, by="key-1", cause="request")
    with pytest.raises(SessionEnded):
        await stage.rehearsal().start("short-plan")


async def test_a_running_interview_keeps_its_plan(stage: RehearsalStage) -> None:
    first = await stage.rehearsal().start("short-plan")
    assert await stage.rehearsal().start("short-plan") == first
    with pytest.raises(Conflict, match="short-plan"):
        await stage.rehearsal().start("backend-engineer")


async def test_nothing_starts_while_the_archive_cannot_say_whether_the_id_is_used(
    stage: RehearsalStage, store: Later, archive: SqlArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> bool:
        raise StorageUnavailable("The archive does not answer; try again shortly.")

    monkeypatch.setattr(archive, "used", down)
    with pytest.raises(StorageUnavailable):
        await stage.rehearsal().start("short-plan")
    assert await store.load(KEY) is None


async def test_an_interview_that_could_not_be_archived_at_its_start_runs_and_is_counted(
    stage: RehearsalStage,
    store: Later,
    archive: SqlArchive,
    monkeypatch: pytest.MonkeyPatch,
    failed_items: list[tuple[str, str]],
) -> None:
    async def down(*_: object) -> bool:
        raise StorageUnavailable("The archive does not answer; try again shortly.")

    monkeypatch.setattr(archive, "put", down)
    await stage.rehearsal().start("short-plan")
    assert await store.load(KEY) is not None
    assert failed_items == [("archive", "storage-unavailable")]


async def test_of_many_starts_at_once_one_is_archived(stage: RehearsalStage, archive: SqlArchive) -> None:
    await asyncio.gather(*(stage.rehearsal().start("short-plan") for _ in range(8)))
    assert len(await archive.find(SessionQuery("acme"))) == 1
