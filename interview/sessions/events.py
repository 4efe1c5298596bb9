"""The events of a session: the source of truth from which all other state is folded.

On the wire and in the log an event is ``{"seq", "time", "type", "data"}``. Model outputs and tool results are recorded,
so replay reads them and never calls a model.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from interview.grades import Grade
from interview.plans.plan import Phase, PlanRef
from interview.plans.questions import QuestionCard
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import AgentAction, AudioRef, Candidate, Consent, Insight, PausedBy
from interview.sessions.settings import SessionSettings
from interview.sessions.synthesis import BackedSentence


class Payload(Struct, frozen=True, tag_field="type"):
    """Base of the event payloads; the tag is the event's type."""


class SessionStarted(Payload, frozen=True, tag="session.started"):
    """``documents`` maps ``resume`` and ``role_description`` to blob URLs; ``settings`` stay fixed for the whole
    interview."""

    interview_id: str
    tenant: str
    plan: PlanRef
    phase: Phase
    language: str = "en"
    candidate: Candidate = Candidate()
    consent: Consent = Consent(given=False)
    documents: dict[str, str] = {}
    settings: SessionSettings = SessionSettings()


class AnswerReceived(Payload, frozen=True, tag="answer.received"):
    """The answer, durable before any model sees it. Exactly one of ``text`` and ``audio`` is set.

    ``recording`` comes with ``text``: the candidate spoke, and corrected the transcript that became ``text``. It is
    kept and not transcribed; its ``duration_s`` is 0.

    ``signals`` are integrity observations of the client (tab switches, pastes): recorded, never scored.
    """

    turn: int
    idempotency_key: str
    question_id: str | None = None
    text: str | None = None
    audio: AudioRef | None = None
    signals: dict[str, Any] = {}
    recording: AudioRef | None = None


class AnswerTranscribed(Payload, frozen=True, tag="answer.transcribed"):
    """The transcript; ``failure`` is the reason when speech recognition could not serve."""

    turn: int
    text: str
    confidence: float
    duration_s: float
    language: str
    engine: dict[str, Any] = {}
    segments: tuple[dict[str, Any], ...] = ()
    guards: tuple[dict[str, Any], ...] = ()
    failure: str = ""


class PlanMade(Payload, frozen=True, tag="plan.made"):
    """``source`` is ``scripted`` or ``model``; ``prompt`` names the prompt and its version when a model decided."""

    turn: int
    action: AgentAction
    source: str
    observation: str = ""
    question_id: str | None = None
    rationale: str = ""
    prompt: str = ""
    output: dict[str, Any] = {}


class ToolCalled(Payload, frozen=True, tag="tool.called"):
    turn: int
    call_id: str
    tool: str
    arguments: dict[str, Any] = {}


class ToolReturned(Payload, frozen=True, tag="tool.returned"):
    turn: int
    call_id: str
    tool: str
    result: dict[str, Any] = {}
    error: dict[str, Any] | None = None


class GradeRecorded(Payload, frozen=True, tag="grade.recorded"):
    """``source`` is ``inline``, ``background`` or ``override``; a later record of a question replaces the standing one.

    An override carries ``author`` and ``reason``; the log keeps both grades.
    """

    turn: int
    question_id: str
    grade: Grade
    source: str = "inline"
    author: str = ""
    reason: str = ""


class DifficultyUpdated(Payload, frozen=True, tag="difficulty.updated"):
    """A skill's ability after a grade. ``next_b`` is the most informative next difficulty (θ units)."""

    turn: int
    skill: str
    theta: float
    standard_error: float
    items: int
    next_b: float = 0.0
    rationale: str = ""


class GuardrailTripped(Payload, frozen=True, tag="guardrail.tripped"):
    """A ``PolicyFinding`` of a turn; its fields are recorded next to ``turn``."""

    turn: int
    rule: str
    action: str
    detail: str = ""

    @classmethod
    def of(cls, turn: int, finding: PolicyFinding) -> GuardrailTripped:
        return cls(turn=turn, rule=finding.rule, action=finding.action, detail=finding.detail)

    @property
    def finding(self) -> PolicyFinding:
        return PolicyFinding(self.rule, self.action, self.detail)


#: ``FallbackEntered.to`` of a reply without a voice.
TEXT_ONLY = "text only"


class FallbackEntered(Payload, frozen=True, tag="fallback.entered"):
    """A tier failed and another took over: which, to what, and why; or a voice speaks in place of the preferred one."""

    turn: int
    tier: str
    to: str
    reason: str

    @property
    def substitute_voice(self) -> str:
        """The voice that speaks because the preferred one is not installed; ``""`` where a call failed."""
        return self.to if self.tier == "tts" and self.to != TEXT_ONLY else ""


class CandidateAsked(Payload, frozen=True, tag="candidate.asked"):
    """A question from the candidate to the interviewer.

    ``answered_from`` is ``consent``, ``facts``, ``state`` or ``script``; it is empty when the question is passed on to
    the hiring team. ``for_a_person``: a person must handle it (an objection, deletion, a human interviewer, an
    accommodation).
    """

    turn: int
    topic: str
    text: str
    answered_from: str = ""
    for_a_person: bool = False
    question_id: str | None = None


class QuestionReopened(Payload, frozen=True, tag="question.reopened"):
    """The candidate returned to ``question_id`` in ``turn``; the open question is put again afterwards."""

    turn: int
    question_id: str


