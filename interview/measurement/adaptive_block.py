"""The adaptive block of a plan for one session: the grades that count, the item pool and the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from interview.measurement.adaptive import (
    AbilityUpdate,
    ItemChoice,
    PoolItem,
    ScoredItem,
    StopDecision,
    choose_item,
    stop_decision,
    update_ability,
)
from interview.plans.checks import eligible
from interview.plans.plan import InterviewPlan, PhasePlan
from interview.plans.questions import Ungraded
from interview.sessions.session import GradeRecord, SessionState

#: The minimum weight of an uncertain grade.
MIN_WEIGHT = 0.25


class BlockStep(Struct, frozen=True):
    """The block's next step: an item, or the reason to end it (``choice`` is None)."""

    choice: ItemChoice | None
    rationale: str


def scored_items(plan: InterviewPlan, grades: Sequence[GradeRecord], skill: str) -> list[ScoredItem]:
    """The graded answers that bear on ``skill``, in grading order.

    The standing grade of each question counts once, weighted by its confidence. Ungraded questions (openers, closings)
    do not count.
    """
    items: list[ScoredItem] = []
    for record in grades:
        question = plan.by_id.get(record.question_id)
        if question is None or question.skill != skill or isinstance(question.grader, Ungraded):
            continue
        weight = min(1.0, max(MIN_WEIGHT, record.grade.confidence))
        score = min(1.0, max(0.0, record.grade.score))
        items.append(ScoredItem(difficulty=question.difficulty, score=score, weight=weight))
    return items


def ability_after(plan: InterviewPlan, grades: Sequence[GradeRecord], skill: str) -> AbilityUpdate:
    """The ability on ``skill`` from the standing grades."""
    return update_ability(skill, scored_items(plan, grades, skill))


def block_pool(plan: InterviewPlan, phase: PhasePlan, state: SessionState) -> list[PoolItem]:
    """The items that the phase's adaptive block may still ask: eligible, not a core question of any phase, not asked
    yet."""
    core = {question_id for found in plan.phases for question_id in found.core}
    taken = core | {asked.question_id for asked in state.questions_asked}
    return [
        PoolItem(id=question.id, skill=question.skill, difficulty=question.difficulty, answer_s=question.answer_s)
        for question in plan.questions
        if question.id not in taken and eligible(question, phase)
    ]


def next_step(plan: InterviewPlan, phase: PhasePlan, state: SessionState, time_left_s: float) -> BlockStep:
    """The next adaptive question of ``phase``, or why there is none. ``time_left_s`` is the phase's remaining time."""
    pool = block_pool(plan, phase, state)
    asked_here = [asked for asked in state.questions_asked if asked.phase == phase.name and not asked.core]
    stop: StopDecision = stop_decision(
        pool,
        state.abilities,
        asked=len(asked_here),
        budget=phase.adaptive,
        time_left_s=time_left_s,
        stop_se=plan.adaptive.stop_se,
    )
    if stop.stop:
        return BlockStep(None, stop.rationale)
    # Skip items that would exceed the remaining time.
    fitting = [item for item in pool if item.answer_s <= time_left_s]
    graded = (asked for asked in state.questions_asked if not _ungraded(plan, asked.question_id))
    choice = choose_item(
        fitting,
        state.abilities,
        plan.skills,
        Counter(asked.skill for asked in graded),
        seed=state.interview_id,
        randomesque=plan.adaptive.randomesque,
        stop_se=plan.adaptive.stop_se,
    )
    return BlockStep(choice, choice.rationale if choice else stop.rationale)


def _ungraded(plan: InterviewPlan, question_id: str) -> bool:
    question = plan.by_id.get(question_id)
    return question is None or isinstance(question.grader, Ungraded)
