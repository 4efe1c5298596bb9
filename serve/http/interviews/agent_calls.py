"""Calls the agent from the ingress, and hides the loss of an agent replica in the middle of a step."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from msgspec.structs import replace

from deployments.agent.contract import (
    Agent,
    Done,
    EndRequest,
    HintRequest,
    StartRequest,
    StepReply,
    TurnPart,
    TurnRequest,
)
from interview import retries
from interview.errors import EngineUnavailable, NotFound, Overloaded

Request = TypeVar("Request", StartRequest, TurnRequest, HintRequest, EndRequest)

#: One sentence for every interview that cannot be seen: absent, expired, or another tenant's.
NO_SUCH_INTERVIEW = "There is no such interview."


#: When to come back after a refusal; most steps in flight have ended by then.
BUSY_RETRY_S = 1.0


class StepCaller:
    """Calls a step of the agent, and once more when the replica that worked on it died.

    Every step is idempotent (by its key, or by what it does), so the second call either finishes what the first
    began or finds its recorded reply. ``takeover`` tells it that the first worker is dead, so that it need not wait
    for that worker's lease. A replica lost in a tier *behind* the agent is the agent's own to handle.
    """

    def __init__(self, agent: Agent, *, max_in_flight: int) -> None:
        self._agent = agent
        self._max_in_flight = max_in_flight
        self._in_flight = 0

    def admit(self) -> None:
        """Before any body of new work is read. Raises Overloaded when as many steps are in flight as this replica
        takes."""
        if self._in_flight >= self._max_in_flight:
            raise _busy()

    async def start(self, request: StartRequest) -> StepReply:
        return await self._step(self._agent.start, request, request)

    async def turn(self, request: TurnRequest) -> StepReply:
        return await self._step(self._agent.turn, request, replace(request, takeover=True))

    async def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        """``turn`` as it comes about. When its replica dies, ``Done`` follows what was heard: its reply may begin with
        other words, as the dead worker's were never committed."""
        self.admit()
        self._in_flight += 1
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
        finally:
            self._in_flight -= 1

    async def hint(self, request: HintRequest) -> StepReply:
        return await self._step(self._agent.hint, request, request)

    async def end(self, request: EndRequest) -> StepReply:
        return await self._step(self._agent.end, request, request)

    async def _step(
        self, step: Callable[[Request], Awaitable[StepReply]], request: Request, retry: Request
    ) -> StepReply:
        self.admit()
        self._in_flight += 1
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
        finally:
            self._in_flight -= 1


def _lost_the_agent(error: EngineUnavailable) -> bool:
    return error.detail.get("lost_replica") == "agent"


def _busy() -> Overloaded:
    return Overloaded(
        "Too many answers are being worked on right now; try again in a moment.", retry_after_s=BUSY_RETRY_S
    )
