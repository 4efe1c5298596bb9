"""Builds grades and applies the rules common to all graders: hint costs, and confidence bounded by the transcript's."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from deployments.grading.graders import answer_text
from interview.grades import CriterionGrade, Evidence, Grade, level_of
from interview.text.dont_know import says_dont_know
from interview.text.machine_orders import without_orders


def mark(
    grader: str,
    score: float,
    rationale: str,
    *,
    confidence: float = 1.0,
    evidence: Sequence[Evidence] = (),
    review: str = "",
    provisional: bool = False,
    criteria: Sequence[CriterionGrade] = (),
    understood: bool = True,
) -> Grade:
    """A grade with its level; a ``review`` reason sets ``needs_review``."""
    score = min(1.0, max(0.0, score))
    return Grade(
        score=score,
        level=level_of(score),
        confidence=min(1.0, max(0.0, confidence)),
        rationale=rationale,
        grader=grader,
        evidence=tuple(evidence),
        needs_review=bool(review),
        review_reason=review,
        provisional=provisional,
        criteria=tuple(criteria),
        understood=understood,
    )


def no_answer(grader: str, answer: str, language: str = "en") -> Grade | None:
    """The zero grade of an empty answer or a "don't know", with or without orders to the grader; None for any other
    answer."""
    if answer_text.is_blank(answer):
        return mark(grader, 0.0, "No answer was given.", confidence=1.0)
    kept = " ".join(answer[start:end].strip() for start, end in without_orders(answer))
    said = says_dont_know(answer, language) if language != "en" else answer_text.is_non_answer(answer)
    if said or (kept != answer and answer_text.is_non_answer(kept)):
        return mark(
            grader,
            0.0,
            "The candidate said that they do not know, or passed.",
            confidence=0.95,
            evidence=[answer_text.whole(answer, "no answer")],
        )
    return None


def nonsense(grader: str, answer: str) -> Grade | None:
    """The zero grade of gibberish; None otherwise."""
    if not answer_text.is_gibberish(answer):
        return None
    return mark(
        grader,
        0.0,
        "The answer is not understandable text.",
        confidence=0.8,
        evidence=[answer_text.whole(answer, "not understandable")],
    )


def with_deductions(
    grade: Grade, *, hint_cost: float, transcript_confidence: float | None, review_below: float
) -> Grade:
    """The grade after the deductions common to all graders.

    ``hint_cost`` is deducted from the score (never below 0). A transcript's confidence bounds the grade's, and below
    ``review_below`` the grade needs review, because it rests on uncertain words.
    """
    taken = min(grade.score, max(0.0, hint_cost))
    score = grade.score - taken
    changes: dict[str, object] = {"score": score, "hint_cost": taken}
    if grade.level in LEVEL_WORDS:
        changes["level"] = level_of(score)
    if taken > 0:
        changes["rationale"] = f"{grade.rationale} Hints took {taken:.2g} off the score."
    if transcript_confidence is not None:
        bound = min(1.0, max(0.0, transcript_confidence))
        changes["confidence"] = min(grade.confidence, bound)
        if bound < review_below:
            unsure = f"The grade rests on unsure words (transcript confidence {bound:.2f})."
            changes["needs_review"] = True
            changes["review_reason"] = f"{grade.review_reason} {unsure}".strip()
    return replace(grade, **changes)


LEVEL_WORDS = frozenset({"strong", "good", "partial", "weak", "missing"})
