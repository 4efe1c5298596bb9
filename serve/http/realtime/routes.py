"""``POST /v1/realtime/client_secrets`` and the WebSocket ``/v1/realtime``."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request, Response, WebSocket
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from interview.errors import InvalidInput, NotFound
from interview.sessions.ids import INTERVIEW_ID
from serve.http.auth import Authenticator, Principal
from serve.http.identity.realtime_secrets import DEFAULT_LIFE_S, MAX_LIFE_S, MIN_LIFE_S
from serve.http.openai.docs import CLIENT_SECRET
from serve.http.ports import IngressPorts
from serve.http.realtime.faults import Fault
from serve.http.realtime.session_config import SessionConfig, changed
from serve.http.realtime.socket import SocketPorts, serve_socket
from serve.http.request_bodies import read_json

MAX_SESSION_BYTES = 2048


class _Lenient(BaseModel):
    """Clients of other servers send more fields than are used here."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class ExpiresAfter(_Lenient):
    anchor: Literal["created_at"] = "created_at"
    seconds: int = Field(DEFAULT_LIFE_S, ge=MIN_LIFE_S, le=MAX_LIFE_S)


class InterviewRef(_Lenient):
    id: str = Field(pattern=INTERVIEW_ID, description="The interview that the secret opens.")


class SecretBody(_Lenient):
    interview: InterviewRef | None = Field(None, description="Required of an API key; a candidate's is known.")
    expires_after: ExpiresAfter | None = None
    session: dict[str, Any] = Field({}, description="Settings that the session begins with, as in `session.update`.")


class SecretReply(Struct, frozen=True):
    """An ephemeral secret for opening sockets, as in OpenAI's API. ``expires_at`` in Unix seconds."""

    value: str
    expires_at: int
    session: dict[str, Any]


def realtime_router(ports: IngressPorts, auth: Authenticator, sockets: SocketPorts) -> APIRouter:
    router = APIRouter(prefix="/v1/realtime", tags=["realtime"])
    Caller = Annotated[Principal, Depends(auth.require_any())]  # noqa: N806 (a type)

    @router.post("/client_secrets", **CLIENT_SECRET)
    async def client_secrets(request: Request, caller: Caller) -> Response:
        body = await read_json(request, SecretBody, optional=True)
        secrets = ports.realtime_secrets
        if secrets is None:
            raise NotFound("Ephemeral secrets are not enabled here.")
        interview_id = body.interview.id if body.interview else caller.interview_id
        if interview_id is None:
            raise _wrong("interview.id", "is required")
        caller = auth.taking_part(caller, interview_id)
        if len(msgspec.json.encode(body.session)) > MAX_SESSION_BYTES:
            raise _wrong("session", f"has more than {MAX_SESSION_BYTES} bytes; send it as session.update")
        try:
            config = changed(SessionConfig(), body.session)
        except Fault as fault:
            raise _wrong(fault.param or "session", fault.message) from fault
        lives_s = (body.expires_after or ExpiresAfter(seconds=DEFAULT_LIFE_S)).seconds
        issued = secrets.issue(caller, interview_id, lives_s, body.session)
        expires_at = int(issued.expires_at.timestamp())
        reply = SecretReply(issued.secret, expires_at, config.shown("sess_of_the_secret", expires_at))
        return Response(msgspec.json.encode(reply), media_type="application/json")

    @router.websocket("")
    async def realtime(socket: WebSocket) -> None:
        await serve_socket(socket, sockets)

    return router


def _wrong(field: str, problem: str) -> InvalidInput:
    return InvalidInput(f"Some fields are not valid: '{field}'.", detail={"fields": {field: problem}})
