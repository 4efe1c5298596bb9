"""Maps units as people write and say them to pint's; the vocabulary is closed, so that "in" is not read as inch."""

from __future__ import annotations

import re
from functools import lru_cache
from tokenize import TokenError
from typing import Any

from deployments.grading.graders.numeric.unit_vocabulary import (
    BASIS_POINT,
    CASED,
    CURRENCIES,
    CURRENCY_WORDS,
    FOLDED,
    PERCENT_FORMS,
    Unit,
)
from interview.errors import InvalidInput
from interview.plans.key_units import unit_problem


def unit_named(text: str, *, expected: Unit | None = None) -> Unit | None:
    """The unit a word or symbol names, or None.

    ``expected`` is the key's unit: it decides the meaning of a lone "m" or "b", and makes "pounds" money or weight.
    """
    folded = text.casefold()
    if folded in PERCENT_FORMS:
        return PERCENT_FORMS[folded]
    if folded in ("bp", "bps", "bips") and (expected is None or expected.kind == "percent"):
        return BASIS_POINT
    if folded == "bps":
        return Unit("physical", "bit / second")
    if expected is not None and expected.kind == "currency" and (folded, expected.name) in _SMALL_CHANGE:
        return Unit("currency", expected.name, 0.01)
    if folded == "rpm" and expected is not None and expected.name.startswith("request / "):
        return Unit("label", "request / minute")
    if folded in ("pound", "pounds"):
        return Unit("currency", "GBP") if expected and expected.kind == "currency" else Unit("physical", "pound")
    if folded in CURRENCIES and folded != "s":
        return CURRENCIES[folded]
    if expected is not None and expected.kind == "physical":
        named = _by_key(text, folded, expected)
        if named is not None:
            return named
    if text in CASED:
        if text in ("m", "B", "T", "W", "N", "A", "V", "g", "l", "L") and not (
            expected and expected.kind == "physical"
        ):
            return None
        return CASED[text]
    if folded == "s":
        return Unit("physical", "second")
    return FOLDED.get(folded)


#: The hundredth of a currency by a letter: "43c", "50p".
_SMALL_CHANGE = frozenset({("c", "USD"), ("c", "EUR"), ("c", "CAD"), ("c", "AUD"), ("p", "GBP")})
#: Symbols that are more often a magnitude, a name or a pronoun than a unit.
_LONE_LETTERS = frozenset("mBTWNAVglL")
#: Symbols that mean a unit only if the key has that dimension: (a unit of the dimension, symbol → unit).
_BY_DIMENSION: tuple[tuple[Unit, dict[str, str]], ...] = (
    (Unit("physical", "second"), {"m": "minute", "H": "hour", "d": "day", "D": "day", "w": "week", "y": "year"}),
    (Unit("physical", "meter"), {"in": "inch", '"': "inch", "″": "inch", "”": "inch", "'": "foot", "′": "foot"}),
    (Unit("physical", "kelvin"), {"C": "degC", "F": "degF", "K": "kelvin", "c": "degC", "f": "degF", "k": "kelvin"}),
    (Unit("physical", "bit / second"), {"gig": "giga", "gigs": "giga", "meg": "mega", "megs": "mega"}),
    (Unit("physical", "kilogram"), {"stone": "stone", "t": "metric_ton"}),
    (Unit("physical", "byte"), {"K": "kilobyte", "k": "kilobyte", "M": "megabyte", "G": "gigabyte", "T": "terabyte"}),
)


def _by_key(text: str, folded: str, expected: Unit) -> Unit | None:
    for dimension, symbols in _BY_DIMENSION:
        name = symbols.get(text)
        if name is not None and compatible(expected, dimension):
            if name in ("giga", "mega"):  # of a link's speed
                name += "byte / second" if "byte" in expected.name else "bit / second"
            return Unit("physical", name)
    if folded in ("degree", "degrees", "°", "deg") and compatible(expected, Unit("physical", "kelvin")):
        return expected
    if folded in ("pt", "pint", "pints") and compatible(expected, Unit("physical", "liter")):
        return Unit("physical", "pint")
    return None


