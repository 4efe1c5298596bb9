"""Copies plans with a unique canary word in every secret: a spoken canary proves a leak."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from msgspec.structs import replace

from interview.plans.plan import InterviewPlan
from interview.plans.questions import (
    AnyGrader,
    Exact,
    Formula,
    MultipleChoice,
    MultiSelect,
    Numeric,
    Ordered,
    Question,
    ReferenceAnswers,
    RubricGrading,
    ShortText,
    Symbolic,
    Ungraded,
)

#: No word in any of the plans' languages begins like this.
_PREFIX = "zqx"

Mark = Callable[[str, str], str]


class Planted:
    """``plan`` is the marked copy; ``places`` maps each canary to its place."""

    def __init__(self, plan: InterviewPlan, seed: str) -> None:
        self._seed = seed
        self.places: dict[str, str] = {}
        self.plan = replace(plan, questions=tuple(self._marked(question) for question in plan.questions))

    def found_in(self, text: str) -> list[str]:
        """The places of the canaries in ``text``."""
        lowered = text.lower()
        if _PREFIX not in lowered:
            return []
        return [place for token, place in self.places.items() if token in lowered]

    def _mark(self, text: str, place: str) -> str:
        token = f"{_PREFIX}{hashlib.sha256(f'{self._seed}/{place}'.encode()).hexdigest()[:10]}"
        self.places[token] = place
        return f"{text} {token}"

    def _marked(self, question: Question) -> Question:
        def mark(text: str, place: str) -> str:
            return self._mark(text, f"{question.id}: {place}")

        key_points = tuple(
            replace(
                point,
                text=mark(point.text, f"key point {number}"),
                variants=tuple(
                    mark(text, f"key point {number}, variant {at}") for at, text in enumerate(point.variants)
                ),
            )
            for number, point in enumerate(question.key_points)
        )
        criteria = tuple(
            replace(
                criterion,
                levels=tuple(
                    replace(level, anchor=mark(level.anchor, f"{criterion.id}, level {level.level}"))
                    for level in criterion.levels
                ),
            )
            for criterion in question.criteria
        )
        reference = question.reference
        if reference is not None:
            reference = ReferenceAnswers(
                strong=mark(reference.strong, "strong reference"),
                average=mark(reference.average, "average reference"),
                weak=mark(reference.weak, "weak reference"),
            )
        return replace(
            question,
            key_points=key_points,
            criteria=criteria,
            reference=reference,
            grader=_marked_key(question.grader, mark),
        )


def _marked_key(grader: AnyGrader, mark: Mark) -> AnyGrader:
    """Marks text keys; numbers and option ids are searched for as they are."""
    match grader:
        case Exact() | ShortText():
            return replace(grader, accepted=tuple(mark(key, f"key {at}") for at, key in enumerate(grader.accepted)))
        case Ordered():
            return replace(grader, answer=tuple(mark(key, f"key {at}") for at, key in enumerate(grader.answer)))
        case Symbolic():
            return replace(grader, expression=mark(grader.expression, "key"))
        case Formula():
            return replace(grader, reference=mark(grader.reference, "key"))
        case MultipleChoice() | MultiSelect() | Numeric() | RubricGrading() | Ungraded():
            return grader
