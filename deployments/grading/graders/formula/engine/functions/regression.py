"""LINEST, TREND, LOGEST and GROWTH for one series of x."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from deployments.grading.graders.formula.engine.functions.statistics import intercept, slope
from deployments.grading.graders.formula.engine.registry import Context, grid, optional, whole
from deployments.grading.graders.formula.engine.values import OMITTED, Array, Operand, fail


def _series(context: Context, operand: Operand) -> list[float]:
    values = list(grid(context, operand).items())
    return [one if isinstance(one, float) else fail("#VALUE!") for one in values]


def _line(ys: list[float], xs: list[float], constant: bool) -> tuple[float, float]:
    """Slope and intercept by least squares; through the origin without a constant."""
    if len(ys) != len(xs):
        fail("#REF!")
    if constant:
        return slope(ys, xs), intercept(ys, xs)
    square = math.fsum(x * x for x in xs)
    return (math.fsum(x * y for x, y in zip(xs, ys, strict=True)) / square, 0.0) if square else fail("#NUM!")


def _known(context: Context, ys: Operand, xs: Operand) -> tuple[list[float], list[float]]:
    values = _series(context, ys)
    return values, [float(at + 1) for at in range(len(values))] if xs is OMITTED else _series(context, xs)


def _logs(values: list[float]) -> list[float]:
    return [math.log(one) if one > 0 else fail("#NUM!") for one in values]


@whole("LINEST", "r r~ b~ b~")
def linest(context: Context, ys: Operand, xs: Operand = OMITTED, constant: Any = True, more: Any = False) -> Array:
    rise, base = _line(*_known(context, ys, xs), constant=optional(constant, True))
    return Array([[rise, base]]) if not optional(more, False) else fail("#VALUE!")


@whole("LOGEST", "r r~ b~ b~")
def logest(context: Context, ys: Operand, xs: Operand = OMITTED, constant: Any = True, more: Any = False) -> Array:
    values, given = _known(context, ys, xs)
    rise, base = _line(_logs(values), given, optional(constant, True))
    return Array([[math.exp(rise), math.exp(base)]]) if not optional(more, False) else fail("#VALUE!")


def _predicted(where: Array, at: Callable[[float], float]) -> Array:
    return Array([[at(one) if isinstance(one, float) else fail("#VALUE!") for one in row] for row in where.rows])


def _where(context: Context, ys: Operand, xs: Operand, new: Operand) -> Array:
    """The places to predict: the new x, or else the known ones, in their shape."""
    if new is not OMITTED:
        return grid(context, new)
    if xs is not OMITTED:
        return grid(context, xs)
    shape = grid(context, ys)
    width = shape.width
    return Array([[float(row * width + column + 1) for column in range(width)] for row in range(shape.height)])


@whole("TREND", "r r~ r~ b~")
def trend(context: Context, ys: Operand, xs: Operand = OMITTED, new: Operand = OMITTED, constant: Any = True) -> Array:
    rise, base = _line(*_known(context, ys, xs), constant=optional(constant, True))
    return _predicted(_where(context, ys, xs, new), lambda x: base + rise * x)


@whole("GROWTH", "r r~ r~ b~")
def growth(context: Context, ys: Operand, xs: Operand = OMITTED, new: Operand = OMITTED, constant: Any = True) -> Array:
    values, given = _known(context, ys, xs)
    rise, base = _line(_logs(values), given, optional(constant, True))
    return _predicted(_where(context, ys, xs, new), lambda x: math.exp(base + rise * x))
