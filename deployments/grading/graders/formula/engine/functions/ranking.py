"""Order statistics: the k-th value, percentiles, quartiles, ranks, frequencies."""

from __future__ import annotations

import math
from collections.abc import Callable

from deployments.grading.graders.formula.engine.functions.aggregate import numbers
from deployments.grading.graders.formula.engine.registry import Context, whole
from deployments.grading.graders.formula.engine.values import Array, Operand, fail


def _ordered(context: Context, operand: Operand) -> list[float]:
    return sorted(numbers(context, [operand]))


@whole("LARGE", "r n")
def large(context: Context, operand: Operand, k: float) -> float:
    values, place = _ordered(context, operand), math.ceil(k)
    return values[-place] if 1 <= place <= len(values) else fail("#NUM!")


@whole("SMALL", "r n")
def small(context: Context, operand: Operand, k: float) -> float:
    values, place = _ordered(context, operand), math.ceil(k)
    return values[place - 1] if 1 <= place <= len(values) else fail("#NUM!")


def inclusive(values: list[float], share: float) -> float:
    """The percentile by interpolation between the smallest (0) and the largest (1)."""
    if not values or not 0 <= share <= 1:
        fail("#NUM!")
    return _between(values, share * (len(values) - 1))


def exclusive(values: list[float], share: float) -> float:
    place = share * (len(values) + 1) - 1
    return _between(values, place) if values and 0 <= place <= len(values) - 1 else fail("#NUM!")


def _between(values: list[float], place: float) -> float:
    low = min(math.floor(place + 1e-12), len(values) - 1)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def _percentile(of: Callable[[list[float], float], float]) -> Callable[..., float]:
    return lambda context, operand, share: of(_ordered(context, operand), share)


def _quartile(of: Callable[[list[float], float], float], least: int, most: int) -> Callable[..., float]:
    def function(context: Context, operand: Operand, quarter: int) -> float:
        return of(_ordered(context, operand), quarter / 4) if least <= quarter <= most else fail("#NUM!")

    return function


whole("PERCENTILE PERCENTILE.INC", "r n")(_percentile(inclusive))
whole("PERCENTILE.EXC", "r n")(_percentile(exclusive))
whole("QUARTILE QUARTILE.INC", "r i")(_quartile(inclusive, 0, 4))
whole("QUARTILE.EXC", "r i")(_quartile(exclusive, 1, 3))


def _place(context: Context, value: float, operand: Operand, ascending: bool) -> tuple[int, int]:
    """The 1-based rank of a value, and how many share it."""
    values = _ordered(context, operand)
    equal = values.count(value)
    if not equal:
        fail("#N/A")
    before = sum(one < value if ascending else one > value for one in values)
    return before + 1, equal


@whole("RANK RANK.EQ", "n r b?")
def rank_eq(context: Context, value: float, operand: Operand, ascending: bool = False) -> float:
    return float(_place(context, value, operand, ascending)[0])


@whole("RANK.AVG", "n r b?")
def rank_avg(context: Context, value: float, operand: Operand, ascending: bool = False) -> float:
    place, equal = _place(context, value, operand, ascending)
    return place + (equal - 1) / 2


def _share(context: Context, operand: Operand, value: float, inclusive_: bool) -> float:
    values = _ordered(context, operand)
    if not values or not values[0] <= value <= values[-1]:
        fail("#N/A")
    below = sum(one < value for one in values)
    if value not in values:
        low, high = values[below - 1], values[below]
        below += (value - low) / (high - low) - 1  # type: ignore[assignment]
    if inclusive_:
        return below / (len(values) - 1) if len(values) > 1 else 1.0
    return (below + 1) / (len(values) + 1)


def _cut(share: float, digits: int) -> float:
    scale = math.pow(10, digits)
    return math.floor(share * scale + 1e-9) / scale


@whole("PERCENTRANK PERCENTRANK.INC", "r n i?")
def percent_rank(context: Context, operand: Operand, value: float, digits: int = 3) -> float:
    return _cut(_share(context, operand, value, True), digits)


@whole("PERCENTRANK.EXC", "r n i?")
def percent_rank_exc(context: Context, operand: Operand, value: float, digits: int = 3) -> float:
    return _cut(_share(context, operand, value, False), digits)


@whole("TRIMMEAN", "r n")
def trim_mean(context: Context, operand: Operand, share: float) -> float:
    values = _ordered(context, operand)
    if not 0 <= share < 1 or not values:
        fail("#NUM!")
    cut = int(len(values) * share / 2)
    kept = values[cut : len(values) - cut]
    return math.fsum(kept) / len(kept)


@whole("FREQUENCY", "r r")
def frequency(context: Context, operand: Operand, bins: Operand) -> Array:
    values, given = numbers(context, [operand]), numbers(context, [bins])
    edges = sorted(given)
    counts = {
        edge: sum(low < one <= edge for one in values)
        for low, edge in zip([-math.inf, *edges], edges, strict=False)
        if low != edge
    }
    seen: set[float] = set()
    rows: list[list[float]] = []
    for edge in given:  # a bin that comes twice counts once
        rows.append([float(counts[edge]) if edge not in seen else 0.0])
        seen.add(edge)
    rows.append([float(sum(one > edges[-1] for one in values) if edges else len(values))])
    return Array(rows)  # type: ignore[arg-type]


@whole("MODE.MULT", "r r*")
def mode_mult(context: Context, *operands: Operand) -> Array:
    values = numbers(context, operands)
    most = max((values.count(one) for one in values), default=0)
    if most < 2:
        fail("#N/A")
    return Array([[one] for one in dict.fromkeys(values) if values.count(one) == most])
