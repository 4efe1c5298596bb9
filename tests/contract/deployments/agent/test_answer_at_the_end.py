"""A spoken answer that is still being transcribed when the interview ends is kept, graded and reported."""

from __future__ import annotations

import asyncio
import io
import secrets
import wave
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from deployments.agent.contract import EndRequest
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.queued_work import QueuedWork
from deployments.grading.config import GradingConfig
from deployments.grading.reports.stored_report import build_report
from deployments.grading.service import GradingService
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import SessionEnded, TurnInFlight, UnreadableAudio
from interview.plans.files import load_plan
from interview.sessions.events import AnswerTranscribed
from interview.sessions.fold import fold
from serve.simulation.rehearsal import Rehearsal, RehearsalStage
from storage.archive.sql import SqlArchive
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import HEARING, SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueuedJob, QueueRules
from tests.support.archives import memory_archive
from tests.support.memory_work_queue import MemoryWorkQueue
from tests.support.paths import TESTS

KEY = SessionKey("acme", "rehearsal")
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"


class SlowEars(FakeSpeechToText):
    """Hears ``COST``, once ``gate`` is open."""

    def __init__(self) -> None:
        super().__init__({recording(): COST}, confidence=0.9)
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()
        self.broken = False

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        self.asked.set()
        await self.gate.wait()
        if self.broken:
            raise UnreadableAudio("This recording cannot be read.")
        return await super().transcribe(request)


def recording() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes(b"\1\2" * 16_000)
    return file.getvalue()


@pytest.fixture(params=["memory", "redis"])
async def sessions(request: pytest.FixtureRequest) -> AsyncIterator[SessionStore]:
    store: SessionStore
    if request.param == "memory":
        store = MemorySessionStore()
    else:
        store = RedisSessionStore(request.getfixturevalue("redis_url"), prefix=f"e{secrets.token_hex(4)}")
    yield store
    await store.close()


@pytest.fixture
async def archive() -> AsyncIterator[SqlArchive]:
    made = memory_archive()
    yield made
    await made.close()


@pytest.fixture
def ears() -> SlowEars:
    return SlowEars()


@pytest.fixture
def queue() -> MemoryWorkQueue:
    return MemoryWorkQueue(rules=QueueRules(lease_s=30.0))


@pytest.fixture
def stage(sessions: SessionStore, queue: MemoryWorkQueue, ears: SlowEars) -> RehearsalStage:
    return RehearsalStage(
        sessions=sessions,
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=QueuedWork(queue)),
        stt=ears,
    )


@pytest.fixture
def grading(stage: RehearsalStage, archive: SqlArchive) -> BackgroundGrading:
    grade = GradingService(GradingConfig()).grade
    return BackgroundGrading(stage.sessions, archive, stage.blobs, GradingConfig(), now=stage.clock.now, grade=grade)


async def in_the_second_question(stage: RehearsalStage) -> Rehearsal:
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    return candidate


async def evaluation(queue: MemoryWorkQueue) -> QueuedJob:
    (claim,) = [claim for claim in await queue.claim("w", limit=9) if claim.job.kind == "evaluate"]
    return claim.job


async def test_the_report_waits_for_the_answer_and_grades_it(
    stage: RehearsalStage, ears: SlowEars, queue: MemoryWorkQueue, grading: BackgroundGrading, archive: SqlArchive
) -> None:
    candidate = await in_the_second_question(stage)
    turn = asyncio.create_task(candidate.speak(recording(), key="last"))
    await ears.asked.wait()
    await stage.agent().end(EndRequest("acme", "rehearsal"))
    job = await evaluation(queue)
    with pytest.raises(TurnInFlight, match="still being transcribed"):
        await grading.evaluate(job)
    ears.gate.set()
    with pytest.raises(SessionEnded, match="the answer is kept"):
        await turn
    await grading.evaluate(job)
    report = await build_report(stage.sessions, archive, stage.blobs, KEY)
    answered = report.questions[1]
    assert [answer.text for answer in answered.answers] == [COST]
    assert answered.answers[0].audio_url is not None
    assert answered.standing is not None
    state = await stage.sessions.load(KEY)
    assert state is not None
    assert (state.status, state.pending_answer) == ("concluded", None)
    assert state == fold(await stage.sessions.events(KEY))
    assert state.report_url is not None


async def test_the_answer_is_recorded_once_however_often_it_is_sent(stage: RehearsalStage, ears: SlowEars) -> None:
    candidate = await in_the_second_question(stage)
    turns = [asyncio.create_task(candidate.speak(recording(), key="last")) for _ in range(3)]
    await ears.asked.wait()
    await stage.agent().end(EndRequest("acme", "rehearsal"))
    ears.gate.set()
    results = await asyncio.gather(*turns, return_exceptions=True)
    assert all(isinstance(result, SessionEnded) for result in results)
    with pytest.raises(SessionEnded):
        await candidate.speak(recording(), key="last")
    heard = [event for event in await stage.sessions.events(KEY) if isinstance(event.data, AnswerTranscribed)]
    assert len(heard) == 1


@pytest.mark.parametrize("broken", [False, True])
async def test_nothing_is_waited_for_once_the_recording_is_heard_or_refused(
    stage: RehearsalStage, sessions: SessionStore, ears: SlowEars, broken: bool
) -> None:
    candidate = await in_the_second_question(stage)
    ears.broken = broken
    turn = asyncio.create_task(candidate.speak(recording(), key="one"))
    await ears.asked.wait()
    assert await sessions.held_until(KEY, HEARING) > stage.clock.now().timestamp()
    before = await sessions.load(KEY)
    ears.gate.set()
    if broken:
        with pytest.raises(UnreadableAudio):
            await turn
        assert await sessions.load(KEY) == before
    else:
        await turn
    assert await sessions.held_until(KEY, HEARING) == 0


async def test_a_worker_that_died_while_it_listened_is_not_waited_for_longer_than_its_lease(
    stage: RehearsalStage,
    ears: SlowEars,
    queue: MemoryWorkQueue,
    grading: BackgroundGrading,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    candidate = await in_the_second_question(stage)

    async def dead(*_: object) -> None:
        return None

    monkeypatch.setattr(stage.sessions, "release", dead)
    turn = asyncio.create_task(candidate.speak(recording(), key="last"))
    await ears.asked.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    await stage.agent().end(EndRequest("acme", "rehearsal"))
    job = await evaluation(queue)
    with pytest.raises(TurnInFlight):
        await grading.evaluate(job)
    stage.clock.advance(timedelta(seconds=stage.config.stt_timeout_s + 11).total_seconds())
    await grading.evaluate(job)
    state = await stage.sessions.load(KEY)
    assert state is not None
    assert state.report_url is not None
