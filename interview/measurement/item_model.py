"""Item response models: how likely a score is at an ability.

``2pl``: the two-parameter logistic model (Birnbaum, in Lord & Novick 1968, ch. 17),

    P(θ) = 1 / (1 + exp(-a(θ - b))).

``gpcm``: an open answer follows the generalized partial credit model (Muraki 1992) with the levels 0..m,

    P(X = k | θ) = exp(Σ_{j≤k} a(θ - b_j)) / Σ_{c=0..m} exp(Σ_{j≤c} a(θ - b_j)),

with m = 3 steps at b - 1, b and b + 1, as rubrics have four levels. A keyed answer follows the three-parameter
logistic model with the guessing parameter c (Birnbaum, ibid.),

    P(θ) = c + (1 - c) / (1 + exp(-a(θ - b))).

θ is in standard deviations of the population; there is no constant 1.7. A rubric's score s in [0, 1] lies between
the levels, x = m·s. The GPCM is an exponential family in x, so ``w·[a·x·θ - ln Z(θ)]``, with Z the denominator above,
is its quasi-log-likelihood for such an x, as the Bernoulli one, ``w·[s·ln P + (1 - s)·ln(1 - P)]``, is for a fraction
(Papke & Wooldridge 1996). Its mean holds for any distribution with the model's expected score; its variance is an
assumption.
"""

from __future__ import annotations

import math
from functools import lru_cache

from interview.plans.plan import ResponseModel
from interview.plans.questions import Difficulty, Question

GRID_LOW = -5.0
GRID_HIGH = 5.0
GRID_STEP = 0.05
GRID: tuple[float, ...] = tuple(
    round(GRID_LOW + GRID_STEP * index, 10) for index in range(round((GRID_HIGH - GRID_LOW) / GRID_STEP) + 1)
)

#: The steps between the four levels of a rubric, relative to b (θ units).
STEPS = (-1.0, 0.0, 1.0)


def is_graded(question: Question, model: ResponseModel) -> bool:
    """Whether an answer's level, and not only right or wrong, is modelled."""
    return model == "gpcm" and question.is_open


def parameters(question: Question, model: ResponseModel) -> Difficulty:
    """The item's parameters in ``model``: the 2PL has no guessing, and an open answer cannot be guessed."""
    found = question.difficulty
    if found.c and (model == "2pl" or question.is_open):
        return Difficulty(a=found.a, b=found.b)
    return found


def expected_score(theta: float, item: Difficulty, *, graded: bool = False) -> float:
    """Expected score in (0, 1) of a candidate of ability ``theta``."""
    if graded:
        return sum(level * share for level, share in enumerate(level_shares(theta, item))) / len(STEPS)
    return item.c + (1.0 - item.c) * _logistic(item.a * (theta - item.b))


def level_shares(theta: float, item: Difficulty) -> tuple[float, ...]:
    """The probability of each level 0..m (GPCM)."""
    exponents = _exponents(theta, item)
    peak = max(exponents)
    grown = [math.exp(value - peak) for value in exponents]
    total = math.fsum(grown)
    return tuple(value / total for value in grown)


def information(theta: float, item: Difficulty, *, graded: bool = False) -> float:
    """Fisher information at ``theta``.

    GPCM: a² · Var(X | θ) (Muraki 1993). 3PL: a² · (1 - P)/P · ((P - c)/(1 - c))² (Lord 1980, ch. 5); with c = 0,
    a² · P · (1 - P).
    """
    if graded:
        shares = level_shares(theta, item)
        mean = sum(level * share for level, share in enumerate(shares))
        return item.a * item.a * sum((level - mean) ** 2 * share for level, share in enumerate(shares))
    p = expected_score(theta, item)
    if not item.c:
        return item.a * item.a * p * (1.0 - p)
    return item.a * item.a * (1.0 - p) / p * ((p - item.c) / (1.0 - item.c)) ** 2


def log_likelihood(score: float, item: Difficulty, *, graded: bool = False) -> list[float]:
    """The quasi-log-likelihood of ``score`` on ``GRID``, up to a constant."""
    if graded:
        slope = item.a * len(STEPS) * score
        return [slope * theta - log_z for theta, log_z in zip(GRID, _log_partition(item.a, item.b), strict=True)]
    if item.c:
        curve = _guessing_curve(item.a, item.b, item.c)
        return [score * right + (1.0 - score) * wrong for right, wrong in curve]
    # s·ln P + (1-s)·ln(1-P) = s·z - ln(1 + e^z)
    return [score * z - softplus for z, softplus in _item_curve(item.a, item.b)]


def _exponents(theta: float, item: Difficulty) -> list[float]:
    """``Σ_{j≤k} a(θ - b_j)`` for each level k."""
    values = [0.0]
    for offset in STEPS:
        values.append(values[-1] + item.a * (theta - item.b - offset))
    return values


# The curves are cached: a bank has few items, and every turn needs them.


@lru_cache(maxsize=4096)
def _log_partition(a: float, b: float) -> tuple[float, ...]:
    """``ln Z(θ)`` on the grid."""
    item, values = Difficulty(a=a, b=b), []
    for theta in GRID:
        exponents = _exponents(theta, item)
        peak = max(exponents)
        values.append(peak + math.log(math.fsum(math.exp(value - peak) for value in exponents)))
    return tuple(values)


@lru_cache(maxsize=4096)
def _guessing_curve(a: float, b: float, c: float) -> tuple[tuple[float, float], ...]:
    """``ln P`` and ``ln(1 - P)`` on the grid (3PL)."""
    # 1 - P = (1 - c) / (1 + e^z). Computed from P, it is 0 from z = 37 on.
    return tuple(
        (math.log(c + (1.0 - c) * _logistic(z)), math.log1p(-c) - softplus) for z, softplus in _item_curve(a, b)
    )


@lru_cache(maxsize=4096)
def _item_curve(a: float, b: float) -> tuple[tuple[float, float], ...]:
    """``z = a(θ - b)`` and ``ln(1 + e^z)`` on the grid."""
    zs = [a * (theta - b) for theta in GRID]
    # Written so that neither branch overflows.
    return tuple((z, max(z, 0.0) + math.log1p(math.exp(-abs(z)))) for z in zs)


def _logistic(exponent: float) -> float:
    if exponent >= 0:
        return 1.0 / (1.0 + math.exp(-exponent))
    grown = math.exp(exponent)
    return grown / (1.0 + grown)
