"""Reads the unit after a number as a phrase: "km^2", "square metres", "dollars per hour", "of a second", "US$"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders.numeric.unit_vocabulary import CURRENCIES, DOLLARS, PERCENT, Unit
from deployments.grading.graders.numeric.units import compatible, per, unit_named
from interview.text.number_cardinals import LexemeCursor
from interview.text.number_lexemes import Lexeme
from interview.text.number_words import NumberReader

_INVERTIBLE = frozenset({"s", "m", "kg", "mol", "h", "min"})
_SQUARE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}


class UnitReader(LexemeCursor):
    """Reads the unit at an index of ``lexemes``; ``expected`` is the key's unit."""

    def __init__(self, text: str, lexemes: Sequence[Lexeme], expected: Unit | None) -> None:
        super().__init__(lexemes)
        self._text = text
        self._expected = expected
        self._numbers = NumberReader(lexemes)

    def unit(self, at: int) -> tuple[Unit | None, int]:
        """The unit at ``at``, with its power and rate, and the index after it."""
        if self.word(at) in ("-", "‑") and self.glued(at):
            unit, after = self._powered(at + 1)
            if unit is not None and (unit.kind in ("physical", "percent") or unit.name == "time"):
                return unit, after
        if self.word(at) in ("(", "[") and self.word(at + 2) in (")", "]"):
            unit, _after = self._powered(at + 1)
            return (unit, at + 3) if unit is not None else (None, at)
        unit, after = self._powered(at)
        if unit is None:
            unit, after = self._bare_rate(at)
            if unit is not None:
                return unit, after
            unit, after = self._part_of(at)
        if unit is None:
            return None, at
        if unit == PERCENT and self.word(after) in ("point", "points"):
            after += 1
        return self._rate(unit, after)

    def currency_before(self, at: int) -> tuple[Unit | None, int]:
        """The currency that stands before a number ("$", "US$", "c $", "Rs.", "EUR"), and the index after it."""
        word = self.word(at)
        for prefix in (1, 2):
            sign = at + prefix
            name = self._raw(at, prefix).casefold().rstrip(".")
            if self.word(sign) == "$" and name in DOLLARS and (self.glued(sign) or name not in ("a", "s", "r")):
                return Unit("currency", DOLLARS[name]), sign + 1
        if word in CURRENCIES:
            unit = CURRENCIES[word]
            coded = word.isalpha() and (word.upper() == unit.name or word == "rs")
            if coded or not word.isalpha():
                return unit, at + 1 + (word == "rs" and self.word(at + 1) == ".")
        return None, at

    def _part_of(self, at: int) -> tuple[Unit | None, int]:
        """ "half *an hour*", "a quarter *of a second*"."""
        start = at + 1 if self.word(at) == "of" else at
        if self.word(start) not in ("a", "an") and not (start > at and self.word(start) == "one"):
            return None, at
        unit, after = self._powered(start + 1)
        return (unit, after) if unit is not None and unit.kind in ("physical", "percent") else (None, at)

    def _rate(self, unit: Unit, after: int) -> tuple[Unit, int]:
        joined = self.word(after) in ("/", "per")
        if not joined and not (self.word(after) in ("a", "an", "each", "every") and unit.kind != "percent"):
            return unit, after
        bottom, end = self._powered(after + 1)
        if bottom is None or bottom.kind not in ("physical", "label") or unit.kind == "percent":
            return unit, after
        if unit.name.endswith("bit / second") or unit.name.endswith("byte / second"):
            return unit, end  # "10 gigs a second" of a link's speed
        if self._is_time(unit) and self._is_time(bottom) and self._expected and "/" not in self._expected.name:
            return unit, end  # "52 minutes a year" of downtime is 52 minutes
        if self.word(end) in ("per", "/") and unit.kind == "physical":  # "metres per second per second"
            again, last = self._powered(end + 1)
            if again == bottom:
                return Unit("physical", f"{unit.name} / ({bottom.name}) ** 2"), last
        return per(unit, bottom), end

    @staticmethod
    def _is_time(unit: Unit) -> bool:
        return unit.kind == "physical" and compatible(unit, Unit("physical", "second"))

    def _bare_rate(self, at: int) -> tuple[Unit | None, int]:
        """ "12k *per minute*", "two hundred *a second*" where the key counts something per time."""
        top, slash, _bottom = self._expected.name.partition(" / ") if self._expected else ("", "", "")
        if not slash or self._expected is None or self.word(at) not in ("per", "a", "an", "each", "every", "/"):
            return None, at
        bottom, after = self._powered(at + 1)
        if bottom is None or bottom.kind != "physical":
            return None, at
        return per(Unit("label" if self._expected.kind == "label" else "physical", top), bottom), after

    def _powered(self, at: int) -> tuple[Unit | None, int]:
        """A unit with its exponent: "m²", "km^3", "metres squared", "m2"."""
        if self.word(at) in _SQUARE:
            inner, after = self._single(at + 1)
            if inner is not None and inner.kind == "physical":
                return Unit("physical", f"({inner.name}) ** {_SQUARE[self.word(at)]}"), after
        unit, after = self._single(at)
        if unit is None or unit.kind != "physical":
            return unit, after
        hours = self.after_hyphen(after)
        if self.word(hours) in ("hours", "hour", "h") and unit.name.endswith(("watt", "ampere")):
            return Unit("physical", f"{unit.name} * hour"), hours + 1
        exponent, end = self._exponent(after)
        return self._multiplied(Unit("physical", f"({unit.name}) ** {exponent}") if exponent else unit, end)

    def _multiplied(self, unit: Unit, after: int) -> tuple[Unit, int]:
        """ "kg·m", "m s^-2": the product of two units."""
        sign = self.word(after) in ("*", "·", "⋅")
        other, end = self._single(after + sign)
        if other is None or other.kind != "physical":
            return unit, after
        exponent, last = self._exponent(end)
        if not sign and exponent >= 0:
            return unit, after
        power = f" ** {exponent}" if exponent else ""
        return Unit("physical", f"({unit.name}) * ({other.name}){power}"), last

    def _exponent(self, at: int) -> tuple[int, int]:
        word = self.word(at)
        if word in ("squared", "cubed"):
            return (2 if word == "squared" else 3), at + 1
        if word in ("-", "−") and self.glued(at) and self.glued(at + 1) and self.lexemes[at - 1].text in _INVERTIBLE:
            text = self.lexemes[at + 1].text
            return (-int(text), at + 2) if re.fullmatch(r"[1-3]", text) else (0, at)  # "4e14 s-1"
        start = at + 1 if word in ("^", "**") else at
        raised = start > at or (self.glued(at) and self.lexemes[at - 1].text in ("m", "km", "cm", "mm", "s", "ft"))
        if start > at and self.word(start) in ("-", "−") and self.is_kind(start + 1, "number"):
            text = self.lexemes[start + 1].text
            return (-int(text), start + 2) if re.fullmatch(r"[1-4]", text) else (0, at)
        marked = raised and (self.is_kind(start, "number") or self.is_kind(start, "super"))
        if marked or self.is_kind(at, "super"):
            text = self.lexemes[start].text
            if re.fullmatch(r"-?[1-4]", text):
                return int(text), start + 1
        return 0, at

    def _single(self, at: int) -> tuple[Unit | None, int]:
        word, following = self.word(at), self.word(at + 1)
        if word in ("per", "percentage") and following in ("cent", "points", "point"):
            return PERCENT, at + 2
        if word == "per" and following in ("mille", "mil"):
            return Unit("percent", "%", 0.1), at + 2
        if word == "basis" and following in ("points", "point"):
            return Unit("percent", "%", 0.01), at + 2
        if word in DOLLARS and (following in ("dollars", "dollar") or (following == "$" and self.glued(at + 1))):
            return Unit("currency", DOLLARS[word]), at + 2
        if word == "." and following in CURRENCIES:  # "48,2 Mio. $"
            return CURRENCIES[following], at + 2
        if word in ("times", "x") and self._numbers.read(at + 1) is not None:
            return None, at
        if word == "x" and self.glued(at):
            return Unit("label", "time"), at + 1
        for count in (2, 1):
            text = self._raw(at, count)
            if text and (count == 1 or text[0].isalpha() or text[0] == "°"):
                unit = unit_named(text, expected=self._expected)
                if unit is not None and not (text == "in" and self._numbers.read(at + count) is not None):
                    return unit, at + count
        return None, at

    def _raw(self, at: int, count: int) -> str:
        if at < 0 or at + count > len(self.lexemes):
            return ""
        text = self._text[self.lexemes[at].start : self.lexemes[at + count - 1].end]
        return re.sub(r"\s+", " ", text)
