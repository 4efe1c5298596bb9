"""Number bases, error functions and steps."""

from __future__ import annotations

import math

from deployments.grading.graders.formula.engine.registry import FUNCTIONS, scalar
from deployments.grading.graders.formula.engine.values import fail, integer


def _between(given: str, wanted: str) -> None:
    def convert(digits: str, width: int = 0) -> str:
        value = integer(FUNCTIONS[f"{given}2DEC"].call(digits))
        made: str = FUNCTIONS[f"DEC2{wanted}"].call(value, width)
        return made

    scalar(f"{given}2{wanted}", "t i?")(convert)


for _one in ("BIN", "OCT", "HEX"):
    for _other in ("BIN", "OCT", "HEX"):
        if _one != _other:
            _between(_one, _other)
scalar("ERF.PRECISE", "n")(math.erf)
scalar("ERFC ERFC.PRECISE", "n")(math.erfc)
scalar("DELTA", "n n?")(lambda one, other=0.0: float(one == other))
scalar("GESTEP", "n n?")(lambda value, step=0.0: float(value >= step))
scalar("BITLSHIFT", "i i")(lambda value, by: float(value << by) if value >= 0 and 0 <= by <= 53 else fail("#NUM!"))
scalar("BITRSHIFT", "i i")(lambda value, by: float(value >> by) if value >= 0 and 0 <= by <= 53 else fail("#NUM!"))


@scalar("ERF", "n n?")
def erf(one: float, other: float | None = None) -> float:
    return math.erf(one) if other is None else math.erf(other) - math.erf(one)
