"""``/session/events``: the action stream (SSE, resumable) and the same log as one JSON document or as NDJSON."""

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated, Literal, cast

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from interview.errors import InterviewError
from interview.sessions.candidate_view import candidate_event
from interview.sessions.events import encode_event
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import REPORTS, Authenticator, InterviewId, Principal
from serve.http.content_negotiation import preferred
from serve.http.interviews.sessions import session_or_404
from serve.http.limits.event_streams import EventStreams, OpenStream, PlacedResponse
from serve.http.line_breaks import on_one_line
from serve.http.ports import IngressPorts
from serve.http.problems import problem_of, request_id_of
from serve.http.settings import HttpSettings
from storage.archive.transfer import load_events
from storage.sessions.port import SessionKey, SessionStore

logger = logging.getLogger(__name__)

_FORMATS: dict[str, Literal["sse", "ndjson", "json"]] = {
    "text/event-stream": "sse",
    "application/x-ndjson": "ndjson",
    "application/json": "json",
}

_CONTENT = {
    "text/event-stream": {"schema": {"type": "string"}},
    "application/x-ndjson": {"schema": {"type": "string"}},
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["interview_id", "events"],
            "properties": {
                "interview_id": {"type": "string"},
                "events": {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            {"$ref": openapi.REF.format(name=name)} for name in ("InterviewEvent", "CandidateEvent")
                        ]
                    },
                },
            },
        }
    },
}


class _Head(msgspec.Struct, frozen=True):
    """The fields of an encoded event that SSE repeats; the rest is forwarded unparsed."""

    seq: int
    type: str


_head_decoder = msgspec.json.Decoder(_Head)


def events_router(
    ports: IngressPorts, settings: HttpSettings, auth: Authenticator, audit: AuditTrail, streams: EventStreams
) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["interviews"])
    Caller = Annotated[Principal, Depends(auth.require_interview(REPORTS))]  # noqa: N806 (a type)

    @router.get(
        "/events/{interview_id}",
        summary="Follow the events",
        description="Every step of the interview as it is committed; a candidate, and a key without `reports` or "
        "`agent`, gets the events and fields that a candidate may see. `Accept: text/event-stream` (the default) "
        "follows and resumes after `Last-Event-ID`; `application/x-ndjson` and `application/json` return the log so "
        "far.",
        **openapi.operation(content=_CONTENT, also=(404, 406, 410)),
    )
    async def events(
        interview_id: InterviewId,
        request: Request,
        caller: Caller,
        after: Annotated[int, Query(ge=0, le=2**53, description="Only events with a greater sequence number.")] = 0,
        last_event_id: Annotated[
            str | None, Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,15}$", description="Overrides `after`.")
        ] = None,
    ) -> Response:
        form = preferred(request.headers.get("accept"), _FORMATS)
        after = after if last_event_id is None else int(last_event_id)
        key = SessionKey(caller.tenant, interview_id)
        await session_or_404(ports, key)
        await audit.read(caller, "events.read", interview_id)
        live = await ports.sessions.load(key) is not None
        if form == "sse" and live:
            token = request.headers["authorization"].partition(" ")[2].strip()
            place = await streams.open(caller)
            stream = _Stream(ports.sessions, key, caller, lambda: auth.still_of_interview(interview_id, token, REPORTS))
            return PlacedResponse(
                stream.frames(after, settings, request_id_of(request.scope), place),
                place,
                media_type="text/event-stream",
                headers={"X-Accel-Buffering": "no"},
            )
        log = await ports.sessions.raw_events(key, after=after) if live else await _archived(ports, key, after)
        log = _shown(log, caller)
        if form == "sse":
            return Response(b"".join(map(sse_frame, log)), media_type="text/event-stream")
        if form == "ndjson":
            return Response(b"".join(on_one_line(line) + b"\n" for line in log), media_type="application/x-ndjson")
        head = b'{"interview_id":' + msgspec.json.encode(interview_id) + b',"events":['
        return Response(head + b",".join(log) + b"]}", media_type="application/json")

    return router


async def _archived(ports: IngressPorts, key: SessionKey, after: int) -> list[bytes]:
    """The log of an interview that has left the live store. Raises TranscriptDeleted."""
    log = await load_events(ports.sessions, ports.archive, key)
    return [encode_event(event) for event in log if event.seq > after]


def sse_frame(event: bytes) -> bytes:
    """One encoded event as an SSE frame; its sequence number is the id for resuming."""
    head = _head_decoder.decode(event)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (head.seq, head.type.encode(), on_one_line(event))


def _shown(log: list[bytes], caller: Principal) -> list[bytes]:
    """The events, or the part of them that a candidate may see."""
    if caller.sees_assessment:
        return log
    return [shown for shown in map(candidate_event, log) if shown is not None]


class _Stream:
    """A session's events for one caller, who is asked for again at every batch: a revoked token ends the stream."""

    def __init__(
        self,
        sessions: SessionStore,
        key: SessionKey,
        caller: Principal,
        still_admitted: Callable[[], Awaitable[Principal]],
    ) -> None:
        self._sessions = sessions
        self._key = key
        self._caller = caller
        self._still_admitted = still_admitted

    async def frames(
        self, after: int, settings: HttpSettings, request_id: str, place: OpenStream
    ) -> AsyncGenerator[bytes, None]:
        until = time.monotonic() + settings.events_max_s
        yield b"retry: %d\n\n" % settings.events_retry_ms
        batches = cast(AsyncGenerator[list[bytes], None], self._sessions.follow(self._key, after=after))
        async with aclosing(batches):
            try:
                async for batch in batches:
                    await self._still_admitted()
                    shown = _shown(batch, self._caller)
                    yield b"".join(map(sse_frame, shown)) if shown else b": still here\n\n"
                    if time.monotonic() > until:
                        return
                    await place.still_open()
            except InterviewError as error:
                # the headers are already sent: report in the stream, and let the client reconnect where it stopped
                logger.warning("event stream %s ended early: %s", request_id, error.code)
                yield b"event: error\ndata: %s\n\n" % msgspec.json.encode(problem_of(error, request_id))
