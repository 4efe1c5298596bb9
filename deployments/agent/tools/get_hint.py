"""``get_hint``: the next hint for the current question, within the budget and at its cost."""

from __future__ import annotations

import secrets

from pydantic import Field

from deployments.agent.contract import HintRequest
from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext
from interview.limits import MAX_KEY_CHARS


class GetHintArguments(Arguments):
    idempotency_key: str | None = Field(
        None,
        description="The same key returns the same hint again; without one, every call gives the next.",
        min_length=1,
        max_length=MAX_KEY_CHARS,
    )


class HintResult(Result):
    text: str
    question_id: str | None
    hints_left: int


async def get_hint(context: ToolContext, arguments: GetHintArguments) -> HintResult:
    reply = await context.steps.hint(
        HintRequest(
            tenant=context.tenant,
            interview_id=arguments.interview_id,
            idempotency_key=arguments.idempotency_key or f"tool-{secrets.token_hex(8)}",
            voice=False,
        )
    )
    said = reply.body.interviewer_response
    return HintResult(
        text=said.text,
        question_id=said.question.question_id if said.question else None,
        hints_left=said.hints_left,
    )


TOOL = Tool(
    name="get_hint",
    description="Give the next hint for the current question. It counts against the hint budget and costs score.",
    arguments=GetHintArguments,
    result=HintResult,
    run=get_hint,
)
