"""``/session/extra-time``: a person grants a candidate more time than the plan has."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from msgspec import Struct

from interview.errors import Forbidden, InvalidInput, SessionEnded
from interview.sessions.events import TimeGranted
from interview.sessions.invitation import GrantedTime
from interview.sessions.room import check_room
from interview.sessions.session import SessionState
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import INTERVIEWS, REPORTS, Authenticator, InterviewId, Principal
from serve.http.identity.principal import author_of
from serve.http.interviews.decided_once import Decision, decided_once
from serve.http.interviews.sessions import IDEMPOTENCY_KEY
from serve.http.ports import IngressPorts
from serve.http.request_bodies import ExtraTimeBody, read_json
from storage.sessions.port import SessionKey

#: Seconds, of all grants of an interview together.
MAX_EXTRA_S = 8 * 3600.0


#: Of the idempotency records of grants.
SCOPE = "extra-time"

GrantKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=IDEMPOTENCY_KEY,
        description="1 to 255 visible ASCII characters, new for each grant. A retry with the same key and content "
        "grants once and gets the first reply; the same key with other content is a 422. Without it, a retry is a new "
        "grant.",
    ),
]


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
        f"`{REPORTS}` or `{INTERVIEWS}`; the log keeps author and reason. The candidate sees the minutes. A retry with "
        "the same `Idempotency-Key` and content grants once and gets the first reply.",
        **openapi.operation(reply="ExtraTime", json=ExtraTimeBody, also=(404, 409)),
    )
    async def grant(
        interview_id: InterviewId, request: Request, caller: Caller, idempotency_key: GrantKey = None
    ) -> Response:
        if caller.is_candidate:
            raise Forbidden("A candidate asks for extra time; the hiring team grants it.", detail={"scope": REPORTS})
        body = await read_json(request, ExtraTimeBody)
        granted = granted_time(body, caller)
        extra_s, author = granted.extra_s, granted.author

        def decide(state: SessionState) -> tuple[TimeGranted]:
            _check(state, extra_s)
            return (TimeGranted(turn=state.turn_number, extra_s=extra_s, author=author, reason=body.reason),)

        decision = Decision(
            SCOPE,
            idempotency_key,
            [extra_s, author, body.reason],
            decide,
            lambda state: ExtraTime(state.extra_time_s),
        )
        reply = await decided_once(
            ports.sessions,
            SessionKey(caller.tenant, interview_id),
            decision,
            lambda: audit.record(caller, "time.granted", interview_id, extra_s=extra_s, author=author),
        )
        return Response(reply, media_type="application/json")

    return router


def granted_time(body: ExtraTimeBody, caller: Principal) -> GrantedTime:
    """Raises InvalidInput: nobody is named as the author."""
    return GrantedTime(round(body.minutes * 60.0, 1), author_of(caller, body.author), body.reason)


def _check(state: SessionState, extra_s: float) -> None:
    """Raises SessionEnded, InvalidInput (more than ``MAX_EXTRA_S`` in all), or as ``check_room``."""
    if state.has_ended:
        raise SessionEnded("This interview has ended; no time can be added.")
    check_room(state)
    if state.extra_time_s + extra_s > MAX_EXTRA_S:
        raise InvalidInput(
            f"An interview has at most {MAX_EXTRA_S / 60:g} minutes of extra time.",
            detail={"fields": {"minutes": f"{state.extra_time_s / 60:g} minutes were granted already"}},
        )
