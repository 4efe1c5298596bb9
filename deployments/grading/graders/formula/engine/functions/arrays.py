"""FILTER, SORT, UNIQUE, SEQUENCE and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

from deployments.grading.graders.formula.engine.registry import Context, grid, optional, whole
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Array,
    ErrorValue,
    Operand,
    Scalar,
    boolean,
    compare,
    fail,
    integer,
    rank,
    same,
)

MAX_ARRAY_CELLS = 500_000


def rectangle(context: Context, height: int, width: int) -> None:
    """Check the size of an array that is to be made.

    Raises:
        ExcelError: it has no cells.
        LimitReached: it has too many.
    """
    if height < 1 or width < 1:
        fail("#CALC!")
    context.spend(height * width)


def transposed(array: Array) -> Array:
    return Array([list(column) for column in zip(*array.rows, strict=True)])


@whole("TRANSPOSE", "r")
def transpose(context: Context, operand: Operand) -> Array:
    return transposed(grid(context, operand))


@whole("FILTER", "r r r~")
def filter_(context: Context, operand: Operand, include: Operand, otherwise: Operand = OMITTED) -> Operand:
    array, kept = grid(context, operand), grid(context, include)
    across = kept.height == 1 and kept.width == array.width and array.width > 1
    if not across and (kept.width != 1 or kept.height != array.height):
        fail("#VALUE!")
    chosen = [boolean(one) for one in kept.items()]
    lines = transposed(array).rows if across else array.rows
    picked = [line for line, take in zip(lines, chosen, strict=True) if take]
    if not picked:
        return fail("#CALC!") if otherwise is OMITTED else otherwise
    return transposed(Array(picked)) if across else Array(picked)


def order_of(keys: Sequence[Sequence[Scalar]], signs: Sequence[int]) -> list[int]:
    """The stable order of rows by several keys; blanks come last, errors before them."""

    def between(one: int, other: int) -> int:
        for line, sign in zip(keys, signs, strict=True):
            order = _order(line[one], line[other], sign)
            if order:
                return order
        return 0

    return sorted(range(len(keys[0])), key=cmp_to_key(between))


def _order(one: Scalar, other: Scalar, sign: int) -> int:
    late = (_late(one), _late(other))
    if late != (0, 0):
        return late[0] - late[1]
    return sign * (rank(one) - rank(other) or compare(one, other))


def _late(value: Scalar) -> int:
    return 2 if value is None else 1 if isinstance(value, ErrorValue) else 0


def _numbers(context: Context, operand: Operand, default: int) -> list[int]:
    return [default] if operand is OMITTED else [integer(one) for one in grid(context, operand).items()]


@whole("SORT", "r r~ r~ b~")
def sort(
    context: Context, operand: Operand, index: Operand = OMITTED, order: Operand = OMITTED, across: Any = False
) -> Array:
    array = grid(context, operand)
    by_column = bool(optional(across, False))
    table = transposed(array) if by_column else array
    places, signs = _numbers(context, index, 1), _numbers(context, order, 1)
    if any(not 1 <= one <= table.width for one in places) or any(one not in (1, -1, 0) for one in signs):
        fail("#VALUE!")
    signs = [(one or -1) for one in (signs * len(places) if len(signs) == 1 else signs)]  # Google: FALSE is descending
    columns = [[row[place - 1] for row in table.rows] for place in places]
    made = Array([table.rows[at] for at in order_of(columns, signs[: len(columns)])])
    return transposed(made) if by_column else made


@whole("SORTBY", "r r r~ r*")
def sortby(context: Context, operand: Operand, *keys: Operand) -> Array:
    array = grid(context, operand)
    lines: list[list[Scalar]] = []
    signs: list[int] = []
    for key in keys:
        given = grid(context, OMITTED if key is OMITTED else key)
        single = given.height == given.width == 1
        if single and (key is OMITTED or max(array.height, array.width) > 1):
            signs[-1] = integer(given.rows[0][0]) or 1
        else:
            lines.append(list(given.items()))
            signs.append(1)
    across = len(lines[0]) == array.width and array.height == 1
    table = transposed(array) if across else array
    if any(len(line) != table.height for line in lines) or any(sign not in (1, -1) for sign in signs):
        fail("#VALUE!")
    made = Array([table.rows[at] for at in order_of(lines, signs)])
    return transposed(made) if across else made


@whole("UNIQUE", "r b~ b~")
def unique(context: Context, operand: Operand, across: Any = False, once: Any = False) -> Array:
    array = grid(context, operand)
    by_column = bool(optional(across, False))
    lines = transposed(array).rows if by_column else array.rows
    kept: list[list[Scalar]] = []
    counts: list[int] = []
    for line in lines:
        context.spend(len(kept))
        at = next((at for at, one in enumerate(kept) if all(map(same, one, line))), -1)
        if at < 0:
            kept.append(line)
            counts.append(1)
        else:
            counts[at] += 1
    if optional(once, False):
        kept = [line for line, count in zip(kept, counts, strict=True) if count == 1] or fail("#CALC!")
    return transposed(Array(kept)) if by_column else Array(kept)


@whole("SEQUENCE", "i i~ n~ n~")
def sequence(context: Context, height: int, width: Any = 1, start: Any = 1.0, step: Any = 1.0) -> Array:
    rows, columns = height, optional(width, 1)
    rectangle(context, rows, columns)
    first, by = optional(start, 1.0), optional(step, 1.0)
    return Array([[first + by * (row * columns + column) for column in range(columns)] for row in range(rows)])


def _matrix(context: Context, operand: Operand) -> list[list[float]]:
    rows = grid(context, operand).rows
    return [[one if isinstance(one, float) else fail("#VALUE!") for one in row] for row in rows]


@whole("MMULT", "r r")
def mmult(context: Context, one: Operand, other: Operand) -> Array:
    left, right = _matrix(context, one), _matrix(context, other)
    if len(left[0]) != len(right):
        fail("#VALUE!")
    context.spend(len(left) * len(right) * len(right[0]))
    columns = list(zip(*right, strict=True))
    return Array([[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left])


@whole("MUNIT", "i")
def munit(context: Context, size: int) -> Array:
    rectangle(context, size, size)
    return Array([[float(row == column) for column in range(size)] for row in range(size)])


@whole("MDETERM", "r")
def mdeterm(context: Context, operand: Operand) -> float:
    import numpy as np

    matrix = _matrix(context, operand)
    return float(np.linalg.det(matrix)) if len(matrix) == len(matrix[0]) <= 100 else fail("#VALUE!")


@whole("MINVERSE", "r")
def minverse(context: Context, operand: Operand) -> Array:
    import numpy as np

    matrix = _matrix(context, operand)
    if not len(matrix) == len(matrix[0]) <= 100:
        fail("#VALUE!")
    if abs(float(np.linalg.det(matrix))) < 1e-14:
        fail("#NUM!")
    return Array(np.linalg.inv(matrix).tolist())
