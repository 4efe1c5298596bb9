"""Combines the judge's grade with key-point coverage by meaning, and states how sure the result is.

Both estimate the grade that people would give, and their errors differ. The confidence is the probability that people's
mean grade differs from the score by at most 0.2, fitted by ``python -m benchmarks.judge --fit``.
"""

from __future__ import annotations

import math

from msgspec.structs import replace

from deployments.grading.graders.coverage.coverage import GRADER_BY_MEANING, GRADER_BY_OWN_ENCODER
from interview.grades import CriterionGrade, Grade, level_of

#: The part of a grade that coverage adds.
COVERAGE_PART = "key points by meaning"


def combined(judged: Grade, coverage: Grade, *, usable: float, share: float) -> Grade:
    """The weighted mean of both scores, ``share`` of it coverage's, if coverage is by meaning; else the judge's.

    ``usable``: the share of the requested samples that were usable, which bounds the confidence.
    """
    by_meaning = coverage.grader in (GRADER_BY_MEANING, GRADER_BY_OWN_ENCODER)
    spread = _spread(judged)
    if not by_meaning or not 0.0 < share < 1.0:
        return replace(judged, confidence=usable * confidence(judged.score, abs(judged.score - coverage.score), spread))
    score = (1.0 - share) * judged.score + share * coverage.score
    weight = sum(part.weight or 0.0 for part in judged.criteria) or 1.0
    part = CriterionGrade(
        criterion=COVERAGE_PART,
        level=round(2 * coverage.score),
        score=coverage.score,
        rationale=coverage.rationale.rstrip("."),
        weight=weight * share / (1.0 - share),
    )
    return replace(
        judged,
        score=score,
        level=level_of(score),
        confidence=usable * confidence(score, abs(judged.score - coverage.score), spread),
        rationale=f"{judged.rationale} By meaning: {coverage.rationale}",
        evidence=tuple(dict.fromkeys((*judged.evidence, *(coverage.evidence if coverage.score > 0 else ())))),
        criteria=(*judged.criteria, part),
    )


def _spread(judged: Grade) -> float:
    """The weighted mean over the items of the highest minus the lowest score among the samples."""
    weight = sum(part.weight or 0.0 for part in judged.criteria) or 1.0
    return sum((part.weight or 0.0) * part.spread for part in judged.criteria) / weight


def confidence(score: float, gap: float, spread: float) -> float:
    """A logistic regression over the score, the gap between judge and coverage, and the samples' spread."""
    return 1.0 / (1.0 + math.exp(-(_BIAS + _SCORE * score + _GAP * gap + _SPREAD * spread)))


_BIAS, _SCORE, _GAP, _SPREAD = 1.25, 0.88, -1.07, -0.37
