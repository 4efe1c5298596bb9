"""Agreement of graders with people: quadratic weighted κ, mean absolute error, confusion, by question and grader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from interview.grades import LEVELS, level_of

#: From the lowest level to the highest.
ORDER: tuple[str, ...] = tuple(name for _floor, name in reversed(LEVELS))
_SCORE_OF = {"strong": 1.0, "good": 0.75, "partial": 0.5, "weak": 0.25, "missing": 0.0}


class Comparison(Struct, frozen=True):
    """One answer: a human score and the grader's, both in [0, 1]."""

    question_id: str
    grader: str
    label: float
    score: float
    needs_review: bool = False


class Agreement(Struct, frozen=True):
    """``kappa`` is None when either side gives only one level: agreement beyond chance is then undefined.

    ``confusion`` maps a human level to the grader's level counts. ``bias`` is the mean of score - label.
    """

    name: str
    answers: int
    kappa: float | None
    mean_absolute_error: float
    bias: float
    exact_level: float
    review_share: float
    confusion: dict[str, dict[str, int]]


class Calibration(Struct, frozen=True):
    overall: Agreement
    graders: tuple[Agreement, ...]
    questions: tuple[Agreement, ...]


def label_score(score: float | None, level: str) -> float | None:
    """A label as a score; a level word counts as the middle of its range. None without a label."""
    return score if score is not None else _SCORE_OF.get(level)


def calibrate(comparisons: Sequence[Comparison]) -> Calibration:
    """Raises ValueError without any comparison."""
    if not comparisons:
        raise ValueError("There is nothing to compare.")
    return Calibration(
        overall=agreement("overall", comparisons),
        graders=_each(comparisons, lambda one: one.grader),
        questions=_each(comparisons, lambda one: one.question_id),
    )


def _each(comparisons: Sequence[Comparison], key: Callable[[Comparison], str]) -> tuple[Agreement, ...]:
    names = sorted({key(one) for one in comparisons})
    return tuple(agreement(name, [one for one in comparisons if key(one) == name]) for name in names)


def agreement(name: str, comparisons: Sequence[Comparison]) -> Agreement:
    count = len(comparisons)
    pairs = [(level_of(one.label), level_of(one.score)) for one in comparisons]
    errors = [one.score - one.label for one in comparisons]
    confusion: dict[str, dict[str, int]] = {}
    for (label, given), times in Counter(pairs).items():
        confusion.setdefault(label, {})[given] = times
    return Agreement(
        name=name,
        answers=count,
        kappa=weighted_kappa(pairs),
        mean_absolute_error=sum(map(abs, errors)) / count,
        bias=sum(errors) / count,
        exact_level=sum(label == given for label, given in pairs) / count,
        review_share=sum(one.needs_review for one in comparisons) / count,
        confusion=confusion,
    )


def weighted_kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's κ with quadratic weights over the five levels (Cohen 1968); None when it is undefined."""
    places = [(ORDER.index(label), ORDER.index(given)) for label, given in pairs]
    count = len(places)
    if count == 0:
        return None
    span = (len(ORDER) - 1) ** 2
    observed = sum((one - other) ** 2 for one, other in places) / span / count
    labels, givens = Counter(one for one, _ in places), Counter(other for _, other in places)
    expected = (
        sum(labels[one] * givens[other] * (one - other) ** 2 for one in labels for other in givens) / span / count**2
    )
    if expected == 0:
        return None
    return 1.0 - observed / expected
