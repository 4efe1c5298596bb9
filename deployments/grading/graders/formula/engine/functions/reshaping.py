"""Arrays cut, stacked and reshaped: TAKE, DROP, VSTACK, CHOOSECOLS, TOCOL, WRAPROWS, EXPAND."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.grading.graders.formula.engine.functions.arrays import rectangle, transposed
from deployments.grading.graders.formula.engine.registry import Context, grid, optional, whole
from deployments.grading.graders.formula.engine.values import OMITTED, Array, ErrorValue, Operand, Scalar, fail, integer

_NA = ErrorValue("#N/A")


def _taken(lines: list[Any], count: Any) -> list[Any]:
    if count is OMITTED:
        return lines
    return lines[:count] if count > 0 else lines[count:] if count < 0 else fail("#CALC!")


def _dropped(lines: list[Any], count: Any) -> list[Any]:
    if count is OMITTED:
        return lines
    return (lines[count:] if count >= 0 else lines[:count]) or fail("#CALC!")


@whole("TAKE", "r i~ i~")
def take(context: Context, operand: Operand, height: Any = OMITTED, width: Any = OMITTED) -> Array:
    return Array([_taken(row, width) for row in _taken(grid(context, operand).rows, height)])


@whole("DROP", "r i~ i~")
def drop(context: Context, operand: Operand, height: Any = OMITTED, width: Any = OMITTED) -> Array:
    return Array([_dropped(row, width) for row in _dropped(grid(context, operand).rows, height)])


@whole("VSTACK", "r r*")
def vstack(context: Context, *operands: Operand) -> Array:
    arrays = [grid(context, one) for one in operands]
    width = max(one.width for one in arrays)
    return Array([row + [_NA] * (width - len(row)) for one in arrays for row in one.rows])


@whole("HSTACK", "r r*")
def hstack(context: Context, *operands: Operand) -> Array:
    return transposed(vstack(context, *(transposed(grid(context, one)) for one in operands)))


def _places(context: Context, chosen: Sequence[Operand], size: int) -> list[int]:
    places = [integer(one) for operand in chosen for one in grid(context, operand).items()]
    if any(one == 0 or abs(one) > size for one in places):
        fail("#VALUE!")
    return [one - 1 if one > 0 else size + one for one in places]


@whole("CHOOSEROWS", "r r r*")
def chooserows(context: Context, operand: Operand, *chosen: Operand) -> Array:
    array = grid(context, operand)
    return Array([array.rows[at] for at in _places(context, chosen, array.height)])


@whole("CHOOSECOLS", "r r r*")
def choosecols(context: Context, operand: Operand, *chosen: Operand) -> Array:
    array = grid(context, operand)
    places = _places(context, chosen, array.width)
    return Array([[row[at] for at in places] for row in array.rows])


@whole("EXPAND", "r i~ i~ x~")
def expand(context: Context, operand: Operand, height: Any = OMITTED, width: Any = OMITTED, filler: Any = _NA) -> Array:
    array = grid(context, operand)
    rows, columns, pad = optional(height, array.height), optional(width, array.width), optional(filler, _NA)
    if rows < array.height or columns < array.width:
        fail("#VALUE!")
    rectangle(context, rows, columns)
    wide = [row + [pad] * (columns - array.width) for row in array.rows]
    return Array(wide + [[pad] * columns for _ in range(rows - array.height)])


def _flat(context: Context, operand: Operand, ignore: Any, by_column: Any) -> list[Scalar]:
    array = grid(context, operand)
    mode = optional(ignore, 0)
    kept = [
        one
        for one in (transposed(array) if optional(by_column, False) else array).items()
        if not (mode in (1, 3) and one is None) and not (mode in (2, 3) and isinstance(one, ErrorValue))
    ]
    return kept or fail("#CALC!")


@whole("TOCOL FLATTEN", "r i~ b~")
def tocol(context: Context, operand: Operand, ignore: Any = 0, by_column: Any = False) -> Array:
    return Array([[one] for one in _flat(context, operand, ignore, by_column)])


@whole("TOROW", "r i~ b~")
def torow(context: Context, operand: Operand, ignore: Any = 0, by_column: Any = False) -> Array:
    return Array([_flat(context, operand, ignore, by_column)])


@whole("WRAPROWS", "r i x~")
def wraprows(context: Context, operand: Operand, width: int, filler: Any = _NA) -> Array:
    values, pad = list(grid(context, operand).items()), optional(filler, _NA)
    if width < 1:
        fail("#NUM!")
    lines = [values[at : at + width] for at in range(0, len(values), width)]
    rectangle(context, len(lines), width)
    return Array([line + [pad] * (width - len(line)) for line in lines])


@whole("WRAPCOLS", "r i x~")
def wrapcols(context: Context, operand: Operand, height: int, filler: Any = _NA) -> Array:
    return transposed(wraprows(context, operand, height, filler))
