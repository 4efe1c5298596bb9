"""LET, LAMBDA and the functions that call one."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.grading.graders.formula.engine.functions.arrays import rectangle, transposed
from deployments.grading.graders.formula.engine.registry import Context, first, grid, lazy, whole
from deployments.grading.graders.formula.engine.syntax import Name, Node
from deployments.grading.graders.formula.engine.values import (
    Array,
    Closure,
    ErrorValue,
    ExcelError,
    Operand,
    Scalar,
    fail,
)


def _name(node: Node) -> str:
    return node.name.lower() if isinstance(node, Name) else fail("#NAME?")


@lazy("LET", 3)
def let(context: Context, nodes: Sequence[Node], names: dict[str, Operand]) -> Operand:
    if len(nodes) % 2 == 0:
        fail("#VALUE!")
    known = dict(names)
    for at in range(0, len(nodes) - 1, 2):
        known[_name(nodes[at])] = context.evaluate(nodes[at + 1], known)
    return context.evaluate(nodes[-1], known)


@lazy("LAMBDA", 1)
def lambda_(context: Context, nodes: Sequence[Node], names: dict[str, Operand]) -> Operand:
    return Closure(tuple(_name(one) for one in nodes[:-1]), nodes[-1], names)


@lazy("ARRAYFORMULA", 1, 1)
def arrayformula(context: Context, nodes: Sequence[Node], names: dict[str, Operand]) -> Operand:
    return context.evaluate(nodes[0], names)


@lazy("SINGLE", 1, 1)
def single(context: Context, nodes: Sequence[Node], names: dict[str, Operand]) -> Operand:
    return first(context, context.evaluate(nodes[0], names))


def _one(context: Context, function: Operand, arguments: list[Operand]) -> Scalar:
    """The value of a call for one cell; an array is an error."""
    try:
        made = context.fetch(context.call(function, arguments))
    except ExcelError as error:
        return error.value
    return ErrorValue("#CALC!") if isinstance(made, Array) else made


@whole("MAP", "r r r*")
def map_(context: Context, *operands: Operand) -> Array:
    arrays, function = [grid(context, one) for one in operands[:-1]], operands[-1]
    height, width = max(one.height for one in arrays), max(one.width for one in arrays)
    if any((one.height, one.width) != (height, width) for one in arrays):
        fail("#VALUE!")
    return Array(
        [
            [_one(context, function, [one.rows[row][column] for one in arrays]) for column in range(width)]
            for row in range(height)
        ]
    )


@whole("REDUCE", "r r r")
def reduce(context: Context, start: Operand, operand: Operand, function: Operand) -> Operand:
    gathered: Operand = start
    for one in grid(context, operand).items():
        gathered = context.call(function, [gathered, one])
    return gathered


@whole("SCAN", "r r r")
def scan(context: Context, start: Operand, operand: Operand, function: Operand) -> Array:
    gathered: Scalar = first(context, start)
    rows: list[list[Scalar]] = []
    for row in grid(context, operand).rows:
        rows.append([])
        for one in row:
            gathered = _one(context, function, [gathered, one])
            rows[-1].append(gathered)
    return Array(rows)


@whole("BYROW", "r r")
def byrow(context: Context, operand: Operand, function: Operand) -> Array:
    return Array([[_one(context, function, [Array([row])])] for row in grid(context, operand).rows])


@whole("BYCOL", "r r")
def bycol(context: Context, operand: Operand, function: Operand) -> Array:
    columns = transposed(grid(context, operand)).rows
    return Array([[_one(context, function, [Array([[one] for one in column])]) for column in columns]])


@whole("MAKEARRAY", "i i r")
def makearray(context: Context, height: int, width: int, function: Operand) -> Array:
    rectangle(context, height, width)
    return Array(
        [
            [_one(context, function, [float(row + 1), float(column + 1)]) for column in range(width)]
            for row in range(height)
        ]
    )
