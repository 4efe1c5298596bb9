"""``/session/pause`` and ``/session/resume``: the candidate leaves, and returns another day."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from deployments.agent.contract import PauseRequest, ResumeRequest, StepReply
from serve.http import openapi
from serve.http.auth import Authenticator, InterviewId, Principal
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.sessions import step_response
from serve.http.request_bodies import PauseBody, ResumeBody, read_json
from storage.sessions.port import SessionKey


class Pauses:
    """Pausing and resuming for every way in: the interview, and the candidate's link."""

    def __init__(self, live: LiveInterviews, candidates: CandidateTokens | None) -> None:
        self._live = live
        self._candidates = candidates

    async def pause(self, request: PauseRequest) -> StepReply:
        """As the agent's step. After a failure in between, a repetition completes it."""
        reply = await self._live.pause(request)
        state = reply.body.session_state
        if self._candidates is not None and state is not None and state.return_by is not None:
            await self._candidates.keep(SessionKey(request.tenant, request.interview_id), state.return_by)
        return reply

    async def resume(self, request: ResumeRequest) -> StepReply:
        """As the agent's step. Raises Overloaded too: the tenant holds too many interviews."""
        return await self._live.resume(request)


def pauses_router(auth: Authenticator, pauses: Pauses, agent: StepCaller) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["interviews"])
    Caller = Annotated[Principal, Depends(auth.require_interview())]  # noqa: N806 (a type)

    @router.post(
        "/pause/{interview_id}",
        name="pause",
        summary="Pause until another day",
        description="The candidate leaves and may return until `session_state.return_by`: the clock stops, and the "
        "candidate's link works until then. The plan's `pauses` say how often and for how long; 409 where it allows "
        "none, or no more. Idempotent while the pause lasts. An interview whose candidate does not return in time ends "
        "and is evaluated.",
        **openapi.operation(reply="TurnBody", json=PauseBody, body_required=False, also=(404, 409)),
    )
    async def pause(interview_id: InterviewId, request: Request, caller: Caller) -> Response:
        agent.admit()
        body = await read_json(request, PauseBody, optional=True)
        asked = PauseRequest(caller.tenant, interview_id, body.question_id, body.turn_number)
        return step_response(await pauses.pause(asked), caller)

    @router.post(
        "/resume/{interview_id}",
        name="resume",
        summary="Return from a pause",
        description="The clock goes on, and the open question is asked again. A running interview gives its last words "
        "again. 409 while an interview waits for a person.",
        **openapi.operation(reply="TurnBody", json=ResumeBody, body_required=False, also=(404, 409)),
    )
    async def resume(interview_id: InterviewId, request: Request, caller: Caller) -> Response:
        agent.admit()
        body = await read_json(request, ResumeBody, optional=True)
        return step_response(await pauses.resume(ResumeRequest(caller.tenant, interview_id, body.voice)), caller)

    return router
