"""Student's t, χ² and F distributions, the tests that use them, and some discrete ones."""

from __future__ import annotations

import math
from collections.abc import Callable

from deployments.grading.graders.formula.engine.functions.aggregate import deviations, mean, numbers, variance
from deployments.grading.graders.formula.engine.registry import Context, grid, scalar, whole
from deployments.grading.graders.formula.engine.values import Operand, fail


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (mpmath)."""
    import mpmath

    return float(mpmath.betainc(a, b, 0, x, regularized=True))


def _gamma_share(x: float, a: float) -> float:
    import mpmath

    return float(mpmath.gammainc(a, 0, x, regularized=True))


def t_left(x: float, freedom: float) -> float:
    """The probability of a value up to ``x``."""
    if freedom < 1:
        fail("#NUM!")
    tail = 0.5 * _beta_share(freedom / (freedom + x * x), freedom / 2, 0.5)
    return 1 - tail if x > 0 else tail


def _t_density(x: float, freedom: float) -> float:
    log = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - (freedom + 1) / 2 * math.log1p(x * x / freedom)
    return math.exp(log) / math.sqrt(freedom * math.pi)


def chi_left(x: float, freedom: float) -> float:
    return _gamma_share(x / 2, freedom / 2) if x >= 0 and freedom >= 1 else fail("#NUM!")


def f_left(x: float, one: float, other: float) -> float:
    if x < 0 or one < 1 or other < 1:
        fail("#NUM!")
    return _beta_share(one * x / (one * x + other), one / 2, other / 2)


def inverse(left: Callable[[float], float], share: float, low: float, high: float) -> float:
    """The point at which a rising function reaches ``share``, by bisection; the bounds widen until they contain it."""
    if not 0 < share < 1:
        fail("#NUM!")
    while left(high) < share and high < 1e9:
        high *= 2
    while left(low) > share and low > -1e9:
        low *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) < share else (low, middle)
    return (low + high) / 2


@scalar("T.DIST", "n i b")
def t_dist(x: float, freedom: int, cumulative: bool) -> float:
    return t_left(x, freedom) if cumulative else _t_density(x, freedom)


scalar("T.DIST.2T", "n i")(lambda x, freedom: 2 * t_left(-x, freedom) if x >= 0 else fail("#NUM!"))
scalar("T.DIST.RT", "n i")(lambda x, freedom: t_left(-x, freedom))
scalar("TDIST", "n i i")(lambda x, freedom, tails: tails * t_left(-x, freedom) if tails in (1, 2) else fail("#NUM!"))
scalar("T.INV", "n i")(lambda share, freedom: inverse(lambda x: t_left(x, freedom), share, -10, 10))
scalar("T.INV.2T TINV", "n i")(lambda share, freedom: -inverse(lambda x: t_left(x, freedom), share / 2, -10, 10))


@scalar("CHISQ.DIST", "n i b")
def chisq_dist(x: float, freedom: int, cumulative: bool) -> float:
    if cumulative:
        return chi_left(x, freedom)
    half = freedom / 2
    return (
        math.exp((half - 1) * math.log(x) - x / 2 - half * math.log(2) - math.lgamma(half)) if x > 0 else fail("#NUM!")
    )


scalar("CHISQ.DIST.RT CHIDIST", "n i")(lambda x, freedom: 1 - chi_left(x, freedom))
scalar("CHISQ.INV", "n i")(lambda share, freedom: inverse(lambda x: chi_left(x, freedom), share, 0, 10))
scalar("CHISQ.INV.RT CHIINV", "n i")(lambda share, freedom: inverse(lambda x: chi_left(x, freedom), 1 - share, 0, 10))
scalar("F.DIST.RT FDIST", "n i i")(lambda x, one, other: 1 - f_left(x, one, other))
scalar("F.INV", "n i i")(lambda share, one, other: inverse(lambda x: f_left(x, one, other), share, 0, 10))
scalar("F.INV.RT FINV", "n i i")(lambda share, one, other: inverse(lambda x: f_left(x, one, other), 1 - share, 0, 10))


@scalar("F.DIST", "n i i b")
def f_dist(x: float, one: int, other: int, cumulative: bool) -> float:
    if cumulative:
        return f_left(x, one, other)
    log = (one * math.log(one * x) + other * math.log(other) - (one + other) * math.log(one * x + other)) / 2
    return math.exp(
        log - math.log(x) - (math.lgamma(one / 2) + math.lgamma(other / 2) - math.lgamma((one + other) / 2))
    )


@scalar("CONFIDENCE.T", "n n i")
def confidence_t(alpha: float, deviation: float, size: int) -> float:
    if size < 2 or deviation <= 0:
        fail("#NUM!")
    return -inverse(lambda x: t_left(x, size - 1), alpha / 2, -10, 10) * deviation / math.sqrt(size)


@whole("T.TEST TTEST", "r r i i")
def t_test(context: Context, first: Operand, second: Operand, tails: int, kind: int) -> float:
    one, other = numbers(context, [first]), numbers(context, [second])
    if kind == 1:
        if len(one) != len(other):
            fail("#N/A")
        gaps = [a - b for a, b in zip(one, other, strict=True)]
        freedom, error = len(gaps) - 1.0, math.sqrt(variance(gaps) / len(gaps))
        difference = mean(gaps)
    elif kind == 2:
        freedom = len(one) + len(other) - 2.0
        error = math.sqrt((deviations(one) + deviations(other)) / freedom * (1 / len(one) + 1 / len(other)))
        difference = mean(one) - mean(other)
    else:
        shares = variance(one) / len(one), variance(other) / len(other)
        error = math.sqrt(sum(shares))
        freedom = sum(shares) ** 2 / (shares[0] ** 2 / (len(one) - 1) + shares[1] ** 2 / (len(other) - 1))
        difference = mean(one) - mean(other)
    return tails * t_left(-abs(difference / error), freedom) if error and tails in (1, 2) else fail("#DIV/0!")


@whole("CHISQ.TEST CHITEST", "r r")
def chisq_test(context: Context, actual: Operand, expected: Operand) -> float:
    seen, due = grid(context, actual), grid(context, expected)
    if (seen.height, seen.width) != (due.height, due.width):
        fail("#N/A")
    pairs = list(zip(numbers(context, [seen]), numbers(context, [due]), strict=True))
    freedom = (seen.height - 1) * (seen.width - 1) or max(seen.height, seen.width) - 1
    return 1 - chi_left(math.fsum((a - b) ** 2 / b if b else fail("#DIV/0!") for a, b in pairs), freedom)


@scalar("HYPGEOM.DIST", "i i i i b")
def hypgeom_dist(hits: int, draws: int, marked: int, size: int, cumulative: bool) -> float:
    if not (0 <= hits <= min(draws, marked) and 0 < draws <= size <= 10_000 and 0 < marked <= size):
        fail("#NUM!")
    ways = math.comb(size, draws)
    return (
        sum(
            math.comb(marked, k) * math.comb(size - marked, draws - k)
            for k in range(0 if cumulative else hits, hits + 1)
        )
        / ways
    )
