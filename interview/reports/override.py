"""Builds the events of a reviewer's override: the new grade and the ability that follows. Pure."""

from __future__ import annotations

from interview.errors import Conflict, InvalidInput
from interview.grades import Grade, level_of
from interview.measurement.adaptive_block import ability_after
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnyPayload, DifficultyUpdated, GradeRecorded
from interview.sessions.session import GradeRecord, SessionState

#: The grader recorded for such a grade.
HUMAN = "human"


def override(
    state: SessionState,
    plan: InterviewPlan,
    question_id: str,
    *,
    score: float,
    author: str,
    reason: str,
    replaces: int | None = None,
) -> tuple[AnyPayload, ...]:
    """The reviewer's grade, and the skill's ability with it. The log keeps the replaced grade.

    ``score`` lies in [0, 1]. ``replaces`` is the ``seq`` of the grade that the reviewer saw, 0 for none; None replaces
    whichever stands.

    Raises:

        InvalidInput: the question was not asked in this interview.
        Conflict: another grade stands than the one that the reviewer saw.
    """
    asked = next((found for found in state.questions_asked if found.question_id == question_id), None)
    if asked is None:
        raise InvalidInput(
            "That question was not asked in this interview.",
            detail={"fields": {"question_id": "was not asked in this interview"}},
        )
    standing = next((found for found in state.grades if found.question_id == question_id), None)
    if replaces is not None and replaces != (standing.seq if standing else 0):
        raise Conflict(
            "Another grade was recorded since this page was loaded. Read it, then decide again.",
            detail={"standing": None if standing is None else _shown(standing)},
        )
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


def _shown(standing: GradeRecord) -> dict[str, object]:
    return {
        "score": standing.grade.score,
        "source": standing.source,
        "author": standing.author,
        "seq": standing.seq,
    }
