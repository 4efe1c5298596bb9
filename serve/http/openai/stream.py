"""Streams that end when their client disconnects: the engine's call is cancelled and the tenant's slot released."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Self, TypeVar

import msgspec
from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from interview.errors import EngineFailed, InterviewError
from serve.http.line_breaks import on_one_line
from serve.http.openai.errors import openai_error_body
from serve.http.openai.tenant_limits import Lease

T = TypeVar("T")

logger = logging.getLogger(__name__)

SSE = "text/event-stream"
#: Prevents buffering between here and the client.
SSE_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
SSE_DONE = b"data: [DONE]\n\n"


def sse_data(data: object) -> bytes:
    """One unnamed server-sent event, as chat completions use."""
    return b"data: " + on_one_line(msgspec.json.encode(data)) + b"\n\n"


def sse_event(data: dict[str, Any]) -> bytes:
    """One server-sent event named by its ``type``, as the audio endpoints use."""
    return b"event: " + str(data["type"]).encode() + b"\n" + sse_data(data)


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def while_connected(receive: Receive, work: Awaitable[T]) -> T:
    """Await ``work``, but cancel it when the client disconnects. The request's body must have been read.

    Raises:

        ClientDisconnect: the client disconnected first.
    """
    working = asyncio.ensure_future(work)
    departure = asyncio.ensure_future(_departure(receive))
    try:
        await asyncio.wait({working, departure}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        departure.cancel()
        await asyncio.gather(working, departure, return_exceptions=True)


class EngineStream(Response):
    """A streamed response whose first piece is already available, so that a failure before it keeps its status.

    A later failure becomes ``error_event``, the last event of an SSE stream. Without one (audio) the connection is cut,
    which a client can tell from a regular end.
    """

    def __init__(
        self,
        first: bytes,
        pieces: AsyncGenerator[bytes, None],
        lease: Lease,
        media_type: str,
        headers: dict[str, str] | None,
        error_event: Callable[[InterviewError], bytes] | None,
    ) -> None:
        super().__init__(status_code=200, media_type=media_type, headers=headers)
        del self.headers["content-length"]
        self._first = first
        self._pieces = pieces
        self._lease = lease
        self._error_event = error_event

    @classmethod
    async def open(
        cls,
        request: Request,
        pieces: AsyncGenerator[bytes, None],
        lease: Lease,
        *,
        media_type: str = SSE,
        headers: dict[str, str] | None = None,
        error_event: Callable[[InterviewError], bytes] | None = None,
    ) -> Self:
        """Wait for the first piece.

        Raises:

            InterviewError: the engine failed before its first piece, or ended without one.
            ClientDisconnect: the client disconnected.
        """
        try:
            first = await while_connected(request.receive, anext(pieces, None))
        except BaseException:
            await pieces.aclose()
            raise
        if first is None:
            raise EngineFailed("The engine ended without an answer.")
        return cls(first, pieces, lease.hand_over(), media_type, headers, error_event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with aclosing(self._pieces):
                await while_connected(receive, self._send(send))
        except ClientDisconnect:
            logger.debug("a client disconnected in the middle of a stream")
        finally:
            self._lease.release()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._first, "more_body": True})
        try:
            async for piece in self._pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except InterviewError as error:
            logger.warning("an engine failed in the middle of a stream: %s", error.code)
            if self._error_event is None:
                raise
            await send({"type": "http.response.body", "body": self._error_event(error), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def chat_error_event(error: InterviewError) -> bytes:
    return sse_data(openai_error_body(error))


def audio_error_event(error: InterviewError) -> bytes:
    """An ``error`` event in the vocabulary of OpenAI's audio streams; its SDKs raise on the ``error`` member."""
    return sse_event({"type": "error", **openai_error_body(error)})
