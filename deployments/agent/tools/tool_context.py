"""The context of a tool call: one tenant's sessions, amended by compare-and-set, and the agent's own steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from deployments.agent.contract import EndRequest, HintRequest, StepReply
from deployments.agent.turn.acceptance import check_open, no_such_interview
from deployments.agent.turn.runtime import Runtime
from interview.errors import NotFound
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload, ToolCalled, ToolReturned
from interview.sessions.room import check_room
from interview.sessions.session import AskedQuestion, SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import SessionKey

T = TypeVar("T", bound=BaseModel)

#: The call's own events come first: ``tool.called`` and ``tool.returned``.
EVENTS_OF_A_CALL = 2

#: Maps a session and its plan to the tool's result and the events of its effect.
Change = Callable[[SessionState, InterviewPlan], tuple[T, Sequence[AnyPayload]]]


class Steps(Protocol):
    """The agent's own steps, for tools."""

    async def hint(self, request: HintRequest) -> StepReply: ...

    async def end(self, request: EndRequest) -> StepReply: ...


@dataclass(frozen=True)
class ToolContext:
    tenant: str
    runtime: Runtime
    steps: Steps

    async def session(self, interview_id: str) -> tuple[SessionState, InterviewPlan]:
        """Raises NotFound, StorageUnavailable."""
        state = await self.runtime.ports.sessions.load(SessionKey(self.tenant, interview_id))
        if state is None:
            raise NotFound(no_such_interview(interview_id))
        return state, await self.runtime.plans.get(state)

    async def amend(
        self,
        interview_id: str,
        tool: str,
        arguments: Mapping[str, Any],
        change: Change[T],
        *,
        while_paused: bool = False,
    ) -> T:
        """Commit a tool's effect with the record of its call; retried when another commit comes first.

        Raises:

            NotFound, SessionEnded, Conflict (paused), VersionConflict (too many writers), StorageUnavailable.
        """

        async def decide(loaded: Loaded) -> Amendment[T]:
            state = loaded.state
            if state is None:
                raise NotFound(no_such_interview(interview_id))
            if not (while_paused and state.status == "paused"):
                check_open(state)
                check_room(state)
            result, effects = change(state, await self.runtime.plans.get(state))
            ledger = self.runtime.ledger(state)
            turn = state.turn_number
            call_id = f"{turn}.call.{state.version + 1}"
            ledger.record(
                ToolCalled(turn=turn, call_id=call_id, tool=tool, arguments=dict(arguments)),
                ToolReturned(turn=turn, call_id=call_id, tool=tool, result=result.model_dump(mode="json")),
                *effects,
            )
            return Amendment(result, ledger)

        return await transact(
            self.runtime.ports.sessions,
            SessionKey(self.tenant, interview_id),
            decide,
            on_conflict=lambda: self.runtime.ports.observer.commit_retried("tool"),
        )


def asked_question(state: SessionState, question_id: str | None) -> AskedQuestion:
    """The named question, or the current one.

    Raises:

        NotFound: it was not asked in this interview.
    """
    if question_id is None and state.current_question is not None:
        return state.current_question
    for asked in state.questions_asked:
        if asked.question_id == question_id:
            return asked
    raise NotFound("That question was not asked in this interview.", detail={"question_id": question_id})
