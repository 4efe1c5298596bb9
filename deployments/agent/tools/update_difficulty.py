"""``update_difficulty``: re-estimate the ability on a skill from its standing grades."""

from __future__ import annotations

from pydantic import Field

from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext
from deployments.agent.turn import turn_tools
from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload
from interview.sessions.session import SessionState


class UpdateDifficultyArguments(Arguments):
    skill: str = Field(description="A skill of the interview's plan.", min_length=1, max_length=200)


class DifficultyResult(Result):
    """``theta`` and ``standard_error`` in θ units; ``next_b`` is the most informative next difficulty."""

    skill: str
    theta: float
    standard_error: float
    items: int
    next_b: float
    rationale: str


async def update_difficulty(context: ToolContext, arguments: UpdateDifficultyArguments) -> DifficultyResult:
    def change(state: SessionState, plan: InterviewPlan) -> tuple[DifficultyResult, list[AnyPayload]]:
        if arguments.skill not in plan.skills:
            raise InvalidInput(
                f"The plan has no such skill. Skills: {', '.join(plan.skills)}.",
                detail={"fields": {"skill": "not in the plan"}},
            )
        event = turn_tools.ability_event(state, plan, arguments.skill, state.turn_number)
        result = DifficultyResult(
            skill=event.skill,
            theta=event.theta,
            standard_error=event.standard_error,
            items=event.items,
            next_b=event.next_b,
            rationale=event.rationale,
        )
        return result, [event]

    return await context.amend(arguments.interview_id, TOOL.name, arguments.model_dump(mode="json"), change)


TOOL = Tool(
    name="update_difficulty",
    description=(
        "Re-estimate the candidate's ability on a skill from all its standing grades (2PL, EAP), and record it; "
        "the next adaptive question follows from it."
    ),
    arguments=UpdateDifficultyArguments,
    result=DifficultyResult,
    run=update_difficulty,
)
