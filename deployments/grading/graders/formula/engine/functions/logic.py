"""IF and its relatives, AND, OR, and error handling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployments.grading.graders.formula.engine.registry import Context, element, lazy, scalar, whole
from deployments.grading.graders.formula.engine.syntax import Empty, Node
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Array,
    ErrorValue,
    ExcelError,
    Operand,
    Scalar,
    boolean,
    fail,
    integer,
    same,
)

Names = dict[str, Operand]


def _branch(context: Context, nodes: Sequence[Node], index: int, names: Names, missing: Operand) -> Operand:
    """The value of an argument; 0 where it was left empty, ``missing`` where there is none."""
    if index >= len(nodes):
        return missing
    if isinstance(nodes[index], Empty):
        return 0.0
    return context.evaluate(nodes[index], names)


def _truth(value: Scalar) -> bool | ErrorValue:
    try:
        return boolean(value)
    except ExcelError as error:
        return error.value


def _choose(context: Context, tests: Array, yes: Operand, no: Operand) -> Array:
    """Element by element, over arrays of tests and of results."""
    sides = [context.fetch(side) for side in (yes, no)]
    arrays = [side if isinstance(side, Array) else Array([[side]]) for side in sides]
    height = max(tests.height, *(one.height for one in arrays))
    width = max(tests.width, *(one.width for one in arrays))
    context.spend(height * width)

    def pick(row: int, column: int) -> Scalar:
        test = _truth(element(tests, row, column))
        return test if isinstance(test, ErrorValue) else element(arrays[0 if test else 1], row, column)

    return Array([[pick(row, column) for column in range(width)] for row in range(height)])


@lazy("IF", 2, 3)
def if_(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    test = context.fetch(context.evaluate(nodes[0], names))
    if isinstance(test, Array):
        return _choose(context, test, _branch(context, nodes, 1, names, True), _branch(context, nodes, 2, names, False))
    return _branch(context, nodes, 1, names, True) if boolean(test) else _branch(context, nodes, 2, names, False)


@lazy("IFS", 2)
def ifs(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    if len(nodes) % 2:
        return fail("#N/A")
    return _ifs(context, nodes, names)


def _ifs(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    if not nodes:
        return ErrorValue("#N/A")
    test = context.fetch(context.evaluate(nodes[0], names))
    if isinstance(test, Array):
        return _choose(context, test, context.evaluate(nodes[1], names), _ifs(context, nodes[2:], names))
    return context.evaluate(nodes[1], names) if boolean(test) else _ifs(context, nodes[2:], names)


@lazy("SWITCH", 3)
def switch(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    subject = context.fetch(context.evaluate(nodes[0], names))
    return _switch(context, subject, nodes[1:], names)


def _switch(context: Context, subject: Scalar | Array, nodes: Sequence[Node], names: Names) -> Operand:
    if not nodes:
        return ErrorValue("#N/A")
    if len(nodes) == 1:
        return context.evaluate(nodes[0], names)
    case = context.fetch(context.evaluate(nodes[0], names))
    if isinstance(subject, Array) or isinstance(case, Array):
        subjects = subject if isinstance(subject, Array) else Array([[subject]])
        cases = case if isinstance(case, Array) else Array([[case]])
        tests = Array(
            [
                [_matches(one, element(cases, row, column)) for column, one in enumerate(line)]
                for row, line in enumerate(subjects.rows)
            ]
        )
        return _choose(context, tests, context.evaluate(nodes[1], names), _switch(context, subject, nodes[2:], names))
    if isinstance(subject, ErrorValue):
        return subject
    hit = _matches(subject, case)
    return context.evaluate(nodes[1], names) if hit else _switch(context, subject, nodes[2:], names)


def _matches(subject: Scalar, case: Scalar) -> bool:
    return same(0.0 if subject is None else subject, 0.0 if case is None else case)


@lazy("CHOOSE", 2)
def choose(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    index = context.fetch(context.evaluate(nodes[0], names))
    if not isinstance(index, Array):
        return _chosen(context, index, nodes, names)
    if index.height > 1:
        return fail("#VALUE!")
    columns = [context.fetch(_chosen(context, one, nodes, names)) for one in index.rows[0]]
    arrays = [one if isinstance(one, Array) else Array([[one]]) for one in columns]
    height = max(one.height for one in arrays)
    return Array([[element(one, row, 0) for one in arrays] for row in range(height)])


def _chosen(context: Context, index: Scalar, nodes: Sequence[Node], names: Names) -> Operand:
    place = integer(index)
    return context.evaluate(nodes[place], names) if 1 <= place < len(nodes) else fail("#VALUE!")


def _caught(context: Context, nodes: Sequence[Node], names: Names, codes: frozenset[str] | None) -> Operand:
    try:
        operand = context.evaluate(nodes[0], names)
        value = context.fetch(operand)
    except ExcelError as error:
        operand = value = error.value
    if not isinstance(value, Array):
        if not _is_error(value, codes):
            return operand
        return _branch(context, nodes, 1, names, "")
    if not any(_is_error(one, codes) for one in value.items()):
        return operand
    tests = Array([[_is_error(one, codes) for one in row] for row in value.rows])
    return _choose(context, tests, _branch(context, nodes, 1, names, ""), value)


def _is_error(value: Scalar, codes: frozenset[str] | None) -> bool:
    return isinstance(value, ErrorValue) and (codes is None or value.code in codes)


@lazy("IFERROR", 1, 2)
def iferror(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    return _caught(context, nodes, names, None)


@lazy("IFNA", 2, 2)
def ifna(context: Context, nodes: Sequence[Node], names: Names) -> Operand:
    return _caught(context, nodes, names, frozenset({"#N/A"}))


def _truths(context: Context, operands: Sequence[Operand]) -> list[bool]:
    """The truth values among the arguments; text in ranges does not count, and there must be one."""
    found: list[bool] = []
    for operand in operands:
        value = context.fetch(operand)
        if isinstance(value, Array):
            for one in value.items():
                if isinstance(one, ErrorValue):
                    fail(one.code)
                if isinstance(one, bool | float):
                    found.append(bool(one))
        elif operand is not OMITTED and not (value is None or (isinstance(value, str) and value is not operand)):
            found.append(boolean(value))
    return found or fail("#VALUE!")


@whole("AND", "r r*")
def and_(context: Context, *operands: Operand) -> bool:
    return all(_truths(context, operands))


@whole("OR", "r r*")
def or_(context: Context, *operands: Operand) -> bool:
    return any(_truths(context, operands))


@whole("XOR", "r r*")
def xor(context: Context, *operands: Operand) -> bool:
    return sum(_truths(context, operands)) % 2 == 1


for name, signature, call in (
    ("NOT", "b", lambda value: not value),
    ("TRUE", "", lambda: True),
    ("FALSE", "", lambda: False),
):
    made: Any = call
    scalar(name, signature)(made)