def key_unit(text: str) -> Unit:
    """The unit of a question's key: ours if known, else any pint expression, else a label to count.

    Raises:
        InvalidInput: the unit has a problem that ``unit_problem`` finds; a plan that was loaded has none.
    """
    problem = unit_problem(text)
    if problem is not None:
        raise InvalidInput(f"The unit {problem}.", detail={"fields": {"unit": problem}})
    stripped = text.strip()
    if stripped.upper() in CURRENCY_WORDS:
        return Unit("currency", stripped.upper())
    named = unit_named(stripped, expected=Unit("physical", "meter") if stripped in CASED else None)
    if named is not None:
        return named
    for mark in ("/", " per "):
        if mark in stripped:
            top, _, bottom = stripped.partition(mark)
            return per(key_unit(top), key_unit(bottom))
    if _pint_knows(stripped):
        return Unit("physical", stripped)
    label = stripped.casefold()
    return Unit("label", label[:-1] if label.endswith("s") and not label.endswith("ss") else label)


def per(top: Unit, bottom: Unit) -> Unit:
    """ "megabytes per second"; a label in either part makes the whole a label."""
    if top.kind == bottom.kind == "physical" and not top.name.startswith("deg"):
        return Unit("physical", f"{top.name} / {bottom.name}")
    return Unit("label", f"{top.name} / {bottom.name}", top.factor / bottom.factor)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=True)


def warm_up() -> None:
    """Read pint's definitions (about half a second) before the first answer needs them."""
    _registry()


#: The characters of a unit expression; any other text is a label.
_EXPRESSION = re.compile(r"[\w°^*/().\s·-]+")
#: pint reads units with Python's tokenizer; a text that is not an expression raises one of these errors.
_PARSER_ERRORS = (
    AssertionError, AttributeError, KeyError, OverflowError, SyntaxError, TokenError, TypeError, ValueError,
)  # fmt: skip


@lru_cache(maxsize=512)
def _pint_knows(expression: str) -> bool:
    import pint

    if not _EXPRESSION.fullmatch(expression):
        return False
    try:
        # the dimensionality, too: some units parse and are not defined ("dB³")
        return _registry().parse_units(expression).dimensionality is not None
    except (pint.errors.PintError, *_PARSER_ERRORS):
        return False


@lru_cache(maxsize=1024)
def compatible(one: Unit, other: Unit) -> bool:
    """Whether a quantity in ``one`` can be given in ``other``. Money is never converted between currencies."""
    if one.kind != other.kind:
        return False
    if one.kind == "physical":
        registry = _registry()
        left, right = registry.parse_units(one.name), registry.parse_units(other.name)
        return bool(left.dimensionality == right.dimensionality)
    if one.kind == "label":
        return _label_ratio(one.name, other.name) is not None
    return one.name == other.name


def convert(value: float, source: Unit, target: Unit) -> float:
    """``value`` of ``source`` expressed in ``target``; the two must be ``compatible``."""
    scaled = value * source.factor
    if source.kind == "physical":
        return float(_registry().Quantity(scaled, source.name).to(target.name).magnitude)
    if source.kind == "label":
        return scaled * (_label_ratio(source.name, target.name) or 1.0) / target.factor
    return scaled / target.factor


def _label_ratio(one: str, other: str) -> float | None:
    """The factor from ``one`` to ``other``: 1 for equal labels; rates may differ in time ("request / hour")."""
    if one == other:
        return 1.0
    top, _, bottom = one.partition(" / ")
    other_top, _, other_bottom = other.partition(" / ")
    if top != other_top or not bottom or not other_bottom:
        return None
    a, b = FOLDED.get(bottom), FOLDED.get(other_bottom)
    if a is None or b is None or a.kind != "physical" or b.kind != "physical" or not compatible(a, b):
        return None
    return 1.0 / convert(1.0, a, b)
