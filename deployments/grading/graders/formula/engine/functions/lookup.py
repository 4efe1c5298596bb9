"""VLOOKUP, XLOOKUP, MATCH, INDEX, OFFSET and their relatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.grading.graders.formula.engine.parser import MAX_COLUMNS, MAX_ROWS
from deployments.grading.graders.formula.engine.registry import Context, grid, optional, whole
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Areas,
    Array,
    ErrorValue,
    Operand,
    Reference,
    Scalar,
    compare,
    fail,
    rank,
    same,
)
from deployments.grading.graders.formula.engine.wildcards import Pattern


def exact(wanted: Scalar, values: Sequence[Scalar], wildcards: bool, last: bool = False) -> int:
    """The index of the first (or ``last``) equal value; -1 without one. Blanks equal nothing."""
    order = range(len(values) - 1, -1, -1) if last else range(len(values))
    if wildcards and isinstance(wanted, str) and any(char in wanted for char in "*?~"):
        pattern = Pattern(wanted)
        return next((at for at in order if isinstance(one := values[at], str) and pattern.matches(one)), -1)
    target: Scalar = 0.0 if wanted is None else wanted
    return next((at for at in order if values[at] is not None and same(values[at], target)), -1)


def ascending(wanted: Scalar, values: Sequence[Scalar]) -> int:
    """The place of the largest value up to ``wanted``, by binary search as in a sorted list; -1 without one."""
    return _binary(wanted, values)


def descending(wanted: Scalar, values: Sequence[Scalar]) -> int:
    """The place of the smallest value from ``wanted`` on in a falling list; the first smaller value ends the search."""
    target: Scalar = 0.0 if wanted is None else wanted
    found = -1
    for at, one in enumerate(values):
        if not _comparable(one, target):
            continue
        order = compare(one, target)
        if order < 0:
            break
        found = at
        if order == 0:
            break
    return found


def _binary(wanted: Scalar, values: Sequence[Scalar]) -> int:
    target: Scalar = 0.0 if wanted is None else wanted
    alike = [at for at, one in enumerate(values) if _comparable(one, target)]
    low, high = 0, len(alike)
    while low < high:
        middle = (low + high) // 2
        if compare(values[alike[middle]], target) <= 0:
            low = middle + 1
        else:
            high = middle
    return alike[low - 1] if low else -1


def _comparable(value: Scalar, target: Scalar) -> bool:
    return value is not None and not isinstance(value, ErrorValue) and rank(value) == rank(target)


def nearest(wanted: Scalar, values: Sequence[Scalar], larger: bool, last: bool) -> int:
    """The place of an equal value, or else of the next smaller (or ``larger``) one in a list of any order."""
    found = exact(wanted, values, wildcards=False, last=last)
    if found >= 0:
        return found
    best = -1
    for at, one in enumerate(values):
        if not _comparable(one, wanted):
            continue
        order = compare(one, wanted)
        better = best < 0 or (compare(one, values[best]) < 0 if larger else compare(one, values[best]) > 0)
        if (order > 0 if larger else order < 0) and better:
            best = at
    return best


def search(wanted: Scalar, values: Sequence[Scalar], mode: int, direction: int) -> int:
    """XLOOKUP's search: ``mode`` 0 exact, -1 or 1 the next smaller or larger, 2 wildcards."""
    if mode not in (-1, 0, 1, 2) or direction not in (-2, -1, 1, 2):
        fail("#VALUE!")
    last = direction == -1
    if mode in (0, 2):
        return exact(wanted, values, wildcards=mode == 2, last=last)
    return nearest(wanted, values, larger=mode == 1, last=last)


def _line(context: Context, operand: Operand) -> tuple[list[Scalar], bool]:
    """The values of a single row or column, and whether it is a row."""
    array = grid(context, operand)
    if array.height > 1 and array.width > 1:
        fail("#VALUE!")
    return list(array.items()), array.height == 1 and array.width > 1


def _table(context: Context, wanted: Scalar, operand: Operand, index: int, near: bool, across: bool) -> Operand:
    table = grid(context, operand)
    keys = table.rows[0] if across else [row[0] for row in table.rows]
    if index < 1:
        fail("#VALUE!")
    if index > (table.height if across else table.width):
        fail("#REF!")
    at = ascending(wanted, keys) if near else exact(wanted, keys, wildcards=True)
    if at < 0:
        fail("#N/A")
    return table.rows[index - 1][at] if across else table.rows[at][index - 1]


@whole("VLOOKUP", "v r i b?")
def vlookup(context: Context, wanted: Scalar, table: Operand, index: int, near: bool = True) -> Operand:
    return _table(context, wanted, table, index, near, across=False)


