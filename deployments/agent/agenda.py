"""What the plan holds next, decided without a model: core questions word for word, then adaptive ones, within budgets.

A phase's time budget cuts its adaptive block only: the core block is what makes candidates comparable, so nothing but
the whole interview's time budget cuts that.
"""

from __future__ import annotations

from datetime import datetime

from deployments.agent.interviewer import NextStep
from deployments.agent.item_choice import choose_item
from interview.plans import InterviewPlan, PhasePlan
from interview.questions import Question
from interview.session import SessionState


def time_left_s(state: SessionState, plan: InterviewPlan, now: datetime) -> float:
    """Seconds left of the plan's whole budget, at least 0."""
    return max(0.0, plan.time_budget_s - (now - state.started_at).total_seconds())


def first_step(plan: InterviewPlan) -> NextStep:
    """The first question of a new interview."""
    for phase in plan.phases:
        if phase.core:
            return NextStep(
                question=plan.by_id[phase.core[0]],
                phase=phase.name,
                core=True,
                rationale=f"first core question of the {phase.name} phase",
            )
        pool = _pool(plan, phase, asked=frozenset())
        if phase.adaptive and pool:
            return NextStep(question=pool[0], phase=phase.name, core=False, rationale="first question of the plan")
    return NextStep(question=None, phase=plan.phases[-1].name, core=False, rationale="the plan holds no question")


def next_step(state: SessionState, plan: InterviewPlan, now: datetime, *, seed: int) -> NextStep:
    """The question after the current one, or the end of the plan and why."""
    if time_left_s(state, plan, now) <= 0:
        return _end(plan, f"the time budget of {plan.time_budget_s:g} s is used up", by_budget=True)
    asked = frozenset(found.question_id for found in state.questions_asked)
    notes: list[str] = []
    phase: PhasePlan | None = plan.phase(state.current_phase)
    while phase is not None:
        step = _within(phase, state, plan, now, asked, seed, notes)
        if step is not None:
            return step
        phase = plan.phase_after(phase.name)
    return _end(plan, "; ".join([*notes, "every phase of the plan is done"]))


def _within(
    phase: PhasePlan,
    state: SessionState,
    plan: InterviewPlan,
    now: datetime,
    asked: frozenset[str],
    seed: int,
    notes: list[str],
) -> NextStep | None:
    why = "".join(f"{note}; " for note in notes)
    for number, question_id in enumerate(phase.core, start=1):
        if question_id not in asked:
            return NextStep(
                question=plan.by_id[question_id],
                phase=phase.name,
                core=True,
                rationale=f"{why}core question {number} of {len(phase.core)} of the {phase.name} phase",
            )
    done = sum(1 for found in state.questions_asked if found.phase == phase.name and not found.core)
    if done >= phase.adaptive:
        if phase.adaptive:
            notes.append(f"the {phase.name} phase's {phase.adaptive} adaptive questions are used up")
        return None
    if phase.name == state.current_phase and state.phase_started_at is not None:
        used_s = (now - state.phase_started_at).total_seconds()
        if used_s >= phase.time_budget_s:
            notes.append(f"the {phase.name} phase's {phase.time_budget_s:g} s are used up")
            return None
    choice = choose_item(_pool(plan, phase, asked), state, plan, phase, seed=seed)
    if choice.question is None:
        notes.append(f"{phase.name} phase: {choice.rationale}")
        return None
    return NextStep(question=choice.question, phase=phase.name, core=False, rationale=f"{why}{choice.rationale}")


def _pool(plan: InterviewPlan, phase: PhasePlan, asked: frozenset[str]) -> tuple[Question, ...]:
    """Questions the adaptive block of ``phase`` may draw from: nobody's core question, not yet asked."""
    core = {question_id for each in plan.phases for question_id in each.core}
    return tuple(
        question
        for question in plan.questions
        if question.id not in asked
        and question.id not in core
        and (not phase.types or question.type in phase.types)
        and (not phase.skills or question.skill in phase.skills)
    )


def _end(plan: InterviewPlan, why: str, *, by_budget: bool = False) -> NextStep:
    return NextStep(question=None, phase=plan.phases[-1].name, core=False, rationale=why, by_budget=by_budget)
