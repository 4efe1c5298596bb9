"""The operators."""

from __future__ import annotations

from collections.abc import Callable

from deployments.grading.graders.formula.engine.values import (
    ExcelError,
    Scalar,
    bounded,
    compare,
    fail,
    finite,
    number,
    text,
)

_DIGITS = 3e-16


def add(one: float, other: float) -> float:
    """A sum whose operands cancel to within their last bit is 0, as a spreadsheet shows it."""
    made = one + other
    return 0.0 if made and abs(made) < _DIGITS * max(abs(one), abs(other)) else made


def divide(one: float, other: float) -> float:
    return one / other if other else fail("#DIV/0!")


def power(base: float, exponent: float) -> float:
    """A root of a negative number and 0^0 are ``#NUM!``, a negative power of 0 is ``#DIV/0!``."""
    if base == 0:
        return fail("#NUM!") if exponent == 0 else 0.0 if exponent > 0 else fail("#DIV/0!")
    if base < 0 and not exponent.is_integer():
        return fail("#NUM!")
    try:
        return float(base**exponent)
    except OverflowError:
        return fail("#NUM!")


def _numeric(operate: Callable[[float, float], float]) -> Callable[[Scalar, Scalar], Scalar]:
    return lambda one, other: _safe(lambda: finite(operate(number(one), number(other))))


def _compared(test: Callable[[int], bool]) -> Callable[[Scalar, Scalar], Scalar]:
    return lambda one, other: _safe(lambda: test(compare(one, other)))


def _safe(make: Callable[[], Scalar]) -> Scalar:
    try:
        return make()
    except ExcelError as error:
        return error.value


def negative(value: Scalar) -> Scalar:
    return _safe(lambda: -number(value))


def percent(value: Scalar) -> Scalar:
    return _safe(lambda: number(value) / 100)


OPERATORS: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
    "+": _numeric(add),
    "-": _numeric(lambda one, other: add(one, -other)),
    "*": _numeric(lambda one, other: one * other),
    "/": _numeric(divide),
    "^": _numeric(power),
    "&": lambda one, other: _safe(lambda: bounded(text(one) + text(other))),
    "=": _compared(lambda order: order == 0),
    "<>": _compared(lambda order: order != 0),
    "<": _compared(lambda order: order < 0),
    ">": _compared(lambda order: order > 0),
    "<=": _compared(lambda order: order <= 0),
    ">=": _compared(lambda order: order >= 0),
}
