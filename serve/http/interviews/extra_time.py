"""``/session/extra-time``: a person grants a candidate more time than the plan has."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Header, Request, Response
from msgspec import Struct

from interview.errors import Forbidden, IdempotencyMismatch, InvalidInput, NotFound, SessionEnded
from interview.sessions.events import TimeGranted
from interview.sessions.ledger import Ledger
from interview.sessions.room import check_room
from interview.sessions.session import SessionState
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import INTERVIEWS, NO_SUCH_INTERVIEW, REPORTS, Authenticator, InterviewId, Principal
from serve.http.identity.principal import author_of
from serve.http.interviews.sessions import IDEMPOTENCY_KEY
from serve.http.ports import IngressPorts
from serve.http.request_bodies import ExtraTimeBody, read_json
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import IdempotencyRecord, SessionKey

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
        author = author_of(caller, body.author)
        extra_s = round(body.minutes * 60.0, 1)
        sent = idempotency_key or uuid.uuid4().hex
        fingerprint = hashlib.sha256(msgspec.json.encode([extra_s, author, body.reason])).hexdigest()

        audited = False

        async def decide(loaded: Loaded) -> Amendment[bytes]:
            if loaded.record is not None:
                if loaded.record.fingerprint != fingerprint:
                    raise IdempotencyMismatch(
                        "A grant with this Idempotency-Key was made already, with other minutes or another reason; use "
                        "a new key for a new grant."
                    )
                return Amendment(loaded.record.body)
            if loaded.state is None:
                raise NotFound(NO_SUCH_INTERVIEW)
            _check(loaded.state, extra_s)
            nonlocal audited
            if not audited:  # an entry may be of a grant that then fails; no grant is without one
                await audit.record(caller, "time.granted", interview_id, extra_s=extra_s, author=author)
                audited = True
            ledger = Ledger(loaded.state, lambda: datetime.now(UTC))
            ledger.record(
                TimeGranted(turn=loaded.state.turn_number, extra_s=extra_s, author=author, reason=body.reason)
            )
            reply = msgspec.json.encode(ExtraTime(ledger.state.extra_time_s))
            done = IdempotencyRecord(scope=SCOPE, key=sent, fingerprint=fingerprint, status="done", body=reply)
            return Amendment(reply, ledger, done)

        reply = await transact(ports.sessions, SessionKey(caller.tenant, interview_id), decide, record=(SCOPE, sent))
        return Response(reply, media_type="application/json")

    return router


def _check(state: SessionState, extra_s: float) -> None:
    """Raises SessionEnded, InvalidInput (more than ``MAX_EXTRA_S`` in all), or as ``check_room``."""
    if state.status in ("concluded", "expired"):
        raise SessionEnded("This interview has ended; no time can be added.")
    check_room(state)
    if state.extra_time_s + extra_s > MAX_EXTRA_S:
        raise InvalidInput(
            f"An interview has at most {MAX_EXTRA_S / 60:g} minutes of extra time.",
            detail={"fields": {"minutes": f"{state.extra_time_s / 60:g} minutes were granted already"}},
        )
