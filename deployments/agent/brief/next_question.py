"""Chooses the plan's next question without a model: core questions in order, then adaptive ones, within budgets.

A phase's time budget limits only its adaptive block. The core block makes candidates comparable, so only the whole
interview's time budget limits it.
"""

from __future__ import annotations

from datetime import datetime

from deployments.agent.brief.interviewer import NextStep
from interview.measurement.adaptive_block import next_step as next_adaptive
from interview.plans.plan import InterviewPlan, PhasePlan
from interview.sessions.session import SessionState


def time_left_s(state: SessionState, plan: InterviewPlan, now: datetime) -> float:
    """Seconds left of the plan's whole budget with the extra time that was granted, at least 0."""
    return max(0.0, plan.time_budget_s + state.extra_time_s - state.elapsed_s(now))


def next_step(state: SessionState, plan: InterviewPlan, now: datetime) -> NextStep:
    """The question after the current one (of a new session: the first), or the end of the plan and why."""
    left_s = time_left_s(state, plan, now)
    if left_s <= 0:
        budget_s = plan.time_budget_s + state.extra_time_s
        return _end(plan, f"the time budget of {budget_s:g} s is used up", by_budget=True)
    for found in reversed(state.questions_asked[:-1]):
        if found.interrupted:
            why = "back to the question that the candidate left for an earlier one"
            return NextStep(plan.by_id[found.question_id], found.phase, found.core, why)
    asked = frozenset(found.question_id for found in state.questions_asked)
    passed: list[str] = []
    phase: PhasePlan | None = plan.phase(state.current_phase)
    while phase is not None:
        for number, question_id in enumerate(phase.core, start=1):
            if question_id not in asked:
                why = f"core question {number} of {len(phase.core)} of the {phase.name} phase"
                return NextStep(
                    question=plan.by_id[question_id],
                    phase=phase.name,
                    core=True,
                    rationale="; ".join([*passed, why]),
                )
        if phase.adaptive:
            block = next_adaptive(plan, phase, state, min(left_s, _phase_left_s(plan, phase, state, now)))
            if block.choice is not None:
                return NextStep(
                    question=plan.by_id[block.choice.item_id],
                    phase=phase.name,
                    core=False,
                    rationale="; ".join([*passed, block.rationale]),
                )
            passed.append(f"{phase.name} phase: {block.rationale.rstrip('.')}")
        phase = plan.phase_after(phase.name)
    return _end(plan, "; ".join([*passed, "every phase of the plan is done"]))


def questions_left(state: SessionState, plan: InterviewPlan) -> tuple[int, int]:
    """The minimum and maximum number of questions after the current one, ignoring the time budget."""
    asked = {found.question_id for found in state.questions_asked}
    names = [phase.name for phase in plan.phases]
    fewest = sum(found.interrupted for found in state.questions_asked[:-1])
    most = fewest
    for phase in plan.phases[names.index(plan.phase(state.current_phase).name) :]:
        core = sum(question_id not in asked for question_id in phase.core)
        used = sum(found.phase == phase.name and not found.core for found in state.questions_asked)
        fewest += core
        most += core + max(0, phase.adaptive - used)
    return fewest, most


def _phase_left_s(plan: InterviewPlan, phase: PhasePlan, state: SessionState, now: datetime) -> float:
    """Extra time is shared among the phases by their budgets."""
    budget_s = phase.time_budget_s * (1 + state.extra_time_s / plan.time_budget_s)
    if phase.name != state.current_phase or state.phase_started_at is None:
        return budget_s
    until = now if state.paused_at is None else min(now, state.paused_at)
    return max(0.0, budget_s - (until - state.phase_started_at).total_seconds())


def _end(plan: InterviewPlan, why: str, *, by_budget: bool = False) -> NextStep:
    return NextStep(question=None, phase=plan.phases[-1].name, core=False, rationale=why, by_budget=by_budget)
