"""``get_session_context``: the context an interviewer needs to continue, without keys, rubrics or reference answers."""

from __future__ import annotations

from pydantic import Field

from deployments.agent.brief.next_question import time_left_s
from deployments.agent.journal.reply import hints_left
from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext
from deployments.agent.turn import observe


class GetSessionContextArguments(Arguments):
    recent_turns: int = Field(6, description="How many of the latest utterances to include.", ge=0, le=50)


class Utterance(Result):
    role: str
    content: str
    turn: int


class AbilityView(Result):
    theta: float
    standard_error: float
    items: int


class CurrentQuestion(Result):
    question_id: str
    question_type: str
    skill: str
    prompt: str
    answer_so_far: str
    follow_ups: int
    clarifications: int
    hints_left: int


class SessionContext(Result):
    interview_id: str
    status: str
    plan_title: str
    role: str
    phase: str
    turn_number: int
    questions_asked: int
    time_left_s: float
    language: str
    current_question: CurrentQuestion | None
    topics_covered: tuple[str, ...]
    insights: tuple[str, ...]
    abilities: dict[str, AbilityView]
    summary: str
    recent: tuple[Utterance, ...]
    documents: tuple[str, ...] = Field(description="The session's documents.")


async def get_session_context(context: ToolContext, arguments: GetSessionContextArguments) -> SessionContext:
    state, plan = await context.session(arguments.interview_id)
    asked = state.current_question
    current = None
    if asked is not None:
        answer = observe.answer_so_far(state, asked, plan.by_id[asked.question_id], config=context.runtime.config)
        current = CurrentQuestion(
            question_id=asked.question_id,
            question_type=asked.question_type,
            skill=asked.skill,
            prompt=plan.by_id[asked.question_id].prompt,
            answer_so_far=answer.text,
            follow_ups=asked.follow_ups,
            clarifications=asked.clarifications,
            hints_left=hints_left(state, plan),
        )
    recent = state.conversation_history[-arguments.recent_turns :] if arguments.recent_turns else ()
    return SessionContext(
        interview_id=state.interview_id,
        status=state.status,
        plan_title=plan.title,
        role=plan.role,
        phase=state.current_phase,
        turn_number=state.turn_number,
        questions_asked=len(state.questions_asked),
        time_left_s=round(time_left_s(state, plan, context.runtime.clock.now()), 1),
        language=state.language,
        current_question=current,
        topics_covered=state.topics_covered,
        insights=tuple(insight.text for insight in state.insights),
        abilities={
            skill: AbilityView(theta=found.theta, standard_error=found.standard_error, items=found.items)
            for skill, found in state.abilities.items()
        },
        summary=state.summary,
        recent=tuple(Utterance(role=said.role, content=said.content, turn=said.turn) for said in recent),
        documents=tuple(state.documents),
    )


TOOL = Tool(
    name="get_session_context",
    description="The interview's state: phase, question, answer so far, abilities, time left. Read-only.",
    arguments=GetSessionContextArguments,
    result=SessionContext,
    run=get_session_context,
    changes=False,
)
