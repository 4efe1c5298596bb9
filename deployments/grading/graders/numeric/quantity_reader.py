"""One quantity in an answer: a number with its unit, a range ("between 5 and 10"), a composite ("1 hour 30 minutes"), a
ratio ("one in four", "2:3")."""

from __future__ import annotations

import math
import re

from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders.numeric.unit_phrases import UnitReader
from deployments.grading.graders.numeric.unit_vocabulary import PERCENT, Unit
from deployments.grading.graders.numeric.units import compatible, convert, unit_named
from interview.text.number_cardinals import LexemeCursor, Reading
from interview.text.number_lexemes import Lexeme
from interview.text.number_vocabulary import AMOUNTS, SCALES, SUFFIXES
from interview.text.number_words import NumberReader


class Quantity(Struct, frozen=True):
    """A number with its unit; ``high`` is set for a range (``value`` is then its low end).

    ``start``/``end`` are character offsets. ``loose`` and ``weak`` are as in ``Reading``. ``others`` are further values
    that the same text may have ("1.500", "1:30"). ``margin`` is the value after "±". ``computed``: the result of
    arithmetic that the candidate wrote.
    """

    value: float
    unit: Unit | None
    start: int
    end: int
    high: float | None = None
    loose: bool = False
    weak: bool = False
    others: tuple[float, ...] = ()
    margin: float | None = None
    computed: bool = False


class Found(Struct, frozen=True):
    """A quantity and the lexemes ``first`` to ``after`` (exclusive) that it was read from."""

    quantity: Quantity
    first: int
    after: int


_SMALLER = {
    "hour": ("minute", 60), "minute": ("second", 60), "foot": ("inch", 12), "meter": ("centimeter", 100),
}  # fmt: skip


