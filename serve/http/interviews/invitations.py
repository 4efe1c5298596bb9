"""``/interviews/{id}/link`` and ``/candidate/token``: prepare an interview, and let its candidate in."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct
from pydantic import Field

from deployments.agent.contract import Notice, StartRequest
from interview.errors import NotFound, SessionEnded
from interview.sessions.invitation import Invitation, PreparedStart
from interview.sessions.session import Status
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import INLINE_PLANS, INTERVIEWS, Authenticator, InterviewId, Principal, require_scope
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.http.interviews.extra_time import granted_time
from serve.http.interviews.heard_languages import hears
from serve.http.ports import IngressPorts
from serve.http.request_bodies import ExtraTimeBody, PreparedBody, read_json
from storage.archive.port import Archive
from storage.archive.transfer import load_state
from storage.sessions.port import SessionKey

#: The candidate's page; the token follows in the fragment, which browsers never send to a server.
ROOM = "/room"

#: Of one list.
LISTED_AT_MOST = 500
#: Questions to the archive that wait at the same moment.
_ASKED_AT_ONCE = 50

_NO_CANDIDATES = "Links for candidates are not enabled here."


class LinkBody(PreparedBody):
    expires_in_s: Annotated[float, Field(gt=0, le=366 * 86_400, strict=False, allow_inf_nan=False)] | None = Field(
        None, description="Seconds until the link ends; default and maximum are the server's."
    )
    extra_time: ExtraTimeBody | None = Field(
        None, description="An accommodation that is granted before the start. It stays until a new link names another."
    )


class LinkReply(Struct, frozen=True):
    """A link. ``url`` is relative to the server and holds ``token`` in its fragment; both are secret, shown once."""

    interview_id: str
    url: str
    token: str
    expires_at: datetime


class OpenInvitation(Struct, frozen=True):
    """An interview that was prepared and has not started. ``plan`` is empty where a role description chooses it, or the
    plan came whole; ``revoked``: no link leads to it now."""

    interview_id: str
    plan: str
    candidate_name: str
    candidate_reference: str
    created_at: datetime
    expires_at: datetime
    created_by: str
    extra_time_s: float
    revoked: bool


class InvitationList(Struct, frozen=True):
    """Newest first. ``more``: there are further ones."""

    invitations: list[OpenInvitation]
    more: bool


class TokenReply(Struct, frozen=True):
    """An access token (RFC 6749, section 5.1) for the interview; ``expires_in`` in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    interview_id: str
    status: Status | Literal["invited"]


class InterviewNotice(Struct, frozen=True):
    """What a candidate is told. ``voice``: whether replies can come with audio. ``hears``: whether answers may be
    spoken, in the interview's language; else they are typed."""

    interview_id: str
    status: Status | Literal["invited"]
    candidate_name: str
    voice: bool
    notice: Notice
    hears: bool = True


