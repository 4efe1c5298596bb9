"""The agent's contract: one interview step per call, with all its input in the request or the store."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from deployments.documents.contract import DocumentFinding
from deployments.shell.handle_rpc import Caller, StreamCaller, encode, unwrap
from deployments.stt.contract import Transcript
from interview.sessions.candidate_view import CandidateResponse, CandidateState
from interview.sessions.invitation import GrantedTime


class StartRequest(Struct, frozen=True):
    """Start the interview ``interview_id``, or return it unchanged.

    Either ``plan`` (id of an installed plan, or a whole plan as a dict) or ``role_description`` selects the plan.
    ``document_findings`` describe the hidden text in the uploaded documents; they are recorded. ``extra_time`` was
    granted before the start.
    """

    tenant: str
    interview_id: str
    plan: str | dict[str, Any] | None = None
    role_description: str = ""
    resume_content: str = ""
    candidate_name: str = ""
    candidate_reference: str = ""
    consent: bool = False
    language: str | None = None
    voice: bool = True
    document_findings: tuple[DocumentFinding, ...] = ()
    extra_time: GrantedTime | None = None


class PreparedReply(Struct, frozen=True):
    """A language model's response to the request whose SHA-256 (hexadecimal) is ``request_sha256``, made before the
    turn. It is used only for an equal request."""

    request_sha256: str
    response: dict[str, Any]

    @property
    def tokens(self) -> int:
        """The tokens that the model wrote; 0 if its server does not say."""
        usage = self.response.get("usage")
        count = usage.get("completion_tokens") if isinstance(usage, dict) else None
        return count if isinstance(count, int) else 0


class TurnRequest(Struct, frozen=True):
    """One answer: ``text``, or ``audio`` (an encoded file of ``content_type``). With both, ``text`` is the
    candidate's correction of the transcript: it is the answer, and the recording is stored with it.

    ``voice`` asks for the reply's audio, ``stream_audio`` for its parts as they are spoken (only with ``turn_stream``).
    ``signals`` are the client's integrity observations. ``takeover`` skips the wait for a dead worker's lease: set it
    only if that worker is known to be dead. ``transcript`` is what ``Agent.hear`` returned for ``audio``, or for its
    parts joined; never a client's own. ``question_id`` and ``turn_number`` (of the last reply that the candidate saw)
    name the question that is answered; None is not compared. ``prepared`` is what ``Agent.think_ahead`` returned; never
    a client's own.
    """

    tenant: str
    interview_id: str
    idempotency_key: str
    text: str | None = None
    audio: bytes | None = None
    content_type: str = ""
    voice: bool = True
    stream_audio: bool = False
    signals: dict[str, Any] = {}
    takeover: bool = False
    transcript: Transcript | None = None
    question_id: str | None = None
    turn_number: int | None = None
    prepared: PreparedReply | None = None


class ThinkAheadRequest(Struct, frozen=True):
    """The transcript so far, at a pause that may be the end of the answer."""

    tenant: str
    interview_id: str
    transcript: Transcript


class HearRequest(Struct, frozen=True):
    """Part of an answer that is being spoken: an encoded file of ``content_type``. ``for_its_end``: only whether the
    text ends like a whole sentence matters, so speech that breaks off may be written with an ellipsis."""

    tenant: str
    interview_id: str
    audio: bytes
    content_type: str = "audio/wav"
    for_its_end: bool = False


class HintRequest(Struct, frozen=True):
    """``question_id`` and ``turn_number`` as in ``TurnRequest``."""

    tenant: str
    interview_id: str
    idempotency_key: str
    voice: bool = True
    question_id: str | None = None
    turn_number: int | None = None


class EndRequest(Struct, frozen=True):
    tenant: str
    interview_id: str
    by: str = "operator"
    reason: str = "Ended on request."


class PauseRequest(Struct, frozen=True):
    """The candidate leaves, to return another day. ``question_id`` and ``turn_number`` as in ``TurnRequest``."""

    tenant: str
    interview_id: str
    question_id: str | None = None
    turn_number: int | None = None


class ResumeRequest(Struct, frozen=True):
    """The candidate is back. ``voice`` asks for the reply's audio."""

    tenant: str
    interview_id: str
    voice: bool = True


