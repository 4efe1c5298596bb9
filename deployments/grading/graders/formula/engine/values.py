"""Spreadsheet values, and how a value of one type becomes another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from msgspec import Struct

from deployments.grading.graders.formula.engine.number_text import number_in

#: A cell holds at most this many characters.
MAX_TEXT_CHARS = 32_767


class ErrorValue(Struct, frozen=True):
    """A spreadsheet error such as ``#N/A``."""

    code: str


#: The content of one cell. None is blank; every number is a float.
Scalar = float | str | bool | ErrorValue | None


class ExcelError(Exception):
    """Ends a calculation with an error value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.value = ErrorValue(code)


class LimitReached(Exception):
    """The calculation needs more cells or more steps than it may use."""


class Array(Struct, frozen=True):
    """A rectangle of values: at least one row, rows of equal length."""

    rows: list[list[Scalar]]

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])

    def items(self) -> Iterator[Scalar]:
        """Row by row."""
        for row in self.rows:
            yield from row


def is_error(result: Array) -> bool:
    """A single error. Which of several errors on a sheet is reported does not matter."""
    return result.height == result.width == 1 and isinstance(result.rows[0][0], ErrorValue)


class Reference(Struct, frozen=True):
    """A rectangle of cells: columns ``left`` to ``right``, rows ``top`` to ``bottom``, all 1-based."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1


class Areas(Struct, frozen=True):
    """A union of references, ``(A1:A3,C1:C3)``."""

    parts: tuple[Reference, ...]


class Closure(Struct, frozen=True):
    """A LAMBDA: its parameters, its body (a ``syntax`` node) and the names it sees."""

    parameters: tuple[str, ...]
    body: Any
    names: dict[str, Any]


class Omitted(Struct, frozen=True):
    """An argument left empty, as the second of ``SORT(A1:A9,,-1)``."""


OMITTED = Omitted()

#: Anything an expression may evaluate to.
Operand = Scalar | Array | Reference | Areas | Closure | Omitted


def fail(code: str) -> NoReturn:
    raise ExcelError(code)


def checked(value: Scalar) -> Scalar:
    """The value itself; an error value is raised."""
    if isinstance(value, ErrorValue):
        raise ExcelError(value.code)
    return value


def number(value: Scalar) -> float:
    """The value as an operand of arithmetic: blank is 0, TRUE is 1, text that reads as a number or date is that."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return float(value)
    if value is None:
        return 0.0
    if isinstance(value, ErrorValue):
        raise ExcelError(value.code)
    read = number_in(value)
    return fail("#VALUE!") if read is None else read


def integer(value: Scalar) -> int:
    """The number without its fraction."""
    given = number(value)
    return int(given) if math.isfinite(given) else fail("#NUM!")


def boolean(value: Scalar) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0
    if value is None:
        return False
    if isinstance(value, ErrorValue):
        raise ExcelError(value.code)
    if value.upper() in ("TRUE", "FALSE"):
        return value.upper() == "TRUE"
    return fail("#VALUE!")


def text(value: Scalar) -> str:
    """The value as joined into text: numbers with 15 significant digits, TRUE and FALSE in capitals."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, ErrorValue):
        raise ExcelError(value.code)
    return general(value)


def general(value: float) -> str:
    """A number in the format General, as wide as it needs."""
    if value == 0:
        return "0"
    short = Decimal(f"{value:.15g}")
    if 1e-9 <= abs(value) < 1e21:
        shown = f"{short:f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    mantissa, _, exponent = f"{value:.14E}".partition("E")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{exponent[0]}{int(exponent[1:]):02d}"


def bounded(made: str) -> str:
    """A text that fits a cell.

    Raises:
        ExcelError: it does not.
    """
    return made if len(made) <= MAX_TEXT_CHARS else fail("#VALUE!")


def finite(result: float) -> float:
    """A number a cell can hold; overflow is ``#NUM!``."""
    return float(result) if math.isfinite(result) else fail("#NUM!")


def significant(value: float) -> float:
    """Rounded to the 15 digits a spreadsheet compares."""
    return float(f"{value:.15g}")


def order(one: float, other: float) -> int:
    """-1, 0 or 1 on 15 significant digits."""
    if one == other:
        return 0
    if abs(one - other) < 1e-14 * max(abs(one), abs(other)) and significant(one) == significant(other):
        return 0
    return 1 if one > other else -1


def rank(value: Scalar) -> int:
    """Numbers sort before text, text before truth values."""
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 0


def compare(one: Scalar, other: Scalar) -> int:
    """-1, 0 or 1. A blank is 0, "" or FALSE, whichever the other side is; case is ignored."""
    one, other = _filled(checked(one), other), _filled(checked(other), one)
    if rank(one) != rank(other):
        return -1 if rank(one) < rank(other) else 1
    if isinstance(one, float) and isinstance(other, float):
        return order(one, other)
    left: Any = one.casefold() if isinstance(one, str) else one
    right: Any = other.casefold() if isinstance(other, str) else other
    return int(left > right) - int(left < right)


def _filled(value: Scalar, other: Scalar) -> Scalar:
    if value is not None:
        return value
    return "" if isinstance(other, str) else False if isinstance(other, bool) else 0.0


def same(one: Scalar, other: Scalar) -> bool:
    """Equal as ``=`` has it, but errors and blanks equal only themselves (UNIQUE, MATCH)."""
    if isinstance(one, ErrorValue) or isinstance(other, ErrorValue) or one is None or other is None:
        return one == other
    return compare(one, other) == 0
