"""Screens a formula before it runs: tokens, a parse, an allow-list, limits, and one canonical spelling.

A formula that passes holds only allowed functions, cells of this one sheet, short literals and operators.
"""

from __future__ import annotations

import re

from msgspec import Struct

from deployments.grading.graders.formula import functions
from deployments.grading.graders.formula.engine.parser import Extent, Parser, Unparsed
from deployments.grading.graders.formula.engine.syntax import (
    ArrayConstant,
    Call,
    Cells,
    Constant,
    Name,
    Node,
    children,
    parts,
    write,
)
from deployments.grading.graders.formula.engine.tokens import Unreadable, tokens_of, typed_signs
from deployments.grading.graders.formula.engine.values import Scalar

__all__ = ["Extent", "Limits", "Refused", "Screened", "screen"]


class Limits(Struct, frozen=True):
    """Limits on one formula. ``max_cells`` counts all ranges' cells together, with whole columns cut to the sheet."""

    max_chars: int = 1000
    max_tokens: int = 250
    max_depth: int = 20
    max_string_chars: int = 255
    max_number: float = 1e15
    max_cells: int = 20_000
    max_array_items: int = 100


class Screened(Struct, frozen=True):
    """A formula that may run. ``text`` is canonical, ``functions`` are the functions it calls, ``used_chars`` the
    length of the part of the input that it takes."""

    text: str
    functions: tuple[str, ...]
    used_chars: int


class Refused(Struct, frozen=True):
    """The reason for which a formula may not run, as a sentence. ``syntax``: it is not a formula at all."""

    reason: str
    syntax: bool = False


#: Functions that call their last argument.
_CALLERS = frozenset({"MAP", "REDUCE", "SCAN", "BYROW", "BYCOL", "MAKEARRAY"})
_BRACES = re.compile(r"\s*\{\s*(=.*)\}\s*", re.DOTALL)


def screen(formula: str, extent: Extent, limits: Limits | None = None) -> Screened | Refused:
    """The canonical formula, or the reason for rejection. ``formula`` may start with ``=``; prose after a finished
    formula ("=A1+1 because …") is ignored."""
    limits = limits or Limits()
    if len(formula) > limits.max_chars:
        beginning = screen(formula[: limits.max_chars], extent, limits)
        if isinstance(beginning, Screened) and beginning.used_chars < limits.max_chars - 1:
            return beginning  # the excess is only talk after the formula
        return Refused(f"The formula is longer than {limits.max_chars} characters.")
    text = typed_signs(formula)
    braces = _BRACES.fullmatch(text)
    if braces is not None:  # an array formula as the sheet shows it: {=…}
        text = " " * braces.start(1) + braces.group(1)
    tokens = tokens_of(text)
    if isinstance(tokens, Unreadable):
        return Refused(f"The formula cannot be read at {text[tokens.at : tokens.at + 10]!r}.", syntax=True)
    while tokens and tokens[0].text == "=":
        tokens = tokens[1:]
    if not tokens:
        return Refused("There is no formula in the answer.", syntax=True)
    if len(tokens) > limits.max_tokens:
        return Refused(f"The formula has more than {limits.max_tokens} parts.")
    try:
        node = Parser(tokens, extent, functions.canonical, limits.max_depth).formula()
    except Unparsed as error:
        return Refused(error.reason, error.syntax)
    refused = _bound(node, frozenset()) or _within(node, limits)
    if refused is not None:
        return refused
    called = dict.fromkeys(
        one.function for one in parts(node) if isinstance(one, Call) and isinstance(one.function, str)
    )
    return Screened(f"={write(node)}", tuple(called), tokens[-1].end)


def parsed(text: str, extent: Extent) -> Node:
    """The tree of a canonical formula."""
    tokens = tokens_of(text)
    if isinstance(tokens, Unreadable):
        raise Unparsed("The formula is not canonical.")
    return Parser(tokens[1:], extent, functions.canonical, Limits().max_depth).formula()


def _bound(node: Node, names: frozenset[str]) -> Refused | None:
    """The first unknown name or function. ``names`` are those of LET and LAMBDA."""
    if isinstance(node, Name):
        known = node.name.lower() in names
        return None if known else Refused(f"The sheet has no cell or name {node.name[:40]!r}.", syntax=True)
    if isinstance(node, Call) and isinstance(node.function, str):
        if node.function in ("LET", "LAMBDA"):
            return _scope(node, names)
        if node.function.lower() not in names:
            reason = functions.refusal(node.function)
            if reason:
                return Refused(reason)
            problem = functions.arity_problem(node.function, len(node.arguments))
            if problem:
                return Refused(problem, syntax=True)
    inner = children(node)[:-1] if _names_a_function(node) else children(node)
    return next((found for one in inner if (found := _bound(one, names)) is not None), None)


def _names_a_function(node: Node) -> bool:
    """Whether the last argument is a function's name, as in ``BYROW(A2:C9,SUM)``."""
    if not isinstance(node, Call) or node.function not in _CALLERS or not isinstance(node.arguments[-1], Name):
        return False
    return node.arguments[-1].name.upper() in functions.ALLOWED


def _scope(node: Call, names: frozenset[str]) -> Refused | None:
    problem = functions.arity_problem(str(node.function), len(node.arguments))
    if problem:
        return Refused(problem, syntax=True)
    step = 2 if node.function == "LET" else 1
    for at in range(0, len(node.arguments) - 1, step):
        parameter = node.arguments[at]
        if not isinstance(parameter, Name):
            return Refused(f"{node.function} needs a name as its argument {at + 1}.", syntax=True)
        if step == 2:
            refused = _bound(node.arguments[at + 1], names)
            if refused is not None:
                return refused
        names |= {parameter.name.lower()}
    return _bound(node.arguments[-1], names)


def _within(node: Node, limits: Limits) -> Refused | None:
    cells = 0
    for one in parts(node):
        values: tuple[Scalar, ...] = (one.value,) if isinstance(one, Constant) else ()
        if isinstance(one, ArrayConstant):
            values = tuple(value for row in one.rows for value in row)
            if len(values) > limits.max_array_items:
                return Refused(f"An array constant may hold at most {limits.max_array_items} items.")
        if isinstance(one, Cells):
            cells += one.reference.height * one.reference.width
        for value in values:
            if isinstance(value, str) and len(value) > limits.max_string_chars:
                return Refused(f"A text in the formula is longer than {limits.max_string_chars} characters.")
            if isinstance(value, float) and abs(value) > limits.max_number:
                return Refused(f"The number {value:.10g} is larger than {limits.max_number:g}.")
    if cells > limits.max_cells:
        return Refused(f"The formula's ranges cover more than {limits.max_cells} cells.")
    return None
