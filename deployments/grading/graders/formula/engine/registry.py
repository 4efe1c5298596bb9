"""The table of functions: each has a signature that defines how its arguments are read and applied to arrays.

A signature is a list of letters, one for each parameter: ``n`` number, ``i`` whole number, ``t`` text, ``b`` truth
value, ``v`` any value (errors propagate), ``x`` any value, errors included, ``r`` the operand as it is (a reference, an
array). ``?`` marks an optional parameter, in which an empty argument is blank; with ``~`` an empty argument takes the
default. ``*`` marks a last parameter that may stand any number of times. All letters but ``r`` take one value: given an
array, the function gives an array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from deployments.grading.graders.formula.engine import values
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Areas,
    Array,
    Closure,
    ErrorValue,
    ExcelError,
    Omitted,
    Operand,
    Reference,
    Scalar,
)

MAX_ARGUMENTS = 255
_Call = TypeVar("_Call", bound=Callable[..., Any])


class Context(Protocol):
    """The sheet as a function sees it."""

    @property
    def here(self) -> tuple[int, int]:
        """Column and row of the cell that holds the formula."""
        ...

    def spend(self, cells: int) -> None:
        """Count cells of work; raises LimitReached."""
        ...

    def fetch(self, operand: Operand) -> Scalar | Array:
        """The values of an operand: of a reference its cells, of one cell a single value."""
        ...

    def call(self, function: Operand, arguments: list[Operand]) -> Operand:
        """The result of a LAMBDA, or of a function named as an argument."""
        ...

    def evaluate(self, node: Any, names: dict[str, Operand]) -> Operand: ...

    def reference(self, text: str) -> Reference:
        """The cells that ``text`` names (INDIRECT); raises ExcelError."""
        ...


class Parameter(Struct, frozen=True):
    kind: str
    optional: bool = False
    default_when_empty: bool = False


class Function(Struct, frozen=True):
    """``lazy`` functions get the unevaluated arguments; the others get theirs after ``parameters``."""

    name: str
    parameters: tuple[Parameter, ...]
    repeats: bool
    call: Callable[..., Any]
    with_context: bool = False
    lazy: bool = False
    least: int = 0
    most: int = MAX_ARGUMENTS

    def at(self, index: int) -> Parameter:
        return self.parameters[min(index, len(self.parameters) - 1)]


FUNCTIONS: dict[str, Function] = {}


def scalar(names: str, signature: str) -> Callable[[_Call], _Call]:
    """Register a function of single values under one or more names."""
    return _register(names, signature, with_context=False)


def whole(names: str, signature: str) -> Callable[[_Call], _Call]:
    """Register a function that takes the ``Context`` first, and usually operands as they are."""
    return _register(names, signature, with_context=True)


def lazy(name: str, least: int, most: int = MAX_ARGUMENTS) -> Callable[[_Call], _Call]:
    """Register a function that evaluates its arguments itself: ``call(context, nodes, names)``."""

    def register(call: _Call) -> _Call:
        FUNCTIONS[name] = Function(name, (), True, call, with_context=True, lazy=True, least=least, most=most)
        return call

    return register


def _register(names: str, signature: str, with_context: bool) -> Callable[[_Call], _Call]:
    words = signature.split()
    repeats = bool(words) and words[-1].endswith("*")
    parameters = tuple(Parameter(word[0], any(flag in word for flag in "?~*"), "~" in word) for word in words)
    least = sum(not one.optional for one in parameters)
    most = MAX_ARGUMENTS if repeats else len(parameters)

    def register(call: _Call) -> _Call:
        for name in names.split():
            FUNCTIONS[name] = Function(name, parameters, repeats, call, with_context, least=least, most=most)
        return call

    return register


def invoke(context: Context, function: Function, operands: list[Operand]) -> Operand:
    """Call a function that is not lazy, once for each element where an array stands for a single value."""
    while operands and isinstance(operands[-1], Omitted) and function.at(len(operands) - 1).default_when_empty:
        operands = operands[:-1]
    read: list[Any] = []
    arrays: list[Array] = []
    for index, operand in enumerate(operands):
        parameter = function.at(index)
        if parameter.kind == "r" or (isinstance(operand, Omitted) and parameter.default_when_empty):
            read.append(operand)
            continue
        if isinstance(operand, Closure):
            return ErrorValue("#CALC!")
        value = None if isinstance(operand, Omitted) else context.fetch(operand)
        if isinstance(value, Array):
            arrays.append(value)
        read.append(value)
    if not arrays:
        return _once(context, function, read)
    height, width = max(one.height for one in arrays), max(one.width for one in arrays)
    context.spend(height * width)

    def at(row: int, column: int) -> Scalar:
        picked = [_element(function, index, value, row, column) for index, value in enumerate(read)]
        return first(context, _once(context, function, picked))

    return Array([[at(row, column) for column in range(width)] for row in range(height)])


def _element(function: Function, index: int, value: Any, row: int, column: int) -> Any:
    if function.at(index).kind == "r" or not isinstance(value, Array):
        return value
    return element(value, row, column)


def element(array: Array, row: int, column: int) -> Scalar:
    """The element at a place after stretching single rows and columns; ``#N/A`` beyond the edge."""
    row, column = (0 if array.height == 1 else row), (0 if array.width == 1 else column)
    if row >= array.height or column >= array.width:
        return ErrorValue("#N/A")
    return array.rows[row][column]


def first(context: Context, operand: Operand) -> Scalar:
    """The top left value of an operand."""
    fetched = context.fetch(operand)
    return fetched.rows[0][0] if isinstance(fetched, Array) else fetched


_READ: dict[str, Callable[[Any], Any]] = {
    "n": values.number,
    "i": values.integer,
    "t": values.text,
    "b": values.boolean,
    "v": values.checked,
    "x": lambda value: value,
    "r": lambda value: value,
}


def _once(context: Context, function: Function, read: list[Any]) -> Operand:
    try:
        arguments = [
            value if isinstance(value, Omitted) else _READ[function.at(index).kind](value)
            for index, value in enumerate(read)
        ]
        result = function.call(context, *arguments) if function.with_context else function.call(*arguments)
    except ExcelError as error:
        return error.value
    except (OverflowError, ZeroDivisionError):
        return ErrorValue("#NUM!")
    return normal(result)


def normal(result: Any) -> Operand:
    """An int becomes a float, an infinite number ``#NUM!``."""
    if isinstance(result, bool) or not isinstance(result, int | float):
        return result
    try:
        return values.finite(float(result))
    except (ExcelError, OverflowError):
        return ErrorValue("#NUM!")


def grid(context: Context, operand: Operand) -> Array:
    """An operand as an array; a single value is an array of one."""
    fetched = context.fetch(operand)
    return fetched if isinstance(fetched, Array) else Array([[fetched]])


def optional(value: Any, default: Any) -> Any:
    """The argument, or ``default`` when it was left empty."""
    return default if value is OMITTED or isinstance(value, Omitted) else value


def is_reference(operand: Operand) -> bool:
    return isinstance(operand, Reference | Areas)
