"""Background grading over memory and over a real Redis: at least once, effects once, and no report is lost."""

from __future__ import annotations

import asyncio
import importlib.util
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from deployments.grading.background.evaluation_sweep import request_missing_evaluations
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.queued_work import QueuedWork, evaluate_id
from deployments.grading.config import BackgroundConfig, GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.judge.rubric import RubricJudge
from deployments.grading.synthesis.writer import SynthesisWriter
from deployments.grading.tier import GradingStores, GradingTier
from interview.errors import Conflict, EngineUnavailable, InvalidInput, NotFound, TurnInFlight
from interview.grades import Grade
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.events import Event, FallbackEntered, GradeRecorded, ReportReady, SynthesisWritten
from interview.sessions.fold import apply, fold
from interview.sessions.session import SessionState
from serve.simulation.rehearsal import MemoryBlobs
from storage.archive.sql import SqlArchive
from storage.archive.transfer import load_session
from storage.blobs.layout import report_path
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import Claim, QueueRules, WorkQueue
from storage.work_queue.redis import RedisWorkQueue
from tests.support.archives import memory_archive
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.memory_work_queue import MemoryWorkQueue
from tests.support.paths import TESTS

KEY = SessionKey("acme", "i1")
RULES = QueueRules(lease_s=30.0, max_attempts=4, backoff_s=0.01, backoff_at_most_s=0.02)


