"""Criteria such as ">10", "North*" or "<>": COUNTIF, SUMIF, AVERAGEIF and their plural forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from deployments.grading.graders.formula.engine.functions.aggregate import mean
from deployments.grading.graders.formula.engine.number_text import number_in
from deployments.grading.graders.formula.engine.registry import Context, element, grid, is_reference, whole
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Array,
    ErrorValue,
    ExcelError,
    Operand,
    Reference,
    Scalar,
    fail,
    order,
)
from deployments.grading.graders.formula.engine.wildcards import Pattern

Test = Callable[[Scalar], bool]

_ORDER: dict[str, Callable[[int], bool]] = {
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
}


def test_of(criterion: Scalar) -> Test:
    """The test that a criterion stands for."""
    if criterion is None:
        criterion = 0.0
    if not isinstance(criterion, str):
        return lambda cell: _equal(cell, criterion)
    sign, operand = _split(criterion)
    target = _typed(operand)
    if sign in _ORDER:
        return _ordered(_ORDER[sign], target, operand)
    if operand == "":
        return _empty(sign)
    if isinstance(target, str):
        pattern = Pattern(operand)

        def matches(cell: Scalar) -> bool:
            return isinstance(cell, str) and pattern.matches(cell)
    else:

        def matches(cell: Scalar) -> bool:
            return _equal(cell, target)

    return (lambda cell: not matches(cell)) if sign == "<>" else matches


def _split(criterion: str) -> tuple[str, str]:
    sign = next((one for one in (">=", "<=", "<>", ">", "<", "=") if criterion.startswith(one)), "")
    return sign, criterion[len(sign) :]


def operand_of(criterion: str) -> Scalar:
    """The value that a criterion compares with: 10 for ">10"."""
    return _typed(_split(criterion)[1])


def _ordered(test: Callable[[int], bool], target: Scalar, operand: str) -> Test:
    if isinstance(target, bool):
        return lambda cell: isinstance(cell, bool) and test(int(cell) - int(target))
    if isinstance(target, float):
        return lambda cell: isinstance(cell, float) and test(order(cell, target))
    folded = operand.casefold()
    return lambda cell: bool(operand) and isinstance(cell, str) and test(_sign(cell.casefold(), folded))


def _sign(one: str, other: str) -> int:
    return int(one > other) - int(one < other)


def _empty(sign: str) -> Test:
    if sign == "=":
        return lambda cell: cell is None
    if sign == "<>":
        return lambda cell: cell is not None
    return lambda cell: cell is None or cell == ""


def _equal(cell: Scalar, target: Scalar) -> bool:
    if isinstance(target, bool) or isinstance(cell, bool):
        return isinstance(target, bool) and isinstance(cell, bool) and cell == target
    if isinstance(target, float):
        if isinstance(cell, str):
            read = number_in(cell)
            return read is not None and read == target
        return isinstance(cell, float) and order(cell, target) == 0
    return cell == target


def _typed(operand: str) -> Scalar:
    """The meaning of a criterion's operand: a number or date, a truth value, an error, or text."""
    folded = operand.strip().upper()
    if folded in ("TRUE", "FALSE"):
        return folded == "TRUE"
    if folded in ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"):
        return ErrorValue(folded)
    read = number_in(operand)
    return operand if read is None else read


def _range(operand: Operand) -> Reference:
    return operand if isinstance(operand, Reference) else fail("#VALUE!")


def _each(context: Context, pairs: Sequence[Operand], result: Callable[[list[bool]], float]) -> Operand:
    """One result, or one for each element where a criterion is an array."""
    ranges = [grid(context, _range(one)) for one in pairs[::2]]
    shape = (ranges[0].height, ranges[0].width)
    if any((one.height, one.width) != shape for one in ranges):
        fail("#VALUE!")
    criteria = [grid(context, None if one is OMITTED else one) for one in pairs[1::2]]
    height, width = max(one.height for one in criteria), max(one.width for one in criteria)
    context.spend(height * width * shape[0] * shape[1])

    def at(row: int, column: int) -> float | ErrorValue:
        tests = [test_of(element(one, row, column)) for one in criteria]
        columns = [[test(cell) for cell in cells.items()] for test, cells in zip(tests, ranges, strict=True)]
        return _value(lambda: result([all(one) for one in zip(*columns, strict=True)]))

    if height == width == 1:
        return at(0, 0)
    return Array([[at(row, column) for column in range(width)] for row in range(height)])


def _value(make: Callable[[], float]) -> float | ErrorValue:
    try:
        return float(make())
    except ExcelError as error:
        return error.value


def _selected(context: Context, results: Operand, like: Operand, chosen: list[bool]) -> list[float]:
    """The numbers of ``results`` where ``chosen``; a result range of another size starts at its own corner."""
    where, shape = _range(results), _range(like)
    cells = grid(context, Reference(where.left, where.top, where.left + shape.width - 1, where.top + shape.height - 1))
    picked = [cell for cell, take in zip(cells.items(), chosen, strict=True) if take]
    for cell in picked:
        if isinstance(cell, ErrorValue):
            fail(cell.code)
    return [cell for cell in picked if isinstance(cell, float)]


@whole("COUNTIF", "r r")
def countif(context: Context, cells: Operand, criterion: Operand) -> Operand:
    return _each(context, (cells, criterion), lambda chosen: sum(chosen))


@whole("COUNTIFS", "r r r*")
def countifs(context: Context, *pairs: Operand) -> Operand:
    if len(pairs) % 2:
        fail("#VALUE!")
    return _each(context, pairs, lambda chosen: sum(chosen))


def _single(reduce: Callable[[list[float]], float]) -> Callable[..., Operand]:
    def function(context: Context, cells: Operand, criterion: Operand, results: Operand = OMITTED) -> Operand:
        source = cells if results is OMITTED else results
        return _each(context, (cells, criterion), lambda chosen: reduce(_selected(context, source, cells, chosen)))

    return function


def _several(reduce: Callable[[list[float]], float]) -> Callable[..., Operand]:
    def function(context: Context, results: Operand, *pairs: Operand) -> Operand:
        source = _range(results)
        if len(pairs) % 2 or not pairs or not is_reference(pairs[0]):
            fail("#VALUE!")
        like = _range(pairs[0])
        if (source.height, source.width) != (like.height, like.width):
            fail("#VALUE!")
        return _each(context, pairs, lambda chosen: reduce(_selected(context, source, like, chosen)))

    return function


whole("SUMIF", "r r r?")(_single(math.fsum))
whole("AVERAGEIF", "r r r?")(_single(mean))
whole("SUMIFS", "r r r r*")(_several(math.fsum))
whole("AVERAGEIFS", "r r r r*")(_several(mean))
whole("MAXIFS", "r r r r*")(_several(lambda found: max(found, default=0.0)))
whole("MINIFS", "r r r r*")(_several(lambda found: min(found, default=0.0)))
