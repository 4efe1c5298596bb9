"""Builds the events of a reviewer's override: the new grade and the ability that follows. Pure."""

from __future__ import annotations

from interview.errors import InvalidInput
from interview.grades import Grade, level_of
from interview.measurement.adaptive_block import ability_after
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload, DifficultyUpdated, GradeRecorded
from interview.sessions.session import GradeRecord, SessionState

#: The grader recorded for such a grade.
HUMAN = "human"


def override(
    state: SessionState, plan: InterviewPlan, question_id: str, *, score: float, author: str, reason: str
) -> tuple[AnyPayload, ...]:
    """The reviewer's grade, and the skill's ability with it. The log keeps the replaced grade.

    ``score`` lies in [0, 1].

    Raises:

        InvalidInput: the question was not asked in this interview.
    """
    asked = next((found for found in state.questions_asked if found.question_id == question_id), None)
    if asked is None:
        raise InvalidInput(
            "That question was not asked in this interview.",
            detail={"fields": {"question_id": "was not asked in this interview"}},
        )
    standing = next((found for found in state.grades if found.question_id == question_id), None)
    grade = Grade(
        score=score,
        level=level_of(score),
        confidence=1.0,
        rationale=reason,
        grader=HUMAN,
        evidence=standing.grade.evidence if standing else (),
    )
    turn = standing.turn if standing else asked.turn
    recorded = GradeRecorded(
        turn=turn, question_id=question_id, grade=grade, source="override", author=author, reason=reason
    )
    if question_id not in plan.by_id:
        return (recorded,)
    others = [found for found in state.grades if found.question_id != question_id]
    judged = [found for found in others if found.grade.is_judgement]
    update = ability_after(plan, [*judged, GradeRecord(question_id, turn, grade, "override")], asked.skill)
    moved = DifficultyUpdated(
        turn=turn,
        skill=asked.skill,
        theta=update.ability.theta,
        standard_error=update.ability.standard_error,
        items=update.ability.items,
        next_b=update.next_b,
        rationale=update.rationale,
    )
    return (recorded, moved)
