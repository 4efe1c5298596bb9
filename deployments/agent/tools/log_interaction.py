"""``log_interaction``: record an occurrence around the interview; never scored."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import Field

from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import EVENTS_OF_A_CALL, ToolContext
from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload, IntegrityNoted
from interview.sessions.session import SessionState


class LogInteractionArguments(Arguments):
    signal: str = Field(
        description="The occurrence, e.g. tab_hidden or reconnected.", pattern=r"^[a-z][a-z0-9_.-]{0,63}$"
    )
    data: dict[str, Any] = Field(default_factory=dict, description="Small JSON with details.")


class Logged(Result):
    turn: int
    seq: int = Field(description="Sequence number of the event in the session's log.")


async def log_interaction(context: ToolContext, arguments: LogInteractionArguments) -> Logged:
    if len(msgspec.json.encode(arguments.data)) > context.runtime.config.max_signals_bytes:
        limit = context.runtime.config.max_signals_bytes
        raise InvalidInput("The data is too large.", detail={"fields": {"data": f"larger than {limit} bytes"}})

    def change(state: SessionState, _plan: InterviewPlan) -> tuple[Logged, list[AnyPayload]]:
        noted = IntegrityNoted(turn=state.turn_number, signal=arguments.signal, data=arguments.data)
        return Logged(turn=state.turn_number, seq=state.version + EVENTS_OF_A_CALL + 1), [noted]

    call = {"interview_id": arguments.interview_id, "signal": arguments.signal}
    return await context.amend(arguments.interview_id, TOOL.name, call, change)


TOOL = Tool(
    name="log_interaction",
    description="Record an occurrence around the interview in its log. Never scored.",
    arguments=LogInteractionArguments,
    result=Logged,
    run=log_interaction,
)
