"""Step 5 of a turn, judge: a finished open answer is queued for the rubric judge."""

from __future__ import annotations

from deployments.agent.brief.interviewer import Decision, TurnBrief
from deployments.agent.turn import turn_tools
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.runtime import Runtime
from interview.errors import InterviewError
from interview.sessions.events import FallbackEntered


async def queue_judge(runtime: Runtime, exchange: Exchange, brief: TurnBrief, decision: Decision) -> None:
    """Queue a finished open answer for the rubric judge, before the commit, so that a crash cannot lose it."""
    leaves = decision.action.action_type in ("new_question", "conclude")
    if not (runtime.config.judge_open_answers and leaves and brief.answer and brief.question.is_open):
        return
    request = turn_tools.grade_request(brief.state, brief.asked, brief.question, exchange.whole_answer, brief.turn)
    if brief.question.id in exchange.work.judged:
        return
    try:
        with exchange.times.stage("judge"):
            await runtime.ports.grading.judge(request)
    except InterviewError as error:
        reason = f"The rubric grading could not be queued ({error.code}); the provisional grade stands."
        exchange.record(FallbackEntered(turn=brief.turn, tier="grading", to="provisional grade", reason=reason))
        return
    exchange.work.judged.add(brief.question.id)
