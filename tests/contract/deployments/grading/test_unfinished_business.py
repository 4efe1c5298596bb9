"""What an interview leaves unfinished is finished: failed grades, answers cut off by the end, abandoned interviews."""

from __future__ import annotations

import asyncio
import importlib.util
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from deployments.grading.background.abandoned_sweep import expire_abandoned
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.queued_work import QueuedWork
from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.reports.stored_report import build_report
from deployments.grading.service import GradingService
from interview.errors import EngineUnavailable, InterviewError, InvalidInput, StorageUnavailable
from interview.grades import UNAVAILABLE, Grade
from interview.plans.plan import PlanRef
from interview.sessions.events import AnswerReceived, FallbackEntered, GradeRecorded, SessionConcluded
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from serve.metrics.observers import AgentObserver
from serve.metrics.registry import PlatformMetrics
from serve.simulation.rehearsal import MemoryBlobs
from storage.archive.sql import SqlArchive
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueueRules
from tests.support.archives import memory_archive
from tests.support.memory_work_queue import MemoryWorkQueue
from tests.support.paths import TESTS

KEY = SessionKey("acme", "i1")
PLACEHOLDER = Grade(
    score=0.0, level="missing", confidence=0.0, rationale="Not graded.", grader=UNAVAILABLE, provisional=True
)