class TranscriptView(Struct, frozen=True):
    """The transcript, for the caller's screen. ``confidence`` is None for typed answers."""

    text: str
    confidence: float | None = None
    duration_s: float = 0.0
    engine: dict[str, Any] = {}


class FallbackView(Struct, frozen=True):
    """A tier that failed in this step, and its replacement; the event log has the reason."""

    tier: str
    to: str


class TurnBody(Struct, frozen=True, omit_defaults=True):
    """The reply of a step: what the candidate may see, for every caller. Grades are in the state and the events.

    ``session_state`` has the conversation in the reply to ``start`` only, so that a turn's reply stays bounded.
    """

    interview_id: str
    turn_number: int
    interviewer_response: CandidateResponse
    session_state: CandidateState | None = None
    transcript: TranscriptView | None = None
    fallbacks: tuple[FallbackView, ...] = ()
    stage_ms: dict[str, float] = {}


class StepReply(Struct, frozen=True):
    """The result of a step.

    ``encoded`` is ``body`` as JSON, encoded once before the step's commit, which records it under the idempotency key,
    so that a replay has the same bytes. ``replayed``: it was recorded earlier. ``stage_ms`` may differ.
    """

    encoded: bytes
    replayed: bool = False
    stage_ms: dict[str, float] = {}

    @property
    def body(self) -> TurnBody:
        return msgspec.json.decode(self.encoded, type=TurnBody)


class Sentence(Struct, frozen=True, tag="sentence"):
    """A sentence of the reply, or the plan's own wording in one piece.

    Sentences joined with single spaces form the beginning of the reply's text. They are provisional: if a worker dies
    before its commit, they are void.
    """

    index: int
    text: str


class SpokenPart(Struct, frozen=True, tag="audio"):
    """The next part of the reply's requested audio, cut at clause ends. All parts in order form one file of
    ``content_type``.

    ``caption``: the words that begin in this part, in written form; ``""`` if none do.
    """

    index: int
    caption: str
    content_type: str
    audio: bytes
    duration_s: float


class Done(Struct, frozen=True, tag="done"):
    """The end of a streamed turn: the reply that ``turn`` would have returned."""

    reply: StepReply


TurnPart = Sentence | SpokenPart | Done


class Notice(Struct, frozen=True):
    """What a candidate is told before the interview; times in seconds. ``extra_time_s`` was granted beyond
    ``time_budget_s``. The candidate may pause ``pauses`` times, for ``pause_days`` each time. The hiring team answers
    within ``reply_within_days`` after the interview; 0 promises nothing."""

    title: str
    role: str
    language: str
    consent_text: str
    time_budget_s: float
    hint_budget: int
    extra_time_s: float = 0.0
    pauses: int = 0
    pause_days: float = 0.0
    reply_within_days: int = 0


class ToolRequest(Struct, frozen=True):
    tenant: str
    name: str
    arguments: dict[str, Any] = {}


#: Tools whose results a candidate may see; every other tool grades, steers or shows the interviewer's side.
CANDIDATE_TOOLS = frozenset({"get_hint", "log_interaction"})
#: Tools that carry out a reviewer's decision.
REVIEW_TOOLS = frozenset({"resume_session"})


