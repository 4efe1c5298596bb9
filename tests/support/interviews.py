"""Small interviews for tests of the stores."""

from __future__ import annotations

from datetime import datetime, timedelta

from interview.plans.plan import PlanRef
from interview.plans.questions import QuestionCard
from interview.sessions.events import (
    AnswerReceived,
    AnyPayload,
    Event,
    IntegrityNoted,
    ResponseSent,
    SessionConcluded,
    SessionStarted,
)
from interview.sessions.fold import fold
from interview.sessions.session import AgentAction, Candidate
from storage.sessions.port import SessionKey, SessionStore


async def concluded(
    sessions: SessionStore, key: SessionKey, *, said: str, reference: str, ended: datetime, notes: int = 0
) -> None:
    """A live session in which Ada Lovelace answered one question, ``said``; ``notes`` are events after its end."""
    card = QuestionCard(question_id="q1", question_type="opener", prompt="Why?", answer_mode="spoken", skill="s")
    action = AgentAction(action_type="new_question", reasoning="first", next_phase="intro")
    payloads: tuple[AnyPayload, ...] = (
        SessionStarted(
            interview_id=key.interview_id,
            tenant=key.tenant,
            plan=PlanRef(id="plan", version="1", digest="0" * 64),
            phase="intro",
            candidate=Candidate(name="Ada Lovelace", reference=reference),
        ),
        ResponseSent(turn=0, text="Why?", action=action, phase="intro", should_continue=True, question=card),
        AnswerReceived(turn=1, idempotency_key="k", question_id="q1", text=said),
        SessionConcluded(turn=1, by="operator", reason="Done."),
        *(IntegrityNoted(turn=1, signal="late") for _ in range(notes)),
    )
    events = [
        Event(seq=seq, time=ended + timedelta(seconds=seq - 4), data=data) for seq, data in enumerate(payloads, start=1)
    ]
    await sessions.commit(key, expected_version=0, state=fold(events), events=events)
