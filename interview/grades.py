"""Grades: a score with its confidence, its reasons and the candidate's own words it rests on."""

from __future__ import annotations

from msgspec import Struct


class Evidence(Struct, frozen=True):
    """A verbatim quote from the answer; ``start``/``end`` are its character offsets there."""

    quote: str
    start: int = -1
    end: int = -1
    supports: str = ""


class CriterionGrade(Struct, frozen=True):
    """One rubric criterion: the level reached, its score in [0, 1] and the quote that shows it."""

    criterion: str
    level: int
    score: float
    quote: str = ""
    rationale: str = ""
    spread: float = 0.0


class Grade(Struct, frozen=True):
    """How an answer did.

    ``score`` and ``confidence`` lie in [0, 1]. ``level`` is a word for people (``strong``, ``partial``, …).
    ``needs_review`` asks a person to look, and ``review_reason`` says why. ``provisional`` marks a grade that a
    background grader will replace. ``hint_cost`` is what hints took off ``score``. ``prompt`` names the prompt and its
    version when a model judged.
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
