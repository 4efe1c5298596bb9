"""``/interviews/{id}/link`` and ``/candidate/token``: prepare an interview, and let its candidate in."""

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
from serve.http.auth import INLINE_PLANS, INTERVIEWS, Authenticator, InterviewId, Principal, require_scope
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.http.ports import IngressPorts
from serve.http.request_bodies import PreparedBody, read_json
from storage.archive.transfer import load_state
from storage.sessions.port import SessionKey

#: The candidate's page; the token follows in the fragment, which browsers never send to a server.
ROOM = "/room"

_NO_CANDIDATES = "Links for candidates are not enabled here."


class LinkBody(PreparedBody):
    expires_in_s: Annotated[float, Field(gt=0, le=366 * 86_400, strict=False, allow_inf_nan=False)] | None = Field(
        None, description="Seconds until the link ends; default and maximum are the server's."
    )


class LinkReply(Struct, frozen=True):
    """A link. ``url`` is relative to the server and holds ``token`` in its fragment; both are secret, shown once."""

    interview_id: str
    url: str
    token: str
    expires_at: datetime


class TokenReply(Struct, frozen=True):
    """An access token (RFC 6749, section 5.1) for the interview; ``expires_in`` in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    interview_id: str
    status: Status | Literal["invited"]


class InterviewNotice(Struct, frozen=True):
    """What a candidate is told. ``voice``: whether replies can come with audio."""

    interview_id: str
    status: Status | Literal["invited"]
    candidate_name: str
    voice: bool
    notice: Notice


def invitations_router(ports: IngressPorts, auth: Authenticator) -> APIRouter:
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
        if body.model_fields_set - {"expires_in_s"}:
            await ports.agent.notice(_start_of(key, body.prepared()))
        state = await load_state(ports.sessions, ports.archive, key)
        if state is None and await ports.archive.used(key):
            raise SessionEnded("An interview had this id before, and was erased. Choose another id.")
        issued = await tokens.invite(
            key,
            state,
            body.prepared() if body.model_fields_set - {"expires_in_s"} else None,
            created_by=caller.name or caller.key_id,
            expires_in=None if body.expires_in_s is None else timedelta(seconds=body.expires_in_s),
        )
        reply = LinkReply(interview_id, f"{ROOM}#{issued.secret}", issued.secret, issued.expires_at)
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
        reply = InterviewNotice(
            interview_id=key.interview_id,
            status=state.status if state else "invited",
            candidate_name=state.candidate.name if state else prepared.candidate_name,
            voice=prepared.voice,
            notice=await ports.agent.notice(_start_of(key, prepared)),
        )
        return Response(msgspec.json.encode(reply), media_type="application/json")

    return router


def _start_of(key: SessionKey, prepared: PreparedStart) -> StartRequest:
    return StartRequest(tenant=key.tenant, interview_id=key.interview_id, **msgspec.structs.asdict(prepared))


def _enabled(tokens: CandidateTokens | None) -> CandidateTokens:
    if tokens is None:
        raise NotFound(_NO_CANDIDATES)
    return tokens
