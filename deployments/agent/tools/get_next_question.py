"""``get_next_question``: the plan's next question, and why."""

from __future__ import annotations

from pydantic import Field

from deployments.agent.brief.next_question import next_step
from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext


class GetNextQuestionArguments(Arguments):
    pass


class NextQuestion(Result):
    """``question_id`` null: the plan or its time is used up."""

    question_id: str | None
    phase: str
    core: bool = Field(description="Asked of every candidate, word for word.")
    rationale: str
    prompt: str = ""


async def get_next_question(context: ToolContext, arguments: GetNextQuestionArguments) -> NextQuestion:
    state, plan = await context.session(arguments.interview_id)
    step = next_step(state, plan, context.runtime.clock.now())
    return NextQuestion(
        question_id=step.question.id if step.question else None,
        phase=step.phase,
        core=step.core,
        rationale=step.rationale,
        prompt=step.question.prompt if step.question else "",
    )


TOOL = Tool(
    name="get_next_question",
    description="The plan's next question and the reason: core question, ability, budget. Read-only.",
    arguments=GetNextQuestionArguments,
    result=NextQuestion,
    run=get_next_question,
    changes=False,
)
