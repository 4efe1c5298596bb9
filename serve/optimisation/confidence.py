"""A confidence sequence for the mean of bounded values: an interval that may be looked at after every value."""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

#: The largest bet; the authors recommend 1/2 or 3/4.
_LARGEST = 0.75


class Interval(Struct, frozen=True):
    """``low`` ≤ ``mean`` ≤ ``high``, all in [0, 1]; ``n`` values. Without values it is the whole of [0, 1]."""

    mean: float
    low: float
    high: float
    n: int


def confidence_sequence(values: Iterable[float], alpha: float) -> Interval:
    """The predictable plug-in empirical-Bernstein interval of ``values`` in [0, 1], in the order of their arrival.

    With probability 1 − ``alpha`` it holds the true mean after every value at once, so that one who looks after each
    value, and stops when it pleases them, errs no more often. Either side alone errs with ``alpha`` / 2. Source:
    Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS-B 86 (2024), theorem 2.
    """
    bound = math.log(2 / alpha)
    n, total, spread = 0, 0.0, 0.0
    mean, variance = 0.5, 0.25  # of one imagined value before the first
    bets = weighted = cost = 0.0
    for value in values:
        n += 1
        bet = min(_LARGEST, math.sqrt(2 * bound / (variance * n * math.log(1 + n))))
        bets += bet
        weighted += bet * value
        cost += (value - mean) ** 2 * (-math.log1p(-bet) - bet)
        total += value
        mean = (0.5 + total) / (n + 1)
        spread += (value - mean) ** 2
        variance = (0.25 + spread) / (n + 1)
    if not n:
        return Interval(0.5, 0.0, 1.0, 0)
    centre, radius = weighted / bets, (bound + cost) / bets
    average = total / n
    return Interval(average, max(0.0, min(average, centre - radius)), min(1.0, max(average, centre + radius)), n)
