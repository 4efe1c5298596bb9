"""The adaptive block of a plan for one session: the grades that count, the item pool and the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from interview.measurement.adaptive import (
    AbilityUpdate,
    ItemChoice,
    PoolItem,
    ScoredItem,
    StopDecision,
    choose_item,
    estimate,
    stop_decision,
    update_ability,
)
from interview.measurement.item_model import is_graded, parameters
from interview.plans.checks import eligible
from interview.plans.plan import InterviewPlan, PhasePlan
from interview.plans.questions import Ungraded
from interview.sessions.session import Ability, GradeRecord, SessionState

#: The minimum weight of an uncertain grade.
MIN_WEIGHT = 0.25


class BlockStep(Struct, frozen=True):
    """The block's next step: an item, or the reason to end it (``choice`` is None)."""

    choice: ItemChoice | None
    rationale: str


def scored_items(plan: InterviewPlan, grades: Sequence[GradeRecord], skills: Collection[str]) -> list[ScoredItem]:
    """The graded answers that bear on ``skills``, in grading order.

    The standing grade of each question counts once, weighted by its confidence. Ungraded questions (openers, closings)
    do not count.
    """
    items: list[ScoredItem] = []
    for record in grades:
        question = plan.by_id.get(record.question_id)
        if question is None or question.skill not in skills or isinstance(question.grader, Ungraded):
            continue
        items.append(
            ScoredItem(
                difficulty=parameters(question, plan.adaptive.model),
                score=min(1.0, max(0.0, record.grade.score)),
                weight=min(1.0, max(MIN_WEIGHT, record.grade.confidence)),
                graded=is_graded(question, plan.adaptive.model),
            )
        )
    return items


def ability_after(plan: InterviewPlan, grades: Sequence[GradeRecord], skill: str) -> AbilityUpdate:
    """The ability on ``skill`` from the standing grades."""
    return update_ability(skill, scored_items(plan, grades, (skill,)))


def composite_abilities(plan: InterviewPlan, grades: Sequence[GradeRecord]) -> dict[str, Ability]:
    """The abilities of ``plan.composites``, each from all judged answers on its skills together."""
    judged = [record for record in grades if record.grade.is_judgement]
    return {name: estimate(scored_items(plan, judged, skills)) for name, skills in plan.composites.items()}


def block_pool(plan: InterviewPlan, phase: PhasePlan, state: SessionState) -> list[PoolItem]:
    """The items that the phase's adaptive block may still ask: eligible, not a core question of any phase, not asked
    yet."""
    core = {question_id for found in plan.phases for question_id in found.core}
    taken = core | {asked.question_id for asked in state.questions_asked}
    return [
        PoolItem(
            id=question.id,
            skill=question.skill,
            difficulty=parameters(question, plan.adaptive.model),
            answer_s=question.answer_s,
            graded=is_graded(question, plan.adaptive.model),
        )
        for question in plan.questions
        if question.id not in taken and eligible(question, phase)
    ]


def next_step(plan: InterviewPlan, phase: PhasePlan, state: SessionState, time_left_s: float) -> BlockStep:
    """The next adaptive question of ``phase``, or why there is none. ``time_left_s`` is the phase's remaining time.

    A plan with composites stops and chooses by their abilities, which rest on more answers than a skill's.
    """
    pool = block_pool(plan, phase, state)
    asked_here = [asked for asked in state.questions_asked if asked.phase == phase.name and not asked.core]
    composites = composite_abilities(plan, state.grades)
    measured: Mapping[str, Ability] = composites or state.abilities
    composite_of = {skill: name for name, skills in plan.composites.items() for skill in skills}
    stop: StopDecision = stop_decision(
        [replace(item, skill=composite_of.get(item.skill, item.skill)) for item in pool],
        measured,
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
        {skill: composites[name] for skill, name in composite_of.items()} or state.abilities,
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
