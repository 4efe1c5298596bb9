"""``grade_answer``: grade an answer to a question of the interview, without a language model."""

from __future__ import annotations

import msgspec
from pydantic import Field

from deployments.agent.tools.tool import Arguments, Result, Tool
from deployments.agent.tools.tool_context import ToolContext, asked_question
from deployments.agent.turn import observe, turn_tools
from interview.errors import InvalidInput
from interview.limits import MAX_ANSWER_CHARS


class GradeAnswerArguments(Arguments):
    question_id: str | None = Field(None, description="A question asked in this interview; default: the current one.")
    answer: str | None = Field(
        None,
        description="The answer; default: everything the candidate said to the question.",
        max_length=MAX_ANSWER_CHARS,
    )


class GradedEvidence(Result):
    quote: str
    start: int = -1
    end: int = -1
    supports: str = ""


class CriterionResult(Result):
    criterion: str
    level: int
    score: float
    quote: str = ""
    rationale: str = ""
    spread: float = 0.0


class GradeResult(Result):
    """``score`` and ``confidence`` lie in [0, 1]; ``provisional`` grades are replaced by the rubric judge."""

    score: float
    level: str
    confidence: float
    rationale: str
    grader: str
    evidence: tuple[GradedEvidence, ...] = ()
    needs_review: bool = False
    review_reason: str = ""
    provisional: bool = False
    criteria: tuple[CriterionResult, ...] = ()
    hint_cost: float = 0.0


async def grade_answer(context: ToolContext, arguments: GradeAnswerArguments) -> GradeResult:
    state, plan = await context.session(arguments.interview_id)
    asked = asked_question(state, arguments.question_id)
    question = plan.by_id[asked.question_id]
    if arguments.answer is None:
        answer = observe.answer_so_far(state, asked, question, config=context.runtime.config)
    else:
        answer = observe.Answer(arguments.answer)
    if not answer.text.strip():
        raise InvalidInput("There is no answer to grade yet.", detail={"fields": {"answer": "empty"}})
    request = turn_tools.grade_request(state, asked, question, answer, state.turn_number)
    grade = await context.runtime.ports.grading.grade(request)
    return GradeResult.model_validate(msgspec.to_builtins(grade))


TOOL = Tool(
    name="grade_answer",
    description=(
        "Grade an answer now with its question's own grader, with rationale and quoted evidence. Read-only: "
        "answers given in turns are graded and recorded by the turn."
    ),
    arguments=GradeAnswerArguments,
    result=GradeResult,
    run=grade_answer,
    changes=False,
)
