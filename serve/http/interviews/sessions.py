"""``/session``: start, answer, hint, state, end. The agent's recorded bytes pass through unchanged."""

import uuid
from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Header, Request, Response
from msgspec.structs import replace

from deployments.agent.contract import EndRequest, HintRequest, StartRequest, StepReply, TurnRequest
from interview.errors import NotFound
from interview.sessions.candidate_view import candidate_state
from interview.sessions.ids import INTERVIEW_ID, cleaned_reference
from interview.sessions.invitation import PreparedStart
from interview.sessions.session import SessionState
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import (
    INLINE_PLANS,
    NO_SUCH_INTERVIEW,
    REPORTS,
    Authenticator,
    InterviewId,
    Principal,
    require_scope,
)
from serve.http.direct_route import direct_route
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.start_bodies import read_start
from serve.http.interviews.turn_stream import EVENTS, TurnStream, step_headers, wants_events
from serve.http.ports import IngressPorts
from serve.http.problems import request_id_of
from serve.http.request_bodies import AnswerBody, HintBody, StartBody, read_answer, read_json, wrong
from serve.http.settings import HttpSettings
from storage.archive.transfer import load_state
from storage.sessions.port import SessionKey

_STATE = {
    "application/json": {
        "schema": {
            "anyOf": [{"$ref": openapi.REF.format(name=name)} for name in ("SessionState", "CandidateState")],
        }
    }
}
IDEMPOTENCY_KEY = r"^[!-~]{1,255}$"
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=IDEMPOTENCY_KEY,
        description="1 to 255 visible ASCII characters, new for each answer. A retry with the same key and content "
        "gets the first reply, byte for byte; the same key with other content is a 422. Without it, a retry is a "
        "new answer.",
    ),
]


def sessions_router(
    ports: IngressPorts,
    settings: HttpSettings,
    auth: Authenticator,
    audit: AuditTrail,
    live: LiveInterviews,
    agent: StepCaller,
) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["interviews"])
    Caller = Annotated[Principal, Depends(auth.require_interview())]  # noqa: N806 (a type)
    Reader = Annotated[Principal, Depends(auth.require_interview(REPORTS))]  # noqa: N806 (a type)
    plain = partial(direct_route, auth, interview_id=INTERVIEW_ID, idempotency_key=IDEMPOTENCY_KEY)
    steps, reads = APIRouter(route_class=plain()), APIRouter(route_class=plain(REPORTS))

    @steps.post(
        "/start/{interview_id}",
        summary="Start an interview",
        description="Starting the same interview again returns the same session, not a second one. As multipart, "
        "`request` is the JSON and the documents are files (PDF, DOCX, text); hidden text in them is removed. A whole "
        "plan in `plan` needs the scope `plans:inline` and is bounded in every field.",
        **openapi.operation(reply="TurnBody", json=StartBody, multipart=openapi.START_FORM, also=(404, 409)),
    )
    async def start(interview_id: InterviewId, request: Request, caller: Caller) -> Response:
        agent.admit()
        came = await read_start(request, settings, ports.documents, ports.scanner)
        key = SessionKey(caller.tenant, interview_id)
        if caller.is_candidate:
            prepared = await _invited_start(ports, key, came.body)
        else:
            prepared = await _operators_start(ports, key, came.body, caller)
        asked = StartRequest(
            tenant=caller.tenant,
            interview_id=interview_id,
            **msgspec.structs.asdict(prepared),
            consent=came.body.consent,
            document_findings=came.findings,
        )
        return step_response(await live.start(asked), caller)

    @steps.post(
        "/turn/{interview_id}",
        summary="Answer",
        description="One answer: a recording (wav, mp3, m4a, ogg, webm, flac) or the words themselves. With "
        "`Accept: text/event-stream` the reply is sent sentence by sentence as it is generated, and then whole. "
        "`question_id` and `turn_number` protect a candidate with two open windows: an answer to a question that is no "
        "longer current is 409 `question-not-current`, whose `context.current` names the current one.",
        **openapi.operation(
            reply="TurnBody", events=EVENTS, json=AnswerBody, multipart=openapi.ANSWER_FORM, also=(404, 406, 409)
        ),
    )
    async def turn(
        interview_id: InterviewId, request: Request, caller: Caller, idempotency_key: IdempotencyKey = None
    ) -> Response:
        agent.admit()
        key = _key_or_new(idempotency_key)
        streamed = wants_events(request.headers.get("accept"))
        answer = await read_answer(request, settings)
        if answer.audio is not None and ports.scanner is not None:
            await ports.scanner.scan(answer.audio, "audio")
        asked = TurnRequest(
            tenant=caller.tenant,
            interview_id=interview_id,
            idempotency_key=key,
            text=answer.text,
            audio=answer.audio,
            content_type=answer.content_type,
            voice=answer.voice,
            stream_audio=answer.stream_audio,
            signals=answer.signals,
            question_id=answer.question_id,
            turn_number=answer.turn_number,
        )
        if answer.stream_audio and not streamed:
            raise wrong("stream_audio", "requires Accept: text/event-stream")
        if streamed:
            return await TurnStream.open(
                agent.turn_stream(asked), request_id_of(request.scope), lambda reply: _shown(reply, caller)
            )
        return step_response(await agent.turn(asked), caller)

    @steps.post(
        "/hint/{interview_id}",
        summary="Ask for a hint",
        description="The next hint to the current question. It reduces that answer's score.",
        **openapi.operation(reply="TurnBody", json=HintBody, body_required=False, also=(404, 409)),
    )
    async def hint(
        interview_id: InterviewId, request: Request, caller: Caller, idempotency_key: IdempotencyKey = None
    ) -> Response:
        key = _key_or_new(idempotency_key)
        body = await read_json(request, HintBody, optional=True)
        asked = HintRequest(
            tenant=caller.tenant,
            interview_id=interview_id,
            idempotency_key=key,
            voice=body.voice,
            question_id=body.question_id,
            turn_number=body.turn_number,
        )
        return step_response(await agent.hint(asked), caller)

    @reads.get(
        "/state/{interview_id}",
        summary="Read the session",
        description="The interview's current state, live or archived: to resume after a lost connection, or to debug. "
        "A candidate, and a key without `reports` or `agent`, gets the fields of `CandidateState` alone.",
        **openapi.operation(content=_STATE, also=(404,)),
    )
    async def state(interview_id: InterviewId, caller: Reader) -> Response:
        found = await session_or_404(ports, SessionKey(caller.tenant, interview_id))
        await audit.read(caller, "session.read", interview_id)
        shown = found if caller.sees_assessment else candidate_state(found)
        return Response(
            msgspec.json.encode(shown), media_type="application/json", headers={"ETag": f'"{found.version}"'}
        )

    @steps.delete(
        "/state/{interview_id}",
        summary="End the interview",
        description="Ends it and starts its evaluation. Idempotent.",
        **openapi.operation(reply="TurnBody", also=(404, 409)),
    )
    async def end(interview_id: InterviewId, caller: Caller) -> Response:
        asked = EndRequest(tenant=caller.tenant, interview_id=interview_id)
        if caller.is_candidate:
            asked = replace(asked, by="candidate", reason="The candidate ended the interview.")
        return step_response(await live.end(asked), caller)

    router.include_router(steps)
    router.include_router(reads)
    return router


