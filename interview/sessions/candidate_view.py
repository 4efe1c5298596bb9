"""What a candidate may see of an interview: allow-lists of fields for the session, its events and a step's reply.

A field of ``SessionState`` or of an event reaches a candidate only when it is declared here. Grades, rationales, keys,
abilities, tool results, policy findings and the interviewer's reasoning are not; a field added elsewhere is not either.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from interview.plans.plan import Phase
from interview.plans.questions import QuestionCard, QuestionType
from interview.sessions.session import (
    ActionType,
    AgentAction,
    AgentResponse,
    Candidate,
    Consent,
    PausedBy,
    Role,
    SessionState,
    Status,
)


class CandidateAction(Struct, frozen=True):
    """What the interviewer does, without the reasons."""

    action_type: ActionType
    next_phase: Phase


class CandidateResponse(Struct, frozen=True):
    """The reply to a candidate. ``time_left_s`` is the time left of the plan's whole budget. ``follow_up`` is the
    follow-up in ``text`` without the words before it, where they are known apart."""

    text: str
    action: CandidateAction
    should_continue: bool
    audio_url: str | None = None
    question: QuestionCard | None = None
    hints_left: int = 0
    time_left_s: float = 0.0
    follow_up: str = ""


class CandidateTurn(Struct, frozen=True, omit_defaults=True):
    """One utterance; ``confidence`` in [0, 1] is the transcript's, None for typed text."""

    role: Role
    content: str
    timestamp: datetime
    turn: int
    audio_url: str | None = None
    question_id: str | None = None
    question_type: QuestionType | None = None
    confidence: float | None = None


class CandidateQuestion(Struct, frozen=True, omit_defaults=True):
    """A question that was put to the candidate."""

    question_id: str
    question_type: QuestionType
    phase: Phase
    turn: int
    asked_at: datetime
    hints: int = 0
    skipped: bool = False


class CandidateState(Struct, frozen=True):
    """The session as its candidate sees it. ``extra_time_s`` was granted beyond the plan's time budget. ``pauses``
    were taken by the candidate, who may return from the latest until ``return_by``; ``paused_by`` is set while one
    lasts. ``version`` is the sequence number of the last event folded in."""

    interview_id: str
    started_at: datetime
    last_updated: datetime
    status: Status = "active"
    language: str = "en"
    candidate: Candidate = Candidate()
    consent: Consent = Consent(given=False)
    current_phase: Phase = "intro"
    questions_asked: tuple[CandidateQuestion, ...] = ()
    hints_used: int = 0
    extra_time_s: float = 0.0
    paused_by: PausedBy | None = None
    pauses: int = 0
    return_by: datetime | None = None
    turn_number: int = 0
    version: int = 0
    conversation_history: tuple[CandidateTurn, ...] = ()


def candidate_state(state: SessionState) -> CandidateState:
    return msgspec.convert(state, CandidateState, from_attributes=True)


def candidate_response(response: AgentResponse) -> CandidateResponse:
    return msgspec.convert(response, CandidateResponse, from_attributes=True)


def candidate_action(action: AgentAction) -> CandidateAction:
    return CandidateAction(action.action_type, action.next_phase)


class CandidateRecording(Struct, frozen=True):
    """The recording of an answer."""

    url: str
    content_type: str
    size_bytes: int
    duration_s: float = 0.0


class _Started(Struct, frozen=True):
    interview_id: str
    phase: Phase
    language: str = "en"
    candidate: Candidate = Candidate()
    consent: Consent = Consent(given=False)


class _AnswerReceived(Struct, frozen=True):
    turn: int
    question_id: str | None = None
    text: str | None = None
    audio: CandidateRecording | None = None
    recording: CandidateRecording | None = None


class _AnswerTranscribed(Struct, frozen=True):
    turn: int
    text: str
    confidence: float
    duration_s: float
    language: str


class _ResponseSent(Struct, frozen=True):
    turn: int
    text: str
    action: CandidateAction
    phase: Phase
    should_continue: bool
    audio_url: str | None = None
    question: QuestionCard | None = None
    hint: int | None = None
    skipped: bool = False
    follow_up: str = ""


class _CandidateAsked(Struct, frozen=True):
    turn: int
    text: str
    for_a_person: bool = False


class _QuestionReopened(Struct, frozen=True):
    turn: int
    question_id: str


class _Paused(Struct, frozen=True):
    turn: int
    by: PausedBy = "policy"
    return_by: datetime | None = None


class _Moment(Struct, frozen=True):
    turn: int


class _TimeGranted(Struct, frozen=True):
    turn: int
    extra_s: float


class _Concluded(Struct, frozen=True):
    turn: int
    by: str


#: The visible fields of each visible event type; every other type is left out.
VISIBLE: dict[str, type[Struct]] = {
    "session.started": _Started,
    "answer.received": _AnswerReceived,
    "answer.transcribed": _AnswerTranscribed,
    "response.sent": _ResponseSent,
    "candidate.asked": _CandidateAsked,
    "question.reopened": _QuestionReopened,
    "session.paused": _Paused,
    "session.resumed": _Moment,
    "time.granted": _TimeGranted,
    "session.concluded": _Concluded,
}


class _Stored(Struct, frozen=True):
    seq: int
    time: datetime
    type: str
    data: msgspec.Raw


class _Shown(Struct, frozen=True):
    seq: int
    time: datetime
    type: str
    data: Struct


_decode_stored = msgspec.json.Decoder(_Stored).decode
_decode_visible = {kind: msgspec.json.Decoder(view).decode for kind, view in VISIBLE.items()}
_encode = msgspec.json.Encoder().encode


def candidate_event(encoded: bytes) -> bytes | None:
    """A stored event (JSON) as its candidate sees it; None when the candidate does not see it at all.

    Sequence numbers are those of the whole log, so a candidate's stream has gaps in them.

    Raises:

        msgspec.ValidationError: not an event.
    """
    stored = _decode_stored(encoded)
    decode = _decode_visible.get(stored.type)
    if decode is None:
        return None
    return _encode(_Shown(stored.seq, stored.time, stored.type, decode(stored.data)))
