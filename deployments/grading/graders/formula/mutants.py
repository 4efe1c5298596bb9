"""Near misses of a formula: ranges one row short, ``>`` for ``>=``, a wrong match mode, a neighbouring number.

The sheets of a question are chosen so that each near miss of its reference differs on at least one (``boundaries``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from deployments.grading.graders.formula.engine.syntax import (
    Call,
    Cells,
    Constant,
    Node,
    Operation,
    Signed,
    rewritten,
    write,
)
from deployments.grading.graders.formula.engine.values import Reference, general

#: Maximum number of near misses; later kinds are dropped first.
MAX_MUTANTS = 80

_SIGNS = {">": (">=", "<"), ">=": (">", "<="), "<": ("<=", ">"), "<=": ("<", ">="), "=": ("<>",), "<>": ("=",),
          "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "&": ()}  # fmt: skip
_SWAPS = {
    "SUM": ("AVERAGE", "MAX"), "AVERAGE": ("SUM", "MEDIAN"), "MAX": ("MIN",), "MIN": ("MAX",), "COUNT": ("SUM",),
    "LARGE": ("SMALL",), "SMALL": ("LARGE",), "AND": ("OR",), "OR": ("AND",), "SUMIFS": ("AVERAGEIFS", "MAXIFS"),
    "SUMIF": ("AVERAGEIF",), "AVERAGEIF": ("SUMIF",), "AVERAGEIFS": ("SUMIFS",), "MAXIFS": ("MINIFS", "SUMIFS"),
    "MINIFS": ("MAXIFS",), "MEDIAN": ("AVERAGE",), "LEFT": ("RIGHT",), "RIGHT": ("LEFT",),
    "ROUND": ("ROUNDUP", "ROUNDDOWN"), "ROUNDUP": ("ROUNDDOWN",),
    "ROUNDDOWN": ("ROUNDUP",), "EOMONTH": ("EDATE",), "EDATE": ("EOMONTH",),
    "PERCENTILE.INC": ("PERCENTILE.EXC",), "STDEV.S": ("STDEV.P",), "STDEV.P": ("STDEV.S",), "COUNTA": ("COUNT",),
}  # fmt: skip
_CRITERION = re.compile(r"(>=|<=|<>|>|<|=)?(-?\d+(?:\.\d+)?)?(.*)", re.DOTALL)
#: The match-mode argument of VLOOKUP and its relatives, and its other values.
_MODES = {"VLOOKUP": 3, "HLOOKUP": 3, "MATCH": 2, "XMATCH": 2, "XLOOKUP": 4}

Edit = Callable[[Node], Node]


def mutants(node: Node, rows: int) -> list[Node]:
    """Formulas that differ from ``node`` in one place; ``rows`` is the last used row of the sheet."""
    known = {write(node)}
    found: list[Node] = []
    for mutant in (*_ranges(node, rows), *_elsewhere(node)):
        text = write(mutant)
        if text not in known:
            known.add(text)
            found.append(mutant)
    return found[:MAX_MUTANTS]


def _ranges(node: Node, rows: int) -> Iterator[Node]:
    """All ranges together one row short at either end, and each range alone shorter or shifted."""

    def shortened(top: int, bottom: int) -> Edit:
        def edit(one: Node) -> Node:
            if isinstance(one, Cells) and one.reference.height > 2:
                return one.moved(top, bottom)
            return one

        return edit

    yield rewritten(node, shortened(1, 0))
    yield rewritten(node, shortened(0, -1))
    yield rewritten(node, shortened(0, -2))
    yield from _one_place(node, lambda one: _moved(one, rows))


def _moved(one: Node, rows: int) -> Iterator[Node]:
    if not isinstance(one, Cells):
        return
    reference: Reference = one.reference
    if reference.height > 2:
        yield one.moved(1, 0)
        yield one.moved(0, -1)
        yield one.moved(-1, -1)
    elif reference.height == reference.width == 1 and reference.top < rows:
        yield one.moved(1, 1)


def _one_place(node: Node, edits: Callable[[Node], Iterator[Node]]) -> Iterator[Node]:
    """The tree with one node replaced, for each node and each of its replacements."""
    yield from edits(node)
    match node:
        case Call(function=function, arguments=arguments):
            for at, argument in enumerate(arguments):
                for other in _one_place(argument, edits):
                    yield Call(function, (*arguments[:at], other, *arguments[at + 1 :]))
        case Operation(sign=sign, left=left, right=right):
            for other in _one_place(left, edits):
                yield Operation(sign, other, right)
            for other in _one_place(right, edits):
                yield Operation(sign, left, other)
        case Signed(sign=sign, operand=operand):
            for other in _one_place(operand, edits):
                yield Signed(sign, other)
        case _:
            return


def _elsewhere(node: Node) -> Iterator[Node]:
    for edits in (_compared, _numbers, _modes, _swapped, _dropped):
        yield from _one_place(node, edits)


def _compared(one: Node) -> Iterator[Node]:
    if isinstance(one, Operation):
        for sign in _SIGNS.get(one.sign, ()):
            yield Operation(sign, one.left, one.right)
    elif isinstance(one, Constant) and isinstance(one.value, str) and one.value:
        found = _CRITERION.fullmatch(one.value)
        if found is not None and found[1]:
            for sign in _SIGNS[found[1]]:
                yield Constant(sign + one.value[len(found[1]) :])


def _numbers(one: Node) -> Iterator[Node]:
    """A number one higher and one lower, in criteria as well."""
    if not isinstance(one, Constant):
        return
    if isinstance(one.value, float):
        for other in (one.value + 1, one.value - 1):
            yield Constant(other, general(other) if other >= 0 else "")
    elif isinstance(one.value, str):
        found = _CRITERION.fullmatch(one.value)
        if found is not None and found[2] and not found[3]:
            for step in (1, -1):
                yield Constant(f"{found[1] or ''}{general(float(found[2]) + step)}")


def _modes(one: Node) -> Iterator[Node]:
    if not isinstance(one, Call) or not isinstance(one.function, str):
        return
    place = _MODES.get(one.function)
    if place is None:
        return
    exact = one.function.startswith("X")
    others: tuple[Constant, ...] = (Constant(-1.0), Constant(1.0)) if exact else (Constant(True), Constant(False))
    if one.function == "MATCH":
        others = (Constant(1.0), Constant(-1.0), Constant(0.0))
    if len(one.arguments) > place:
        for other in others:
            yield Call(one.function, (*one.arguments[:place], other, *one.arguments[place + 1 :]))
    if not exact:
        yield Call(one.function, one.arguments[:place])


def _swapped(one: Node) -> Iterator[Node]:
    if isinstance(one, Call) and isinstance(one.function, str):
        for name in _SWAPS.get(one.function, ()):
            yield Call(name, one.arguments)
        if one.function == "IF" and len(one.arguments) == 3:
            yield Call("IF", (one.arguments[0], one.arguments[2], one.arguments[1]))


def _dropped(one: Node) -> Iterator[Node]:
    """A branch or an operand alone, an uncaught error, or a pair of criteria dropped."""
    if isinstance(one, Operation) and one.sign in "+-*/&":
        yield one.left
        yield one.right
    if not isinstance(one, Call):
        return
    if one.function in ("IFERROR", "IFNA", "ROUND", "ABS", "TRIM", "UNIQUE"):
        yield one.arguments[0]
    if one.function == "IF":
        yield from one.arguments[1:]
    if one.function in ("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS") and len(one.arguments) > 3:
        for at in range(1, len(one.arguments), 2):
            yield Call(one.function, one.arguments[:at] + one.arguments[at + 2 :])
    if one.function == "COUNTIFS" and len(one.arguments) > 2:
        for at in range(0, len(one.arguments), 2):
            yield Call(one.function, one.arguments[:at] + one.arguments[at + 2 :])