class ResponseSent(Payload, frozen=True, tag="response.sent"):
    """The reply. ``question`` is set when a question was put; ``hint`` is the index of the hint given (0-based).
    ``form_asked``: the answer lacked the required form, and the reply asks for it. ``returned`` counts the candidate's
    pauses when one ends: the open question is asked again, which counts as nothing. ``follow_up``: the follow-up in
    ``text`` without the words before it, where they are known apart."""

    turn: int
    text: str
    action: AgentAction
    phase: Phase
    should_continue: bool
    audio_url: str | None = None
    question: QuestionCard | None = None
    core: bool = False
    hint: int | None = None
    skipped: bool = False
    form_asked: bool = False
    stage_ms: dict[str, float] = {}
    returned: int = 0
    follow_up: str = ""


class ResponseHeard(Payload, frozen=True, tag="response.heard"):
    """The candidate interrupted the interviewer's last utterance before this event and heard only ``text``, its
    beginning. A later one about the same utterance replaces it."""

    turn: int
    text: str


class ReflectionNoted(Payload, frozen=True, tag="reflection.noted"):
    turn: int
    topics: tuple[str, ...] = ()
    insights: tuple[Insight, ...] = ()
    summary: str | None = None


class HelpOffered(Payload, frozen=True, tag="help.offered"):
    """The interviewer spoke ``text`` into the candidate's silence; never scored. ``offer`` is ``nudge`` or
    ``repeat_or_skip``."""

    turn: int
    offer: str
    text: str


class IntegrityNoted(Payload, frozen=True, tag="integrity.noted"):
    """A signal from the candidate's client between answers: recorded, never scored."""

    turn: int
    signal: str
    data: dict[str, Any] = {}


class SessionPaused(Payload, frozen=True, tag="session.paused"):
    """``by`` is ``policy``: a person looks before it goes on; or ``candidate``, who may return until ``return_by``."""

    turn: int
    reason: str
    by: PausedBy = "policy"
    return_by: datetime | None = None


class SessionResumed(Payload, frozen=True, tag="session.resumed"):
    turn: int
    reason: str = ""


class TimeGranted(Payload, frozen=True, tag="time.granted"):
    """A person grants ``extra_s`` seconds more than the plan's time budget: an accommodation, never scored."""

    turn: int
    extra_s: float
    author: str
    reason: str


class SessionConcluded(Payload, frozen=True, tag="session.concluded"):
    """``by`` is ``plan``, ``candidate``, ``operator``, ``policy`` or ``expiry``."""

    turn: int
    by: str
    reason: str


class ReportReady(Payload, frozen=True, tag="report.ready"):
    url: str
    provisional: bool = True


class SynthesisWritten(Payload, frozen=True, tag="synthesis.written"):
    """A language model summarised the interview. Every sentence's quotes were found; ``dropped`` sentences had none.

    ``prompt`` is the version of the prompt.
    """

    sentences: tuple[BackedSentence, ...]
    dropped: int = 0
    prompt: str = ""


class Unrecognised(Payload, frozen=True, tag="unrecognised"):
    """An event of a type that only a later release knows: kept as it came, without effect on this release's state.

    During a rolling upgrade both releases work on one log.
    """

    kind: str
    fields: dict[str, Any] = {}


AnyPayload = (
    SessionStarted
    | AnswerReceived
    | AnswerTranscribed
    | PlanMade
    | ToolCalled
    | ToolReturned
    | GradeRecorded
    | DifficultyUpdated
    | GuardrailTripped
    | FallbackEntered
    | CandidateAsked
    | QuestionReopened
    | ResponseSent
    | ResponseHeard
    | ReflectionNoted
    | HelpOffered
    | IntegrityNoted
    | SessionPaused
    | SessionResumed
    | TimeGranted
    | SessionConcluded
    | SynthesisWritten
    | ReportReady
    | Unrecognised
)

_KNOWN = frozenset(kind.__struct_config__.tag for kind in AnyPayload.__args__) - {Unrecognised.__struct_config__.tag}


class Event(Struct, frozen=True):
    """One event. ``seq`` counts from 1 without gaps; ``time`` is UTC."""

    seq: int
    time: datetime
    data: AnyPayload

    @property
    def type(self) -> str:
        return self.data.kind if isinstance(self.data, Unrecognised) else str(self.data.__struct_config__.tag)


class EventRecord(Struct, frozen=True):
    """An event as stored, streamed and exported."""

    seq: int
    time: datetime
    type: str
    data: dict[str, Any]


def encode_event(event: Event) -> bytes:
    """Encode an event as one JSON object."""
    if isinstance(event.data, Unrecognised):
        data = event.data.fields
    else:
        data = msgspec.to_builtins(event.data)
        del data["type"]
    return msgspec.json.encode(EventRecord(seq=event.seq, time=event.time, type=event.type, data=data))


def decode_event(raw: bytes | str) -> Event:
    """Decode an event, as ``encode_event`` made it. An unknown type is ``Unrecognised``; unknown fields are ignored.

    Raises:

        msgspec.DecodeError: not an event, or not of its type's form.
    """
    record = msgspec.json.decode(raw, type=EventRecord)
    if record.type not in _KNOWN:
        return Event(seq=record.seq, time=record.time, data=Unrecognised(record.type, record.data))
    payload: AnyPayload = msgspec.convert({"type": record.type, **record.data}, type=AnyPayload)
    return Event(seq=record.seq, time=record.time, data=payload)
