"""Numbers as people type them and as speech recognition writes them: "1.5e6", "½", "one point five million".

A recursive-descent reader over lexemes with offsets. It reads English number words; digits are read in any language.
"""

from __future__ import annotations

import math

from interview.text.number_cardinals import Reading
from interview.text.number_lexemes import Lexeme, lex
from interview.text.number_powers import PowerReader
from interview.text.number_vocabulary import (
    DENOMINATORS,
    MULTIPLIERS,
    ONES,
    ORDINALS,
    SCALES,
    TENS,
    VULGAR,
    as_text,
)

__all__ = ["Lexeme", "NumberReader", "Reading", "canonical_numbers"]

#: Words after which "point five" is the number of an item and not a decimal.
_NOT_BEFORE_POINT_TEXT = "that this the a an my your his her first second main key each what some which good"
_NOT_BEFORE_POINT = frozenset(_NOT_BEFORE_POINT_TEXT.split())
#: Words before a quarter of the year, or the half of a match.
_NAMES_A_QUARTER = frozenset({"the", "this", "last", "next", "fiscal", "every", "each", "per", "that", *ORDINALS})
#: Singular denominators that follow a numerator above one in careless speech: "two third".
_CARELESS = frozenset({"third", "quarter", "fourth", "fifth"})


class NumberReader(PowerReader):
    """Reads one number starting at an index, greedily; ``stop`` bounds how far it may look."""

    def read(self, at: int) -> Reading | None:
        """The number that starts at ``at``, or None."""
        sign, start = self.sign(at)
        reading = self._unsigned(start)
        if reading is None:
            return None
        turn = -1.0 if sign else 1.0
        other = self._tenths(reading) if reading.other is None else reading.other
        other = None if other is None else turn * other
        return Reading(turn * reading.value, at, reading.after, reading.loose, reading.weak and not sign, other)

    def _tenths(self, reading: Reading) -> float | None:
        """ "A million two" as 1.2 million: the second reading of a scale and a lone digit; None for other numbers."""
        scale, digit = SCALES.get(self.word(reading.after - 2), 0.0), ONES.get(self.word(reading.after - 1), 0)
        if scale < 1e3 or not 0 < digit < 10 or reading.value % 1000 != digit:
            return None
        return reading.value - digit + scale * digit / 10

    def _unsigned(self, at: int) -> Reading | None:
        base = self._mantissa(at)
        if base is None:
            return None
        value, after, weak = base.value, base.after, base.weak
        value, after = self._scaled(value, after)
        value, after, mixed = self.mixed(value, after)
        if mixed:
            value, after = self._scaled(value, after)
        count = value if self.word(after) == "out" else None  # "60 out of 1200" may be asked for as 60
        value, after, fraction = self._fraction(value, after, base)
        if fraction:
            weak = False
            value, after = self._scaled_fraction(value, after)
        power_value, power_after = self.powers(value, after)
        if power_after != after:
            value, after, weak = power_value, power_after, False
        unchanged = after == base.after
        other = base.other if unchanged else count if fraction else None
        return Reading(value, at, after, base.loose, weak and unchanged, other)

    def _mantissa(self, at: int) -> Reading | None:
        if self.is_kind(at, "number"):
            return self._digits(at)
        if self.is_kind(at, "vulgar"):
            return Reading(VULGAR[self.lexemes[at].text], at, at + 1)
        word = self.word(at)
        if word == "point" and self.word(at - 1) not in _NOT_BEFORE_POINT:
            digits, after = self.decimals(at + 1)
            return Reading(float(f"0.{digits}"), at, after) if digits else None
        if word in ("square", "√", "root") or (word == "the" and self.word(at + 1) == "square"):
            return self._root(at)
        compound = self._compound_denominator(at)
        if compound is not None:
            return compound
        if word in ("a", "an"):
            return self._article(at)
        if word in ("half", "quarter") and self.word(at - 1) not in _NAMES_A_QUARTER:
            return Reading(*self._of_scale(1 / DENOMINATORS[word], at, at + 1))
        return self.cardinal(at)

    def _digits(self, at: int) -> Reading:
        lexeme = self.lexemes[at]
        value, after = float(lexeme.text), at + 1
        if self.word(after) in ("point", "dot") and self.decimals(after + 1)[1] > after + 1:
            digits, after = self.decimals(after + 1)
            return Reading(value + float(f"0.{digits}"), at, after)
        spelt = self._spelt_digits(at)
        if len(spelt) > 2:
            return Reading(float("".join(spelt)), at, at + len(spelt), loose=True, other=float(spelt[-1]))
        repeated = self.word(after) in ("double", "triple") and lexeme.text.isdigit()
        if repeated:
            tail = self.cardinal(after)
            if tail is not None and tail.loose:
                return Reading(float(f"{lexeme.text}{int(tail.value)}"), at, tail.after, loose=True)
        return Reading(value, at, after, other=float(lexeme.other) if lexeme.other else None)

    def _spelt_digits(self, at: int) -> list[str]:
        """The single digits that stand one space apart from ``at`` on: "4 4 3" is 443."""
        found: list[str] = []
        while self.is_kind(at, "number") and len(self.lexemes[at].text) == 1:
            if found and self.lexemes[at].start != self.lexemes[at - 1].end + 1:
                break
            found.append(self.lexemes[at].text)
            at += 1
        return found

    def _root(self, at: int) -> Reading | None:
        """ "the square root of 144", "root 2", "√2"."""
        index = at + (self.word(at) == "the")
        if self.word(index) == "square":
            if self.word(index + 1) != "root":
                return None
            index += 1
        index += 1 + (self.word(index + 1) == "of")
        inner = self._mantissa(index) if self.word(index) not in ("√", "root", "square", "the") else None
        if inner is None or inner.value < 0:
            return None
        value, after = self._scaled(inner.value, inner.after)
        return Reading(math.sqrt(value), at, after)

    def _compound_denominator(self, at: int) -> Reading | None:
        """ "one ten-thousandth", "five hundred-thousandths", "one four-hundredth"."""
        top = 1.0 if self.word(at) in ("a", "an") else float(ONES.get(self.word(at), 0))
        few = ONES.get(self.word(at + 1), 0)
        part = self.denominator(at + 2) if top and 1 < few < 10 and self.hyphen(at + 2) else None
        if part is not None and part[0] in (100, 1000):
            return Reading(top / (few * part[0]), at, part[1])
        tens = {"ten": 10, "hundred": 100}.get(self.word(at + 1), 0)
        bottom = self.denominator(at + 2) if tens and top else None
        if bottom is None or bottom[0] < 1000:
            return None
        if bottom[2] and top == 1:  # "a hundred trillionths"
            return Reading(tens / bottom[0], at, bottom[1])
        return Reading(top / (tens * bottom[0]), at, bottom[1])

    def _article(self, at: int) -> Reading | None:
        """ "a hundred", "a million", "a dozen", "a half", "a third", "a trillionth"."""
        following = self.word(at + 1)
        if following in MULTIPLIERS or following in SCALES:
            bottom = self.denominator(at + 2)
            found = self.cardinal(at + 1)
            if found is not None and bottom is not None and bottom[2] and found.after == at + 2:
                return Reading(found.value / bottom[0], at, bottom[1])
            return found
        bottom = self.denominator(at + 1)
        if bottom is not None and not bottom[2] and following != "second":
            return Reading(*self._of_scale(1 / bottom[0], at, bottom[1]))
        return None

    def _of_scale(self, value: float, first: int, after: int) -> tuple[float, int, int]:
        """ "half a million", "a quarter of a million", "half million", "half a dozen"."""
        at = after
        if self.word(at) == "of":
            at += 1
        if self.word(at) in ("a", "an", "one"):
            at += 1
        scale = SCALES.get(self.word(at)) or MULTIPLIERS.get(self.word(at))
        return (value * scale, first, at + 1) if scale else (value, first, after)

    def _scaled(self, value: float, after: int) -> tuple[float, int]:
        """A scale word after the number: "1.5 million", "250 thousand", "2 hundred", "3 dozen"."""
        while True:
            word = self.word(after)
            scale = SCALES.get(word) or MULTIPLIERS.get(word)
            if scale is None:
                return value, after
            value, after = value * scale, after + 1
            rest = self._rest_below(after, scale)
            if rest is not None:
                value, after = value + rest[0], rest[1]

    def _rest_below(self, at: int, scale: float) -> tuple[float, int] | None:
        """The end of the same number after a scale: "2 million 500 thousand", "3 thousand and twenty", "4 hundred and
        21"."""
        start = at + 1 if self.word(at) == "and" else at
        if self.is_kind(start, "number"):
            value = float(self.lexemes[start].text)
            following = SCALES.get(self.word(start + 1)) or MULTIPLIERS.get(self.word(start + 1))
            if following is not None and following < scale and value < 1000:
                inner = self._rest_below(start + 2, following)
                extra, end = inner if inner is not None else (0.0, start + 2)
                return value * following + extra, end
            whole = self.lexemes[start].text.isdigit() and value < scale and self.word(start + 1) != "/"
            follows = start > at or (scale >= 1e3 and len(self.lexemes[start].text) == 3)
            return (value, start + 1) if follows and whole and value else None
        if scale < 1e3 and start == at:
            return None
        top = self.cardinal(start)
        if top is None or top.loose or top.value >= scale:
            return None
        bottom = self.denominator(top.after)
        return None if bottom is not None and top.value < bottom[0] else (top.value, top.after)

    def mixed(self, value: float, after: int) -> tuple[float, int, bool]:
        """ "two and a half", "1 1/2", "1½", "one and three quarters", "7 and 1/4"."""
        joined = self.word(after) in ("and", "&")
        start = after + 1 if joined else after
        if self.is_kind(start, "vulgar"):
            return value + VULGAR[self.lexemes[start].text], start + 1, True
        if self.is_kind(start, "number") and self.word(start + 1) == "/" and self.is_kind(start + 2, "number"):
            top, bottom = float(self.lexemes[start].text), float(self.lexemes[start + 2].text)
            proper = bottom > top > 0 and value.is_integer() and not self.glued(start)
            return (value + top / bottom, start + 3, True) if proper else (value, after, False)
        if not joined:
            return value, after, False
        if self.word(start) in ("half", "quarter"):
            return value + 1 / DENOMINATORS[self.word(start)], start + 1, True
        single = self.word(start) in ("a", "an", "one")
        top_reading = None if self.word(start) in ("a", "an") else self.cardinal(start)
        denominator = self.denominator(start + 1 if single else top_reading.after if top_reading else start)
        if denominator is None or (not single and top_reading is None):
            return value, after, False
        top = 1.0 if single or top_reading is None else top_reading.value
        if top >= denominator[0] or (single and denominator[2]):
            return value, after, False
        whole = SCALES.get(self.word(after - 1), 1.0)  # "a million and a half": half a million more
        end = denominator[1]
        smaller = SCALES.get(self.word(end), whole)
        if smaller < whole:  # "a billion and a half million"
            return value + smaller * top / denominator[0], end + 1, True
        return value + whole * top / denominator[0], end, True

    def _fraction(self, value: float, after: int, base: Reading) -> tuple[float, int, bool]:
        """ "3/4", "three over four", "three out of four", "two thirds", "one third", "three twenty-fifths"."""
        word = self.word(after)
        if word in ("/", "÷") and self.is_kind(after + 1, "number"):
            bottom = float(self.lexemes[after + 1].text)
            return (value / bottom, after + 2, True) if bottom else (value, after, False)
        if word in ("over", "out", "upon") or (word == "divided" and self.word(after + 1) == "by"):
            at = after + (2 if word in ("out", "divided") else 1)
            if word != "out" or self.word(after + 1) == "of":
                below = self._mantissa(at)
                if below is not None and below.value:
                    bottom, end = self._scaled(below.value, below.after)
                    return value / bottom, end, True
        denominator = self.denominator(after)
        if denominator is None or base.after != after:
            return value, after, False
        bottom_value, end, plural = denominator
        if self.word(after) in TENS and not plural and value != 1:
            return value, after, False
        if plural or value == 1 or (value in (2, 3) and self.word(end - 1) in _CARELESS):
            return value / bottom_value, end, True
        return value, after, False

    def _scaled_fraction(self, value: float, after: int) -> tuple[float, int]:
        """ "three quarters of a million", "three quarters million"."""
        if self.word(after) == "of" or self.word(after) in SCALES:
            scaled, _first, end = self._of_scale(value, after, after)
            if end != after:
                return scaled, end
        return value, after


def canonical_numbers(text: str) -> str:
    """``text`` with every number in words written in digits: "port four forty three" → "port 443"."""
    lexemes = lex(text)
    reader = NumberReader(lexemes)
    parts: list[str] = []
    at, copied = 0, 0
    while at < len(lexemes):
        reading = reader.read(at) if lexemes[at].text not in ("a", "an", "+", "plus") else None
        if reading is None:
            at += 1
            continue
        parts.append(text[copied : lexemes[at].start] + as_text(reading.value))
        copied = lexemes[reading.after - 1].end
        at = reading.after
    return "".join(parts) + text[copied:]
