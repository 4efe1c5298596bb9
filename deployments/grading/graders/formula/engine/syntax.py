"""The parts of a parsed formula, and their canonical spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from deployments.grading.graders.formula.engine.values import ErrorValue, Reference, Scalar, text


class Constant(Struct, frozen=True):
    """A number, text, truth value or error. ``written`` is a number as it was typed."""

    value: Scalar
    written: str = ""


class ArrayConstant(Struct, frozen=True):
    rows: tuple[tuple[Scalar, ...], ...]


class Cells(Struct, frozen=True):
    """A cell or a range. ``fixed``: whether a ``$`` stands before its left, top, right and bottom."""

    reference: Reference
    fixed: tuple[bool, bool, bool, bool] = (False, False, False, False)

    def moved(self, top: int, bottom: int) -> Cells:
        """The range with its first and last row so many rows further down, never above row 1."""
        one = self.reference
        first = max(1, one.top + top)
        return Cells(Reference(one.left, first, one.right, max(first, one.bottom + bottom)), self.fixed)

    def filled_down(self, rows: int) -> Cells:
        """The range after the formula was copied down; rows that a ``$`` holds stay."""
        return self.moved(0 if self.fixed[1] else rows, 0 if self.fixed[3] else rows)


class Name(Struct, frozen=True):
    """A parameter of LET or LAMBDA, in lower case, or a function given as an argument, in upper case."""

    name: str


class Call(Struct, frozen=True):
    """A call of a function by name, or of what an expression gives (``LAMBDA(x,x+1)(2)``)."""

    function: str | Node
    arguments: tuple[Node, ...]


class Operation(Struct, frozen=True):
    """Two operands. ``sign``: arithmetic, ``&``, a comparison, ``:`` (range), a space (intersection), ``,`` (union)."""

    sign: str
    left: Node
    right: Node


class Signed(Struct, frozen=True):
    """``+``, ``-`` or ``@`` (one of many cells) before an operand, ``%`` after it."""

    sign: str
    operand: Node


class Empty(Struct, frozen=True):
    """An argument left out between two commas."""


Node = Constant | ArrayConstant | Cells | Name | Call | Operation | Signed | Empty

#: Higher binds tighter. A minus sign binds tighter than the power: ``-2^2`` is 4.
PRECEDENCE = {
    "=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, " ": 8, ":": 9,
}  # fmt: skip
UNARY, PERCENT = 6, 7


def parts(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    stack: list[Node] = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(children(one)))


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Call(function=str(), arguments=arguments):
            return arguments
        case Call(function=function, arguments=arguments) if not isinstance(function, str):
            return (function, *arguments)
        case Operation(left=left, right=right):
            return (left, right)
        case Signed(operand=operand):
            return (operand,)
        case _:
            return ()


def write(node: Node, above: int = 0) -> str:
    """The canonical spelling, without the leading ``=``."""
    match node:
        case Constant(value=value, written=written):
            return written or constant(value)
        case ArrayConstant(rows=rows):
            return "{" + ";".join(",".join(constant(one) for one in row) for row in rows) + "}"
        case Cells():
            return address(node)
        case Name(name=name):
            return name
        case Empty():
            return ""
        case Call(function=function, arguments=arguments):
            called = function if isinstance(function, str) else write(function, 10)
            return f"{called}({','.join(write(one, 1 if one_is_union(one) else 0) for one in arguments)})"
        case Signed(sign="%", operand=operand):
            return f"{write(operand, PERCENT)}%"
        case Signed(sign=sign, operand=operand):
            return _within(f"{sign}{write(operand, UNARY)}", UNARY, above)
        case Operation(sign=",", left=left, right=right):
            return f"({write(left)},{write(right)})"
        case Operation(sign=sign, left=left, right=right):
            own = PRECEDENCE[sign]
            return _within(f"{write(left, own)}{sign}{write(right, own + 1)}", own, above)


def rewritten(node: Node, edit: Callable[[Node], Node]) -> Node:
    """The tree with ``edit`` applied to every node, from the leaves up."""
    match node:
        case Call(function=function, arguments=arguments):
            called = function if isinstance(function, str) else rewritten(function, edit)
            return edit(Call(called, tuple(rewritten(one, edit) for one in arguments)))
        case Operation(sign=sign, left=left, right=right):
            return edit(Operation(sign, rewritten(left, edit), rewritten(right, edit)))
        case Signed(sign=sign, operand=operand):
            return edit(Signed(sign, rewritten(operand, edit)))
        case _:
            return edit(node)


def filled_down(node: Node, rows: int) -> Node:
    """The formula after it was copied so many rows down."""
    return rewritten(node, lambda one: one.filled_down(rows) if isinstance(one, Cells) else one)


def one_is_union(node: Node) -> bool:
    return isinstance(node, Operation) and node.sign == ","


def _within(text: str, own: int, above: int) -> str:
    return f"({text})" if own < above else text


def constant(value: Scalar) -> str:
    if isinstance(value, ErrorValue):
        return value.code
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return text(value)


def address(cells: Cells) -> str:
    reference, (left, top, right, bottom) = cells.reference, ("$" if one else "" for one in cells.fixed)
    first = f"{left}{letters(reference.left)}{top}{reference.top}"
    if reference.height == reference.width == 1:
        return first
    return f"{first}:{right}{letters(reference.right)}{bottom}{reference.bottom}"


def column_index(name: str) -> int:
    value = 0
    for letter in name.upper():
        value = value * 26 + ord(letter) - ord("A") + 1
    return value


def letters(index: int) -> str:
    made = ""
    while index:
        index, rest = divmod(index - 1, 26)
        made = chr(ord("A") + rest) + made
    return made