@whole("HLOOKUP", "v r i b?")
def hlookup(context: Context, wanted: Scalar, table: Operand, index: int, near: bool = True) -> Operand:
    return _table(context, wanted, table, index, near, across=True)


@whole("LOOKUP", "v r r?")
def lookup(context: Context, wanted: Scalar, keys: Operand, results: Operand = OMITTED) -> Operand:
    if results is OMITTED:
        table = grid(context, keys)
        wide = table.width > table.height
        key_line = table.rows[0] if wide else [row[0] for row in table.rows]
        result_line = table.rows[-1] if wide else [row[-1] for row in table.rows]
    else:
        key_line, result_line = _line(context, keys)[0], _line(context, results)[0]
    at = ascending(wanted, key_line)
    return result_line[at] if 0 <= at < len(result_line) else fail("#N/A")


@whole("MATCH", "v r n?")
def match(context: Context, wanted: Scalar, operand: Operand, mode: float = 1.0) -> float:
    values, _ = _line(context, operand)
    if mode == 0:
        at = exact(wanted, values, wildcards=True)
    else:
        at = ascending(wanted, values) if mode > 0 else descending(wanted, values)
    return float(at + 1) if at >= 0 else fail("#N/A")


@whole("XMATCH", "v r i~ i~")
def xmatch(context: Context, wanted: Scalar, operand: Operand, mode: int = 0, direction: int = 1) -> float:
    at = search(wanted, _line(context, operand)[0], optional(mode, 0), optional(direction, 1))
    return float(at + 1) if at >= 0 else fail("#N/A")


@whole("XLOOKUP", "v r r r~ i~ i~")
def xlookup(context: Context, wanted: Scalar, keys: Operand, results: Operand, otherwise: Any = OMITTED, mode: Any = 0,
            direction: Any = 1) -> Operand:  # fmt: skip
    values, across = _line(context, keys)
    at = search(wanted, values, optional(mode, 0), optional(direction, 1))
    if at < 0:
        return fail("#N/A") if otherwise is OMITTED else otherwise  # type: ignore[no-any-return]
    height, width = _size(context, results)
    if len(values) != (width if across else height):
        fail("#VALUE!")
    return index(context, results, 0 if across else at + 1, at + 1 if across else 0)


def _size(context: Context, operand: Operand) -> tuple[int, int]:
    sized = operand if isinstance(operand, Reference) else grid(context, operand)
    return sized.height, sized.width


@whole("INDEX", "r i? i? i~")
def index(context: Context, operand: Operand, row: int = 0, column: int | None = None, area: int = 1) -> Operand:
    """A reference where a reference is given; a row or column of 0 is all of them."""
    if isinstance(operand, Areas):
        operand = operand.parts[area - 1] if 1 <= area <= len(operand.parts) else fail("#REF!")
    height, width = _size(context, operand)
    if column is None:
        row, column = (0, row) if height == 1 and width > 1 else (row, 0)
    if not 0 <= row <= height or not 0 <= column <= width:
        fail("#REF!" if row >= 0 and column >= 0 else "#VALUE!")
    if isinstance(operand, Reference):
        top, bottom = (operand.top + row - 1,) * 2 if row else (operand.top, operand.bottom)
        left, right = (operand.left + column - 1,) * 2 if column else (operand.left, operand.right)
        return Reference(left, top, right, bottom)
    rows = grid(context, operand).rows
    picked = [rows[row - 1]] if row else rows
    return Array([[line[column - 1]] if column else line for line in picked])


@whole("OFFSET", "r i i i~ i~")
def offset(
    context: Context, operand: Operand, down: int, right: int, height: Any = OMITTED, width: Any = OMITTED
) -> Operand:
    if not isinstance(operand, Reference):
        return fail("#VALUE!")
    tall, wide = optional(height, operand.height), optional(width, operand.width)
    if tall == 0 or wide == 0:
        fail("#REF!")
    top, left = operand.top + down, operand.left + right
    top, left = (top + tall + 1 if tall < 0 else top), (left + wide + 1 if wide < 0 else left)
    made = Reference(left, top, left + abs(wide) - 1, top + abs(tall) - 1)
    fits = made.left >= 1 and made.top >= 1 and made.bottom <= MAX_ROWS and made.right <= MAX_COLUMNS
    return made if fits else fail("#REF!")


@whole("INDIRECT", "t b?")
def indirect(context: Context, text: str, a1: bool = True) -> Operand:
    return context.reference(text) if a1 else fail("#REF!")
