"""Repeats every rule-based decision from the recorded inputs and reports the differences.

It checks the inline grades (by the deterministic graders, in this process), every ability estimate, every next
question, and the tripped rules. No model is called: a background grade, a transcript and a model's words are inputs.
The plan, the policies and the thresholds are those that the session pinned at its start.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from msgspec.structs import asdict

from deployments.agent.brief.next_question import next_step
from deployments.agent.config import AgentConfig
from deployments.agent.turn import observe, turn_tools
from deployments.grading.config import GradingConfig
from deployments.grading.graders.coverage.coverage import GRADER, GRADER_BY_OWN_ENCODER
from deployments.grading.service import GradingService
from interview.errors import InterviewError, NotFound
from interview.grades import UNAVAILABLE, Grade
from interview.plans.plan import InterviewPlan
from interview.policies.rules import PolicySet, decode_policies
from interview.sessions.events import (
    AnswerReceived,
    DifficultyUpdated,
    Event,
    GradeRecorded,
    GuardrailTripped,
    PlanMade,
    ToolCalled,
    ToolReturned,
)
from interview.sessions.fold import apply
from interview.sessions.session import GradeRecord, SessionState
from serve.replay.policies import RepeatedDecision, trips_differ
from storage.blobs.layout import policies_path
from storage.blobs.pinned_plans import PinnedPlans
from storage.blobs.port import BlobStore

#: ``<turn>.<n>``: a tool call of a turn, not one made from outside.
_TURNS_OWN_CALL = re.compile(r"\d+\.\d+\Z")

#: Grades without a grader (``none`` for an outage, ``fake`` for a load run) or from weights that are not pinned.
_NOT_REPEATABLE = frozenset({UNAVAILABLE, "none", "fake", GRADER_BY_OWN_ENCODER})


async def recheck(events: list[Event], blobs: BlobStore) -> tuple[dict[str, int], list[str]]:
    """``(the number of repeated decisions per kind, the differences)``, the first difference first.

    Raises:

        NotFound, StorageUnavailable, InternalError: the pinned plan cannot be read.
    """
    if not events:
        return {}, []
    state = apply(None, events[0])
    plan = await PinnedPlans(blobs, capacity=1).get(state)
    grading = GradingService(_grading_config(state))
    by_words = GradingService(msgspec.structs.replace(_grading_config(state), embeddings=None))
    checks = _Checks(plan, _agent_config(state), await _policies(state, blobs), grading, by_words)
    try:
        for event in events[1:]:
            await checks.look_at(state, event)
            state = apply(state, event)
    finally:
        await grading.stop()
        await by_words.stop()
    return checks.counts, checks.differences


class _Checks:
    """Walks the log with the state before each event, and collects differences."""

    def __init__(
        self,
        plan: InterviewPlan,
        config: AgentConfig,
        policies: PolicySet | None,
        grading: GradingService,
        by_words: GradingService,
    ) -> None:
        self.plan = plan
        self.config = config
        self.policies = policies
        self.grading = grading
        # For answers that a platform without a token encoder graded.
        self.by_words = by_words
        self.counts = {"grades": 0, "abilities": 0, "next questions": 0, "policy verdicts": 0}
        self.differences: list[str] = []
        self._previous_time: datetime | None = None
        self._clock_read: tuple[datetime, datetime] | None = None
        self._received_at: datetime | None = None
        self._grades_seen: list[tuple[GradeRecord, ...]] = []
        self._decided_on: SessionState | None = None
        self._trips: list[GuardrailTripped] = []

    async def look_at(self, state: SessionState, event: Event) -> None:
        match event.data:
            case AnswerReceived():
                self._received_at = event.time
                self._grades_seen = [state.grades]
            case GradeRecorded() as recorded:
                if recorded.source != "inline":
                    self._grades_seen.append(apply(state, event).grades)
                await self._grade(state, event.seq, recorded)
            case DifficultyUpdated() as recorded:
                self._ability(state, event.seq, recorded)
            case ToolCalled(tool="get_next_question", call_id=call_id) if _TURNS_OWN_CALL.match(call_id):
                # The agent read its clock between the previous event and this one.
                self._clock_read = (self._previous_time or event.time, event.time)
            case ToolReturned(tool="get_next_question", call_id=call_id) as returned if _TURNS_OWN_CALL.match(call_id):
                self._next_question(state, event.seq, returned)
                self._decided_on = state
                self._trips = []
            case GuardrailTripped() as trip:
                self._trips.append(trip)
            case PlanMade() as made:
                self._policy(event.seq, made)
            case _:
                pass
        self._previous_time = event.time

    async def _grade(self, state: SessionState, seq: int, recorded: GradeRecorded) -> None:
        asked = state.current_question
        if recorded.source != "inline" or recorded.grade.grader in _NOT_REPEATABLE or asked is None:
            return
        question = self.plan.by_id.get(recorded.question_id)
        if question is None or asked.question_id != recorded.question_id:
            self.differences.append(f"event {seq}: a grade of {recorded.question_id}, which is not the open question")
            return
        self.counts["grades"] += 1
        again = turn_tools.passed_over()
        if recorded.grade.grader != again.grader:
            answer = observe.answer_so_far(state, asked, question, config=self.config)
            request = turn_tools.grade_request(state, asked, question, answer, recorded.turn)
            try:
                grading = self.by_words if recorded.grade.grader == GRADER else self.grading
                again = await grading.grade(request)
            except InterviewError as error:
                self.differences.append(f"event {seq}: {question.id} cannot be graded again: {error.message}")
                return
        if not recorded.grade.criteria:  # earlier releases recorded no key points
            again = msgspec.structs.replace(again, criteria=())
        found = _first_difference(again, recorded.grade)
        if found:
            self.differences.append(f"event {seq}: the grade of {question.id}: {found}")

    def _ability(self, state: SessionState, seq: int, recorded: DifficultyUpdated) -> None:
        self.counts["abilities"] += 1
        again = turn_tools.ability_event(state, self.plan, recorded.skill, recorded.turn)
        found = _first_difference(again, recorded)
        if found:
            self.differences.append(f"event {seq}: the ability on {recorded.skill}: {found}")

    def _next_question(self, state: SessionState, seq: int, returned: ToolReturned) -> None:
        if self._clock_read is None:
            return
        self.counts["next questions"] += 1
        recorded = {name: returned.result.get(name) for name in ("question_id", "phase", "core")}
        found = []
        for now in self._clock_read:
            step = next_step(state, self.plan, now)
            question_id = step.question.id if step.question else None
            found.append({"question_id": question_id, "phase": step.phase, "core": step.core})
        if recorded not in found:
            self.differences.append(f"event {seq}: the next question is {found[-1]}, recorded is {recorded}")

    def _policy(self, seq: int, made: PlanMade) -> None:
        before, self._decided_on = self._decided_on, None
        if before is None or self._clock_read is None or self.policies is None:
            return
        times = (*reversed(self._clock_read), *([self._received_at] if self._received_at else []))
        decided = RepeatedDecision(
            before=before,
            made=made,
            trips=tuple(self._trips),
            looked_at=times,
            grades=(before.grades, *reversed(self._grades_seen)),
        )
        found = trips_differ(decided, self.plan, self.policies, self.config)
        if found is None:
            return
        self.counts["policy verdicts"] += 1
        if found:
            self.differences.append(f"event {seq}: turn {made.turn}: {found}")


def _first_difference(again: Grade | DifficultyUpdated, recorded: Grade | DifficultyUpdated) -> str:
    """The first field that differs; ``""`` for none."""
    stored = asdict(recorded)
    for name, value in asdict(again).items():
        if value != stored[name]:
            return f"{name} is {_short(value)}, recorded is {_short(stored[name])}"
    return ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"


def _agent_config(state: SessionState) -> AgentConfig:
    known = state.settings.thresholds
    # 0.4 was the default before sessions recorded it; answers of every form had one threshold then.
    unsure_below = 0.4 if known.unsure_below is None else known.unsure_below
    form_below = unsure_below if known.unsure_form_below is None else known.unsure_form_below
    return AgentConfig(unsure_below=unsure_below, unsure_form_below=form_below)


def _grading_config(state: SessionState) -> GradingConfig:
    known = state.settings.thresholds.review_below
    return GradingConfig() if known is None else GradingConfig(review_below=known)


async def _policies(state: SessionState, blobs: BlobStore) -> PolicySet | None:
    """The session's pinned policies; None when it pinned none or they are no longer stored."""
    digest = state.settings.policies
    if not digest:
        return None
    try:
        return decode_policies(await blobs.get(policies_path(digest)))
    except (NotFound, msgspec.DecodeError):
        return None