def _interviews() -> ModuleType:
    path = TESTS / "data" / "grading" / "interviews.py"
    spec = importlib.util.spec_from_file_location("grading_interviews", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["grading_interviews"] = module
    spec.loader.exec_module(module)
    return module


stages = _interviews()


@dataclass
class Stage:
    sessions: SessionStore
    queue: WorkQueue
    archive: SqlArchive
    blobs: MemoryBlobs
    model: FakeLanguageModel
    plan: InterviewPlan
    now: datetime = stages.BEGAN + timedelta(hours=1)

    def grading(self, *, judged: bool = True, config: GradingConfig | None = None) -> BackgroundGrading:
        judge = RubricJudge(self.model).grade if judged else None
        return self.worker(config or GradingConfig(), judge, now=lambda: self.now)

    def worker(self, *arguments: Any, **options: Any) -> BackgroundGrading:
        return BackgroundGrading(self.sessions, self.archive, self.blobs, *arguments, **options)

    def request(self, number: int = 1) -> GradeRequest:
        return GradeRequest(
            question=self.plan.questions[number - 1],
            answer=f"In change {number} {stages.QUOTE}, and it was faster.",
            tenant="acme",
            interview_id="i1",
            turn=number,
        )

    async def claims(self) -> list[Claim]:
        return await self.queue.claim("w", limit=50)

    async def log(self) -> list[Event]:
        return await self.sessions.events(KEY)

    async def background_grades(self) -> list[tuple[str, int]]:
        return [
            (event.data.question_id, event.data.turn)
            for event in await self.log()
            if isinstance(event.data, GradeRecorded) and event.data.source == "background"
        ]

    async def reports(self) -> list[ReportReady]:
        return [event.data for event in await self.log() if isinstance(event.data, ReportReady)]

    async def state(self) -> SessionState:
        state = await self.sessions.load(KEY)
        assert state is not None
        return state


@pytest.fixture(params=["memory", "redis"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    sessions: SessionStore
    queue: WorkQueue
    if request.param == "memory":
        sessions, queue = MemorySessionStore(), MemoryWorkQueue(rules=RULES)
    else:
        url, prefix = request.getfixturevalue("redis_url"), f"g{secrets.token_hex(4)}"
        sessions = RedisSessionStore(url, prefix=prefix)
        queue = RedisWorkQueue(url, "grading", rules=RULES, prefix=prefix)
    plan = stages.plan_of(3)
    made = Stage(sessions, queue, memory_archive(), MemoryBlobs(), FakeLanguageModel(respond=stages.verdict), plan)
    await stages.stage_interview(sessions, made.blobs, "i1", plan)
    yield made
    await made.archive.close()
    await queue.close()
    await sessions.close()


async def test_an_evaluation_grades_every_open_answer_and_announces_the_report(stage: Stage) -> None:
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await stage.grading().evaluate(claim.job)
    assert await stage.background_grades() == [("open-1", 1), ("open-2", 2), ("open-3", 3)]
    (ready,) = await stage.reports()
    assert ready == ReportReady(url="/session/report/i1", provisional=False)
    state = await stage.state()
    assert state.report_url == "/session/report/i1"
    assert {record.grade.grader for record in state.grades} == {"rubric", "numeric"}
    assert state.abilities["tuning"].items == 2
    assert fold(await stage.log()) == state


async def test_an_evaluation_announces_the_end_and_the_report(stage: Stage) -> None:
    reached: list[tuple[str, str | None]] = []

    class Noted:
        async def concluded(self, state: SessionState) -> None:
            reached.append(("concluded", state.report_url))

        async def reported(self, state: SessionState) -> None:
            reached.append(("reported", state.report_url))

        def start(self) -> None: ...

        def check_health(self) -> None: ...

        async def stop(self) -> None: ...

    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await stage.worker(GradingConfig(), None, now=lambda: stage.now, milestones=Noted()).evaluate(claim.job)
    assert reached == [("concluded", None), ("reported", "/session/report/i1")]


async def test_whatever_is_run_twice_takes_effect_once(stage: Stage) -> None:
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    for number in (1, 2, 3):
        await QueuedWork(stage.queue).judge(stage.request(number))
    jobs = [claim.job for claim in await stage.claims()]
    assert len(jobs) == 4
    one, two = stage.grading(), stage.grading()
    for _ in range(2):
        await asyncio.gather(*(worker.handlers[job.kind](job) for worker in (one, two) for job in jobs))
    assert sorted(await stage.background_grades()) == [("open-1", 1), ("open-2", 2), ("open-3", 3)]
    assert len(await stage.reports()) == 1


async def test_what_is_graded_already_costs_no_model_call(stage: Stage) -> None:
    await QueuedWork(stage.queue).judge(stage.request(1))
    (claim,) = await stage.claims()
    await stage.grading().judge(claim.job)
    calls = len(stage.model.requests)
    await stage.grading().judge(claim.job)
    assert len(stage.model.requests) == calls == 2


async def test_asking_twice_queues_once(stage: Stage) -> None:
    work = QueuedWork(stage.queue)
    for _ in range(3):
        await work.evaluate("acme", "i1")
        await work.judge(stage.request(1))
    assert len(await stage.claims()) == 2


async def test_a_persons_override_stands_against_a_late_judge(stage: Stage) -> None:
    state = await stage.state()
    grade = replace(stages.SURE, score=0.9, grader="human")
    event = Event(
        seq=state.version + 1,
        time=stage.now,
        data=GradeRecorded(turn=1, question_id="open-1", grade=grade, source="override", author="ann", reason="Heard."),
    )
    await stage.sessions.commit(KEY, expected_version=state.version, state=apply(state, event), events=[event])
    await QueuedWork(stage.queue).judge(stage.request(1))
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    for claim in await stage.claims():
        await stage.grading().handlers[claim.job.kind](claim.job)
    record = next(found for found in (await stage.state()).grades if found.question_id == "open-1")
    assert record.source == "override"
    assert ("open-1", 1) not in await stage.background_grades()


async def test_an_answer_whose_turn_is_not_committed_yet_waits(stage: Stage) -> None:
    await QueuedWork(stage.queue).judge(replace(stage.request(1), turn=99))
    (claim,) = await stage.claims()
    with pytest.raises(TurnInFlight) as caught:
        await stage.grading().judge(claim.job)
    assert caught.value.retryable


async def test_hints_and_unsure_words_count_in_the_background_too(stage: Stage) -> None:
    await QueuedWork(stage.queue).judge(replace(stage.request(1), hint_cost=0.25, transcript_confidence=0.4))
    (claim,) = await stage.claims()
    await stage.grading().judge(claim.job)
    grade = next(found for found in (await stage.state()).grades if found.question_id == "open-1").grade
    assert (grade.score, grade.hint_cost, grade.confidence) == (0.75, 0.25, 0.4)
    assert grade.needs_review


async def test_a_judge_that_has_drifted_has_its_grades_reviewed(stage: Stage) -> None:
    async def drifted(plan: InterviewPlan) -> str:
        return f"The judge of {plan.id} has drifted."

    await QueuedWork(stage.queue).judge(stage.request(1))
    (claim,) = await stage.claims()
    judge = RubricJudge(stage.model).grade
    await stage.worker(GradingConfig(), judge, drift=drifted).judge(claim.job)
    grade = next(found for found in (await stage.state()).grades if found.question_id == "open-1").grade
    assert "The judge of open-plan has drifted." in grade.review_reason


async def test_a_lost_model_delays_the_report_and_does_not_lose_it(stage: Stage) -> None:
    stage.now = stages.BEGAN + timedelta(minutes=10)
    stage.model.fail(EngineUnavailable("down"), times=100)
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    with pytest.raises(EngineUnavailable):
        await stage.grading().evaluate(claim.job)
    assert await stage.reports() == []
    assert await load_session(stage.sessions, stage.archive, KEY) is not None
    stage.model.engine._failures.clear()
    await stage.grading().evaluate(claim.job)
    assert [ready.provisional for ready in await stage.reports()] == [False]


async def test_when_patience_ends_the_report_is_published_as_provisional_and_says_why(stage: Stage) -> None:
    stage.model.fail(EngineUnavailable("down"), times=100)
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await stage.grading().evaluate(claim.job)
    await stage.grading().evaluate(claim.job)
    assert [ready.provisional for ready in await stage.reports()] == [True]
    (fallback,) = [event.data for event in await stage.log() if isinstance(event.data, FallbackEntered)]
    assert "engine-unavailable" in fallback.reason


async def test_without_a_model_the_report_comes_at_once_and_is_provisional(stage: Stage) -> None:
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await stage.grading(judged=False).evaluate(claim.job)
    assert [ready.provisional for ready in await stage.reports()] == [True]
    assert await stage.background_grades() == []


async def test_a_session_that_expired_meanwhile_comes_back_from_the_archive(stage: Stage) -> None:
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    stage.model.fail(EngineUnavailable("down"), times=2)
    stage.now = stages.BEGAN + timedelta(minutes=10)
    with pytest.raises(EngineUnavailable):
        await stage.grading().evaluate(claim.job)
    await stage.sessions.delete(KEY)  # type: ignore[attr-defined]  # both stores have it
    assert await stage.sessions.load(KEY) is None
    await stage.grading().evaluate(claim.job)
    assert len(await stage.reports()) == 1
    assert sorted(await stage.background_grades()) == [("open-1", 1), ("open-2", 2), ("open-3", 3)]
    stored = await load_session(stage.sessions, stage.archive, KEY)
    assert stored is not None
    assert stored.state == await stage.state()


async def test_an_answer_that_no_judge_can_grade_does_not_stop_the_others(
    stage: Stage, failed_items: list[tuple[str, str]]
) -> None:
    judge = RubricJudge(stage.model).grade

    async def refusing(question: Question, answer: str, seed: int, language: str) -> Grade:
        if question.id == "open-1":
            raise InvalidInput("The model's context is too short for this answer.")
        return await judge(question, answer, seed)

    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    grading = stage.worker(GradingConfig(), refusing, now=lambda: stage.now)
    await grading.evaluate(claim.job)
    assert await stage.background_grades() == [("open-2", 2), ("open-3", 3)]
    (ready,) = await stage.reports()
    assert ready.provisional
    fallbacks = [event.data for event in await stage.log() if isinstance(event.data, FallbackEntered)]
    assert ["invalid-input" in fallback.reason for fallback in fallbacks] == [True]
    assert failed_items == [("judge", "invalid-input")]


async def test_the_report_as_it_was_ready_is_kept_for_audits(stage: Stage) -> None:
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await stage.grading().evaluate(claim.job)
    assert b'"interview_id":"i1"' in stage.blobs.blobs[report_path("acme", "i1", "report.json")]


async def test_unknown_and_running_interviews_are_no_use_retrying(stage: Stage) -> None:
    await stages.stage_interview(stage.sessions, stage.blobs, "i2", stage.plan, concluded=False)
    work = QueuedWork(stage.queue)
    await work.evaluate("acme", "nobody")
    await work.evaluate("acme", "i2")
    first, second = await stage.claims()
    with pytest.raises(NotFound) as unknown:
        await stage.grading().evaluate(first.job)
    with pytest.raises(Conflict) as running:
        await stage.grading().evaluate(second.job)
    assert not unknown.value.retryable
    assert not running.value.retryable


async def test_the_tier_grades_in_the_background_by_itself(stage: Stage) -> None:
    """Through the service's own methods, with its worker running: retried, finished, buried with a reason."""
    stage.model.fail(EngineUnavailable("down"), times=3)
    config = GradingConfig(background=BackgroundConfig(archive_sweep_s=0, patience_s=1e9))
    tier = GradingTier(config, GradingStores(stage.sessions, stage.archive, stage.blobs, stage.queue), stage.model)
    await tier.start()
    await tier.service.judge(stage.request(1))
    await tier.service.evaluate("acme", "i1")
    await tier.service.evaluate("acme", "nobody")
    async with asyncio.timeout(30):
        async for batch in stage.sessions.follow(KEY):
            if any(b"report.ready" in raw for raw in batch):
                break
        while (await stage.queue.counts()).dead == 0 or (await stage.queue.counts()).done < 2:
            await asyncio.sleep(0.01)
    tier.check_health()
    await tier.stop()
    status = await stage.queue.status(evaluate_id("acme", "nobody"))
    assert status is not None
    assert status.state == "dead"
    assert "not-found" in status.reason
    assert sorted(await stage.background_grades()) == [("open-1", 1), ("open-2", 2), ("open-3", 3)]


async def test_asking_again_revives_a_dead_evaluation(stage: Stage) -> None:
    work = QueuedWork(stage.queue)
    await work.evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await stage.queue.bury(claim, "no use")
    await work.evaluate("acme", "i1")
    assert len(await stage.claims()) == 1


async def test_an_ended_interview_without_an_evaluation_request_is_evaluated(stage: Stage) -> None:
    work = QueuedWork(stage.queue)
    everything_s = 7200.0
    assert await request_missing_evaluations(stage.sessions, work, everything_s) == 1
    (claim,) = await stage.claims()
    assert claim.job.id == evaluate_id("acme", "i1")
    await stage.grading().evaluate(claim.job)
    assert len(await stage.reports()) == 1
    assert await request_missing_evaluations(stage.sessions, work, everything_s) == 0


async def test_an_interview_that_goes_on_is_not_evaluated(stage: Stage) -> None:
    await stages.stage_interview(stage.sessions, stage.blobs, "goes-on", stage.plan)
    state = await stage.sessions.load(SessionKey("acme", "goes-on"))
    assert state is not None and state.awaits_report
    assert not replace(state, status="active").awaits_report
    assert not replace(state, status="paused").awaits_report


async def test_an_evaluation_writes_a_summary_whose_quotes_were_said(stage: Stage) -> None:
    backed = {"sentence": "1", "The candidate": "made it faster."}
    invented = {**backed, "The candidate": "made it 70 times faster."}
    judge = RubricJudge(stage.model).grade
    model = FakeLanguageModel([backed, invented, invented])
    worker = stage.worker(GradingConfig(), judge, now=lambda: stage.now, synthesis=SynthesisWriter(model))
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await worker.evaluate(claim.job)
    await worker.evaluate(claim.job)
    (written,) = [event.data for event in await stage.log() if isinstance(event.data, SynthesisWritten)]
    assert ["and it was faster" in one.quote for one in written.sentences] == [True]
    assert written.dropped == 2
    report = msgspec.json.decode(await stage.blobs.get(report_path("acme", "i1", "report.json")))
    (sentence,) = report["written_summary"]["sentences"]
    assert (sentence["quote"]["found"], sentence["quote"]["turn"]) == (True, written.sentences[0].turn)
    assert len(model.requests) == 3  # one run
    assert fold(await stage.log()) == await stage.state()


async def test_a_summary_that_ends_early_is_told(stage: Stage) -> None:
    model = FakeLanguageModel([{"sentence": "1", "The candidate": "made it faster."}, EngineUnavailable("down")])
    worker = stage.worker(
        GradingConfig(), RubricJudge(stage.model).grade, now=lambda: stage.now, synthesis=SynthesisWriter(model)
    )
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await worker.evaluate(claim.job)
    log = [event.data for event in await stage.log()]
    assert [len(data.sentences) for data in log if isinstance(data, SynthesisWritten)] == [1]
    (fallback,) = [data for data in log if isinstance(data, FallbackEntered)]
    assert "The summary ends early (engine-unavailable)" in fallback.reason


async def test_a_summary_that_fails_is_told_and_delays_no_report(stage: Stage) -> None:
    judge = RubricJudge(stage.model).grade
    model = FakeLanguageModel([EngineUnavailable("down")])
    worker = stage.worker(GradingConfig(), judge, now=lambda: stage.now, synthesis=SynthesisWriter(model))
    await QueuedWork(stage.queue).evaluate("acme", "i1")
    (claim,) = await stage.claims()
    await worker.evaluate(claim.job)
    assert len(await stage.reports()) == 1
    (fallback,) = [event.data for event in await stage.log() if isinstance(event.data, FallbackEntered)]
    assert "No summary was written (engine-unavailable)" in fallback.reason
    report = msgspec.json.decode(await stage.blobs.get(report_path("acme", "i1", "report.json")))
    assert report["written_summary"] is None
