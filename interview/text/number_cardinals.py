"""Cardinals in words: "two hundred and fifty", "nineteen eighty four", "three crore twelve lakh", "double five"."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from interview.text.number_lexemes import Lexeme
from interview.text.number_vocabulary import (
    DENOMINATORS,
    MULTIPLIERS,
    ONES,
    ORDINALS,
    PLURAL_DENOMINATORS,
    REPEATS,
    SCALES,
    TENS,
)

#: The most lexemes of a number in words, and of a look-ahead.
_LONGEST = 40
_AHEAD = 8


class Reading(Struct, frozen=True):
    """A number read from ``lexemes[first:after]``.

    ``loose`` marks digits that were only juxtaposed ("two fifty", "one two three"), ``weak`` a lone word that may
    be a pronoun or an article ("one", "a half"), ``other`` the second reading of an ambiguous separator.
    """

    value: float
    first: int
    after: int
    loose: bool = False
    weak: bool = False
    other: float | None = None


class LexemeCursor:
    """Words and kinds by index; ``stop`` bounds how far a reader may look."""

    def __init__(self, lexemes: Sequence[Lexeme], stop: int | None = None) -> None:
        self.lexemes = lexemes
        self.stop = len(lexemes) if stop is None else stop

    def word(self, at: int) -> str:
        """The word or symbol at ``at``; empty past the end and for digits."""
        if not 0 <= at < self.stop:
            return ""
        lexeme = self.lexemes[at]
        return lexeme.text if lexeme.kind in ("word", "symbol") else ""

    def is_kind(self, at: int, kind: str) -> bool:
        return 0 <= at < self.stop and self.lexemes[at].kind == kind

    def glued(self, at: int) -> bool:
        return 0 <= at < self.stop and self.lexemes[at].glued

    def hyphen(self, at: int) -> bool:
        """A hyphen between two parts of a number word, with a space on both sides or on neither."""
        return self.word(at) in ("-", "‐", "‑") and self.glued(at) == self.glued(at + 1)

    def after_hyphen(self, at: int) -> int:
        return at + 1 if self.hyphen(at) else at

    def denominator(self, at: int) -> tuple[int, int, bool] | None:
        """ "fifths", "twenty-fifth", "hundredths": the value, the index after it, and whether it is a plural."""
        at = self.after_hyphen(at)
        word = self.word(at)
        if word in TENS:
            unit = self.word(self.after_hyphen(at + 1))
            value = ORDINALS.get(unit.removesuffix("s"), 0)
            if 0 < value < 10:
                return TENS[word] + value, self.after_hyphen(at + 1) + 1, unit.endswith("s")
        if word in PLURAL_DENOMINATORS:
            return PLURAL_DENOMINATORS[word], at + 1, True
        if word in DENOMINATORS:
            return DENOMINATORS[word], at + 1, False
        return None


class CardinalReader(LexemeCursor):
    """Reads one cardinal in words, and the digits after a spoken point."""

    def cardinal(self, at: int) -> Reading | None:
        """The cardinal that starts at ``at``, or None."""
        run = _Run()
        index = at
        while index < min(self.stop, at + _LONGEST):
            step = self._step(run, at, index)
            if step == index:
                break
            index = step
            if run.closed:
                break
        if index == at:
            return None
        if self.word(index) in ("point", "dot"):
            digits, after = self.decimals(index + 1)
            if digits:
                return Reading(run.value() + float(f"0.{digits}"), at, after, run.loose)
        weak = index == at + 1 and self.word(at) == "one"
        return Reading(run.value(), at, index, run.loose, weak)

    def _ahead(self, at: int) -> Reading | None:
        """The cardinal at ``at``, read as far as a look-ahead needs it."""
        return CardinalReader(self.lexemes, min(self.stop, at + _AHEAD)).cardinal(at)

    def _step(self, run: _Run, at: int, index: int) -> int:
        """The index after the word at ``index`` if it continues the number, else ``index``."""
        word = self.word(index)
        around = {self.word(index - 1), self.word(index + 1)}
        joins = self.word(index - 1) in TENS or self.word(index + 1) in MULTIPLIERS or around & {"oh", "o"}
        if index > at and self.hyphen(index) and joins:
            joined = self._step(run, at, index + 1)
            return joined if joined > index + 1 else index
        if word in ("and", "&", ","):
            return self._joined(run, index, comma=word == ",")
        if word in REPEATS:
            return self._repeated(run, word, index)
        if word in TENS and run.group is not None and self.word(index - 1) != "and" and self._divides(index):
            return index
        if word in ONES or word in TENS or (word in ("oh", "o") and self._digit_follows(index, run)):
            return index + 1 if run.small(float(ONES.get(word, TENS.get(word, 0))), oh=word in ("oh", "o")) else index
        if word in MULTIPLIERS:
            return index + 1 if run.multiply(MULTIPLIERS[word], closes=MULTIPLIERS[word] == 12) else index
        if word in SCALES:
            return index + 1 if run.scale(SCALES[word], first=index == at) else index
        return index

    def _divides(self, index: int) -> bool:
        """Whether the tens at ``index`` begin a denominator: "three twenty-fifths"."""
        found = self.denominator(index)
        return found is not None and found[0] % 10 > 0

    def _joined(self, run: _Run, index: int, *, comma: bool) -> int:
        """ "two hundred *and* fifty"; "one million*,* two hundred thousand".

        Not before a fraction: "a hundred and three quarters" is 100.75.
        """
        if not (run.total or run.group) or not run.scaled:
            return index
        start = index + 1
        if comma:
            if run.group is not None or self.lexemes[index].start != self.lexemes[index - 1].end:
                return index
            following = self._ahead(start)
            large = any(
                self.word(place) in (*SCALES, *MULTIPLIERS, "and") for place in range(start, min(start + 4, self.stop))
            )
            if following is None or following.loose or not large or following.value >= run.last_scale:
                return index
            return start
        if self.word(start) in ("a", "one") and self.word(start + 1) in DENOMINATORS:
            return index
        if self.word(start) not in ONES and self.word(start) not in TENS:
            return index
        top = self._ahead(start)
        bottom = self.denominator(top.after) if top is not None else None
        if top is not None and bottom is not None and top.value < bottom[0]:
            return index
        return start

    def _repeated(self, run: _Run, word: str, index: int) -> int:
        digit = 0 if self.word(index + 1) in ("oh", "o") else ONES.get(self.word(index + 1), 10)
        if self.is_kind(index + 1, "number") and len(self.lexemes[index + 1].text) == 1:
            digit = int(self.lexemes[index + 1].text)
        if digit > 9 or run.scaled:
            return index
        if run.group is not None:
            run.chunks.append(str(int(run.group)))
        run.chunks.append(str(digit) * (REPEATS[word] - 1))
        run.group = float(digit)
        return index + 2

    def _digit_follows(self, index: int, run: _Run) -> bool:
        """Whether "oh" stands for a zero: inside a run of digits, or before a decimal point."""
        following = self.word(self.after_hyphen(index + 1))
        inside = run.group is not None or bool(run.chunks)
        more = following in ONES or following in ("oh", "o") or bool(run.chunks)
        return (inside and more) or following == "point"

    def decimals(self, at: int) -> tuple[str, int]:
        """The digits after a spoken "point": "one four", "twenty-five", "oh five", "25", "two hundred thirty six"."""
        digits = ""
        while at < self.stop:
            word = self.word(at)
            if self.is_kind(at, "number") and self.lexemes[at].text.isdigit():
                digits += self.lexemes[at].text
            elif word in ("oh", "o"):
                digits += "0"
            elif word in ONES:
                tail = self.word(at + 2)
                if self.word(at + 1) == "hundred" and (tail in ONES or tail in TENS or tail == "and"):
                    whole = self._ahead(at)
                    if whole is not None and whole.value < 1000:
                        return digits + str(int(whole.value)), whole.after
                digits += str(ONES[word])
            elif word in TENS:
                following = self.after_hyphen(at + 1)
                unit = ONES.get(self.word(following), 0)
                if 0 < unit < 10:
                    digits += str(TENS[word] + unit)
                    at = following
                else:
                    digits += str(TENS[word])
            else:
                break
            at += 1
        return digits, at


class _Run(Struct):
    """A cardinal under construction: finished ``chunks`` of juxtaposed digits, the ``total`` of the scales said so
    far, and the ``group`` below the next scale."""

    chunks: list[str] = []
    total: float = 0.0
    group: float | None = None
    scaled: bool = False
    last_scale: float = float("inf")
    closed: bool = False

    @property
    def loose(self) -> bool:
        return bool(self.chunks)

    def value(self) -> float:
        if self.chunks:
            return float("".join((*self.chunks, str(int(self.group or 0)))))
        return self.total + (self.group or 0.0)

    def small(self, value: float, *, oh: bool) -> bool:
        """Add a number below 100; False if it starts another number."""
        if self.group is None:
            self.group = value
        elif (0 < value < 10 and not oh and self.group % 100 >= 20 and self.group % 10 == 0) or (
            self.scaled and self.group % 100 == 0 and self.group > 0 and not oh
        ):
            self.group += value
        elif not self.scaled:
            self.chunks.append(str(int(self.group)))
            self.group = value
        else:
            return False
        return True

    def multiply(self, factor: float, *, closes: bool) -> bool:
        """ "two *hundred*", "three *dozen*"."""
        if self.chunks:
            return False
        self.group = (1.0 if self.group is None else self.group) * factor
        self.scaled = self.scaled or not closes
        self.closed = closes
        return True

    def scale(self, factor: float, *, first: bool) -> bool:
        """ "two hundred *thousand*"."""
        if self.chunks or (self.group is None and not first) or factor >= self.last_scale:
            return False
        self.total += (1.0 if self.group is None else self.group) * factor
        self.group, self.scaled, self.last_scale = None, True, factor
        return True
