"""Step 3 of a turn, assess: the answer, its grade, whether to probe, and the next question."""

from __future__ import annotations

from msgspec.structs import replace

from deployments.agent.brief.interviewer import Observation, TurnBrief
from deployments.agent.brief.next_question import time_left_s
from deployments.agent.journal.reply import hints_left
from deployments.agent.turn import turn_tools
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.observe import understood
from deployments.agent.turn.probing import probe_for
from deployments.agent.turn.runtime import Runtime
from interview.sessions.hearing import follow_ups_heard
from interview.sessions.session import ActionType


async def assess(runtime: Runtime, exchange: Exchange) -> TurnBrief:
    """Run the turn's tools on the pending answer; each call is an event of the log."""
    plan, asked, question = exchange.plan, exchange.asked, exchange.question
    state, config = exchange.ledger.state, runtime.config
    hint_open = hints_left(state, plan) > 0
    said = understood(state, exchange.pending, asked, plan, hint_open=hint_open, config=config)
    exchange.whole_answer, observation = said.whole, said.observation
    graded = await turn_tools.grade_answer(runtime.ports.grading, exchange, said)
    if graded == "unformed":
        observation, grade = replace(observation, heard="unformed"), None
    else:
        grade = graded
    put = follow_ups_heard(state, asked)
    probe = probe_for(
        question,
        put,
        said.answer.text if observation.heard == "answer" and not exchange.went_back else "",
        grade,
        resume_years=state.settings.resume_years,
        language=state.language,
        config=config,
    )
    now = runtime.clock.now()
    step = turn_tools.get_next_question(exchange, observation, grade, probe.because, now)
    return TurnBrief(
        state=exchange.ledger.state,
        plan=plan,
        turn=exchange.pending.turn,
        now=now,
        observation=observation,
        asked=asked,
        question=question,
        answer=said.answer.text,
        grade=grade,
        next_step=step,
        open_actions=_open_actions(
            observation,
            has_next=step.question is not None,
            may_follow_up=bool(probe.question)
            and (probe.for_all or put < len(question.probes) + plan.max_follow_ups)
            and not step.by_budget,
            hint_open=hint_open,
        ),
        seed=state.settings.seed,
        time_left_s=time_left_s(state, plan, now),
        follow_up=probe.question,
        probe_because=probe.because,
        probe_for_all=probe.for_all,
        prepared=exchange.work.prepared,
    )


def _open_actions(
    observation: Observation, *, has_next: bool, may_follow_up: bool, hint_open: bool
) -> frozenset[ActionType]:
    """The actions that the rules allow now; ``observe.bounded`` has limited repeated requests before."""
    actions: set[ActionType] = {"clarify"}
    if may_follow_up and observation.heard == "answer":
        actions.add("ask_followup")
    if hint_open:
        actions.add("give_hint")
    if has_next:
        actions.add("new_question")
    if not has_next or observation.heard == "end":
        actions.add("conclude")
    return frozenset(actions)
