"""The agent's contract: one interview step per call, with all its input in the request or the store."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from deployments.documents.contract import DocumentFinding
from deployments.shell.handle_rpc import Caller, StreamCaller, encode, unwrap
from interview.grades import Grade
from interview.sessions.session import AgentResponse


class StartRequest(Struct, frozen=True):
    """Start, or return unchanged, the interview ``interview_id``.

    Either ``plan`` (id of an installed plan, or a whole plan as a dict) or ``role_description`` chooses what is asked.
    ``document_findings`` say what was hidden in the documents that the texts were read from; they go on record.
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


class TurnRequest(Struct, frozen=True):
    """One answer: exactly one of ``text`` and ``audio`` (an encoded file of ``content_type``).

    ``voice`` asks for the reply's audio, ``stream_audio`` for its parts while it is spoken (only ``turn_stream`` tells
    them). ``signals`` are the client's integrity observations. ``takeover`` skips the
    wait for a dead worker's lease: set only by a caller that knows that worker died.
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


class HintRequest(Struct, frozen=True):
    tenant: str
    interview_id: str
    idempotency_key: str
    voice: bool = True


class EndRequest(Struct, frozen=True):
    tenant: str
    interview_id: str
    by: str = "operator"
    reason: str = "Ended on request."


class TranscriptView(Struct, frozen=True):
    """What was heard, for the caller's screen. ``confidence`` is None for typed answers."""

    text: str
    confidence: float | None = None
    duration_s: float = 0.0
    engine: dict[str, Any] = {}


class GradeView(Struct, frozen=True):
    question_id: str
    grade: Grade


class FallbackView(Struct, frozen=True):
    """A tier that could not do its part in this step, what did it instead, and why."""

    tier: str
    to: str
    reason: str


class TurnBody(Struct, frozen=True, omit_defaults=True):
    """What a step replies.

    ``session_state`` has fields of ``SessionState``: all in the reply to ``start``, else those that do not grow.
    """

    interview_id: str
    turn_number: int
    interviewer_response: AgentResponse
    session_state: dict[str, Any] | None = None
    transcript: TranscriptView | None = None
    grade: GradeView | None = None
    fallbacks: tuple[FallbackView, ...] = ()
    stage_ms: dict[str, float] = {}


class StepReply(Struct, frozen=True):
    """The result of a step.

    ``encoded`` is ``body`` as JSON, encoded once and before the step's commit, because the commit records it under
    the idempotency key: a replay has the same bytes. ``replayed`` says it was recorded earlier. ``stage_ms`` is not
    part of that promise.
    """

    encoded: bytes
    replayed: bool = False
    stage_ms: dict[str, float] = {}

    @property
    def body(self) -> TurnBody:
        return msgspec.json.decode(self.encoded, type=TurnBody)


class Sentence(Struct, frozen=True, tag="sentence"):
    """A sentence of the reply, or the plan's own wording in one piece. Sentences joined with single spaces are the
    beginning of the reply's text. They are provisional: a worker that dies before its commit takes them with it."""

    index: int
    text: str


class SpokenPart(Struct, frozen=True, tag="audio"):
    """The next part of the reply's audio, which the request asked for: an audio file of ``content_type``, cut where a
    clause ends, is all parts in order.

    ``caption``: the words that begin in this part, as a reader should see them; ``""`` if none do.
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


class ToolRequest(Struct, frozen=True):
    tenant: str
    name: str
    arguments: dict[str, Any] = {}


class Agent(Protocol):
    async def start(self, request: StartRequest) -> StepReply:
        """Raises InvalidInput (no such plan, wrong fields)."""
        ...

    async def turn(self, request: TurnRequest) -> StepReply:
        """Raises NotFound, SessionEnded, TurnInFlight, IdempotencyMismatch, AudioRejected, Overloaded, Unavailable."""
        ...

    def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        """The same turn as it comes about: sentences, and ``Done`` last. Raises what ``turn`` raises, mostly before
        the first part; a recorded reply is ``Done`` alone.

        Whoever stops listening does not undo the turn: once a sentence was said it is finished without a listener;
        before that it is given up like a ``turn`` whose caller went away, and the same key resumes it.
        """
        ...

    async def hint(self, request: HintRequest) -> StepReply:
        """Raises NotFound, SessionEnded, Conflict (budget or ladder used up)."""
        ...

    async def end(self, request: EndRequest) -> StepReply:
        """End the interview and trigger its evaluation; ending twice is the same as once. Raises NotFound."""
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

    async def turn(self, request: TurnRequest) -> StepReply:
        return unwrap(await self._call("turn", encode(request)), StepReply)

    async def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        async with aclosing(self._stream_call("turn_stream", encode(request))) as items:
            async for raw in items:
                part: TurnPart = unwrap(raw, TurnPart)  # type: ignore[arg-type]  # a union is no type[T] to mypy
                yield part

    async def hint(self, request: HintRequest) -> StepReply:
        return unwrap(await self._call("hint", encode(request)), StepReply)

    async def end(self, request: EndRequest) -> StepReply:
        return unwrap(await self._call("end", encode(request)), StepReply)

    async def tools(self) -> list[dict[str, Any]]:
        return unwrap(await self._call("tools", b""), list[dict[str, Any]])

    async def call_tool(self, request: ToolRequest) -> dict[str, Any]:
        return unwrap(await self._call("call_tool", encode(request)), dict[str, Any])
