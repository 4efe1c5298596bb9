"""The encoded reply of a step, and the idempotency record that stores it byte for byte."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from deployments.agent.brief.next_question import time_left_s
from deployments.agent.contract import FallbackView, GradeView, TranscriptView, TurnBody
from interview.errors import InternalError
from interview.plans.plan import InterviewPlan
from interview.plans.questions import QuestionCard, card_of
from interview.sessions.events import FallbackEntered, GradeRecorded, ResponseSent
from interview.sessions.session import AgentResponse, SessionState
from storage.sessions.port import IdempotencyRecord

#: The bounded fields of a session, for replies; ``GET /session/state`` has the growing ones as well.
_LEFT_OUT = frozenset({"conversation_history", "insights", "grades", "settings", "documents", "pending_answer"})
_FIELDS = tuple(name for name in SessionState.__struct_fields__ if name not in _LEFT_OUT)


def session_view(state: SessionState, *, whole: bool = False) -> dict[str, Any]:
    """The session for a reply; unless ``whole``, small enough to be stored with every turn."""
    return {name: getattr(state, name) for name in (state.__struct_fields__ if whole else _FIELDS)}


def hints_left(state: SessionState, plan: InterviewPlan) -> int:
    """Hints still available for the current question."""
    asked = state.current_question
    if asked is None or asked.question_id not in plan.by_id:
        return 0
    ladder = len(plan.by_id[asked.question_id].hints) - asked.hints
    return max(0, min(ladder, plan.hint_budget - state.hints_used))


def agent_response(sent: ResponseSent, state: SessionState, plan: InterviewPlan, now: datetime) -> AgentResponse:
    """``state`` is the state after ``sent``. While the current question is discussed, its card stays."""
    return AgentResponse(
        text=sent.text,
        action=sent.action,
        should_continue=sent.should_continue,
        audio_url=sent.audio_url,
        question=current_card(state, plan) if sent.should_continue else None,
        hints_left=hints_left(state, plan) if sent.should_continue else 0,
        time_left_s=round(time_left_s(state, plan, now), 1),
    )


def current_card(state: SessionState, plan: InterviewPlan) -> QuestionCard | None:
    asked = state.current_question
    question = plan.by_id.get(asked.question_id) if asked else None
    return card_of(question) if question else None


def encoded_reply(
    state: SessionState,
    response: AgentResponse,
    *,
    whole_session: bool = False,
    turn: int | None = None,
    transcript: TranscriptView | None = None,
    grade: GradeRecorded | None = None,
    fallbacks: tuple[FallbackEntered, ...] = (),
    stage_ms: dict[str, float] | None = None,
) -> bytes:
    """A ``TurnBody`` as JSON, for start, turn, hint and end alike."""
    body = TurnBody(
        interview_id=state.interview_id,
        turn_number=state.turn_number if turn is None else turn,
        interviewer_response=response,
        session_state=session_view(state, whole=whole_session),
        transcript=transcript,
        grade=GradeView(question_id=grade.question_id, grade=grade.grade) if grade else None,
        fallbacks=tuple(FallbackView(each.tier, each.to, each.reason) for each in fallbacks),
        stage_ms=stage_ms or {},
    )
    return msgspec.json.encode(body)


def done_record(scope: str, key: str, fingerprint: str, body: bytes) -> IdempotencyRecord:
    if not body:
        raise InternalError("A finished step must have a body.")
    return IdempotencyRecord(scope=scope, key=key, fingerprint=fingerprint, status="done", body=body)
