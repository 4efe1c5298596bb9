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
    """What the interviewer says. ``should_continue`` false: that was the last word."""

    text: str
    action: Action
    should_continue: bool
    audio_url: str | None = None
    question: Question | None = None
    hints_left: int = 0
    time_left_s: float = 0.0


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
    """The session. Only a key with ``reports`` or ``agent`` gets ``grades``, as the API sends them."""

    interview_id: str
    status: str
    version: int
    language: str = "en"
    current_phase: str = ""
    turn_number: int = 0
    hints_used: int = 0
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


class InterviewPage(Struct, frozen=True):
    sessions: list[InterviewRow]
    next: str | None


class Link(Struct, frozen=True):
    """A candidate's link, a secret: ``url`` is relative to the server."""

    interview_id: str
    url: str
    token: str
    expires_at: datetime
