"""Decides whether two expressions are the same function by their values at points to many digits.

Two different elementary expressions agree at random real points with probability 0 (Schwartz 1980, Zippel 1979, for
polynomials). Points are compared where both expressions are real. It runs in the sandbox.
"""

from __future__ import annotations

import random
from typing import Any, Literal

import sympy

#: ``positive``: equal for positive values only. ``factor``: a constant multiple. ``rounded``: equal up to rounding.
Sameness = Literal["same", "positive", "factor", "rounded", "different"]

_DIGITS = 50
_TOLERANCE = sympy.Float("1e-35", _DIGITS)
_POINTS = 8
#: A decimal with at least this many digits stands for the exact value; a shorter one is a rounded value.
_EXACT_DIGITS = 6


def sameness(one: Any, other: Any, *, decimals: int = 0) -> Sameness:
    """Compares ``one``, an answer with decimals of that many digits, with ``other``, the key."""
    if one == other:
        return "same"
    if not _finite(one) or not _finite(other):
        return "different"
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    if not symbols:
        return _constants(one, other, decimals)
    positive = _agree(one, other, symbols, sign=1)
    if positive is None:
        return "same" if sympy.simplify(one - other) == 0 else "different"
    if positive:
        return "positive" if _agree(one, other, symbols, sign=-1) is False else "same"
    if decimals and _agree(one, other, symbols, sign=1, tolerance=_rounding(decimals)):
        return "same" if decimals >= _EXACT_DIGITS else "rounded"
    return "factor" if _constant_ratio(one, other, symbols) else "different"


def _finite(expression: Any) -> bool:
    return not expression.has(sympy.nan, sympy.zoo) and expression not in (sympy.oo, -sympy.oo)


def _rounding(decimals: int) -> Any:
    return sympy.Float(10) ** (1 - min(decimals, 12)) if decimals < _EXACT_DIGITS else sympy.Float("1e-5")


def _constants(one: Any, other: Any, decimals: int) -> Sameness:
    left, right = one.evalf(_DIGITS), other.evalf(_DIGITS)
    if not (left.is_number and right.is_number):
        return "different"
    if _close(left, right, _TOLERANCE) or (_tiny(left) and _tiny(right) and sympy.simplify(one - other) == 0):
        return "same"
    if decimals and _close(left, right, _rounding(decimals)):
        return "same" if decimals >= _EXACT_DIGITS else "rounded"
    return "different"


def _tiny(value: Any) -> bool:
    return bool(abs(complex(value)) < 1e-20)


def _close(left: Any, right: Any, tolerance: Any) -> bool:
    return bool(abs(left - right) <= tolerance * max(abs(left), abs(right)))


def _point(symbols: list[Any], rng: random.Random, sign: int) -> dict[Any, Any]:
    return {symbol: sign * sympy.Rational(rng.randint(100, 4000), 997) for symbol in symbols}


def _mixed(symbols: list[Any], rng: random.Random) -> dict[Any, Any]:
    """A point with at least one negative coordinate."""
    point = {symbol: rng.choice((-1, 1)) * sympy.Rational(rng.randint(100, 4000), 997) for symbol in symbols}
    chosen = rng.choice(symbols)
    return {**point, chosen: -abs(point[chosen])}


def _value(expression: Any, point: dict[Any, Any]) -> Any:
    """``expression`` at ``point`` in decimals. With a symbol in an exponent, SymPy searches for an exact root
    of a fraction, which can take minutes; decimals are therefore put in first."""
    if any(power.exp.free_symbols for power in expression.atoms(sympy.Pow)):
        point = {symbol: sympy.Float(value, 2 * _DIGITS) for symbol, value in point.items()}
    return expression.subs(point).evalf(_DIGITS)


def _agree(one: Any, other: Any, symbols: list[Any], *, sign: int, tolerance: Any = _TOLERANCE) -> bool | None:
    """Whether both agree wherever the key is real among random points; None if no point could be compared."""
    rng = random.Random(20_260_731)  # noqa: S311 - points, not secrets
    compared = 0
    for _attempt in range(4 * _POINTS):
        point = _point(symbols, rng, 1) if sign > 0 else _mixed(symbols, rng)
        left, right = _value(one, point), _value(other, point)
        if not (left.is_number and right.is_number and left.is_finite and right.is_finite):
            continue
        if not right.is_real and (sign < 0 or not left.is_real):
            if sign < 0 or not _close(left, right, tolerance):
                continue
        elif not _close(left, right, tolerance) and not (_tiny(left) and _tiny(right)):
            return False
        compared += 1
        if compared == _POINTS:
            return True
    return True if compared else None


def _constant_ratio(one: Any, other: Any, symbols: list[Any]) -> bool:
    """Whether ``one`` is a constant multiple of ``other`` at random points."""
    rng = random.Random(7)  # noqa: S311 - points, not secrets
    ratios: list[Any] = []
    for _attempt in range(_POINTS):
        point = _point(symbols, rng, 1)
        left, right = _value(one, point), _value(other, point)
        if left.is_number and right.is_number and left.is_finite and right.is_finite and left != 0 and right != 0:
            ratios.append(left / right)
    return len(ratios) >= 3 and all(_close(ratio, ratios[0], _TOLERANCE) for ratio in ratios)


def constant_factor(one: Any, other: Any) -> Any | None:
    """The constant ``one / other``, or None; exact, for equations and inequalities."""
    if other == 0 or one == 0:
        return None
    ratio = sympy.cancel(sympy.together(one / other))
    return ratio if not ratio.free_symbols and ratio != 0 else None
