"""``/session/extra-time``: a person grants a candidate more time than the plan has."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct

from interview.errors import Forbidden, InvalidInput, SessionEnded
from interview.sessions.events import TimeGranted
from interview.sessions.room import check_room
from interview.sessions.session import SessionState
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import INTERVIEWS, REPORTS, Authenticator, InterviewId, Principal
from serve.http.identity.principal import author_of
from serve.http.ports import IngressPorts
from serve.http.request_bodies import ExtraTimeBody, read_json
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey

#: Seconds, of all grants of an interview together.
MAX_EXTRA_S = 8 * 3600.0


class ExtraTime(Struct, frozen=True):
    """All extra time of the interview, in seconds."""

    extra_time_s: float


def extra_time_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["reports"])
    Caller = Annotated[Principal, Depends(auth.require_interview(REPORTS))]  # noqa: N806 (a type)

    @router.post(
        "/extra-time/{interview_id}",
        name="grant_extra_time",
        summary="Grant extra time",
        description="An accommodation for a running interview: its deadlines move, its questions stay. Needs the scope "
        f"`{REPORTS}` or `{INTERVIEWS}`; the log keeps author and reason. The candidate sees the minutes.",
        **openapi.operation(reply="ExtraTime", json=ExtraTimeBody, also=(404, 409)),
    )
    async def grant(interview_id: InterviewId, request: Request, caller: Caller) -> Response:
        if caller.is_candidate:
            raise Forbidden("A candidate asks for extra time; the hiring team grants it.", detail={"scope": REPORTS})
        body = await read_json(request, ExtraTimeBody)
        author = author_of(caller, body.author)
        extra_s = round(body.minutes * 60.0, 1)

        def decide(state: SessionState) -> tuple[TimeGranted]:
            if state.status in ("concluded", "expired"):
                raise SessionEnded("This interview has ended; no time can be added.")
            check_room(state)
            if state.extra_time_s + extra_s > MAX_EXTRA_S:
                raise InvalidInput(
                    f"An interview has at most {MAX_EXTRA_S / 60:g} minutes of extra time.",
                    detail={"fields": {"minutes": f"{state.extra_time_s / 60:g} minutes were granted already"}},
                )
            return (TimeGranted(turn=state.turn_number, extra_s=extra_s, author=author, reason=body.reason),)

        state = await amend(ports.sessions, SessionKey(caller.tenant, interview_id), decide)
        await audit.record(caller, "time.granted", interview_id, extra_s=extra_s)
        return Response(msgspec.json.encode(ExtraTime(state.extra_time_s)), media_type="application/json")

    return router
