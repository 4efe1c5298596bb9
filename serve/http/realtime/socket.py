"""One WebSocket of ``/v1/realtime``: admission, the two directions, and an end with a reason.

As OpenAI's server does, it accepts first and then says in an ``error`` event why it closes, because a browser does not
show the status of a refused handshake.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from msgspec import Struct
from starlette.websockets import WebSocket, WebSocketDisconnect

from interview.errors import Forbidden, InterviewError, NotFound, Overloaded, StorageUnavailable, Unauthenticated
from interview.sessions.ids import INTERVIEW_ID
from serve.http.audit_trail import AuditTrail
from serve.http.auth import NO_SUCH_INTERVIEW, Authenticator, Principal
from serve.http.identity.realtime_secrets import RealtimeSecrets, is_realtime_secret
from serve.http.limits.realtime_connections import RENEW_EVERY_S, RealtimeConnections
from serve.http.middleware.load_shedding import LoadShedder
from serve.http.realtime.client_events import decode_client_event, event_id_of
from serve.http.realtime.conversation import Conversation
from serve.http.realtime.conversations import Conversations
from serve.http.realtime.faults import Fault, fault_of
from serve.http.realtime.outbox import Close, Outbox
from serve.http.realtime.session_config import SessionConfig, changed
from serve.http.settings import RealtimeSettings
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)

#: Close codes of OpenAI's server: who you are, what you ask; RFC 6455's for the rest.
UNAUTHENTICATED, REFUSED, TRY_LATER, GOING_AWAY, FAILED = 3000, 4000, 1013, 1001, 1011

SUBPROTOCOL = "realtime"
#: How a browser, which cannot set headers, sends its secret; never logged.
_SECRET_PROTOCOL = "openai-insecure-api-key."  # noqa: S105 (a name, not a secret)
_SEQ = re.compile(r"[0-9]{1,15}")


class Asked(Struct, frozen=True):
    """What a connection asks for. ``token`` comes from the header or the subprotocol, never from the URL."""

    token: str | None
    interview_id: str | None
    resume: str | None
    after: int

    @classmethod
    def of(cls, socket: WebSocket) -> Asked:
        query = socket.query_params
        after = query.get("after", "0")
        return cls(
            _token(socket), query.get("interview"), query.get("resume"), int(after) if _SEQ.fullmatch(after) else 0
        )

    def __repr__(self) -> str:
        return f"Asked({self.interview_id!r}, resume={self.resume!r}, after={self.after})"


@dataclass(frozen=True)
class SocketPorts:
    auth: Authenticator
    secrets: RealtimeSecrets | None
    audit: AuditTrail
    shedder: LoadShedder
    connections: RealtimeConnections
    conversations: Conversations
    settings: RealtimeSettings


class Admitted(Struct, frozen=True):
    caller: Principal
    interview_id: str
    config: SessionConfig


async def serve_socket(socket: WebSocket, ports: SocketPorts) -> None:
    """Serve one connection to its end. Raises nothing that the client could cause."""
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
    asked = Asked.of(socket)
    try:
        if ports.shedder.refuses():
            raise ports.shedder.refusal()
        admitted = await admit(asked, ports)
        async with ports.connections.open(admitted.caller.tenant) as place:
            await ports.audit.read(admitted.caller, "session.read", admitted.interview_id)
            still = _still(asked, ports, admitted.interview_id, place.renew)
            await _converse(socket, ports, asked, admitted, still)
    except (InterviewError, Fault) as error:
        await _refuse(socket, error)
    except WebSocketDisconnect:
        pass


async def admit(asked: Asked, ports: SocketPorts) -> Admitted:
    """Who connects, to which interview.

    Raises:

        Unauthenticated, Forbidden, NotFound, Overloaded, Fault
    """
    config = SessionConfig()
    if asked.token and is_realtime_secret(asked.token):
        opened = await ports.secrets.verify(asked.token) if ports.secrets else None
        if opened is None or opened.caller.interview_id is None:
            raise Unauthenticated("This secret is not valid any more; ask for a new one.")
        if asked.interview_id not in (None, opened.caller.interview_id):
            raise NotFound(NO_SUCH_INTERVIEW)
        await ports.auth.admitted(opened.caller)
        return Admitted(opened.caller, opened.caller.interview_id, changed(config, opened.session))
    caller = await ports.auth.authenticate(asked.token)
    interview_id = asked.interview_id or caller.interview_id
    if interview_id is None or not re.fullmatch(INTERVIEW_ID, interview_id):
        raise Fault("missing_required_parameter", "Name the interview: ?interview=ID.", "interview")
    return Admitted(ports.auth.taking_part(caller, interview_id), interview_id, config)


async def _converse(
    socket: WebSocket, ports: SocketPorts, asked: Asked, admitted: Admitted, still: Callable[[], Awaitable[None]]
) -> None:
    key = SessionKey(admitted.caller.tenant, admitted.interview_id)
    conversation = ports.conversations.claim(key, asked.resume, admitted.config)
    outbox = Outbox(ports.settings.max_unsent_bytes)
    try:
        async with asyncio.timeout(ports.settings.max_session_s):
            sending = asyncio.create_task(_send(socket, outbox))
            tasks = [sending]
            try:
                await conversation.attach(outbox, asked.after, resumed=asked.resume is not None)
                tasks.append(asyncio.create_task(_receive(socket, conversation, outbox, ports.settings)))
                tasks.append(asyncio.create_task(_watch(conversation, still)))
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
    except TimeoutError:
        await _close(socket, Close(GOING_AWAY, "session_expired: connect again, with resume and after"))
    except Close as close:
        await _close(socket, close)
    finally:
        ports.conversations.park(conversation, outbox)


async def _send(socket: WebSocket, outbox: Outbox) -> None:
    await outbox.pump(socket.send_text)


async def _receive(socket: WebSocket, conversation: Conversation, outbox: Outbox, settings: RealtimeSettings) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        raw = message.get("text")
        try:
            if raw is None:
                raise Fault("invalid_json", "Events are text frames; audio is sent in base64.")
            if len(raw) > settings.max_frame_bytes:
                raise Fault("frame_too_large", f"An event has at most {settings.max_frame_bytes} bytes.")
            conversation.handle(decode_client_event(raw))
        except (Fault, InterviewError) as error:
            outbox.put({"type": "error", "error": fault_of(error, event_id_of(raw) if raw else None)})
        await asyncio.sleep(0)  # a flood of events leaves the event loop to others


async def _watch(conversation: Conversation, still: Callable[[], Awaitable[None]]) -> None:
    """Once a second the silence; every ``RENEW_EVERY_S`` whether the connection may go on. Raises InterviewError."""
    seconds = 0
    while True:
        await asyncio.sleep(1.0)
        seconds += 1
        conversation.tick()
        if seconds % int(RENEW_EVERY_S) == 0:
            await still()


def _still(
    asked: Asked, ports: SocketPorts, interview_id: str, renew: Callable[[], Awaitable[bool]]
) -> Callable[[], Awaitable[None]]:
    async def check() -> None:
        try:
            await renew()
            if asked.token and is_realtime_secret(asked.token):
                if ports.secrets is None or await ports.secrets.verify(asked.token, opened=True) is None:
                    raise Unauthenticated("The candidate's link was revoked.")
            else:
                await ports.auth.still_of_interview(interview_id, asked.token)
        except StorageUnavailable as error:  # the next check decides; the store's own health has an alert
            logger.warning("a realtime connection could not be checked: %s", error.code)

    return check


async def _refuse(socket: WebSocket, error: InterviewError | Fault) -> None:
    match error:
        case Unauthenticated() | Forbidden():
            code = UNAUTHENTICATED
        case Overloaded() | StorageUnavailable():
            code = TRY_LATER
        case NotFound() | Fault():
            code = REFUSED
        case _:
            code = TRY_LATER if error.retryable else REFUSED
    fault = fault_of(error)
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_json({"type": "error", "event_id": "event_0", "error": fault})
    retry_s = error.retry_after_s if isinstance(error, InterviewError) else None
    hint = f"; retry after {retry_s:g} s" if retry_s else ""
    await _close(socket, Close(code, f"{fault['code']}{hint}"))


async def _close(socket: WebSocket, close: Close) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # the client was first
        await socket.close(close.code, close.reason)


def _token(socket: WebSocket) -> str | None:
    scheme, _, credentials = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    for offered in socket.scope.get("subprotocols", []):
        # A browser offers it, and no API key belongs into a browser.
        named = str(offered.removeprefix(_SECRET_PROTOCOL))
        if offered.startswith(_SECRET_PROTOCOL) and is_realtime_secret(named):
            return named
    return None
