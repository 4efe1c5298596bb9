"""The results of calls. Unknown fields are ignored; kinds are strings, because a later server may have more of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct


class Option(Struct, frozen=True):
    id: str
    text: str


class Question(Struct, frozen=True):
    """The card of a question. ``columns`` are those of a formula's sheet."""

    question_id: str
    question_type: str
    prompt: str
    answer_mode: str
    skill: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[str, ...] = ()


class Action(Struct, frozen=True):
    action_type: str
    next_phase: str


class Reply(Struct, frozen=True):
    """What the interviewer says. ``should_continue`` false: that was the last word. ``follow_up`` is the follow-up in
    ``text`` without the words before it, where they are known apart."""

    text: str
    action: Action
    should_continue: bool
    audio_url: str | None = None
    question: Question | None = None
    hints_left: int = 0
    time_left_s: float = 0.0
    follow_up: str = ""


class Transcript(Struct, frozen=True):
    """What was understood; ``confidence`` in [0, 1], None for typed text."""

    text: str
    confidence: float | None = None
    duration_s: float = 0.0


class Fallback(Struct, frozen=True):
    tier: str
    to: str


class AskedQuestion(Struct, frozen=True):
    question_id: str
    question_type: str = ""
    turn: int = 0
    hints: int = 0
    skipped: bool = False


class Utterance(Struct, frozen=True):
    role: str
    content: str
    turn: int = 0
    timestamp: datetime | None = None
    audio_url: str | None = None
    question_id: str | None = None


class State(Struct, frozen=True):
    """The session. Only a key with ``reports`` or ``agent`` gets ``grades``, as the API sends them. ``return_by``:
    until when the candidate may return from the latest of their ``pauses``."""

    interview_id: str
    status: str
    version: int
    language: str = "en"
    current_phase: str = ""
    turn_number: int = 0
    hints_used: int = 0
    extra_time_s: float = 0.0
    pauses: int = 0
    return_by: datetime | None = None
    questions_asked: tuple[AskedQuestion, ...] = ()
    conversation_history: tuple[Utterance, ...] = ()
    grades: tuple[dict[str, Any], ...] = ()


class Step(Struct, frozen=True, rename={"reply": "interviewer_response", "state": "session_state"}):
    """The result of a start, an answer, a hint or an end. ``state`` is complete after a start."""

    interview_id: str
    turn_number: int
    reply: Reply
    state: State | None = None
    transcript: Transcript | None = None
    fallbacks: tuple[Fallback, ...] = ()
    stage_ms: dict[str, float] = {}


class Sentence(Struct, frozen=True):
    """A sentence of a streamed reply: provisional until its ``Step``."""

    index: int
    text: str


class AudioPart(Struct, frozen=True):
    """A part of a streamed reply's voice. All parts in order are one file of ``content_type``."""

    index: int
    caption: str
    content_type: str
    duration_s: float
    audio: bytes


class Event(Struct, frozen=True):
    """An event of the log; ``GET /schemas/events`` describes ``data`` by ``type``."""

    seq: int
    time: datetime
    type: str
    data: dict[str, Any]


class Skill(Struct, frozen=True):
    """``theta`` ± ``standard_error`` is the ability; None: not measured."""

    skill: str
    weight: float = 0.0
    mean_score: float | None = None
    theta: float | None = None
    standard_error: float | None = None
    items: int = 0


class Report(Struct, frozen=True):
    """The report's main figures; ``document`` of the client's method has the whole of it."""

    interview_id: str
    final: bool
    status: str
    weighted_score: float | None
    skills: tuple[Skill, ...] = ()
    summary: str = ""


class InterviewRow(Struct, frozen=True):
    """One row of the list of interviews."""

    interview_id: str
    candidate_name: str
    candidate_reference: str
    plan: str
    status: str
    started_at: datetime
    score: float | None
    needs_review: bool
    report: bool
    final: bool
    return_by: datetime | None = None


class InterviewPage(Struct, frozen=True):
    sessions: list[InterviewRow]
    next: str | None


class Link(Struct, frozen=True):
    """A candidate's link, a secret: ``url`` is relative to the server."""

    interview_id: str
    url: str
    token: str
    expires_at: datetime


class Invitation(Struct, frozen=True):
    """An interview that was prepared and has not started."""

    interview_id: str
    plan: str
    candidate_name: str
    candidate_reference: str
    created_at: datetime
    expires_at: datetime
    created_by: str = ""
    extra_time_s: float = 0.0
    revoked: bool = False


class InvitationList(Struct, frozen=True):
    invitations: list[Invitation]
    more: bool = False


class ExtraTime(Struct, frozen=True):
    """All extra time of an interview."""

    extra_time_s: float


class ComparedAbility(Struct, frozen=True):
    skill: str
    theta: float
    standard_error: float
    items: int


class ComparedInterview(Struct, frozen=True):
    """An ended interview among others of its plan; other ``plan_digest``s had other questions."""

    interview_id: str
    candidate_name: str
    candidate_reference: str
    plan_digest: str
    status: str
    started_at: datetime
    score: float | None
    needs_review: bool
    final: bool
    abilities: tuple[ComparedAbility, ...]


class Comparison(Struct, frozen=True):
    """Newest first: an order of time, not of merit."""

    plan: str
    skills: list[str]
    interviews: list[ComparedInterview]


class PlanRow(Struct, frozen=True):
    """A plan that interviews can name, or a draft. ``digest`` names its exact content."""

    plan_id: str
    title: str
    role: str
    level: str
    language: str
    status: str
    minutes: int
    digest: str
    created_at: datetime | None = None
    created_by: str = ""
    approved_at: datetime | None = None
    approved_by: str = ""


class PlanList(Struct, frozen=True):
    plans: list[PlanRow]


class PlanView(Struct, frozen=True):
    """A tenant's plan. ``draft`` holds the plan itself, as the API sends it; ``uncovered`` needs have no question."""

    row: PlanRow
    draft: dict[str, Any]
    uncovered: tuple[str, ...] = ()


class PlanProblems(Struct, frozen=True):
    """Problems by field; empty for a plan that can be used."""

    problems: dict[str, str]


class PlanConsent(Struct, frozen=True):
    """What a candidate must accept before an interview with the plan."""

    plan_id: str
    title: str
    role: str
    language: str
    consent_text: str


class ApiKey(Struct, frozen=True):
    """A key without its secret."""

    key_id: str
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class KeyList(Struct, frozen=True):
    keys: list[ApiKey]


class CreatedKey(Struct, frozen=True):
    """A new key. ``secret`` is what a client sends; no later reply has it."""

    key: ApiKey
    secret: str


class Tier(Struct, frozen=True):
    """A tier and the engine that serves it."""

    tier: str
    engine: str
    model: str = ""
    ok: bool = True
    notice: str = ""
    error: str = ""


class Platform(Struct, frozen=True):
    """The platform now; ``shedding`` and ``metrics`` as the API sends them."""

    version: str
    tiers: tuple[Tier, ...]
    shedding: dict[str, Any]
    metrics: dict[str, Any]


class ErasedData(Struct, frozen=True):
    """The number of erased interviews. ``purged`` false: deleted values may still be in a server's own log files."""

    interviews: int
    purged: bool