class QuantityReader(LexemeCursor):
    """Reads the quantity at an index of an answer's lexemes.

    ``expected`` is the key's unit and decides the meaning of a lone "m"; ``ratio`` reads "2 to 3" as two thirds.
    """

    def __init__(
        self,
        text: str,
        lexemes: list[Lexeme],
        expected: Unit | None,
        *,
        ratio: bool = False,
        stop: int | None = None,
    ) -> None:
        super().__init__(lexemes, stop)
        self.text = text
        self.expected = expected
        self.ratio = ratio
        self._numbers = NumberReader(lexemes, stop)
        self._units = UnitReader(text, lexemes, expected)

    def operand(self, at: int) -> Found | None:
        """One quantity with everything that belongs to it: composites, "one in four", a margin."""
        got = self.single(at)
        if got is None:
            return None
        while (joined := self._composite(got)) is not None:
            got = joined
        return self._margin(self._out_of(got))

    def single(self, at: int) -> Found | None:
        """One quantity: a currency sign, a number, a magnitude, a unit."""
        start = at
        negative = self.word(at) in ("-", "−") and self._units.currency_before(at + 1)[0] is not None
        prefix, at = self._units.currency_before(at + 1 if negative else at)
        if prefix is None:
            at = start
            negative = False
        reading = self._numbers.read(at)
        if reading is None:
            return None if prefix is not None else self._wordy(at)
        if _EVEN_CHANCE.fullmatch(self.text[slice(*self._span(at, reading.after))].casefold()):
            return Found(Quantity(50.0, PERCENT, *self._span(at, reading.after), loose=True), start, reading.after)
        clock = self._clock(reading, start)
        if clock is not None:
            return clock
        value, after = self._suffixed(reading)
        unit, end = self._units.unit(after)
        if unit is not None and unit.kind == "currency" and self.word(end) in SCALES:  # "75 USD million"
            value, end = value * SCALES[self.word(end)], end + 1
        if unit is not None and unit.kind in ("physical", "currency", "percent"):
            value, end = self._and_a_part(value, end, reading)
        if self.word(after) == "nines" and self.expected == PERCENT and 1 <= value <= 12:
            value, unit, end = 100 - 10 ** (2 - value), PERCENT, after + 1
        if prefix is not None and (unit is None or unit.kind != "currency"):
            unit, end = (prefix, after) if unit is None or "/" not in unit.name else (unit, end)
        weak = (reading.weak and unit is None) or self._is_label(at, after)
        others = () if reading.other is None or after != reading.after else (reading.other,)
        if unit is None and self.expected == Unit("physical", "kilometer") and self.word(after - 1) == "k":
            others = (value / 1000,)  # "5k" of a run
        span = self._span(start, end)
        made = Quantity(-value if negative else value, unit, *span, loose=reading.loose, weak=weak, others=others)
        return Found(made, start, end)

    def _span(self, first: int, after: int) -> tuple[int, int]:
        return self.lexemes[first].start, self.lexemes[after - 1].end

    def _is_label(self, at: int, after: int) -> bool:
        """Whether a number is a name or part of a request: "option two", "2nd", "80 percent sure", "one second
        please"."""
        if (
            self.word(after) == "nines"
            or self.word(at - 1) in _NAMED
            or (self.word(after) in ("st", "nd", "rd", "th") and self.glued(after))
        ):
            return True
        tail = self.text[self.lexemes[after - 1].end :][:40].casefold()
        return _SURE.match(tail) is not None

    def _wordy(self, at: int) -> Found | None:
        """ "an hour", "a minute and a half", "a dime"; "a couple", "none", "twice"."""
        word = self.word(at)
        if word in AMOUNTS:
            end = at + 1 + (word in ("couple", "pair") and self.word(at + 1) == "of")
            unit, after = self._units.unit(end)
            return Found(Quantity(AMOUNTS[word], unit, *self._span(at, after), weak=unit is None), at, after)
        if word not in ("a", "an"):
            return None
        unit, end = self._units.unit(at + 1)
        if unit is None or unit.kind not in ("physical", "currency") or (unit.name == "bit" and unit != self.expected):
            return None
        value, after = self._and_a_part(1.0, end, None)
        return Found(Quantity(value, unit, *self._span(at, after), weak=after == end), at, after)

    def _and_a_part(self, value: float, at: int, reading: Reading | None) -> tuple[float, int]:
        """ "two hours *and a half*", "an hour *and three quarters*"."""
        if not value.is_integer() or (reading is not None and reading.loose) or self.word(at) != "and":
            return value, at
        added, after, mixed = self._numbers.mixed(value, at)
        return (added, after) if mixed and added - value < 1 else (value, at)

    def _clock(self, reading: Reading, start: int) -> Found | None:
        """ "1:30": minutes and seconds or hours and minutes if the key is a time, otherwise a ratio or a clock time."""
        at = reading.after
        parts = [reading.value]
        while self.word(at) == ":" and self.is_kind(at + 1, "number") and len(parts) < 3:
            parts.append(float(self.lexemes[at + 1].text))
            at += 2
        if len(parts) == 1 or reading.after != reading.first + 1:
            return None
        second = Unit("physical", "second")
        span = self._span(start, at)
        if self.expected is not None and compatible(self.expected, second):
            weights = ((3600, 60, 1),) if len(parts) == 3 else ((60, 1), (3600, 60))
            if self.expected.name in ("minute", "hour"):
                weights = weights[::-1]
            values = [sum(w * part for w, part in zip(one, parts, strict=True)) for one in weights]
            made = [convert(value, second, self.expected) for value in values]
            return Found(Quantity(made[0], self.expected, *span, others=tuple(made[1:]), computed=True), start, at)
        if len(parts) == 3:
            return None
        if not parts[1]:
            return Found(Quantity(parts[0], None, *span), start, at)
        return Found(Quantity(parts[0] / parts[1], None, *span, others=(parts[0] + parts[1] / 60,)), start, at)

    def _suffixed(self, reading: Reading) -> tuple[float, int]:
        """The magnitude after digits: "10k", "1.5M", "2 bn"."""
        word, after = self.word(reading.after), reading.after
        if word not in SUFFIXES or (self.lexemes[after - 1].kind != "number" and word != "k"):
            return reading.value, after
        glued = self.lexemes[after].glued
        raw = self.text[self.lexemes[after].start : self.lexemes[after].end]
        if raw == "MM" and not (self.expected and compatible(self.expected, Unit("physical", "meter"))):
            return reading.value * 1e6, after + 1
        claimed = word in ("m", "b", "t", "g", "mm", "k") and unit_named(raw, expected=self.expected) is not None
        lower = word in ("g", "mm", "t") and raw != raw.upper()
        apart = not glued and len(word) == 1 and word != "k"
        if apart and raw.isupper() and (self.expected is None or self.expected.kind == "currency"):
            apart = False  # "1,674.5 M"
        if claimed or lower or apart:
            return reading.value, after
        return reading.value * SUFFIXES[word], after + 1

    def _composite(self, left: Found) -> Found | None:
        """ "one hour and thirty minutes", "five dollars fifty", "two hours thirty": one quantity."""
        unit = left.quantity.unit
        if unit is None or unit.kind not in ("physical", "currency") or "/" in unit.name:
            return None
        at = left.after
        at += self.word(at) == ","
        at += self.word(at) == "and"
        right = self.single(at)
        if right is None or right.quantity.weak or unit.name.startswith("deg"):
            return None
        part = right.quantity.unit
        if part is not None:
            if part == unit or not compatible(part, unit) or "/" in part.name:
                return None
            added = convert(right.quantity.value, part, unit)
            if not 0 <= added < 1:
                return None
        else:
            added = self._implied_part(left, right, at)
        if not added:
            return None
        total = left.quantity.value + math.copysign(added, left.quantity.value)  # "minus two hours thirty"
        return Found(replace(left.quantity, value=total, end=right.quantity.end, weak=False), left.first, right.after)

    def _implied_part(self, left: Found, right: Found, at: int) -> float:
        """The part of the first unit that a bare number after it stands for; 0 if it is a number of its own."""
        unit, value = left.quantity.unit, right.quantity.value
        if unit is None or not value.is_integer() or value < 1 or self.word(left.after) == ",":
            return 0.0
        ends = right.after >= self.stop or self.word(right.after) in (".", "!", "?", ",", ";")
        if unit.kind == "currency" and unit.factor == 1.0:
            limit, apart = 100, at > left.after
        elif unit.name in _SMALLER:
            limit, apart = _SMALLER[unit.name][1], at > left.after or unit.name == "meter"
        else:
            return 0.0
        return value / limit if value < limit and (ends or not apart) and right.quantity.high is None else 0.0

    def _out_of(self, left: Found) -> Found:
        """ "one in four", "3 out of every 5", "one per thousand", "2 to 3" of a ratio: a fraction."""
        one = left.quantity
        at = left.after
        if one.unit is not None or one.computed:
            return left
        words = [self.word(at + index) for index in range(3)]
        length = next((len(form) for form in _OUT_OF if tuple(words[: len(form)]) == form), 0)
        if not length and self.ratio and words[0] == "to":
            length = 1
        right = self._numbers.read(at + length) if length else None
        if right is None or not right.value or (one.value >= right.value and words[0] in ("in", "per")):
            return left
        unit, _end = self._units.unit(right.after)
        year = words[0] == "in" and 1900 <= right.value <= 2100 and self.is_kind(right.first, "number")
        if year or (unit is not None and unit.kind in ("physical", "currency", "percent")):
            return left
        value = one.value / right.value
        made = replace(one, value=value, end=self._span(left.first, right.after)[1], weak=False, others=())
        return Found(made, left.first, right.after)

    def _margin(self, left: Found) -> Found:
        """ "300 ± 5", "300 plus or minus 5 percent", "300 give or take 5"."""
        at = left.after
        words = [self.word(at + index) for index in range(3)]
        length = next((len(form) for form in _MARGINS if tuple(words[: len(form)]) == form), 0)
        right = self.single(at + length) if length else None
        if right is None:
            return left
        one, margin = left.quantity, right.quantity
        size = abs(margin.value)
        unit = one.unit
        if margin.unit is not None and margin.unit.kind == "percent" and (unit is None or unit.kind != "percent"):
            size = abs(one.value) * size / 100
        elif unit is None:
            unit = margin.unit
        elif margin.unit is not None and compatible(margin.unit, unit):
            size = abs(convert(margin.value, margin.unit, unit))
        end = self._span(left.first, right.after)[1]
        return Found(replace(one, unit=unit, margin=size, end=end, weak=False), left.first, right.after)


#: "50/50", "fifty-fifty".
_EVEN_CHANCE = re.compile(r"(?:50|fifty)\s*[/\- ]\s*(?:50|fifty)")
_OUT_OF = (
    ("out", "of", "every"), ("in", "every"), ("in", "each"), ("of", "every"), ("for", "every"), ("in", "a"), ("in",),
    ("per",),
)  # fmt: skip
_MARGINS = (
    ("plus", "or", "minus"),
    ("plus", "/", "minus"),
    ("give", "or", "take"),
    ("plus", "minus"),
    ("+/-",),
    ("±",),
)
_NAMED = frozenset(
    {"step", "option", "question", "part", "method", "case", "approach", "equation", "figure", "chapter", "section",
     "phase", "version", "choice", "answer choice", "attempt", "item", "bullet"}
)  # fmt: skip
_SURE = re.compile(
    r"(?:\s*(?:%|percent|per cent))?\s*(?:sure|certain|confiden|positive|convinced|please\b|, please|hang on|let me)"
    r"|\s*(?:seconds?|minutes?|moments?|secs?|mins?|question)\s*,?\s*(?:please|to think|let me|while)"
)
