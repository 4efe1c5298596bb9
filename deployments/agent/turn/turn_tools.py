"""Step 3, act: run the turn's tools (grade, record, adapt, look up what comes next), each one an event of the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from deployments.agent.brief.interviewer import Heard, NextStep, Observation
from deployments.agent.turn.observe import Answer
from deployments.grading.contract import GradeRequest, Grading
from interview.errors import InterviewError
from interview.grades import UNAVAILABLE, Grade
from interview.measurement.adaptive_block import ability_after
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question, Ungraded
from interview.sessions.events import (
    AnyPayload,
    DifficultyUpdated,
    FallbackEntered,
    GradeRecorded,
    ToolCalled,
    ToolReturned,
)
from interview.sessions.session import AskedQuestion, SessionState

#: What ``record_outcome`` calls what was heard.
OUTCOMES: dict[Heard, str] = {"answer": "answered", "skip": "skipped", "unsure": "unclear"}


class EventSink(Protocol):
    def record(self, *payloads: AnyPayload) -> None: ...


class ToolLog:
    """Records the tool calls of one turn; call ids are ``<turn>.<n>``."""

    def __init__(self, sink: EventSink, turn: int) -> None:
        self._sink = sink
        self._turn = turn
        self._count = 0

    def record(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        result: Mapping[str, Any],
        *effects: AnyPayload,
        error: InterviewError | None = None,
    ) -> None:
        """One call, what it returned, and the events that are its effect."""
        self._count += 1
        call_id = f"{self._turn}.{self._count}"
        self._sink.record(
            ToolCalled(turn=self._turn, call_id=call_id, tool=tool, arguments=dict(arguments)),
            ToolReturned(
                turn=self._turn,
                call_id=call_id,
                tool=tool,
                result=dict(result),
                error=error.to_wire() if error else None,
            ),
            *effects,
        )


def grade_request(
    state: SessionState, asked: AskedQuestion, question: Question, answer: Answer, turn: int
) -> GradeRequest:
    return GradeRequest(
        question=question,
        answer=answer.text,
        transcript_confidence=answer.confidence,
        hint_cost=min(1.0, sum(hint.cost for hint in question.hints[: asked.hints])),
        language=state.language,
        tenant=state.tenant,
        interview_id=state.interview_id,
        turn=turn,
        seed=state.settings.seed,
    )


async def graded(grading: Grading, request: GradeRequest) -> tuple[Grade, InterviewError | None]:
    """The grade; when the grading tier cannot give one, a placeholder for a person to replace, and the reason."""
    try:
        return await grading.grade(request), None
    except InterviewError as error:
        return ungraded(error), error


def ungraded(error: InterviewError) -> Grade:
    return Grade(
        score=0.0,
        level="missing",
        confidence=0.0,
        rationale=f"Not graded: the grading tier could not serve ({error.code}). The score stands for no judgement.",
        grader=UNAVAILABLE,
        needs_review=True,
        review_reason="The grader was unavailable when the answer was given.",
        provisional=True,
    )


def passed_over() -> Grade:
    """The grade of a question the candidate chose not to answer."""
    return Grade(
        score=0.0,
        level="missing",
        confidence=1.0,
        rationale="The candidate passed on this question; there was no answer to grade.",
        grader="skipped",
    )


def is_graded(question: Question) -> bool:
    return not isinstance(question.grader, Ungraded)


def record_grade(log: ToolLog, request: GradeRequest, grade: Grade, error: InterviewError | None) -> None:
    """``grade_answer`` with its effect. The answer's text is in the log already and not repeated in the arguments."""
    question_id = request.question.id
    effects: list[AnyPayload] = []
    if error is not None:
        reason = f"{error.code}: {error.message}"
        effects.append(FallbackEntered(turn=request.turn, tier="grading", to="review by a person", reason=reason))
    effects.append(GradeRecorded(turn=request.turn, question_id=question_id, grade=grade))
    log.record(
        "grade_answer",
        {"question_id": question_id},
        msgspec.to_builtins(grade),
        *effects,
        error=error,
    )


def ability_event(state: SessionState, plan: InterviewPlan, skill: str, turn: int) -> DifficultyUpdated:
    """The ability on ``skill`` from all its standing grades that judge an answer. Pure."""
    judged = [record for record in state.grades if record.grade.is_judgement]
    update = ability_after(plan, judged, skill)
    return DifficultyUpdated(
        turn=turn,
        skill=skill,
        theta=update.ability.theta,
        standard_error=update.ability.standard_error,
        items=update.ability.items,
        next_b=update.next_b,
        rationale=update.rationale,
    )


def record_ability(log: ToolLog, state: SessionState, plan: InterviewPlan, question: Question, turn: int) -> None:
    """``update_difficulty`` with its effect."""
    event = ability_event(state, plan, question.skill, turn)
    log.record(
        "update_difficulty",
        {"skill": question.skill},
        {
            "skill": event.skill,
            "theta": event.theta,
            "standard_error": event.standard_error,
            "items": event.items,
            "next_b": event.next_b,
            "rationale": event.rationale,
        },
        event,
    )


def record_outcome(
    log: ToolLog, asked: AskedQuestion, observation: Observation, grade: Grade | None, probe_because: str
) -> None:
    """``record_outcome``: how the exchange went, in numbers a report can use. A mere request has no outcome yet."""
    outcome = OUTCOMES.get(observation.heard)
    if outcome is None:
        return
    log.record(
        "record_outcome",
        {"question_id": asked.question_id, "outcome": outcome},
        {
            "question_id": asked.question_id,
            "outcome": outcome,
            "score": grade.score if grade else None,
            "follow_ups": asked.follow_ups,
            "clarifications": asked.clarifications,
            "hints": asked.hints,
            "skipped": observation.heard == "skip",
            "probe_because": probe_because,
        },
    )


def record_next_step(log: ToolLog, step: NextStep) -> None:
    log.record(
        "get_next_question",
        {},
        {
            "question_id": step.question.id if step.question else None,
            "phase": step.phase,
            "core": step.core,
            "rationale": step.rationale,
        },
    )