class Agent(Protocol):
    async def start(self, request: StartRequest) -> StepReply:
        """Raises InvalidInput (no such plan, wrong fields)."""
        ...

    async def notice(self, request: StartRequest) -> Notice:
        """The notice of an interview that has started, or that ``request`` would start; starts nothing.

        Raises InvalidInput (no such plan, wrong fields).
        """
        ...

    async def turn(self, request: TurnRequest) -> StepReply:
        """Raises NotFound, SessionEnded, QuestionNotCurrent, TurnInFlight, IdempotencyMismatch, AudioRejected,
        Overloaded, Unavailable."""
        ...

    def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        """The same turn as it is produced: sentences, then ``Done``. Raises as ``turn``, mostly before the first part;
        a recorded reply is ``Done`` alone.

        Closing the stream does not undo the turn. After the first sentence the turn is completed without a listener.
        Before it, the turn is cancelled like a ``turn`` whose caller disconnected, and the same key resumes it.
        """
        ...

    async def hear(self, request: HearRequest) -> Transcript:
        """Transcribe part of an answer with the open question's vocabulary. Nothing is accepted or stored.

        Raises NotFound, AudioRejected, UnsupportedRequest, Overloaded, DeadlineExceeded, Unavailable.
        """
        ...

    async def think_ahead(self, request: ThinkAheadRequest) -> PreparedReply | None:
        """The model's response to the answer so far, at background priority; None when a model would not be asked.
        Nothing is accepted or stored.

        Raises NotFound, and the errors of the language model.
        """
        ...

    async def hint(self, request: HintRequest) -> StepReply:
        """Raises NotFound, SessionEnded, QuestionNotCurrent, Conflict (budget or ladder used up)."""
        ...

    async def pause(self, request: PauseRequest) -> StepReply:
        """Stop the clock until the candidate returns, where the plan allows it. Idempotent while the pause lasts.

        Raises NotFound, SessionEnded, QuestionNotCurrent, TurnInFlight, Conflict (not allowed, or paused for a person).
        """
        ...

    async def resume(self, request: ResumeRequest) -> StepReply:
        """End the candidate's pause and ask the open question again. A running interview gives its last words again.

        Raises NotFound, SessionEnded, Conflict (paused for a person).
        """
        ...

    async def end(self, request: EndRequest) -> StepReply:
        """End the interview and trigger its evaluation. Idempotent. Raises NotFound."""
        ...

    async def tools(self) -> list[dict[str, Any]]:
        """The tools: name, description, JSON Schemas of arguments and result."""
        ...

    async def call_tool(self, request: ToolRequest) -> dict[str, Any]:
        """Raises NotFound (no such tool), InvalidInput."""
        ...


class AgentClient:
    """``Agent`` over a handle; the callers come from ``handle_caller`` and ``handle_stream_caller``."""

    def __init__(self, call: Caller, stream_call: StreamCaller) -> None:
        self._call = call
        self._stream_call = stream_call

    async def start(self, request: StartRequest) -> StepReply:
        return unwrap(await self._call("start", encode(request)), StepReply)

    async def notice(self, request: StartRequest) -> Notice:
        return unwrap(await self._call("notice", encode(request)), Notice)

    async def turn(self, request: TurnRequest) -> StepReply:
        return unwrap(await self._call("turn", encode(request)), StepReply)

    async def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        async with aclosing(self._stream_call("turn_stream", encode(request))) as items:
            async for raw in items:
                part: TurnPart = unwrap(raw, TurnPart)  # type: ignore[arg-type]  # a union is no type[T] to mypy
                yield part

    async def hear(self, request: HearRequest) -> Transcript:
        return unwrap(await self._call("hear", encode(request)), Transcript)

    async def think_ahead(self, request: ThinkAheadRequest) -> PreparedReply | None:
        found: PreparedReply | None = unwrap(
            await self._call("think_ahead", encode(request)),
            PreparedReply | None,  # type: ignore[arg-type]  # a union is no type[T] to mypy
        )
        return found

    async def hint(self, request: HintRequest) -> StepReply:
        return unwrap(await self._call("hint", encode(request)), StepReply)

    async def pause(self, request: PauseRequest) -> StepReply:
        return unwrap(await self._call("pause", encode(request)), StepReply)

    async def resume(self, request: ResumeRequest) -> StepReply:
        return unwrap(await self._call("resume", encode(request)), StepReply)

    async def end(self, request: EndRequest) -> StepReply:
        return unwrap(await self._call("end", encode(request)), StepReply)

    async def tools(self) -> list[dict[str, Any]]:
        return unwrap(await self._call("tools", b""), list[dict[str, Any]])

    async def call_tool(self, request: ToolRequest) -> dict[str, Any]:
        return unwrap(await self._call("call_tool", encode(request)), dict[str, Any])
