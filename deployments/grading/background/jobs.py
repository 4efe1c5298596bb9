"""Handlers of background grading: rubric grades and final evaluations, delivered at least once, effective once.

A handler may be killed anywhere and run again, even concurrently. So it decides on a session's state and commits by
compare-and-set on that state's version: a second run finds the effect in place and does nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from deployments.grading.background.interview_answers import requests_to_judge, topics_of
from deployments.grading.background.milestones import Milestones
from deployments.grading.background.missing_grades import (
    QuickGrade,
    lacks_grade,
    missing_grades,
    requests_to_grade,
)
from deployments.grading.background.queued_work import EVALUATE, JUDGE
from deployments.grading.config import GradingConfig
from deployments.grading.contract import EvaluateRequest, GradeRequest
from deployments.grading.graders.grade_builder import with_deductions
from deployments.grading.reports.stored_report import keep_report
from deployments.grading.synthesis.writer import VERSION as SYNTHESIS_VERSION
from deployments.grading.synthesis.writer import SynthesisWriter
from deployments.shell.handle_rpc import decode
from interview import failures
from interview.errors import Conflict, InterviewError, TurnInFlight
from interview.grades import Grade
from interview.measurement.adaptive_block import ability_after
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.events import (
    AnyPayload,
    DifficultyUpdated,
    FallbackEntered,
    GradeRecorded,
    ReportReady,
    SynthesisWritten,
)
from interview.sessions.session import GradeRecord, SessionState
from storage.archive.port import Archive
from storage.archive.transfer import archive_session, made_live
from storage.blobs.pinned_plans import PinnedPlans
from storage.blobs.port import BlobStore
from storage.sessions.amend import amend
from storage.sessions.port import HEARING, SessionKey, SessionStore
from storage.work_queue.consumer import Handler
from storage.work_queue.port import QueuedJob

logger = logging.getLogger(__name__)

#: Judges an open answer: question, answer, seed.
Judge = Callable[[Question, str, int, str], Awaitable[Grade]]
#: Why the judge's grades under a plan need review; empty when they do not.
DriftCheck = Callable[[InterviewPlan], Awaitable[str]]
#: The events to record on a state; empty when there is nothing to do.
Decide = Callable[[SessionState], Sequence[AnyPayload]]

BACKGROUND = "background"

#: Decoded plans cached in memory.
PLANS_KEPT = 16


def report_url(interview_id: str) -> str:
    return f"/session/report/{interview_id}"


class BackgroundGrading:
    """The handlers of the grading queue. Without a ``judge`` the provisional grades stand."""

    def __init__(
        self,
        sessions: SessionStore,
        archive: Archive,
        blobs: BlobStore,
        config: GradingConfig,
        judge: Judge | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        drift: DriftCheck | None = None,
        grade: QuickGrade | None = None,
        milestones: Milestones | None = None,
        synthesis: SynthesisWriter | None = None,
    ) -> None:
        """``synthesis`` None: the report has its own lines only."""
        self._synthesis = synthesis
        self._sessions = sessions
        self._archive = archive
        self._blobs = blobs
        self._plans = PinnedPlans(blobs, capacity=PLANS_KEPT)
        self._config = config
        self._judge = judge
        self._now = now
        self._drift = drift
        self._quick = grade
        self._milestones = milestones

    @property
    def handlers(self) -> dict[str, Handler]:
        return {JUDGE: self.judge, EVALUATE: self.evaluate}

    async def judge(self, job: QueuedJob) -> None:
        """Grade one open answer and record it.

        Raises:

            TurnInFlight: the requesting turn is not committed yet; try again.
            NotFound: there is no such interview.
            InterviewError: of the judge or a store.
        """
        request = decode(job.payload, GradeRequest)
        key = SessionKey(request.tenant, request.interview_id)
        state = await self._live(key)
        if request.turn > state.turn_number:
            raise TurnInFlight("The turn of this answer is not committed yet.", retry_after_s=1)
        if self._judge is None or not _grade_is_wanted(state, request):
            return
        plan = await self._plan(state)
        await self._record_grade(key, plan, request, await self._grade(self._judge, plan, request))

    async def evaluate(self, job: QueuedJob) -> None:
        """Missing and final grades of an ended interview, then ``report.ready``, then the archive.

        Raises:
            Conflict: the interview has not ended.
            TurnInFlight: an answer that was given before the end is still being transcribed.
            NotFound: there is no such interview.
            InterviewError: of a grader or the judge (until the configured patience ends) or a store.
        """
        wanted = decode(job.payload, EvaluateRequest)
        key = SessionKey(wanted.tenant, wanted.interview_id)
        state = await self._live(key)
        if not state.has_ended:
            raise Conflict("An interview can be evaluated only after it has ended.")
        if await self._sessions.held_until(key, HEARING) > self._now().timestamp():
            raise TurnInFlight("An answer of this interview is still being transcribed.", retry_after_s=1)
        await archive_session(self._sessions, self._archive, key)  # safe even if the judge fails
        if self._milestones is not None:
            await self._milestones.concluded(state)
        ungraded = unjudged = None
        if self._quick is not None:
            ungraded = await self._patiently(state, self._grade_missing(self._quick, key, state))
        if self._judge is not None:
            state = await self._live(key)
            unjudged = await self._patiently(state, self._judge_open_answers(self._judge, key, state))
        summary = await self._summary(await self._live(key)) if self._synthesis is not None else ()
        await self._commit(key, lambda current: _report_ready(current, ungraded, unjudged, summary))
        await keep_report(self._sessions, self._archive, self._blobs, key, now=self._now())
        if self._milestones is not None:
            await self._milestones.reported(await self._live(key))

    async def _summary(self, state: SessionState) -> Sequence[AnyPayload]:
        """The written summary, or why there is none; the report does not wait for a model that fails."""
        if self._synthesis is None or state.report_url is not None:
            return ()
        try:
            resume = await self._resume(state)
            topics = topics_of(state, await self._plan(state))
            written = await self._synthesis.write(topics, resume, state.settings.seed, state.language)
        except InterviewError as error:
            reason = f"No summary was written ({failures.item_failed('synthesis', error)})."
            return (FallbackEntered(state.turn_number, "grading", "the report's own lines", reason),)
        if not topics:
            return ()
        found: list[AnyPayload] = [SynthesisWritten(written.sentences, written.dropped, SYNTHESIS_VERSION)]
        if written.failure is not None:
            reason = f"The summary ends early ({failures.item_failed('synthesis', written.failure)})."
            found.append(FallbackEntered(state.turn_number, "grading", "a part of the summary", reason))
        return found

    async def _resume(self, state: SessionState) -> str:
        path = state.documents.get("resume")
        return (await self._blobs.get(path)).decode("utf-8", "replace") if path is not None else ""

    async def _patiently(self, state: SessionState, work: Awaitable[InterviewError | None]) -> InterviewError | None:
        """The failure that the report must tell. A retryable one is raised until patience ends, so that the job is
        repeated."""
        try:
            return await work
        except InterviewError as error:
            if not error.retryable or not (state.report_url or self._out_of_patience(state)):
                raise
            return error

    async def _grade_missing(self, grade: QuickGrade, key: SessionKey, state: SessionState) -> None:
        """Grade what the turns left ungraded, each with its own commit."""
        plan = await self._plan(state)

        async def record(recorded: GradeRecorded) -> None:
            skill = plan.by_id[recorded.question_id].skill

            def decide(current: SessionState) -> Sequence[AnyPayload]:
                if not lacks_grade(current, recorded.question_id):
                    return ()
                if not recorded.grade.is_judgement:
                    return (recorded,)
                return (recorded, _ability(current, plan, recorded, skill))

            await self._commit(key, decide)

        await missing_grades(grade, requests_to_grade(state, plan), record)

    async def _judge_open_answers(self, judge: Judge, key: SessionKey, state: SessionState) -> InterviewError | None:
        """Judge one after the other, each with its own commit: a crash costs at most one answer's judging.

        An answer that cannot be judged keeps its provisional grade and does not stop the others; the first such failure
        is returned. A retryable failure is raised, because it affects them all.
        """
        plan = await self._plan(state)
        failure: InterviewError | None = None
        for request in requests_to_judge(state, plan):
            if not _grade_is_wanted(state, request):
                continue
            try:
                await self._record_grade(key, plan, request, await self._grade(judge, plan, request))
            except InterviewError as error:
                if error.retryable or error.status >= 500:
                    raise
                failure = failure or error
                reason = failures.item_failed("judge", error)
                logger.error("an answer was not judged: question=%s error=%s", request.question.id, reason)
        return failure

    async def _grade(self, judge: Judge, plan: InterviewPlan, request: GradeRequest) -> Grade:
        grade = await judge(request.question, request.answer, request.seed, request.language)
        drifted = await self._drift(plan) if self._drift is not None else ""
        if drifted:
            grade = replace(grade, needs_review=True, review_reason=f"{grade.review_reason} {drifted}".strip())
        return with_deductions(
            grade,
            hint_cost=request.hint_cost,
            transcript_confidence=request.transcript_confidence,
            review_below=self._config.review_below,
        )

    async def _record_grade(self, key: SessionKey, plan: InterviewPlan, request: GradeRequest, grade: Grade) -> None:
        def decide(state: SessionState) -> Sequence[AnyPayload]:
            if not _grade_is_wanted(state, request):
                return ()
            recorded = GradeRecorded(turn=request.turn, question_id=request.question.id, grade=grade, source=BACKGROUND)
            return (recorded, _ability(state, plan, recorded, request.question.skill))

        await self._commit(key, decide)

    async def _commit(self, key: SessionKey, decide: Decide) -> None:
        """Record the events of ``decide`` for the current state, unless they are recorded already.

        Raises:

            VersionConflict: too many concurrent commits; the job is retried.
        """
        await self._live(key)
        await amend(self._sessions, key, decide, now=self._now)

    async def _live(self, key: SessionKey) -> SessionState:
        """The live state; a session that expired while its grading was queued is first restored from the archive."""
        return await made_live(self._sessions, self._archive, key)

    async def _plan(self, state: SessionState) -> InterviewPlan:
        return await self._plans.get(state)

    def _out_of_patience(self, state: SessionState) -> bool:
        """Counted from the session's last event, because every recorded grade is progress."""
        return (self._now() - state.last_updated).total_seconds() > self._config.background.patience_s


