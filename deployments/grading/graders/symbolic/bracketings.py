"""Tries every placing of brackets in a spoken expression: "n times n plus one over two" may be ``n*(n+1)/2``.

Brackets are not heard, so a spoken expression stands for several. The values of all of them at a few points are built
span by span, as a chart parser does, and compared with the key's. Brackets that were said stay. It runs in the sandbox.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from deployments.grading.graders.symbolic.reader import GREEK, NotUnderstood, Token, tokens

#: The values of an expression at each of the points.
Values = tuple[complex, ...]

_POINTS = 3
_MAX_ITEMS, _MAX_VALUES = 15, 300
_TOLERANCE = 1e-7
_BINARY: dict[str, Callable[[complex, complex], complex]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
_PREFIX: dict[str, Callable[[complex], complex]] = {
    "-": operator.neg, "+": operator.pos, "sqrt": cmath.sqrt, "root": cmath.sqrt, "cbrt": lambda x: x ** (1 / 3),
    "exp": cmath.exp, "log": cmath.log, "ln": cmath.log, "abs": abs,
    **{name: getattr(cmath, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan")},
}  # fmt: skip
_POSTFIX: dict[str, Callable[[complex], complex]] = {
    "!": lambda x: math.gamma(x.real + 1) if not x.imag else math.nan,
    "%": lambda x: x / 100,
}
_CONSTANTS = {"pi": math.pi, "e": math.e}


class _Item(Struct, frozen=True):
    """One element of an expression. ``kind`` is ``value``, ``group``, ``binary``, ``prefix`` or ``postfix``."""

    kind: str
    name: str = ""
    values: Values = ()
    inside: tuple[_Item, ...] = ()


def bracketed_as(text: str, key: Any) -> bool:
    """Whether some placing of brackets makes ``text``, an expression in signs, equal ``key``.

    Raises:
        NotUnderstood: the text holds a word or sign that is not known here.
    """
    symbols = sorted(key.free_symbols, key=str)
    points = [
        {symbol: 1.3 + 0.71 * number + 0.37 * at for number, symbol in enumerate(symbols)} for at in range(_POINTS)
    ]
    wanted = [_number(key.subs(point)) for point in points]
    if any(value is None for value in wanted):
        return False
    letters = {str(symbol).casefold(): tuple(complex(point[symbol]) for point in points) for symbol in symbols}
    items = _items(tokens(text), letters)
    return len(items) <= _MAX_ITEMS and any(
        all(abs(one - other) <= _TOLERANCE * max(abs(one), abs(other)) for one, other in zip(made, wanted, strict=True))
        for made in _readings(items)
    )


def _number(expression: Any) -> Any:
    value = expression.evalf(15)
    return complex(value) if value.is_number and value.is_finite else None


def _items(found: Sequence[Token], letters: dict[str, Values]) -> tuple[_Item, ...]:
    """The elements of an expression with the products written out."""
    items: list[_Item] = []
    at = 0
    while at < len(found):
        token = found[at]
        opens = not items or items[-1].kind in ("binary", "prefix")
        if token.kind == "op" and token.text == "(":
            end = _closing(found, at)
            made = [_Item("group", inside=_items(found[at + 1 : end], letters))]
            at = end
        elif token.kind == "op" and token.text in _POSTFIX and not opens:
            made = [_Item("postfix", token.text)]
        elif token.kind == "op" and token.text in _BINARY:
            made = [_Item("prefix" if opens and token.text in _PREFIX else "binary", token.text)]
        elif token.kind == "number":
            made = [_Item("value", values=(complex(float(token.text)),) * _POINTS)]
        elif token.kind == "name":
            made = _named(token, letters)
        else:
            raise NotUnderstood(token.text)
        if not opens and made[0].kind in ("value", "group", "prefix") and items[-1].kind != "binary":
            items.append(_Item("binary", "*"))
        items += made
        at += 1
    return tuple(items)


def _named(token: Token, letters: dict[str, Values]) -> list[_Item]:
    """A function, a constant, a letter, or the product of adjacent letters."""
    name = token.text.casefold()
    index = token.index or token.digits
    if name == "log" and index.isdecimal() and int(index) > 1:
        return [_Item("prefix", f"log_{index}")]
    whole = f"{name}_{index}" if index else name
    if whole in letters:
        return [_Item("value", values=letters[whole])]
    if index:
        raise NotUnderstood(whole)
    if name in _PREFIX:
        return [_Item("prefix", name)]
    if name in _CONSTANTS:
        return [_Item("value", values=(complex(_CONSTANTS[name]),) * _POINTS)]
    if name in GREEK or not set(name) <= set(letters):
        raise NotUnderstood(name)
    made: list[_Item] = []
    for letter in name:
        made += [*([_Item("binary", "*")] if made else []), _Item("value", values=letters[letter])]
    return [_Item("group", inside=tuple(made))]


def _closing(found: Sequence[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(found)):
        depth += {"(": 1, ")": -1}.get(found[at].text, 0)
        if depth == 0:
            return at
    raise NotUnderstood("(")


def _readings(items: Sequence[_Item]) -> set[Values]:
    """The values of every expression that ``items`` may stand for, at most ``_MAX_VALUES`` for each span."""
    chart: dict[tuple[int, int], set[Values]] = {}
    for size in range(1, len(items) + 1):
        for start in range(len(items) - size + 1):
            chart[start, start + size] = _span(items, start, start + size, chart)
    return chart[0, len(items)] if items else set()


def _span(items: Sequence[_Item], start: int, end: int, chart: dict[tuple[int, int], set[Values]]) -> set[Values]:
    first, last = items[start], items[end - 1]
    made: set[Values] = set()
    if end - start == 1:
        return {first.values} if first.kind == "value" else _readings(first.inside) if first.kind == "group" else made
    if first.kind == "prefix":
        made |= {values for one in chart[start + 1, end] if (values := _applied(_function(first.name), one))}
    if last.kind == "postfix":
        made |= {values for one in chart[start, end - 1] if (values := _applied(_POSTFIX[last.name], one))}
    for at in range(start + 1, end - 1):
        if items[at].kind == "binary":
            for one in chart[start, at]:
                for other in chart[at + 1, end]:
                    values = _applied(_BINARY[items[at].name], one, other)
                    if values and len(made) < _MAX_VALUES:
                        made.add(values)
    return made


def _function(name: str) -> Callable[[complex], complex]:
    if name.startswith("log_"):
        base = int(name.removeprefix("log_"))
        return lambda x: cmath.log(x, base)
    return _PREFIX[name]


def _applied(function: Callable[..., complex], *operands: Values) -> Values:
    """The rounded values of ``function`` at each point; empty where it has none."""
    made: list[complex] = []
    for point in zip(*operands, strict=True):
        try:
            value = complex(function(*point))
        except (ArithmeticError, ValueError):
            return ()
        if not cmath.isfinite(value) or abs(value) > 1e100:
            return ()
        made.append(complex(_rounded(value.real), _rounded(value.imag)))
    return tuple(made)


def _rounded(value: float) -> float:
    return float(f"{value:.10g}") + 0.0
