"""Grades: a score with its confidence, rationale and verbatim evidence."""

from __future__ import annotations

from msgspec import Struct


class Evidence(Struct, frozen=True):
    """A verbatim quote from the answer; ``start``/``end`` are its character offsets there."""

    quote: str
    start: int = -1
    end: int = -1
    supports: str = ""


class CriterionGrade(Struct, frozen=True):
    """One part of a grade, a rubric criterion or a key point: its level, its score in [0, 1], the supporting quote.

    The grade's score, before hints, is the mean of its parts' scores by ``weight``; None in logs of earlier releases.
    """

    criterion: str
    level: int
    score: float
    quote: str = ""
    rationale: str = ""
    spread: float = 0.0
    weight: float | None = None


#: ``Grade.grader`` of a question that is not scored by design: an opener, a closing.
NOT_SCORED = "not scored"
#: ``Grade.grader`` when the graders could not be reached: a person, or a later run, must grade the answer.
UNAVAILABLE = "unavailable"
#: Older event logs record both cases as this one word.
_NO_JUDGEMENT = frozenset({NOT_SCORED, UNAVAILABLE, "none"})


class Grade(Struct, frozen=True):
    """The grade of one answer.

    ``score`` and ``confidence`` lie in [0, 1]. ``level`` is a word for people (``strong``, ``partial``, …).
    ``needs_review`` asks for a human review, and ``review_reason`` says why. ``provisional`` marks a grade that a
    background grader will replace. ``hint_cost`` is the deduction for hints already applied to ``score``. ``prompt``
    names the prompt and its version when a model judged. ``understood`` is false when the answer holds nothing of the
    required form: no formula, no number, no option.
    """

    score: float
    level: str
    confidence: float
    rationale: str
    grader: str
    evidence: tuple[Evidence, ...] = ()
    needs_review: bool = False
    review_reason: str = ""
    provisional: bool = False
    criteria: tuple[CriterionGrade, ...] = ()
    hint_cost: float = 0.0
    prompt: str = ""
    understood: bool = True

    @property
    def is_judgement(self) -> bool:
        """Whether the score reflects the answer's content. Averages and ability estimates skip grades that do not."""
        return self.grader not in _NO_JUDGEMENT


LEVELS: tuple[tuple[float, str], ...] = (
    (0.85, "strong"),
    (0.65, "good"),
    (0.4, "partial"),
    (0.15, "weak"),
    (0.0, "missing"),
)


def level_of(score: float) -> str:
    """The word for a score: strong ≥ 0.85, good ≥ 0.65, partial ≥ 0.4, weak ≥ 0.15, else missing."""
    for floor, name in LEVELS:
        if score >= floor:
            return name
    return LEVELS[-1][1]
