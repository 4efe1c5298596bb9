"""A turn's reply as server-sent events: each finished sentence, then the reply byte for byte."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Self

import msgspec
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from deployments.agent.contract import Done, Sentence, SpokenPart, StepReply, TurnPart
from interview.errors import InterviewError
from serve.http.content_negotiation import preferred
from serve.http.line_breaks import on_one_line
from serve.http.problems import problem_of
from serve.http.turn_events import AudioData, SentenceData

logger = logging.getLogger(__name__)

SSE = "text/event-stream"

#: The stream as OpenAPI describes it.
EVENTS = (
    'Events `sentence` (`{"index": 0, "text": "…"}`), provisional; where `stream_audio` asks for it `audio` '
    '(`{"index": 0, "caption": "…", "content_type": "…", "duration_s": 1.2, "audio": "<base64>"}`: all parts in order '
    "are one file); then `reply`, whose data is the JSON reply; or `error` with a problem, when it fails after the "
    "first event. A repeated request gets `reply` alone."
)

_JSON = "application/json"

#: Encodes a reply for its caller.
Shown = Callable[[StepReply], bytes]


def wants_events(accept: str | None) -> bool:
    """Whether a client asks for events; the default is JSON.

    Raises:

        HTTPException: 406, when events are refused (``q=0``) and no other type is accepted.
    """
    if accept is None or SSE not in accept.lower():
        return False
    return preferred(accept, {_JSON: False, SSE: True})


def step_headers(reply: StepReply) -> dict[str, str]:
    """The response headers of a reply."""
    headers = {"Idempotency-Replayed": "true"} if reply.replayed else {}
    if reply.stage_ms:
        headers["Server-Timing"] = ", ".join(f"{stage};dur={ms:.1f}" for stage, ms in reply.stage_ms.items())
    return headers


class TurnStream(StreamingResponse):
    """A response whose first part is already available, so that a turn that fails before it keeps its own status."""

    def __init__(self, first: TurnPart, parts: AsyncGenerator[TurnPart, None], request_id: str, shown: Shown) -> None:
        headers = step_headers(first.reply) if isinstance(first, Done) else {}
        super().__init__(
            _events(first, parts, request_id, shown), media_type=SSE, headers={"X-Accel-Buffering": "no", **headers}
        )
        self._parts = parts

    @classmethod
    async def open(cls, parts: AsyncGenerator[TurnPart, None], request_id: str, shown: Shown) -> Self:
        """Wait for the first part; ``shown`` encodes the reply for the caller. Raises the turn's errors before it."""
        return cls(await anext(parts), parts, request_id, shown)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The client has disconnected: tell the agent now, not when the generator is garbage-collected.
        async with aclosing(self._parts):
            await super().__call__(scope, receive, send)


async def _events(
    first: TurnPart, parts: AsyncGenerator[TurnPart, None], request_id: str, shown: Shown
) -> AsyncGenerator[bytes, None]:
    yield _event(first, shown)
    try:
        async for part in parts:
            yield _event(part, shown)
    except InterviewError as error:
        # the headers are already sent: report in the stream; a retry with the same key finds the answer's outcome
        logger.warning("turn stream %s ended early: %s", request_id, error.code)
        yield b"event: error\ndata: %s\n\n" % on_one_line(msgspec.json.encode(problem_of(error, request_id)))


def _event(part: TurnPart, shown: Shown) -> bytes:
    match part:
        case SpokenPart():
            encoded = base64.b64encode(part.audio).decode()
            data = AudioData(part.index, part.caption, part.content_type, part.duration_s, encoded)
            return b"event: audio\ndata: %s\n\n" % msgspec.json.encode(data)
        case Done(reply):
            return b"event: reply\ndata: %s\n\n" % on_one_line(shown(reply))
        case Sentence(index, text):
            return b"event: sentence\ndata: %s\n\n" % on_one_line(msgspec.json.encode(SentenceData(index, text)))
