"""The state of one interview: the fold of its events, cached as a snapshot in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from interview.grades import Grade
from interview.plans.plan import Phase, PlanRef
from interview.plans.questions import QuestionCard, QuestionType
from interview.sessions.settings import SessionSettings

Status = Literal["active", "paused", "concluded", "expired"]
PausedBy = Literal["policy", "candidate"]
ActionType = Literal["ask_followup", "new_question", "clarify", "give_hint", "conclude"]
Role = Literal["interviewer", "candidate"]


class Candidate(Struct, frozen=True):
    """The interviewed person; both fields are chosen by the caller and may be empty."""

    name: str = ""
    reference: str = ""


class Consent(Struct, frozen=True):
    """The candidate saw and accepted the plan's notice; ``text_sha256`` identifies the exact wording."""

    given: bool
    text_sha256: str = ""


class ConversationTurn(Struct, frozen=True, omit_defaults=True):
    """One utterance. ``timestamp`` is UTC; ``confidence`` in [0, 1] is the transcript's, None for typed text.

    ``asked_form``: the interviewer asked for a formula, number or option in place of the previous answer. ``unheard``
    is the rest of an utterance of the interviewer that the candidate interrupted after ``content``.
    """

    role: Role
    content: str
    timestamp: datetime
    turn: int
    audio_url: str | None = None
    question_id: str | None = None
    question_type: QuestionType | None = None
    confidence: float | None = None
    asked_form: bool = False
    unheard: str = ""

    @property
    def whole(self) -> str:
        """What was to be said."""
        return self.content + self.unheard


class AgentAction(Struct, frozen=True):
    """The interviewer's next action, and why. ``next_phase`` is the phase the reply belongs to."""

    action_type: ActionType
    reasoning: str
    next_phase: Phase
    topic: str = ""


class AgentResponse(Struct, frozen=True):
    """The reply to a candidate. ``time_left_s`` is the time left of the plan's whole budget. ``follow_up`` is the
    follow-up in ``text`` without the words before it, where they are known apart."""

    text: str
    action: AgentAction
    should_continue: bool
    audio_url: str | None = None
    question: QuestionCard | None = None
    hints_left: int = 0
    time_left_s: float = 0.0
    follow_up: str = ""


class AudioRef(Struct, frozen=True):
    """A recording in the blob store. ``duration_s`` is measured by decoding."""

    url: str
    content_type: str
    size_bytes: int
    sha256: str
    duration_s: float = 0.0


class HeardAnswer(Struct, frozen=True):
    """The transcript of a recording, and the engine that made it. ``confidence`` in [0, 1].

    ``failure`` is the reason when speech recognition could not serve.
    """

    text: str
    confidence: float
    duration_s: float
    engine: dict[str, Any] = {}
    failure: str = ""


class PendingAnswer(Struct, frozen=True, omit_defaults=True):
    """An accepted answer without a committed reply: recovery after a crash resumes here.

    ``heard`` comes with ``audio``.
    """

    turn: int
    idempotency_key: str
    received_at: datetime
    text: str | None = None
    audio: AudioRef | None = None
    heard: HeardAnswer | None = None


class AskedQuestion(Struct, frozen=True, omit_defaults=True):
    """A question put to this candidate, and how often it was followed up, clarified, hinted or repeated.

    ``interrupted``: the candidate returned to an earlier question before answering this one, so it is put again.
    ``form_asked``: the reply asked for the required form of answer, which happens once.
    ``asked_back``: turns in which the candidate asked the interviewer something, the last of them ``asked_back_turn``.
    ``follow_ups`` were put, the last of them in ``follow_up_turn``; one that was put again because it was not heard
    counts once.
    """

    question_id: str
    question_type: QuestionType
    skill: str
    phase: Phase
    turn: int
    asked_at: datetime
    core: bool = False
    follow_ups: int = 0
    follow_up_turn: int = 0
    clarifications: int = 0
    hints: int = 0
    skipped: bool = False
    interrupted: bool = False
    form_asked: bool = False
    asked_back: int = 0
    asked_back_turn: int = 0

    @property
    def attempts(self) -> int:
        """Clarifications that cost patience: those that answered the candidate's own questions do not count."""
        return max(0, self.clarifications - self.asked_back)


class Ability(Struct, frozen=True):
    """EAP ability on one skill: ``theta`` and its standard error in θ units, from ``items`` graded answers."""

    theta: float = 0.0
    standard_error: float = 1.0
    items: int = 0


class GradeRecord(Struct, frozen=True):
    """The standing grade of a question; ``source`` is ``inline``, ``background`` or ``override``. ``seq`` is its event
    in the log."""

    question_id: str
    turn: int
    grade: Grade
    source: str = "inline"
    author: str = ""
    reason: str = ""
    seq: int = 0


class Insight(Struct, frozen=True):
    """A fact learned about the candidate, and the turn it rests on."""

    text: str
    turn: int
    kind: str = "observation"
    quote: str = ""


class SessionState(Struct, frozen=True):
    """One interview. ``version`` is the sequence number of the last event folded in.

    ``paused_s`` is the length of all ended pauses; ``paused_at`` and ``paused_by`` are set while one lasts. ``pauses``
    counts those that the candidate took, and ``return_by`` is the end of the latest of them, also after the return.
    ``extra_time_s`` was granted beyond the plan's time budget. ``substitute_voice`` is the engine last noted as
    speaking in place of the configured voice.
    """

    interview_id: str
    tenant: str
    plan: PlanRef
    started_at: datetime
    last_updated: datetime
    status: Status = "active"
    language: str = "en"
    candidate: Candidate = Candidate()
    consent: Consent = Consent(given=False)
    documents: dict[str, str] = {}
    settings: SessionSettings = SessionSettings()
    current_phase: Phase = "intro"
    phase_started_at: datetime | None = None
    conversation_history: tuple[ConversationTurn, ...] = ()
    topics_covered: tuple[str, ...] = ()
    insights: tuple[Insight, ...] = ()
    questions_asked: tuple[AskedQuestion, ...] = ()
    hints_used: int = 0
    abilities: dict[str, Ability] = {}
    grades: tuple[GradeRecord, ...] = ()
    pending_action: AgentAction | None = None
    pending_answer: PendingAnswer | None = None
    turn_number: int = 0
    fallbacks: int = 0
    substitute_voice: str = ""
    guardrails: int = 0
    summary: str = ""
    concluded_because: str = ""
    report_url: str | None = None
    paused_at: datetime | None = None
    paused_s: float = 0.0
    extra_time_s: float = 0.0
    paused_by: PausedBy | None = None
    pauses: int = 0
    return_by: datetime | None = None
    version: int = 0

    @property
    def has_ended(self) -> bool:
        return self.status in ("concluded", "expired")

    @property
    def awaits_report(self) -> bool:
        """Whether the interview has ended but its evaluation has not."""
        return self.has_ended and self.report_url is None

    def elapsed_s(self, now: datetime) -> float:
        """Seconds from the start to ``now`` without the pauses: the time that counts against the plan's budget."""
        until = now if self.paused_at is None else min(now, self.paused_at)
        return (until - self.started_at).total_seconds() - self.paused_s

    @property
    def current_question(self) -> AskedQuestion | None:
        return self.questions_asked[-1] if self.questions_asked else None