def _grade_is_wanted(state: SessionState, request: GradeRequest) -> bool:
    """False when the standing grade is a person's, a background grade of this turn, or of a later answer."""
    standing = next((found for found in state.grades if found.question_id == request.question.id), None)
    if standing is None:
        return True
    if standing.source == "override" or standing.turn > request.turn:
        return False
    return not (standing.source == BACKGROUND and standing.turn == request.turn)


def _ability(state: SessionState, plan: InterviewPlan, recorded: GradeRecorded, skill: str) -> DifficultyUpdated:
    """The skill's ability with the new grade replacing the question's old one."""
    record = GradeRecord(recorded.question_id, recorded.turn, recorded.grade, recorded.source)
    others = [found for found in state.grades if found.question_id != recorded.question_id and found.grade.is_judgement]
    update = ability_after(plan, [*others, record], skill)
    return DifficultyUpdated(
        turn=recorded.turn,
        skill=skill,
        theta=update.ability.theta,
        standard_error=update.ability.standard_error,
        items=update.ability.items,
        next_b=update.next_b,
        rationale=update.rationale,
    )


def _report_ready(
    state: SessionState,
    ungraded: InterviewError | None,
    unjudged: InterviewError | None,
    summary: Sequence[AnyPayload],
) -> Sequence[AnyPayload]:
    """``report.ready``, once, after the summary; with the reasons when graders or judge were given up."""
    if state.report_url is not None:
        return ()
    provisional = any(record.grade.provisional for record in state.grades)
    ready = ReportReady(url=report_url(state.interview_id), provisional=provisional)
    given_up: list[AnyPayload] = []
    if ungraded is not None:
        reason = f"The graders could not serve ({ungraded.code}); an answer has no grade and needs human review."
        given_up.append(FallbackEntered(state.turn_number, "grading", "review by a person", reason))
    if unjudged is not None:
        reason = (
            f"The rubric judge could not serve ({unjudged.code}); key-point coverage stands and needs human review."
        )
        given_up.append(FallbackEntered(state.turn_number, "grading", "key-point coverage", reason))
    return (*given_up, *summary, ready)
