"""``/session/signal``: integrity observations of the candidate's client between answers: recorded, never scored."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from interview.errors import SessionEnded
from interview.sessions.events import IntegrityNoted
from interview.sessions.room import check_room
from interview.sessions.session import SessionState
from serve.http import openapi
from serve.http.auth import Authenticator, InterviewId, Principal
from serve.http.limits.interviews import InterviewLimits
from serve.http.ports import IngressPorts
from serve.http.request_bodies import SignalBody, read_json
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey


def signals_router(ports: IngressPorts, auth: Authenticator, limits: InterviewLimits) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["interviews"])
    Caller = Annotated[Principal, Depends(auth.require_interview())]  # noqa: N806 (a type)

    @router.post(
        "/signal/{interview_id}",
        summary="Record an integrity signal",
        description="Such as a tab switch or a paste. It is shown to reviewers and never changes a score.",
        **openapi.operation(json=SignalBody, also=(404, 409), status=204),
    )
    async def signal(interview_id: InterviewId, request: Request, caller: Caller) -> Response:
        body = await read_json(request, SignalBody)

        def decide(state: SessionState) -> tuple[IntegrityNoted]:
            if state.has_ended:
                raise SessionEnded("This interview has ended.")
            check_room(state)
            return (IntegrityNoted(turn=state.turn_number, signal=body.signal, data=body.data),)

        await limits.signalled(caller.tenant, interview_id)
        await amend(ports.sessions, SessionKey(caller.tenant, interview_id), decide)
        return Response(status_code=204)

    return router
