"""Start, pause, resume and end for every way in: the agent's step, and the tenant's count of live interviews."""

from __future__ import annotations

import logging

from deployments.agent.contract import EndRequest, PauseRequest, ResumeRequest, StartRequest, StepReply
from interview.errors import InterviewError, StorageUnavailable
from interview.sessions.session import SessionState
from serve.http.interviews.agent_calls import StepCaller
from serve.http.limits.interviews import InterviewLimits
from storage.sessions.port import SessionKey, SessionStore

logger = logging.getLogger(__name__)


class LiveInterviews:
    """Counts an interview from its start to its end, apart from its candidate's pauses."""

    def __init__(self, agent: StepCaller, sessions: SessionStore, limits: InterviewLimits) -> None:
        self._agent = agent
        self._sessions = sessions
        self._limits = limits

    async def start(self, request: StartRequest) -> StepReply:
        """As the agent's step; an interview that does not run after a failure is not counted. Raises Overloaded too:
        the tenant holds too many interviews."""
        key = SessionKey(request.tenant, request.interview_id)
        await self._limits.starting(key.tenant, key.interview_id)
        try:
            reply = await self._agent.start(request)
        except InterviewError:
            await self._release_unless_counted(key)
            raise
        if reply.replayed:
            await self._release_unless_counted(key)
        return reply

    async def pause(self, request: PauseRequest) -> StepReply:
        """As the agent's step. Idempotent."""
        reply = await self._agent.pause(request)
        await self._limits.ended(request.tenant, request.interview_id)
        return reply

    async def resume(self, request: ResumeRequest) -> StepReply:
        """As the agent's step; an interview that stays paused by its candidate is not counted. Raises Overloaded too:
        the tenant holds too many interviews."""
        key = SessionKey(request.tenant, request.interview_id)
        await self._limits.starting(key.tenant, key.interview_id)
        try:
            return await self._agent.resume(request)
        except InterviewError:
            await self._release_unless_counted(key)
            raise

    async def end(self, request: EndRequest) -> StepReply:
        reply = await self._agent.end(request)
        await self._limits.ended(request.tenant, request.interview_id)
        return reply

    async def _release_unless_counted(self, key: SessionKey) -> None:
        try:
            state = await self._sessions.load(key)
            if state is None or not _counts(state):
                await self._limits.ended(key.tenant, key.interview_id)
        except StorageUnavailable as error:  # the caller learns how the step went
            logger.warning("an interview that does not run is counted until its time to live ends: %s", error.code)


def _counts(state: SessionState) -> bool:
    return state.status == "active" or (state.status == "paused" and state.paused_by != "candidate")
