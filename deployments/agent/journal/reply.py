"""The encoded reply of a step, and the idempotency record that stores it byte for byte."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from deployments.agent.brief.next_question import time_left_s
from deployments.agent.contract import FallbackView, TranscriptView, TurnBody
from interview.errors import InternalError
from interview.plans.plan import InterviewPlan
from interview.plans.questions import QuestionCard, card_of
from interview.sessions.candidate_view import candidate_response, candidate_state
from interview.sessions.events import FallbackEntered, ResponseSent
from interview.sessions.session import AgentResponse, SessionState
from storage.sessions.port import IdempotencyRecord


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
        follow_up=sent.follow_up,
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
    fallbacks: tuple[FallbackEntered, ...] = (),
    stage_ms: dict[str, float] | None = None,
) -> bytes:
    """A ``TurnBody`` as JSON, for start, turn, hint and end alike."""
    seen = candidate_state(state if whole_session else replace(state, conversation_history=()))
    body = TurnBody(
        interview_id=state.interview_id,
        turn_number=state.turn_number if turn is None else turn,
        interviewer_response=candidate_response(response),
        session_state=seen,
        transcript=transcript,
        fallbacks=tuple(FallbackView(each.tier, each.to) for each in fallbacks),
        stage_ms=stage_ms or {},
    )
    return msgspec.json.encode(body)


def done_record(scope: str, key: str, fingerprint: str, body: bytes) -> IdempotencyRecord:
    if not body:
        raise InternalError("A finished step must have a body.")
    return IdempotencyRecord(scope=scope, key=key, fingerprint=fingerprint, status="done", body=body)
