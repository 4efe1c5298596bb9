"""What the candidate said to one question, and which kind of sentence a summary may say of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from msgspec import Struct

from deployments.grading.synthesis.numbered_interview import Answered

#: What may be said of one question; a contradiction is about the whole interview.
TopicKind = Literal["strength", "gap", "achievement"]

#: A strength of an answer that was graded lower, or a gap of one that was graded higher, would contradict the report.
STRENGTH_FROM, ACHIEVEMENT_FROM, GAP_TO = 0.6, 0.5, 0.35
#: Topics of each kind in a summary, those with the clearest grades.
PER_KIND = 4


class Topic(Struct, frozen=True):
    """``score``: the question's standing grade, in [0, 1]; None: ungraded. ``story``: it asks for past work.

    ``missed``: the key points that the grade found nowhere in the answers.
    """

    question: str
    answers: tuple[Answered, ...]
    score: float | None = None
    story: bool = False
    missed: tuple[str, ...] = ()

    @property
    def kind(self) -> TopicKind | None:
        """None: the grade says neither well nor badly, or there is none."""
        if self.score is None:
            return None
        if self.score <= GAP_TO:
            return "gap"
        if self.story:
            return "achievement" if self.score >= ACHIEVEMENT_FROM else None
        return "strength" if self.score >= STRENGTH_FROM else None


def chosen(topics: Sequence[Topic]) -> list[tuple[Topic, TopicKind]]:
    """The topics that get a sentence, with its kind, in the order of the interview."""
    found = [(topic, kind) for topic in topics if (kind := topic.kind) is not None]
    by_kind = sorted(found, key=lambda one: one[1])
    kept: list[Topic] = []
    for _kind, group in groupby(by_kind, key=lambda one: one[1]):
        clearest = sorted(group, key=lambda one: -abs((one[0].score or 0.0) - 0.5))
        kept += [topic for topic, _ in clearest[:PER_KIND]]
    return [(topic, kind) for topic, kind in found if topic in kept]
