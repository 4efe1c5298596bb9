"""``GET /sessions``: the tenant's interviews, live and archived, filtered and paged."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from msgspec import Struct

from interview.errors import InvalidInput
from interview.sessions.session import Status
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import REPORTS, Authenticator, Principal
from serve.http.ports import IngressPorts
from serve.http.request_bodies import wrong
from storage.archive.directory import list_sessions
from storage.archive.port import PAGE_AT_MOST, SessionQuery, SessionSummary

_NO_CONTROLS = r"^[^\x00-\x1f]*$"
_Text = Annotated[str | None, Query(max_length=200, pattern=_NO_CONTROLS)]
_Score = Annotated[float | None, Query(ge=0, le=1)]


class SessionList(Struct, frozen=True):
    """One page of interviews, newest first. ``next`` is the cursor of the next page; null on the last one."""

    sessions: list[SessionSummary]
    next: str | None


def listing_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(tags=["reports"])
    Reviewer = Annotated[Principal, Depends(auth.require(REPORTS))]  # noqa: N806 (a type)

    @router.get(
        "/sessions",
        name="list",
        summary="Find interviews",
        description="The tenant's interviews, live and archived, newest first. Filters combine with *and*.",
        **openapi.operation(reply="SessionList"),
    )
    async def sessions(
        caller: Reviewer,
        plan: Annotated[_Text, Query(description="Id of the plan.")] = None,
        status: Annotated[Status | None, Query(description="`active`, `paused`, `concluded` or `expired`.")] = None,
        candidate: Annotated[
            _Text, Query(description="The interview's id, the candidate's reference, or a part of the name.")
        ] = None,
        needs_review: Annotated[bool | None, Query(description="Whether a person must look at it.")] = None,
        score_min: _Score = None,
        score_max: _Score = None,
        since: Annotated[datetime | None, Query(description="Started at or after; UTC unless it says.")] = None,
        until: Annotated[datetime | None, Query(description="Started before.")] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_AT_MOST)] = 50,
        cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
    ) -> Response:
        query = SessionQuery(
            tenant=caller.tenant,
            plan=plan,
            status=status,
            candidate=candidate,
            needs_review=needs_review,
            score_min=score_min,
            score_max=score_max,
            since=_utc("since", since),
            until=_utc("until", until),
            after=None if cursor is None else _place(cursor),
            limit=limit,
        )
        await audit.read(caller, "sessions.listed", "")
        page = await list_sessions(ports.sessions, ports.archive, query)
        found = SessionList(page.interviews, None if page.after is None else _cursor(*page.after))
        return Response(msgspec.json.encode(found), media_type="application/json")

    return router


def _utc(field: str, time: datetime | None) -> datetime | None:
    """The time in UTC, which a time without a zone is in. Raises InvalidInput: it has no equal in UTC."""
    if time is None or time.tzinfo is None:
        return time and time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(
            f"{field} is outside of the years 1 to 9999 in UTC.", detail={"fields": {field: "out of range"}}
        ) from error


def _cursor(time: datetime, interview_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((time, interview_id))).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    """Raises InvalidInput: not a cursor of ours."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        time, interview_id = msgspec.json.decode(raw, type=tuple[datetime, str])
    except (binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise wrong("cursor", "is not the `next` of an earlier page") from error
    if time.tzinfo is None or "\x00" in interview_id:
        raise wrong("cursor", "is not the `next` of an earlier page")
    return time, interview_id
