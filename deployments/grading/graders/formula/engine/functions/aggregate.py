"""Sums, means, extremes and counts, and which values they count."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence

from deployments.grading.graders.formula.engine.number_text import number_in
from deployments.grading.graders.formula.engine.registry import FUNCTIONS, Context, grid, invoke, is_reference, whole
from deployments.grading.graders.formula.engine.values import (
    Areas,
    Array,
    ErrorValue,
    Operand,
    Scalar,
    fail,
    number,
    same,
)

Reducer = Callable[[list[float]], float]


def pieces(context: Context, operands: Sequence[Operand]) -> Iterator[tuple[Scalar, bool]]:
    """Every value among the arguments, and whether it was given directly rather than in a range or an array."""
    for operand in operands:
        if isinstance(operand, Areas):
            yield from pieces(context, operand.parts)
            continue
        value = context.fetch(operand)
        if isinstance(value, Array):
            for one in value.items():
                yield one, False
        else:
            yield value, not (is_reference(operand) or isinstance(operand, Array))


def numbers(context: Context, operands: Sequence[Operand], errors: bool = True) -> list[float]:
    """The numbers among the arguments: in ranges and arrays only numbers count, a direct argument must be one.

    Raises:
        ExcelError: an error value among them (with ``errors``), or a direct text that is no number.
    """
    found: list[float] = []
    for value, direct in pieces(context, operands):
        if isinstance(value, ErrorValue):
            if errors:
                fail(value.code)
        elif direct:
            found.append(number(value))
        elif isinstance(value, float):
            found.append(value)
    return found


def numbers_and_text(context: Context, operands: Sequence[Operand]) -> list[float]:
    """As the functions ending in A count: text in ranges is 0, truth values are 0 and 1."""
    found: list[float] = []
    for value, direct in pieces(context, operands):
        if value is None and not direct:
            continue
        found.append(0.0 if isinstance(value, str) and not direct else number(value))
    return found


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else fail("#DIV/0!")


def median(values: list[float]) -> float:
    return statistics.median(values) if values else fail("#NUM!")


def mode(values: list[float]) -> float:
    found = statistics.mode(values) if values else fail("#N/A")
    return found if values.count(found) > 1 else fail("#N/A")


def product(values: list[float]) -> float:
    return math.prod(values) if values else 0.0


def deviations(values: list[float]) -> float:
    """The sum of squared deviations from the mean."""
    middle = mean(values)
    return math.fsum((one - middle) ** 2 for one in values)


def variance(values: list[float]) -> float:
    return deviations(values) / (len(values) - 1) if len(values) > 1 else fail("#DIV/0!")


def population_variance(values: list[float]) -> float:
    return deviations(values) / len(values) if values else fail("#DIV/0!")


def largest(values: list[float]) -> float:
    return max(values, default=0.0)


def smallest(values: list[float]) -> float:
    return min(values, default=0.0)


#: SUBTOTAL's numbers; AGGREGATE goes on where it ends.
BY_NUMBER: dict[int, Reducer] = {
    1: mean,
    4: largest,
    5: smallest,
    6: product,
    7: lambda values: math.sqrt(variance(values)),
    8: lambda values: math.sqrt(population_variance(values)),
    9: math.fsum,
    10: variance,
    11: population_variance,
    12: median,
    13: mode,
}

_REDUCERS: dict[str, Reducer] = {
    "SUM": math.fsum,
    "AVERAGE": mean,
    "MIN": smallest,
    "MAX": largest,
    "PRODUCT": product,
    "MEDIAN": median,
    "MODE MODE.SNGL": mode,
    "SUMSQ": lambda values: math.fsum(one * one for one in values),
    "STDEV STDEV.S": lambda values: math.sqrt(variance(values)),
    "STDEVP STDEV.P": lambda values: math.sqrt(population_variance(values)),
    "VAR VAR.S": variance,
    "VARP VAR.P": population_variance,
    "DEVSQ": deviations,
    "AVEDEV": lambda values: math.fsum(abs(one - mean(values)) for one in values) / (len(values) or fail("#NUM!")),
    "GEOMEAN": lambda values: (
        math.exp(math.fsum(map(math.log, values)) / len(values)) if values and min(values) > 0 else fail("#NUM!")
    ),
    "HARMEAN": lambda values: statistics.harmonic_mean(values) if values and min(values) > 0 else fail("#NUM!"),
}
_WITH_TEXT: dict[str, Reducer] = {
    "AVERAGEA": mean,
    "MAXA": largest,
    "MINA": smallest,
    "STDEVA": lambda values: math.sqrt(variance(values)),
    "STDEVPA": lambda values: math.sqrt(population_variance(values)),
    "VARA": variance,
    "VARPA": population_variance,
}


def _reducing(read: Callable[[Context, Sequence[Operand]], list[float]], reduce: Reducer) -> Callable[..., float]:
    return lambda context, *operands: reduce(read(context, operands))


for _names, _reduce in _REDUCERS.items():
    whole(_names, "r r*")(_reducing(numbers, _reduce))
for _names, _reduce in _WITH_TEXT.items():
    whole(_names, "r r*")(_reducing(numbers_and_text, _reduce))


@whole("COUNT", "r r*")
def count(context: Context, *operands: Operand) -> int:
    total = 0
    for value, direct in pieces(context, operands):
        if isinstance(value, float) or (direct and (value is None or isinstance(value, bool))):
            total += 1
        elif direct and isinstance(value, str):
            total += _reads(value)
    return total


def _reads(value: str) -> bool:
    return number_in(value) is not None


@whole("COUNTA", "r r*")
def count_a(context: Context, *operands: Operand) -> int:
    total = 0
    for operand in operands:
        counted = isinstance(operand, Array)
        total += sum(counted or direct or value is not None for value, direct in pieces(context, [operand]))
    return total


@whole("COUNTBLANK", "r")
def count_blank(context: Context, operand: Operand) -> int:
    return sum(one is None or one == "" for one in grid(context, operand).items())


@whole("COUNTUNIQUE", "r r*")
def count_unique(context: Context, *operands: Operand) -> int:
    kept: list[Scalar] = []
    for value, _ in pieces(context, operands):
        if value is not None and not any(same(value, one) for one in kept):
            kept.append(value)
    return len(kept)


@whole("SUBTOTAL", "i r r*")
def subtotal(context: Context, code: int, *operands: Operand) -> float:
    kind = code - 100 if code > 100 else code
    if not 1 <= kind <= 11:
        fail("#VALUE!")
    if kind in (2, 3):
        return count(context, *operands) if kind == 2 else count_a(context, *operands)
    return BY_NUMBER[kind](numbers(context, operands))


@whole("AGGREGATE", "i i r r*")
def aggregate(context: Context, code: int, option: int, *operands: Operand) -> Operand:
    keep_errors = option not in (2, 3, 6, 7)
    if not 1 <= code <= 19 or not 0 <= option <= 7:
        fail("#VALUE!")
    if code >= 14:
        values = numbers(context, operands[:1], errors=keep_errors)
        if len(operands) < 2 or not values:
            fail("#NUM!" if len(operands) > 1 else "#VALUE!")
        name = {14: "LARGE", 15: "SMALL", 16: "PERCENTILE", 17: "QUARTILE", 18: "PERCENTILE.EXC", 19: "QUARTILE.EXC"}
        return invoke(context, FUNCTIONS[name[code]], [Array([list(values)]), operands[1]])
    kept = (
        operands if keep_errors else [Array([[one for one, _ in pieces(context, operands) if not _bad(one)] or [None]])]
    )
    if code in (2, 3):
        return (
            float(count(context, *kept))
            if code == 2
            else float(sum(one is not None for one, _ in pieces(context, kept)))
        )
    return BY_NUMBER[code](numbers(context, kept))


def _bad(value: Scalar) -> bool:
    return isinstance(value, ErrorValue)


@whole("SUMPRODUCT", "r r*")
def sumproduct(context: Context, *operands: Operand) -> float:
    arrays = [grid(context, operand) for operand in operands]
    shape = (arrays[0].height, arrays[0].width)
    if any((one.height, one.width) != shape for one in arrays):
        fail("#VALUE!")
    total: list[float] = []
    for values in zip(*(one.items() for one in arrays), strict=True):
        for one in values:
            if isinstance(one, ErrorValue):
                fail(one.code)
        total.append(math.prod(one if isinstance(one, float) else 0.0 for one in values))
    return math.fsum(total)


def _pairwise(term: Callable[[float, float], float]) -> Callable[..., float]:
    def function(context: Context, one: Operand, other: Operand) -> float:
        ones, others = grid(context, one), grid(context, other)
        if (ones.height, ones.width) != (others.height, others.width):
            fail("#N/A")
        paired = zip(ones.items(), others.items(), strict=True)
        return math.fsum(term(a, b) for a, b in paired if isinstance(a, float) and isinstance(b, float))

    return function


whole("SUMX2MY2", "r r")(_pairwise(lambda a, b: a * a - b * b))
whole("SUMX2PY2", "r r")(_pairwise(lambda a, b: a * a + b * b))
whole("SUMXMY2", "r r")(_pairwise(lambda a, b: (a - b) ** 2))
