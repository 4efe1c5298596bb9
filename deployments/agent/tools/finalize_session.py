"""``finalize_session``: end the interview and request its evaluation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deployments.agent.contract import EndRequest
from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext


class FinalizeSessionArguments(Arguments):
    reason: str = Field("Ended on request.", description="The reason, for the report.", min_length=1, max_length=500)
    by: Literal["candidate", "operator", "policy"] = Field("operator", description="Who ends it.")


class Finalized(Result):
    interview_id: str
    status: str
    concluded_because: str
    turns: int
    report_url: str | None = Field(description="Null until the evaluation has written the report.")


async def finalize_session(context: ToolContext, arguments: FinalizeSessionArguments) -> Finalized:
    await context.steps.end(
        EndRequest(tenant=context.tenant, interview_id=arguments.interview_id, by=arguments.by, reason=arguments.reason)
    )
    state, _ = await context.session(arguments.interview_id)
    return Finalized(
        interview_id=state.interview_id,
        status=state.status,
        concluded_because=state.concluded_because,
        turns=state.turn_number,
        report_url=state.report_url,
    )


TOOL = Tool(
    name="finalize_session",
    description="End the interview and queue its evaluation. Idempotent.",
    arguments=FinalizeSessionArguments,
    result=Finalized,
    run=finalize_session,
)
