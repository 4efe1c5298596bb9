"""Functions that only Google Sheets has."""

from __future__ import annotations

import math

from deployments.grading.graders.formula.engine.arithmetic import OPERATORS
from deployments.grading.graders.formula.engine.functions.aggregate import numbers
from deployments.grading.graders.formula.engine.registry import Context, scalar, whole
from deployments.grading.graders.formula.engine.values import Operand, Scalar, compare, fail

for _name, _sign in (
    ("ADD", "+"), ("MINUS", "-"), ("MULTIPLY", "*"), ("DIVIDE", "/"), ("POW", "^"), ("EQ", "="), ("NE", "<>"),
    ("GT", ">"), ("GTE", ">="), ("LT", "<"), ("LTE", "<="),
):  # fmt: skip
    scalar(_name, "v v")(OPERATORS[_sign])


@scalar("ISBETWEEN", "v v v b? b?")
def isbetween(value: Scalar, low: Scalar, high: Scalar, with_low: bool = True, with_high: bool = True) -> bool:
    above, below = compare(value, low), compare(value, high)
    return (above > 0 or (with_low and above == 0)) and (below < 0 or (with_high and below == 0))


@whole("AVERAGE.WEIGHTED", "r r")
def average_weighted(context: Context, values: Operand, weights: Operand) -> float:
    one, other = numbers(context, [values]), numbers(context, [weights])
    if len(one) != len(other) or not math.fsum(other):
        fail("#DIV/0!")
    return math.fsum(a * b for a, b in zip(one, other, strict=True)) / math.fsum(other)
