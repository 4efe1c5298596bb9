"""``record_outcome``: record the outcome of the exchange about a question."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext, asked_question
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload, ReflectionNoted
from interview.sessions.session import Insight, SessionState

OutcomeKind = Literal["answered", "partial", "skipped", "unclear", "refused", "technical_problem"]


class RecordOutcomeArguments(Arguments):
    question_id: str | None = Field(None, description="A question asked in this interview; default: the current one.")
    outcome: OutcomeKind = Field(description="How the exchange about the question ended.")
    note: str = Field("", description="A remark for the report; recorded, never scored.", max_length=500)


class Outcome(Result):
    question_id: str
    outcome: OutcomeKind
    score: float | None = Field(description="The standing grade's score, null while there is none.")
    follow_ups: int
    clarifications: int
    hints: int
    skipped: bool = False
    probe_because: str = ""


async def record_outcome(context: ToolContext, arguments: RecordOutcomeArguments) -> Outcome:
    def change(state: SessionState, _plan: InterviewPlan) -> tuple[Outcome, list[AnyPayload]]:
        asked = asked_question(state, arguments.question_id)
        scores = [record.grade.score for record in state.grades if record.question_id == asked.question_id]
        outcome = Outcome(
            question_id=asked.question_id,
            outcome=arguments.outcome,
            score=scores[-1] if scores else None,
            follow_ups=asked.follow_ups,
            clarifications=asked.clarifications,
            hints=asked.hints,
            skipped=asked.skipped,
        )
        remark = f"{asked.question_id} {arguments.outcome.replace('_', ' ')}"
        note = f"{remark}: {arguments.note}" if arguments.note else remark
        insight = Insight(text=note, turn=state.turn_number, kind="outcome")
        return outcome, [ReflectionNoted(turn=state.turn_number, insights=(insight,))]

    return await context.amend(
        arguments.interview_id, TOOL.name, arguments.model_dump(mode="json", exclude={"note"}), change
    )


TOOL = Tool(
    name="record_outcome",
    description="Record how the exchange about a question ended, with a remark for the report. Never scored.",
    arguments=RecordOutcomeArguments,
    result=Outcome,
    run=record_outcome,
)
