"""Quantities in an answer: numbers with their units, ranges ("between 5 and 10"), composites ("1 hour 30 minutes")."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders.numeric.units import CURRENCIES, PERCENT, Unit, compatible, convert, per, unit_named
from interview.text.number_vocabulary import DENOMINATORS, SCALES, SUFFIXES, Lexeme, lex
from interview.text.number_words import NumberReader, Reading

#: More mentions than this is a spray, not an answer; reading stops here.
MAX_MENTIONS = 64


class Quantity(Struct, frozen=True):
    """A number with its unit; ``high`` is set for a range (``value`` is then its low end).

    ``start``/``end`` are character offsets. ``loose`` and ``weak`` are as in ``Reading``.
    """

    value: float
    unit: Unit | None
    start: int
    end: int
    high: float | None = None
    loose: bool = False
    weak: bool = False


def quantities(text: str, *, expected: Unit | None = None) -> list[Quantity]:
    """Every quantity in ``text``, in order. ``expected`` is the key's unit and settles what a lone "m" means."""
    return _Scanner(text, lex(text), expected).scan()


class _Scanner:
    def __init__(self, text: str, lexemes: list[Lexeme], expected: Unit | None) -> None:
        self._text = text
        self._lexemes = lexemes
        self._expected = expected
        self._reader = NumberReader(self._lexemes)

    def scan(self) -> list[Quantity]:
        found: list[tuple[Quantity, int, int]] = []
        at = 0
        while at < len(self._lexemes) and len(found) < MAX_MENTIONS:
            got = self._range(at) or self._single(at)
            if got is None:
                at += 1
                continue
            quantity, first, after = got
            if found and found[-1][0].high is None and quantity.high is None:
                joined = self._composite(found[-1], (quantity, first, after))
                if joined is not None:
                    found[-1] = joined
                    at = after
                    continue
            found.append((quantity, first, after))
            at = after
        return [quantity for quantity, _first, _after in found]

    def _word(self, at: int) -> str:
        return self._lexemes[at].text if 0 <= at < len(self._lexemes) else ""

    def _single(self, at: int) -> tuple[Quantity, int, int] | None:
        """One quantity: a currency sign, a number, a magnitude, a unit."""
        start, prefix = at, None
        sign_first = self._word(at) in ("-", "−") and self._word(at + 1) in CURRENCIES
        money_at = at + 1 if sign_first else at
        money = self._word(money_at)
        if money in CURRENCIES and (not money.isalpha() or money.upper() == CURRENCIES[money].name):
            prefix = CURRENCIES[money]
            at = money_at + 1
        reading = self._reader.read(at)
        if reading is None:
            return self._one_unit(at)
        value, after = self._suffixed(reading)
        unit, end = self._unit(after)
        if unit is not None and (half := self._and_a_part(end)):
            value, end = value + half, end + 3
        if prefix is not None and (unit is None or unit.kind != "currency"):
            unit, end = prefix, after
        unit = unit or prefix
        if sign_first and prefix is not None:
            value = -value
        span = self._span(start, end)
        weak = reading.weak and unit is None
        return Quantity(value, unit, *span, loose=reading.loose, weak=weak), start, end

    def _one_unit(self, at: int) -> tuple[Quantity, int, int] | None:
        """ "an hour", "a minute and a half"."""
        if self._word(at) not in ("a", "an"):
            return None
        unit, end = self._unit_word(at + 1)
        if unit is None or unit.kind != "physical":
            return None
        part = self._and_a_part(end)
        end += 3 if part else 0
        return Quantity(1.0 + part, unit, *self._span(at, end), weak=not part), at, end

    def _and_a_part(self, at: int) -> float:
        """ "and a half" after a unit: 0.5; 0 when there is none."""
        if self._word(at) == "and" and self._word(at + 1) in ("a", "one"):
            bottom = DENOMINATORS.get(self._word(at + 2))
            return 1 / bottom if bottom else 0.0
        return 0.0

    def _suffixed(self, reading: Reading) -> tuple[float, int]:
        """The magnitude after digits: "10k", "1.5M", "2 bn"."""
        word, after = self._word(reading.after), reading.after
        if word not in SUFFIXES or (self._lexemes[after - 1].kind != "number" and word != "k"):
            return reading.value, after
        glued = self._lexemes[after].glued
        raw = self._text[self._lexemes[after].start : self._lexemes[after].end]
        claimed = len(word) == 1 and word in "mbt" and unit_named(raw, expected=self._expected) is not None
        if claimed or (not glued and len(word) == 1 and word != "k"):
            return reading.value, after
        return reading.value * SUFFIXES[word], after + 1

    def _span(self, first: int, after: int) -> tuple[int, int]:
        return self._lexemes[first].start, self._lexemes[after - 1].end

    def _raw(self, at: int, count: int) -> str:
        if at + count > len(self._lexemes):
            return ""
        text = self._text[self._lexemes[at].start : self._lexemes[at + count - 1].end]
        return re.sub(r"\s+", " ", text)

    def _unit(self, at: int) -> tuple[Unit | None, int]:
        """The unit at ``at``, with a rate ("per second"), and the index after it."""
        if self._word(at) == "-" and at + 1 < len(self._lexemes) and self._lexemes[at].glued:
            unit, after = self._unit_word(at + 1)
            if unit is not None and unit.kind == "physical":
                return unit, after
        unit, after = self._unit_word(at)
        if unit is None and self._word(at) in ("of", "a", "an"):
            unit, after = self._unit_word(at + (2 if self._word(at) == "of" else 1))
            if unit is None or unit.kind != "physical" or self._word(after - 2) not in ("a", "an", "one"):
                return None, at
        if unit is None:
            return None, at
        if unit == PERCENT and self._word(after) in ("point", "points"):
            after += 1
        if self._word(after) in ("squared", "cubed") and unit.kind == "physical":
            power = 2 if self._word(after) == "squared" else 3
            unit, after = Unit("physical", f"{unit.name} ** {power}"), after + 1
        if self._word(after) in ("/", "per") or (
            self._word(after) in ("a", "an", "each", "every") and unit.kind != "percent"
        ):
            bottom, end = self._unit_word(after + 1)
            if bottom is not None and bottom.kind in ("physical", "label") and unit.kind in ("physical", "label"):
                return per(unit, bottom), end
        return unit, after

    def _unit_word(self, at: int) -> tuple[Unit | None, int]:
        if self._word(at) in ("per", "percentage") and self._word(at + 1) in ("cent", "points", "point"):
            return PERCENT, at + 2
        if self._word(at) == "basis" and self._word(at + 1) in ("points", "point"):
            return Unit("percent", "%", 0.01), at + 2
        if self._word(at) in ("us", "u.s") and self._word(at + 1) in ("dollars", "dollar"):
            return Unit("currency", "USD"), at + 2
        if self._word(at) in ("square", "cubic"):
            inner, after = self._unit_word(at + 1)
            if inner is not None and inner.kind == "physical":
                return Unit("physical", f"{inner.name} ** {2 if self._word(at) == 'square' else 3}"), after
        for count in (2, 1):
            text = self._raw(at, count)
            if text and (count == 1 or text[0].isalpha() or text[0] == "°"):
                unit = unit_named(text, expected=self._expected)
                if unit is not None:
                    return unit, at + count
        return None, at

    def _composite(
        self, before: tuple[Quantity, int, int], now: tuple[Quantity, int, int]
    ) -> tuple[Quantity, int, int] | None:
        """ "one hour and thirty minutes", "five dollars and fifty cents": one quantity in the first one's unit."""
        left, first, left_after = before
        right, right_first, after = now
        between = [lexeme.text for lexeme in self._lexemes[left_after:right_first]]
        if between not in ([], ["and"], [","], [",", "and"]) or left.unit is None or right.unit is None:
            return None
        if left.unit == right.unit or not compatible(left.unit, right.unit) or "/" in left.unit.name or left.value < 0:
            return None
        if left.unit.kind not in ("physical", "currency") or left.unit.name.startswith("deg"):
            return None
        added = convert(right.value, right.unit, left.unit)
        if not 0 <= added < 1:
            return None
        joined = replace(left, value=left.value + added, end=right.end, weak=False)
        return joined, first, after

    def _range(self, at: int) -> tuple[Quantity, int, int] | None:
        if self._word(at) in ("between", "from"):
            return self._between(at)
        low = self._single(at)
        if low is None:
            return None
        after = low[2]
        joint = self._word(after)
        is_to = joint in ("to", "til", "until", "through", "till") and self._word(after + 1) != "the"
        is_dash = joint in ("-", "–", "—") and (self._lexemes[after].glued or joint != "-")
        if not (is_to or is_dash):
            return None
        high = self._single(after + 1)
        if high is None or (is_dash and high[0].start - low[0].end > 3):
            return None
        return self._join(low[0], high[0], at, low[2], high[2])

    def _between(self, at: int) -> tuple[Quantity, int, int] | None:
        """ "between one hundred and two hundred": the "and" that splits is the last that leaves two numbers."""
        joint = "and" if self._word(at) == "between" else "to"
        places = [index for index in range(at + 1, min(at + 16, len(self._lexemes))) if self._word(index) == joint]
        for place in reversed(places):
            low = _Scanner(self._text, self._lexemes[:place], self._expected)._single(at + 1)
            high = self._single(place + 1)
            if low is None or high is None or low[2] != place:
                continue
            joined = self._join(low[0], high[0], at, low[2], high[2])
            if joined is not None:
                return joined
        return None

    def _join(
        self, low: Quantity, high: Quantity, first: int, low_after: int, after: int
    ) -> tuple[Quantity, int, int] | None:
        """A range of both; a unit or a scale said once ("5 to 10 million dollars") counts for both ends."""
        low_value, high_value = low.value, high.value
        last_number = self._text[high.start : high.end].casefold()
        scale = next((value for word, value in SCALES.items() if re.search(rf"\b{word}\b", last_number)), None)
        if scale and low_value < scale and low_value * scale <= high_value:
            low_value *= scale
        if low.unit is not None and high.unit is not None and low.unit != high.unit:
            if not compatible(low.unit, high.unit):
                return None
            high_value = convert(high_value, high.unit, low.unit)
        unit = low.unit or high.unit
        if low_value > high_value:
            return None
        start, end = self._span(first, after)
        return Quantity(low_value, unit, start, end, high=high_value), first, after
