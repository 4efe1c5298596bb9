"""Which question of an adaptive block comes next: nearest in difficulty to the ability, least-asked skill first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from interview.plans import InterviewPlan, PhasePlan
from interview.questions import Question
from interview.session import Ability, SessionState


class ItemChoice(Struct, frozen=True):
    """``question`` None: nothing of the pool is worth asking; ``rationale`` says why either way."""

    question: Question | None
    rationale: str


def choose_item(
    pool: Sequence[Question], state: SessionState, plan: InterviewPlan, phase: PhasePlan, *, seed: int
) -> ItemChoice:
    """The next question of ``phase`` out of ``pool``."""
    if not pool:
        return ItemChoice(question=None, rationale="no question is left that fits")
    times_asked = Counter(found.skill for found in state.questions_asked)
    weights = plan.skills

    def rank(question: Question) -> tuple[float, float, str]:
        theta = state.abilities.get(question.skill, Ability()).theta
        share = times_asked[question.skill] / max(weights.get(question.skill, 1.0), 1e-6)
        return (share, abs(question.difficulty.b - theta), question.id)

    best = min(pool, key=rank)
    theta = state.abilities.get(best.skill, Ability()).theta
    return ItemChoice(
        question=best,
        rationale=f"{best.skill} is covered least; difficulty {best.difficulty.b:+.1f} is near ability {theta:+.1f}",
    )
