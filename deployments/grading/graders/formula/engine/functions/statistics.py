"""Pairs of series, moments, and the distributions that analysts use."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

from deployments.grading.graders.formula.engine.functions.aggregate import deviations, mean, numbers, variance
from deployments.grading.graders.formula.engine.registry import Context, grid, scalar, whole
from deployments.grading.graders.formula.engine.values import ErrorValue, Operand, fail


def _pairs(context: Context, one: Operand, other: Operand) -> tuple[list[float], list[float]]:
    """The pairs in which both are numbers.

    Raises:
        ExcelError: ``#N/A`` for series of different length, or the first error value.
    """
    ones, others = list(grid(context, one).items()), list(grid(context, other).items())
    if len(ones) != len(others):
        fail("#N/A")
    for value in (*ones, *others):
        if isinstance(value, ErrorValue):
            fail(value.code)
    kept = [(a, b) for a, b in zip(ones, others, strict=True) if isinstance(a, float) and isinstance(b, float)]
    return [a for a, _ in kept], [b for _, b in kept]


def covariation(one: list[float], other: list[float]) -> float:
    """The sum of the products of deviations."""
    middle, centre = mean(one), mean(other)
    return math.fsum((a - middle) * (b - centre) for a, b in zip(one, other, strict=True))


def correlation(one: list[float], other: list[float]) -> float:
    spread = math.sqrt(deviations(one) * deviations(other))
    return covariation(one, other) / spread if spread else fail("#DIV/0!")


def slope(ys: list[float], xs: list[float]) -> float:
    spread = deviations(xs)
    return covariation(ys, xs) / spread if spread else fail("#DIV/0!")


def intercept(ys: list[float], xs: list[float]) -> float:
    return mean(ys) - slope(ys, xs) * mean(xs)


def standard_error(ys: list[float], xs: list[float]) -> float:
    if len(ys) < 3:
        fail("#DIV/0!")
    unexplained = deviations(ys) - covariation(ys, xs) * slope(ys, xs)
    return math.sqrt(max(0.0, unexplained) / (len(ys) - 2))


def _paired(names: str, call: Callable[[list[float], list[float]], float]) -> None:
    whole(names, "r r")(lambda context, one, other: call(*_pairs(context, one, other)))


_paired("CORREL PEARSON", correlation)
_paired("RSQ", lambda ys, xs: correlation(ys, xs) ** 2)
_paired("SLOPE", slope)
_paired("INTERCEPT", intercept)
_paired("STEYX", standard_error)
_paired("COVAR COVARIANCE.P", lambda one, other: covariation(one, other) / (len(one) or fail("#DIV/0!")))
_paired(
    "COVARIANCE.S", lambda one, other: covariation(one, other) / (len(one) - 1) if len(one) > 1 else fail("#DIV/0!")
)


@whole("FORECAST FORECAST.LINEAR", "n r r")
def forecast(context: Context, x: float, ys: Operand, xs: Operand) -> float:
    first, second = _pairs(context, ys, xs)
    return intercept(first, second) + slope(first, second) * x


def _moment(values: list[float], power: int) -> float:
    middle, spread = mean(values), math.sqrt(variance(values))
    return math.fsum(((one - middle) / spread) ** power for one in values) if spread else fail("#DIV/0!")


@whole("SKEW", "r r*")
def skew(context: Context, *operands: Operand) -> float:
    values = numbers(context, operands)
    n = len(values)
    return n / ((n - 1) * (n - 2)) * _moment(values, 3) if n > 2 else fail("#DIV/0!")


@whole("KURT", "r r*")
def kurt(context: Context, *operands: Operand) -> float:
    values = numbers(context, operands)
    n = len(values)
    if n < 4:
        fail("#DIV/0!")
    weight = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3))
    return weight * _moment(values, 4) - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


@whole("SKEW.P", "r r*")
def skew_p(context: Context, *operands: Operand) -> float:
    values = numbers(context, operands)
    middle, spread = mean(values), math.sqrt(deviations(values) / len(values))
    return math.fsum(((one - middle) / spread) ** 3 for one in values) / len(values) if spread else fail("#DIV/0!")


@scalar("STANDARDIZE", "n n n")
def standardize(x: float, middle: float, deviation: float) -> float:
    return (x - middle) / deviation if deviation > 0 else fail("#NUM!")


def _normal(middle: float, deviation: float) -> NormalDist:
    return NormalDist(middle, deviation) if deviation > 0 else fail("#NUM!")


@scalar("NORM.DIST NORMDIST", "n n n b")
def norm_dist(x: float, middle: float, deviation: float, cumulative: bool) -> float:
    curve = _normal(middle, deviation)
    return curve.cdf(x) if cumulative else curve.pdf(x)


@scalar("NORM.INV NORMINV", "n n n")
def norm_inv(share: float, middle: float, deviation: float) -> float:
    return _normal(middle, deviation).inv_cdf(share) if 0 < share < 1 else fail("#NUM!")


@scalar("NORM.S.DIST", "n b")
def norm_s_dist(z: float, cumulative: bool) -> float:
    return norm_dist(z, 0.0, 1.0, cumulative)


scalar("NORMSDIST", "n")(lambda z: norm_dist(z, 0.0, 1.0, True))
scalar("NORM.S.INV NORMSINV", "n")(lambda share: norm_inv(share, 0.0, 1.0))
scalar("PHI", "n")(lambda z: norm_dist(z, 0.0, 1.0, False))
scalar("GAUSS", "n")(lambda z: norm_dist(z, 0.0, 1.0, True) - 0.5)


@scalar("CONFIDENCE CONFIDENCE.NORM", "n n i")
def confidence(alpha: float, deviation: float, size: int) -> float:
    if size < 1 or deviation <= 0:
        fail("#NUM!")
    return norm_inv(1 - alpha / 2, 0.0, 1.0) * deviation / math.sqrt(size)


@scalar("BINOM.DIST BINOMDIST", "i i n b")
def binom_dist(hits: int, trials: int, chance: float, cumulative: bool) -> float:
    if not 0 <= hits <= trials <= 10_000 or not 0 <= chance <= 1:
        fail("#NUM!")
    at = (
        math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k)
        for k in range(0 if cumulative else hits, hits + 1)
    )
    return math.fsum(at)


@scalar("POISSON.DIST POISSON", "i n b")
def poisson_dist(count: int, rate: float, cumulative: bool) -> float:
    if count < 0 or rate < 0 or count > 10_000:
        fail("#NUM!")
    if rate == 0:
        return 1.0 if cumulative or count == 0 else 0.0
    counts = range(0 if cumulative else count, count + 1)
    return math.fsum(math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in counts)


@scalar("EXPON.DIST EXPONDIST", "n n b")
def expon_dist(x: float, rate: float, cumulative: bool) -> float:
    if x < 0 or rate <= 0:
        fail("#NUM!")
    return 1 - math.exp(-rate * x) if cumulative else rate * math.exp(-rate * x)


scalar("FISHER", "n")(lambda x: math.atanh(x) if -1 < x < 1 else fail("#NUM!"))
scalar("GAMMALN GAMMALN.PRECISE", "n")(lambda x: math.lgamma(x) if x > 0 else fail("#NUM!"))
scalar("GAMMA", "n")(lambda x: math.gamma(x) if 0 < x < 171 else fail("#NUM!"))


@scalar("LOGNORM.DIST", "n n n b")
def lognorm_dist(x: float, middle: float, deviation: float, cumulative: bool) -> float:
    if x <= 0:
        fail("#NUM!")
    share = norm_dist(math.log(x), middle, deviation, cumulative)
    return share if cumulative else share / x


scalar("LOGNORM.INV LOGINV", "n n n")(lambda share, middle, deviation: math.exp(norm_inv(share, middle, deviation)))
scalar("FISHERINV", "n")(math.tanh)


@scalar("WEIBULL.DIST WEIBULL", "n n n b")
def weibull_dist(x: float, shape: float, scale: float, cumulative: bool) -> float:
    if x < 0 or shape <= 0 or scale <= 0:
        fail("#NUM!")
    decay = math.exp(-((x / scale) ** shape))
    return 1 - decay if cumulative else shape / scale * math.pow(x / scale, shape - 1) * decay


@scalar("NEGBINOM.DIST", "i i n b")
def negbinom_dist(failures: int, successes: int, chance: float, cumulative: bool) -> float:
    if failures < 0 or successes < 1 or failures + successes > 5_000 or not 0 < chance < 1:
        fail("#NUM!")
    counts = range(0 if cumulative else failures, failures + 1)
    return math.fsum(math.comb(k + successes - 1, k) * chance**successes * (1 - chance) ** k for k in counts)


@whole("Z.TEST ZTEST", "r n n?")
def z_test(context: Context, operand: Operand, x: float, deviation: float | None = None) -> float:
    values = numbers(context, [operand])
    spread = math.sqrt(variance(values)) if deviation is None else deviation
    return 1 - norm_dist((mean(values) - x) / (spread / math.sqrt(len(values))), 0.0, 1.0, True)


@whole("PROB", "r r n n?")
def prob(context: Context, values: Operand, chances: Operand, low: float, high: float | None = None) -> float:
    xs, shares = _pairs(context, values, chances)
    top = low if high is None else high
    return math.fsum(share for x, share in zip(xs, shares, strict=True) if low <= x <= top)