def invitations_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(tags=["candidates"])
    Caller = Annotated[Principal, Depends(auth.require(INTERVIEWS))]  # noqa: N806 (a type)
    Candidate = Annotated[Principal, Depends(auth.require_candidate())]  # noqa: N806 (a type)
    Invited = Annotated[Invitation, Depends(auth.require_link())]  # noqa: N806 (a type)

    @router.post(
        "/interviews/{interview_id}/link",
        name="invite",
        summary="Invite the candidate",
        description="A link for one candidate to one interview, which starts when the candidate does. A new link "
        "replaces the earlier one. Without a plan it keeps what was prepared, or leads to the running interview.",
        **openapi.operation(reply="LinkReply", json=LinkBody, body_required=False, also=(404, 409)),
    )
    async def link(interview_id: InterviewId, request: Request, caller: Caller) -> Response:
        tokens = _enabled(ports.candidates)
        body = await read_json(request, LinkBody, optional=True)
        if isinstance(body.plan, dict):
            require_scope(caller, INLINE_PLANS)
        key = SessionKey(caller.tenant, interview_id)
        start = body.prepared() if body.model_fields_set - {"expires_in_s", "extra_time"} else None
        if start is not None:
            await ports.agent.notice(start_of(key, start))
        state = await load_state(ports.sessions, ports.archive, key)
        if state is None and await ports.archive.used(key):
            raise SessionEnded("An interview had this id before, and was erased. Choose another id.")
        granted = None
        if body.extra_time is not None:
            granted = granted_time(body.extra_time, caller)
            await audit.record(caller, "time.granted", interview_id, extra_s=granted.extra_s, author=granted.author)
        issued = await tokens.invite(
            key,
            state,
            start,
            created_by=caller.name or caller.key_id,
            expires_in=None if body.expires_in_s is None else timedelta(seconds=body.expires_in_s),
            extra_time=granted,
        )
        reply = LinkReply(interview_id, f"{ROOM}#{issued.secret}", issued.secret, issued.expires_at)
        return Response(msgspec.json.encode(reply), media_type="application/json")

    @router.get(
        "/interviews",
        name="invitations",
        summary="List open invitations",
        description="The tenant's interviews that were prepared with a link and have not started.",
        **openapi.operation(reply="InvitationList", also=(404,)),
    )
    async def invitations(caller: Caller) -> Response:
        found = await open_invitations(_enabled(ports.candidates), ports.archive, caller.tenant)
        await audit.read(caller, "invitations.listed", "")
        reply = InvitationList([_open(each) for each in found[:LISTED_AT_MOST]], len(found) > LISTED_AT_MOST)
        return Response(msgspec.json.encode(reply), media_type="application/json")

    @router.delete(
        "/interviews/{interview_id}/link",
        summary="Revoke the link",
        description="The link and every token made from it stop working within a second. Idempotent.",
        **openapi.operation(also=(404,), status=204),
    )
    async def revoke(interview_id: InterviewId, caller: Caller) -> Response:
        await _enabled(ports.candidates).revoke(SessionKey(caller.tenant, interview_id))
        return Response(status_code=204)

    @router.post(
        "/candidate/token",
        name="token",
        summary="Exchange a link for an access token",
        description="The bearer is the link's token. It may be exchanged again while the link is valid: after a "
        "reload, on another device, or when the access token ends.",
        **openapi.operation(reply="TokenReply", also=(404,)),
    )
    async def exchange(invitation: Invited) -> Response:
        issued = _enabled(ports.candidates).access(invitation)
        key = SessionKey(invitation.tenant, invitation.interview_id)
        state = await load_state(ports.sessions, ports.archive, key)
        reply = TokenReply(
            access_token=issued.secret,
            token_type="Bearer",  # noqa: S106 (RFC 6750's name of the scheme)
            expires_in=issued.lives_s,
            interview_id=invitation.interview_id,
            status=state.status if state else "invited",
        )
        return Response(msgspec.json.encode(reply), media_type="application/json")

    @router.get(
        "/candidate/interview",
        summary="Read what the interview is about",
        description="For the candidate before and during the interview: its plan's notice, to be accepted with "
        "`consent` at the start, and its status.",
        **openapi.operation(reply="InterviewNotice", also=(404,)),
    )
    async def notice(candidate: Candidate) -> Response:
        key = SessionKey(candidate.tenant, candidate.interview_id or "")
        invitation = await _enabled(ports.candidates).invitation(key)
        prepared = invitation.start if invitation else PreparedStart()
        state = await load_state(ports.sessions, ports.archive, key)
        told = await ports.agent.notice(start_of(key, prepared))
        reply = InterviewNotice(
            interview_id=key.interview_id,
            status=state.status if state else "invited",
            candidate_name=state.candidate.name if state else prepared.candidate_name,
            voice=prepared.voice,
            notice=told,
            hears=await hears(ports.stt, told.language),
        )
        return Response(msgspec.json.encode(reply), media_type="application/json")

    return router


async def open_invitations(tokens: CandidateTokens, archive: Archive, tenant: str) -> list[Invitation]:
    """The tenant's invitations whose interview has not started, newest first, and at most one more than
    ``LISTED_AT_MOST``. Raises StorageUnavailable."""
    kept = sorted(await tokens.of_tenant(tenant), key=lambda each: each.created_at, reverse=True)
    waiting: list[Invitation] = []
    for begin in range(0, len(kept), _ASKED_AT_ONCE):
        some = kept[begin : begin + _ASKED_AT_ONCE]
        used = await asyncio.gather(*(archive.used(SessionKey(each.tenant, each.interview_id)) for each in some))
        waiting += [each for each, started in zip(some, used, strict=True) if not started]
        if len(waiting) > LISTED_AT_MOST:
            break
    return waiting[: LISTED_AT_MOST + 1]


def _open(invitation: Invitation) -> OpenInvitation:
    start = invitation.start
    return OpenInvitation(
        interview_id=invitation.interview_id,
        plan=start.plan if isinstance(start.plan, str) else "",
        candidate_name=start.candidate_name,
        candidate_reference=start.candidate_reference,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        created_by=invitation.created_by,
        extra_time_s=start.extra_time.extra_s if start.extra_time else 0.0,
        revoked=not invitation.link_id,
    )


def start_of(key: SessionKey, prepared: PreparedStart) -> StartRequest:
    """The start that an invitation prepares."""
    return StartRequest(tenant=key.tenant, interview_id=key.interview_id, **msgspec.structs.asdict(prepared))


def _enabled(tokens: CandidateTokens | None) -> CandidateTokens:
    if tokens is None:
        raise NotFound(_NO_CANDIDATES)
    return tokens
