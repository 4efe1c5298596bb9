"""Numbers as people type them and as speech recognition writes them: "1.5e6", "½", "one point five million".

A small recursive-descent reader over tokens with offsets. It reads English number words; digits are read in any
language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from interview.text.number_vocabulary import (
    DENOMINATORS,
    ONES,
    ORDINALS,
    PLURAL_DENOMINATORS,
    SCALES,
    TENS,
    VULGAR,
    Lexeme,
    as_text,
    lex,
    power,
)


class Reading(Struct, frozen=True):
    """A number read from ``lexemes[first:after]``.

    ``loose`` marks digits that were only juxtaposed ("two fifty", "one two three"), ``weak`` a lone word that may
    be a pronoun or an article ("one", "a half").
    """

    value: float
    first: int
    after: int
    loose: bool = False
    weak: bool = False


_MINUS = frozenset("-−–")
#: Words after which "point five" is a place in an argument and not a decimal.
_NOT_BEFORE_POINT_TEXT = "that this the a an my your his her first second main key each what some which good"
_NOT_BEFORE_POINT = frozenset(_NOT_BEFORE_POINT_TEXT.split())


class NumberReader:
    """Reads one number starting at an index, greedily; ``stop`` bounds how far it may look."""

    def __init__(self, lexemes: Sequence[Lexeme], stop: int | None = None) -> None:
        self._all = lexemes
        self._stop = len(lexemes) if stop is None else stop

    def _word(self, at: int) -> str:
        """The word or symbol at ``at``; empty past the end and for digits."""
        if not 0 <= at < self._stop:
            return ""
        lexeme = self._all[at]
        return lexeme.text if lexeme.kind in ("word", "symbol") else ""

    def _is(self, at: int, kind: str) -> bool:
        return 0 <= at < self._stop and self._all[at].kind == kind

    def read(self, at: int) -> Reading | None:
        """The number that starts at ``at``, or None."""
        sign, start = self._sign(at)
        reading = self._unsigned(start)
        if reading is None:
            return None
        value = -reading.value if sign else reading.value
        return Reading(value, at, reading.after, reading.loose, reading.weak and not sign)

    def _sign(self, at: int) -> tuple[bool, int]:
        word = self._word(at)
        if word in ("minus", "negative"):
            return True, at + 1
        if word in _MINUS and (at == 0 or self._all[at - 1].kind != "number") and at + 1 < self._stop:
            return True, at + 1
        if word == "+":
            return False, at + 1
        return False, at

    def _unsigned(self, at: int) -> Reading | None:
        base = self._mantissa(at)
        if base is None:
            return None
        value, after, loose, weak = base.value, base.after, base.loose, base.weak
        value, after = self._scaled(value, after)
        value, after, mixed = self._mixed(value, after)
        if mixed:
            value, after = self._scaled(value, after)
        value, after, fraction = self._fraction(value, after, base)
        if fraction:
            weak = False
            value, after = self._scaled_fraction(value, after)
        power_value, power_after = self._powers(value, after)
        if power_after != after:
            value, after, weak = power_value, power_after, False
        return Reading(value, at, after, loose, weak and after == base.after)

    def _mantissa(self, at: int) -> Reading | None:
        if self._is(at, "number"):
            value = float(self._all[at].text)
            after = at + 1
            if self._word(after) == "point" and self._decimals(after + 1)[1] > after + 1:
                digits, after = self._decimals(after + 1)
                value += float(f"0.{digits}")
            return Reading(value, at, after)
        if self._is(at, "vulgar"):
            return Reading(VULGAR[self._all[at].text], at, at + 1)
        word = self._word(at)
        if word == "point" and self._word(at - 1) not in _NOT_BEFORE_POINT:
            digits, after = self._decimals(at + 1)
            return Reading(float(f"0.{digits}"), at, after) if digits else None
        if word in ("a", "an"):
            return self._article(at)
        if word in ("half", "quarter"):
            value = 1 / DENOMINATORS[word]
            return Reading(*self._of_scale(value, at, at + 1), weak=False)
        return self._words(at)

    def _article(self, at: int) -> Reading | None:
        """ "a hundred", "a million", "a dozen", "a half", "a third"."""
        following = self._word(at + 1)
        if following in ("hundred", "dozen") or following in SCALES:
            return self._words(at + 1)
        if following in DENOMINATORS and following not in ("second",):
            return Reading(*self._of_scale(1 / DENOMINATORS[following], at, at + 2), weak=False)
        return None

    def _of_scale(self, value: float, first: int, after: int) -> tuple[float, int, int]:
        """ "half a million", "a quarter of a million", "half million", "half a dozen"."""
        at = after
        if self._word(at) == "of":
            at += 1
        if self._word(at) in ("a", "an", "one"):
            at += 1
        scale = SCALES.get(self._word(at)) or {"dozen": 12.0, "hundred": 100.0}.get(self._word(at))
        return (value * scale, first, at + 1) if scale else (value, first, after)

    def _words(self, at: int) -> Reading | None:
        """Cardinals in words: "two hundred and fifty", "nineteen eighty four", "one oh eight", "fifteen hundred"."""
        total, group, chunks = 0.0, None, list[str]()
        index, scaled = at, False
        while index < self._stop:
            word = self._word(index)
            if word in ("-",) and index > at and self._all[index].glued and self._word(index - 1) in TENS:
                index += 1
                continue
            if self._is(index, "number") and scaled and group is None and float(self._all[index].text) < 1000:
                break
            if word == "and":
                following = self._word(index + 1)
                if (group or total) and scaled and (following in ONES or following in TENS):
                    index += 1
                    continue
                break
            if word in ONES or word in TENS or (word in ("oh", "o") and self._digit_follows(index, chunks, group)):
                value = ONES.get(word, TENS.get(word, 0))
                if group is None:
                    group = float(value)
                elif (value < 10 and group % 100 >= 20 and group % 10 == 0 and value > 0 and word in ONES) or (
                    scaled and group % 100 == 0 and group > 0 and word not in ("oh", "o")
                ):
                    group += value
                elif not scaled:
                    chunks.append(_digits_of(group))
                    group = float(value)
                else:
                    break
            elif word == "hundred" or word == "hundreds":
                if chunks:
                    break
                group = (1.0 if group is None else group) * 100
                scaled = True
            elif word == "dozen":
                group = (1.0 if group is None else group) * 12
                index += 1
                break
            elif word in SCALES:
                if chunks or (group is None and index > at):
                    break
                total += (1.0 if group is None else group) * SCALES[word]
                group, scaled = None, True
            else:
                break
            index += 1
        if index == at:
            return None
        if self._word(index - 1) == "and":
            index -= 1
        loose = bool(chunks)
        if chunks:
            chunks.append(_digits_of(group or 0.0))
            value_of = float("".join(chunks))
        else:
            value_of = total + (group or 0.0)
        if self._word(index) == "point":
            digits, after = self._decimals(index + 1)
            if digits:
                return Reading(value_of + float(f"0.{digits}"), at, after, loose)
        weak = index == at + 1 and self._word(at) == "one"
        return Reading(value_of, at, index, loose, weak)

    def _digit_follows(self, index: int, chunks: list[str], group: float | None) -> bool:
        """Whether "oh" stands for a zero: inside a run of digits, or before a decimal point."""
        following = self._word(index + 1)
        inside = group is not None or bool(chunks)
        return (inside and (following in ONES or following in ("oh", "o"))) or following == "point"

    def _decimals(self, at: int) -> tuple[str, int]:
        """The digits after a spoken "point": "one four", "twenty five", "oh five", "25"."""
        digits = ""
        while at < self._stop:
            word = self._word(at)
            if self._is(at, "number") and self._all[at].text.isdigit():
                digits += self._all[at].text
            elif word in ("oh", "o"):
                digits += "0"
            elif word in ONES:
                digits += str(ONES[word])
            elif word in TENS:
                following = self._word(at + 1)
                unit = ONES.get(following, 0)
                if 0 < unit < 10:
                    digits += str(TENS[word] + unit)
                    at += 1
                else:
                    digits += str(TENS[word])
            else:
                break
            at += 1
        return digits, at

    def _scaled(self, value: float, after: int) -> tuple[float, int]:
        """A scale word after the number: "1.5 million", "250 thousand", "2 hundred", "3 dozen"."""
        while True:
            word = self._word(after)
            scale = SCALES.get(word) or {"hundred": 100.0, "dozen": 12.0}.get(word)
            if scale is None:
                return value, after
            value, after = value * scale, after + 1
            if scale >= 1e3:
                rest = NumberReader(self._all, self._stop)._rest_below(after, scale)
                if rest is not None:
                    value, after = value + rest[0], rest[1]

    def _rest_below(self, at: int, scale: float) -> tuple[float, int] | None:
        """What follows a scale in the same number: "2 million 500 thousand", "3 thousand and twenty"."""
        joined = self._word(at) == "and"
        start = at + 1 if joined else at
        if self._is(start, "number"):
            value = float(self._all[start].text)
            following = SCALES.get(self._word(start + 1))
            if following is not None and following < scale and value < 1000:
                return value * following, start + 2
            return None
        reading = self._words(start)
        if reading is None or reading.loose or reading.value >= scale:
            return None
        return reading.value, reading.after

    def _mixed(self, value: float, after: int) -> tuple[float, int, bool]:
        """ "two and a half", "1 1/2", "1½", "one and three quarters"."""
        if self._is(after, "vulgar"):
            return value + VULGAR[self._all[after].text], after + 1, True
        if self._word(after) == "and":
            following = self._word(after + 1)
            part = self._word(after + 2)
            if following in ("a", "an", "one") and part in DENOMINATORS:
                whole = SCALES.get(self._word(after - 1), 1.0)  # "a million and a half" is half a million more
                return value + whole / DENOMINATORS[part], after + 3, True
            top = ONES.get(following)
            if top and part in PLURAL_DENOMINATORS:
                return value + top / PLURAL_DENOMINATORS[part], after + 3, True
        if (
            self._is(after, "number")
            and self._word(after + 1) == "/"
            and self._is(after + 2, "number")
            and not self._all[after].glued
            and value == int(value)
        ):
            bottom = float(self._all[after + 2].text)
            if bottom > float(self._all[after].text) > 0:
                return value + float(self._all[after].text) / bottom, after + 3, True
        return value, after, False

    def _fraction(self, value: float, after: int, base: Reading) -> tuple[float, int, bool]:
        """ "3/4", "three over four", "three out of four", "two thirds", "one third"."""
        word = self._word(after)
        if word == "/" and self._is(after + 1, "number"):
            bottom = float(self._all[after + 1].text)
            return (value / bottom, after + 2, True) if bottom else (value, after, False)
        if word in ("over", "out") or (word == "divided" and self._word(after + 1) == "by"):
            at = after + (1 if word == "over" else 2)
            if word != "out" or self._word(after + 1) == "of":
                bottom_reading = self._mantissa(at)
                if bottom_reading is not None and bottom_reading.value:
                    bottom, end = self._scaled(bottom_reading.value, bottom_reading.after)
                    return value / bottom, end, True
        if word in PLURAL_DENOMINATORS and value != 1 and base.after == after:
            return value / PLURAL_DENOMINATORS[word], after + 1, True
        if word in DENOMINATORS and value == 1 and base.after == after:
            return 1 / DENOMINATORS[word], after + 1, True
        return value, after, False

    def _scaled_fraction(self, value: float, after: int) -> tuple[float, int]:
        """ "three quarters of a million"."""
        if self._word(after) == "of":
            scaled, _first, end = self._of_scale(value, after, after)
            if end != after:
                return scaled, end
        return value, after

    def _powers(self, value: float, after: int) -> tuple[float, int]:
        """Powers, scientific notation: "3 × 10^8", "three times ten to the eighth", "2^10", "ten to the minus six"."""
        exponent, end = self._exponent(after)
        if exponent is not None:
            return power(value, exponent), end
        word = self._word(after)
        if word in ("times", "x", "×", "*", "·") or (word == "multiplied" and self._word(after + 1) == "by"):
            at = after + (2 if word == "multiplied" else 1)
            ten_by_digits = self._is(at, "number") and self._all[at].text == "10"
            if ten_by_digits or self._word(at) == "ten":
                exponent, end = self._exponent(at + 1)
                if exponent is not None:
                    return value * power(10.0, exponent), end
        return value, after

    def _exponent(self, at: int) -> tuple[float | None, int]:
        word = self._word(at)
        if self._is(at, "super"):
            text = self._all[at].text
            return (float(text), at + 1) if re.fullmatch(r"-?\d{1,4}", text) else (None, at)
        if word in ("^", "**"):
            sign, start = self._sign(at + 1)
            if self._word(start) == "(":
                sign, start = self._sign(start + 1)
            if self._is(start, "number"):
                end = start + 1 + (self._word(start + 1) == ")")
                value = float(self._all[start].text)
                return (-value if sign else value), end
            return None, at
        if word == "squared":
            return 2.0, at + 1
        if word == "cubed":
            return 3.0, at + 1
        if word == "raised":
            at, word = at + 1, self._word(at + 1)
        if word != "to" or self._word(at + 1) != "the":
            return None, at
        index = at + 2
        if self._word(index) == "power":
            index += 1
            index += self._word(index) == "of"
        sign, index = self._sign(index)
        found: float | None = None
        if self._is(index, "number"):
            found = float(self._all[index].text)
            index += 1
            if self._word(index) in ("st", "nd", "rd", "th"):
                index += 1
        else:
            word = self._word(index)
            if word in TENS and self._word(index + 1) in ORDINALS:
                found, index = float(TENS[word] + ORDINALS[self._word(index + 1)]), index + 2
            elif word in ORDINALS:
                found, index = float(ORDINALS[word]), index + 1
            else:
                reading = self._words(index)
                if reading is None:
                    return None, at
                found, index = reading.value, reading.after
        if self._word(index) == "power":
            index += 1
        return (-found if sign else found), index


def _digits_of(value: float) -> str:
    return str(int(value))


def canonical_numbers(text: str) -> str:
    """``text`` with every number in words written in digits: "port four forty three" → "port 443"."""
    lexemes = lex(text)
    reader = NumberReader(lexemes)
    parts: list[str] = []
    at, copied = 0, 0
    while at < len(lexemes):
        reading = reader.read(at) if lexemes[at].text not in ("a", "an") else None
        if reading is None:
            at += 1
            continue
        parts.append(text[copied : lexemes[at].start] + as_text(reading.value))
        copied = lexemes[reading.after - 1].end
        at = reading.after
    return "".join(parts) + text[copied:]
