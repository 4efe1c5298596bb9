"""``resume_session``: resume an interview that a rule paused, after a person's review."""

from __future__ import annotations

from pydantic import Field

from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext
from interview.errors import Conflict
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload, SessionResumed
from interview.sessions.session import SessionState


class ResumeSessionArguments(Arguments):
    reason: str = Field(description="The reviewer's finding, for the log.", min_length=1, max_length=500)


class Resumed(Result):
    interview_id: str
    status: str


async def resume_session(context: ToolContext, arguments: ResumeSessionArguments) -> Resumed:
    def change(state: SessionState, _plan: InterviewPlan) -> tuple[Resumed, list[AnyPayload]]:
        if state.status != "paused":
            raise Conflict(f"The interview is not paused; it is {state.status}.")
        if state.paused_by == "candidate":
            raise Conflict(
                "The candidate paused this interview and resumes it on their return; it waits for no person.",
                detail={"paused_by": "candidate"},
            )
        event = SessionResumed(turn=state.turn_number, reason=arguments.reason)
        return Resumed(interview_id=state.interview_id, status="active"), [event]

    return await context.amend(
        arguments.interview_id, TOOL.name, arguments.model_dump(mode="json"), change, while_paused=True
    )


TOOL = Tool(
    name="resume_session",
    description="Resume an interview that a rule paused for a person's review.",
    arguments=ResumeSessionArguments,
    result=Resumed,
    run=resume_session,
)
