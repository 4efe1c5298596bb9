"""Signs and powers: "minus", "2^10", "two to the tenth", "6.02 × 10²³", "ten to the minus six"."""

from __future__ import annotations

import math
import re

from interview.text.number_cardinals import CardinalReader
from interview.text.number_vocabulary import ORDINALS, TENS, power

_MINUS = frozenset("-−–")
_TIMES = frozenset({"times", "x", "×", "*", "·", "⋅"})


class PowerReader(CardinalReader):
    """Reads the sign before a number and the power after it."""

    def sign(self, at: int) -> tuple[bool, int]:
        """Whether a minus stands at ``at``, and the index after the sign."""
        word = self.word(at)
        if word in ("minus", "negative"):
            return True, at + 1
        named = at > 0 and self.glued(at) and self.lexemes[at - 1].kind == "word"  # "UTF-8", "COVID-19"
        if word in _MINUS and not named and (at == 0 or self.lexemes[at - 1].kind != "number") and at + 1 < self.stop:
            return True, at + 1
        if word in ("+", "plus"):
            return False, at + 1
        return False, at

    def powers(self, value: float, after: int) -> tuple[float, int]:
        """Powers, scientific notation: "3 × 10^8", "three times ten to the eighth", "2^10", "ten to the minus six"."""
        exponent, end = self._exponent(after)
        if exponent is not None:
            return power(value, exponent), end
        word = self.word(after)
        if word == "factorial" and 0 <= value <= 170 and value.is_integer():
            return float(math.factorial(int(value))), after + 1
        if word in _TIMES or (word == "multiplied" and self.word(after + 1) == "by"):
            at = after + (2 if word == "multiplied" else 1)
            ten_by_digits = self.is_kind(at, "number") and self.lexemes[at].text == "10"
            if ten_by_digits or self.word(at) == "ten":
                exponent, end = self._exponent(at + 1)
                if exponent is None and ten_by_digits:
                    exponent, end = self._lost_superscript(at + 1)
                if exponent is not None:
                    return value * power(10.0, exponent), end
        return value, after

    def _lost_superscript(self, at: int) -> tuple[float | None, int]:
        """ "2.48×10−5": an exponent that lost its superscript when the text was copied."""
        if self.word(at) in _MINUS and self.glued(at) and self.glued(at + 1) and self.is_kind(at + 1, "number"):
            text = self.lexemes[at + 1].text
            return (-float(text), at + 2) if re.fullmatch(r"\d{1,2}", text) else (None, at)
        return None, at

    def _exponent(self, at: int) -> tuple[float | None, int]:
        word = self.word(at)
        if self.is_kind(at, "super"):
            text = self.lexemes[at].text
            return (float(text), at + 1) if re.fullmatch(r"-?\d{1,4}", text) else (None, at)
        if word in ("^", "**"):
            sign, start = self.sign(at + 1)
            if self.word(start) == "(":
                sign, start = self.sign(start + 1)
            if self.is_kind(start, "number"):
                end = start + 1 + (self.word(start + 1) == ")")
                value = float(self.lexemes[start].text)
                return (-value if sign else value), end
            return None, at
        if word == "squared":
            return 2.0, at + 1
        if word == "cubed":
            return 3.0, at + 1
        raised = word == "raised"
        start = at + 1 if raised else at
        if self.word(start) != "to" or (self.word(start + 1) != "the" and not raised):
            return None, at
        index = start + 1 + (self.word(start + 1) == "the")
        if self.word(index) == "power":
            index += 1
            index += self.word(index) == "of"
        return self._spoken_exponent(at, index)

    def _spoken_exponent(self, at: int, index: int) -> tuple[float | None, int]:
        """The exponent at ``index``, an ordinal or a cardinal; None and ``at`` if there is none."""
        sign, index = self.sign(index)
        found: float | None = None
        word = self.word(index)
        if self.is_kind(index, "number"):
            found = float(self.lexemes[index].text)
            index += 1
            index += self.word(index) in ("st", "nd", "rd", "th")
        elif word in TENS and self.word(self.after_hyphen(index + 1)) in ORDINALS:
            end = self.after_hyphen(index + 1)
            found, index = float(TENS[word] + ORDINALS[self.word(end)]), end + 1
        elif word in ORDINALS:
            found, index = float(ORDINALS[word]), index + 1
        else:
            reading = self.cardinal(index)
            if reading is None:
                return None, at
            found, index = reading.value, reading.after
        index += self.word(index) == "power"
        return (-found if sign else found), index
