"""Calls the agent from the ingress, and retries when an agent replica dies during a step."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from msgspec.structs import replace

from deployments.agent.contract import (
    Agent,
    Done,
    EndRequest,
    HearRequest,
    HintRequest,
    PauseRequest,
    PreparedReply,
    ResumeRequest,
    StartRequest,
    StepReply,
    ThinkAheadRequest,
    TurnPart,
    TurnRequest,
)
from deployments.stt.contract import Transcript
from interview import retries
from interview.errors import EngineUnavailable, NotFound, Overloaded
from serve.http.auth import NO_SUCH_INTERVIEW

Request = TypeVar("Request", StartRequest, TurnRequest, HintRequest, PauseRequest, ResumeRequest, EndRequest)


#: Retry-After of a rejected request; most steps in flight have ended by then.
BUSY_RETRY_S = 1.0


class StepCaller:
    """Calls a step of the agent, and once more when its replica died.

    Every step is idempotent (by its key, or by its effect), so the second call either completes the first or finds its
    recorded reply. ``takeover`` says that the first worker is dead, so that the second need not wait for its lease to
    expire. The agent itself handles a replica lost in a tier *behind* it.

    All ways in (the routes of interviews, transcripts and formulas, ``/v1/realtime`` and ``/mcp``) share one caller, so
    that ``max_in_flight`` bounds them together.
    """

    def __init__(self, agent: Agent, *, max_in_flight: int) -> None:
        self._agent = agent
        self._max_in_flight = max_in_flight
        self._in_flight = 0

    def admit(self) -> None:
        """Called before the body of new work is read. Raises Overloaded when this replica's limit of steps in flight is
        reached."""
        if self._in_flight >= self._max_in_flight:
            raise _busy()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Counts a step in flight inside the block. Raises Overloaded as ``admit``."""
        self.admit()
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    async def start(self, request: StartRequest) -> StepReply:
        return await self._step(self._agent.start, request, request)

    async def turn(self, request: TurnRequest) -> StepReply:
        return await self._step(self._agent.turn, request, replace(request, takeover=True))

    async def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        """The parts of ``turn`` as they are produced. When its replica dies, ``Done`` follows the parts sent so far.
        The reply may then begin with other words, as the dead worker's were never committed."""
        with self.working():
            try:
                try:
                    async with aclosing(self._agent.turn_stream(request)) as parts:
                        async for part in parts:
                            yield part
                            if isinstance(part, Done):
                                return
                except EngineUnavailable as error:
                    if not _lost_the_agent(error):
                        raise
                    retries.tried_again("agent", "replica-lost")
                yield Done(await self._agent.turn(replace(request, takeover=True)))
            except NotFound as error:
                raise NotFound(NO_SUCH_INTERVIEW) from error

    async def hear(self, request: HearRequest) -> Transcript:
        """Transcribe part of an answer; once more when the agent's replica died. Not counted as a step in flight."""
        try:
            return await self._agent.hear(request)
        except EngineUnavailable as error:
            if not _lost_the_agent(error):
                raise
            retries.tried_again("agent", "replica-lost")
            return await self._agent.hear(request)

    async def think_ahead(self, request: ThinkAheadRequest) -> PreparedReply | None:
        """Not counted as a step in flight. Raises as ``Agent.think_ahead``."""
        return await self._agent.think_ahead(request)

    async def hint(self, request: HintRequest) -> StepReply:
        return await self._step(self._agent.hint, request, request)

    async def pause(self, request: PauseRequest) -> StepReply:
        return await self._step(self._agent.pause, request, request)

    async def resume(self, request: ResumeRequest) -> StepReply:
        return await self._step(self._agent.resume, request, request)

    async def end(self, request: EndRequest) -> StepReply:
        return await self._step(self._agent.end, request, request)

    async def _step(
        self, step: Callable[[Request], Awaitable[StepReply]], request: Request, retry: Request
    ) -> StepReply:
        with self.working():
            try:
                try:
                    return await step(request)
                except EngineUnavailable as error:
                    if not _lost_the_agent(error):
                        raise
                    retries.tried_again("agent", "replica-lost")
                    return await step(retry)
            except NotFound as error:
                raise NotFound(NO_SUCH_INTERVIEW) from error


def _lost_the_agent(error: EngineUnavailable) -> bool:
    return error.detail.get("lost_replica") == "agent"


def _busy() -> Overloaded:
    return Overloaded(
        "Too many answers are being processed right now; try again in a moment.", retry_after_s=BUSY_RETRY_S
    )