def _interviews() -> ModuleType:
    path = TESTS / "data" / "grading" / "interviews.py"
    spec = importlib.util.spec_from_file_location("unfinished_interviews", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


stages = _interviews()
HOUR_LATER = stages.BEGAN + timedelta(hours=1)


@dataclass
class Stage:
    sessions: SessionStore
    archive: SqlArchive
    queue: MemoryWorkQueue
    blobs: MemoryBlobs

    async def evaluate(self, grade: Any = None, *, now: Any = HOUR_LATER) -> None:
        work = QueuedWork(self.queue)
        await work.evaluate(*address())
        grader = grade or GradingService(GradingConfig()).grade
        grading = BackgroundGrading(
            self.sessions, self.archive, self.blobs, GradingConfig(), now=lambda: now, grade=grader
        )
        for claim in await self.queue.claim("w", limit=5):
            try:
                await grading.handlers[claim.job.kind](claim.job)
            except InterviewError:
                await self.queue.give_back(claim)
                raise
            await self.queue.ack(claim)

    async def state(self) -> SessionState:
        state = await self.sessions.load(KEY)
        assert state is not None
        return state

    async def grade_of(self, question_id: str) -> Grade:
        return next(found.grade for found in (await self.state()).grades if found.question_id == question_id)


def address() -> tuple[str, str]:
    return KEY.tenant, KEY.interview_id


@pytest.fixture(params=["memory", "redis"])
async def sessions(request: pytest.FixtureRequest) -> AsyncIterator[SessionStore]:
    store: SessionStore
    if request.param == "memory":
        store = MemorySessionStore(ttl_s=100)
    else:
        url = request.getfixturevalue("redis_url")
        store = RedisSessionStore(url, prefix=f"f{secrets.token_hex(4)}", ttl_s=100)
    yield store
    await store.close()


@pytest.fixture
async def stage(sessions: SessionStore) -> AsyncIterator[Stage]:
    made = Stage(sessions, memory_archive(), MemoryWorkQueue(rules=QueueRules(lease_s=30.0)), MemoryBlobs())
    yield made
    await made.archive.close()


async def ungraded(stage: Stage, *questions: str, placeholder: bool = True) -> None:
    """An ended interview whose answers to ``questions`` have a placeholder, or nothing, in place of a grade."""
    plan = stages.plan_of(1)
    await stages.stage_interview(stage.sessions, stage.blobs, "i1", plan)
    log = await stage.sessions.events(KEY)
    await stage.sessions.delete(KEY)
    kept = []
    for event in log:
        data = event.data
        if isinstance(data, GradeRecorded) and data.question_id in questions:
            if not placeholder:
                continue
            data = GradeRecorded(turn=data.turn, question_id=data.question_id, grade=PLACEHOLDER)
        kept.append(type(event)(len(kept) + 1, event.time, data))
    await stage.sessions.commit(KEY, expected_version=0, state=fold(kept), events=kept)


@pytest.mark.parametrize("placeholder", [True, False], ids=["the grader failed", "the interview ended first"])
async def test_an_answer_without_its_grade_is_graded_at_the_end(stage: Stage, placeholder: bool) -> None:
    await ungraded(stage, "sum", placeholder=placeholder)
    await stage.evaluate()
    grade = await stage.grade_of("sum")
    assert (grade.score, grade.grader) == (1.0, "numeric")
    state = await stage.state()
    assert state.abilities["sums"].items == 1
    assert state.report_url is not None
    version = state.version
    await stage.evaluate()
    assert (await stage.state()).version == version


async def test_a_graded_answer_and_a_persons_grade_stay(stage: Stage) -> None:
    await ungraded(stage, "sum")
    mine = PLACEHOLDER
    person = GradeRecorded(turn=2, question_id="sum", grade=mine, source="override", author="Grace", reason="Seen.")
    await amend(stage.sessions, KEY, lambda _: (person,))
    before = (await stage.state()).grades
    await stage.evaluate()
    assert (await stage.state()).grades == before


async def test_the_report_waits_for_graders_that_are_down_and_then_says_so(stage: Stage) -> None:
    await ungraded(stage, "sum")

    async def down(_: GradeRequest) -> Grade:
        raise EngineUnavailable("The graders are down.")

    with pytest.raises(EngineUnavailable):
        await stage.evaluate(down, now=stages.BEGAN + timedelta(minutes=2))
    assert (await stage.state()).report_url is None
    await stage.evaluate(down, now=stages.BEGAN + timedelta(days=1))
    events = [event.data for event in await stage.sessions.events(KEY)]
    assert any(isinstance(data, FallbackEntered) and "no grade" in data.reason for data in events)
    report = await build_report(stage.sessions, stage.archive, stage.blobs, KEY)
    assert not report.final


async def test_an_answer_that_no_grader_can_grade_is_counted_and_stops_no_other(
    stage: Stage, failed_items: list[tuple[str, str]]
) -> None:
    await ungraded(stage, "sum", "open-1", placeholder=False)
    graders = GradingService(GradingConfig())

    async def picky(request: GradeRequest) -> Grade:
        if request.question.id == "open-1":
            raise InvalidInput("The key does not fit.")
        return await graders.grade(request)

    await stage.evaluate(picky)
    assert (await stage.grade_of("sum")).score == 1.0
    assert failed_items == [("missing grade", "invalid-input")]


async def running(stage: Stage) -> None:
    await stages.stage_interview(stage.sessions, stage.blobs, "i1", stages.plan_of(1), concluded=False)


async def test_an_abandoned_interview_expires_with_an_event_and_is_reported(stage: Stage) -> None:
    await running(stage)
    work = QueuedWork(stage.queue)
    assert await expire_abandoned(stage.sessions, work, 50, now=lambda: HOUR_LATER) == 0
    assert await expire_abandoned(stage.sessions, work, 101, now=lambda: HOUR_LATER) == 1
    assert await expire_abandoned(stage.sessions, work, 101, now=lambda: HOUR_LATER) == 0
    ended = (await stage.sessions.events(KEY))[-1].data
    assert isinstance(ended, SessionConcluded)
    assert (ended.by, ended.reason) == ("expiry", "The candidate gave no answer for 59 minutes.")
    assert (await stage.state()).status == "expired"
    await stage.evaluate()
    assert (await stage.state()).report_url is not None
    found = await stage.archive.load(KEY)
    assert found is not None
    assert found.state.status == "expired"


class AnswersMeanwhile(MemorySessionStore):
    """Commits an answer between the sweep's two reads."""

    answered = False

    async def load(self, key: SessionKey) -> SessionState | None:
        state = await super().load(key)
        if state is not None and not self.answered:
            self.answered = True
            await amend(self, key, lambda _: (AnswerReceived(turn=9, idempotency_key="late", text="Here I am."),))
        return state


async def test_a_candidate_who_comes_back_in_time_goes_on() -> None:
    sessions = AnswersMeanwhile(ttl_s=100)
    await stages.stage_interview(sessions, MemoryBlobs(), "i1", stages.plan_of(1), concluded=False)
    queue = MemoryWorkQueue(rules=QueueRules(lease_s=30.0))
    assert await expire_abandoned(sessions, QueuedWork(queue), 101) == 0
    state = await sessions.load(KEY)
    assert state is not None
    assert state.status == "active"


async def test_an_expiry_is_counted_by_the_sweep_that_ends_the_interview(stage: Stage) -> None:
    """Another replica's sweep of the same moment counts nothing, nor does one that lost to an answer."""
    await running(stage)
    metrics = PlatformMetrics()
    observer = AgentObserver(metrics)

    def counted(plan: PlanRef) -> None:
        observer.session_concluded(plan, "expiry")

    async def sweep(sessions: SessionStore) -> int:
        return await expire_abandoned(sessions, QueuedWork(stage.queue), 101, now=lambda: HOUR_LATER, on_expiry=counted)

    await asyncio.gather(sweep(stage.sessions), sweep(stage.sessions))
    plan = (await stage.state()).plan
    label = plan.id if not plan.from_request else "inline"
    assert metrics.registry.get_sample_value("interview_sessions_total", {"plan": label, "event": "expiry"}) == 1
    busy = AnswersMeanwhile(ttl_s=100)
    await stages.stage_interview(busy, MemoryBlobs(), "i1", stages.plan_of(1), concluded=False)
    assert await sweep(busy) == 0
    assert metrics.registry.get_sample_value("interview_sessions_total", {"plan": label, "event": "expiry"}) == 1


async def test_one_interview_that_cannot_be_ended_stops_no_other(
    stage: Stage, failed_items: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bad", "good"):
        await stages.stage_interview(stage.sessions, stage.blobs, name, stages.plan_of(1), concluded=False)
    load = stage.sessions.load

    async def failing(key: SessionKey) -> SessionState | None:
        if key.interview_id == "bad":
            raise StorageUnavailable("The store does not answer.")
        return await load(key)

    monkeypatch.setattr(stage.sessions, "load", failing)
    assert await expire_abandoned(stage.sessions, QueuedWork(stage.queue), 101) == 1
    assert failed_items == [("abandoned interview", "storage-unavailable")]