async def session_or_404(ports: IngressPorts, key: SessionKey) -> SessionState:
    """The session, live or archived. Raises NotFound: absent or another tenant's, with one message for all."""
    found = await load_state(ports.sessions, ports.archive, key)
    if found is None:
        raise NotFound(NO_SUCH_INTERVIEW)
    return found


def _key_or_new(sent: str | None) -> str:
    return f"auto-{uuid.uuid4().hex}" if sent is None else sent


async def _invited_start(ports: IngressPorts, key: SessionKey, body: StartBody) -> PreparedStart:
    """What the operator prepared, with the candidate's choice of voice.

    Raises:

        InvalidInput: the candidate sends a field that the operator decides.
    """
    for field in sorted(body.model_fields_set - {"consent", "voice"}):
        raise wrong(field, "is decided by the invitation")
    invitation = await ports.candidates.invitation(key) if ports.candidates else None
    prepared = invitation.start if invitation else PreparedStart()
    # earlier releases accepted invitations with hidden characters in the reference
    reference = cleaned_reference(prepared.candidate_reference)
    return replace(prepared, candidate_reference=reference, voice=prepared.voice and body.voice)


async def _operators_start(ports: IngressPorts, key: SessionKey, body: StartBody, caller: Principal) -> PreparedStart:
    """What the request says, with the extra time of an invitation. Raises Forbidden: a whole plan without the scope."""
    prepared = body.prepared()
    if isinstance(prepared.plan, dict):
        require_scope(caller, INLINE_PLANS)
    granted = await ports.candidates.granted_time(key) if ports.candidates else None
    return replace(prepared, extra_time=granted)


def _shown(reply: StepReply, caller: Principal) -> bytes:
    """The agent's bytes; for a candidate re-encoded from the reply's declared fields, whichever release wrote them."""
    return msgspec.json.encode(reply.body) if caller.is_candidate else reply.encoded


def step_response(reply: StepReply, caller: Principal) -> Response:
    return Response(_shown(reply, caller), media_type="application/json", headers=step_headers(reply))
