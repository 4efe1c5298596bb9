"""Findings: how much of a key point an answer makes, and where."""

from __future__ import annotations

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.passages import Passage
from interview.plans.questions import KeyPoint


class Finding(Struct, frozen=True):
    """``credit``: in [0, 1]. ``by_meaning``: the point was sought by meaning. ``against``: the passage denies it.

    ``alignment``: of the passage with the point, in [-1, 1]; 0 unless sought by meaning. ``unasserted``: the passage
    has the point's words, but probably does not assert it.
    """

    point: KeyPoint
    credit: float
    passage: Passage | None
    by_meaning: bool = False
    against: bool = False
    alignment: float = 0.0
    unasserted: bool = False


def wordings(point: KeyPoint) -> tuple[str, ...]:
    """The point's text and variants, and either side of an "or" between two ways to make it."""
    sides = [side for text in (point.text, *point.variants) if text.count(" or ") == 1 for side in text.split(" or ")]
    ways = [side for side in sides if len(answer_text.content_words(side)) > 2]
    return (point.text, *point.variants, *ways)
