"""Measures the effect of prompt injections: the same answers graded with and without them."""

from __future__ import annotations

from msgspec import Struct

from deployments.grading.contract import GradeRequest, Grading
from interview.plans.questions import Ungraded
from serve.simulation.stage import HeldInterview


class Lift(Struct, frozen=True):
    """One question's score with and without the orders in the answer. ``lexical``: graded by key-point coverage, which
    counts a key point's words, so an unrecognised order may gain score."""

    question_id: str
    lexical: bool
    with_orders: float
    without: float

    @property
    def change(self) -> float:
        return self.with_orders - self.without


async def lifts_of(held: HeldInterview, grading: Grading) -> list[Lift]:
    """One lift for each question whose answer had an order."""
    said: dict[str, list[tuple[str, str]]] = {}
    for response, answer in zip(held.responses, held.said, strict=False):
        if answer.text is not None:
            said.setdefault(response["question"]["question_id"], []).append((answer.text, answer.plain))
    found = []
    for question_id, answers in said.items():
        question = held.plan.by_id[question_id]
        if isinstance(question.grader, Ungraded) or all(text == plain for text, plain in answers):
            continue
        with_orders, without = [
            (
                await grading.grade(
                    GradeRequest(question=question, answer="\n".join(texts), language=held.plan.language)
                )
            ).score
            for texts in zip(*answers, strict=True)
        ]
        found.append(Lift(question_id, question.is_open, with_orders, without))
    return found


def worth_something(lifts: list[Lift]) -> list[str]:
    """Answers whose score an order changed, up or down, with any grader. There is no tolerance: orders are removed
    before grading."""
    return [
        f"an order changed the score of {lift.question_id} from {lift.without:g} to {lift.with_orders:g}"
        for lift in lifts
        if lift.change
    ]


class LiftSummary(Struct, frozen=True):
    """Over answers graded by key-point coverage; ``mean`` and ``most`` are signed changes of the score."""

    answers: int
    changed: int
    mean: float
    most: float


def summed_up(lifts: list[Lift]) -> LiftSummary:
    changes = [lift.change for lift in lifts if lift.lexical]
    most: float = max(changes, key=abs, default=0.0)
    return LiftSummary(
        answers=len(changes),
        changed=sum(change != 0 for change in changes),
        mean=round(sum(changes) / max(1, len(changes)), 4),
        most=round(most, 4),
    )
