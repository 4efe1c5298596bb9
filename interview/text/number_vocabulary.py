"""The words numbers are made of, and the lexer that cuts an answer into numbers, words and symbols with offsets."""

from __future__ import annotations

import math
import re

from msgspec import Struct


class Lexeme(Struct, frozen=True):
    """``kind`` is ``number``, ``word`` or ``symbol``; words are casefolded. ``glued``: no space before it."""

    kind: str
    text: str
    start: int
    end: int
    glued: bool = False


_LEXEME = re.compile(
    r"(?P<number>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)(?P<exp>[eE][+\-−]?\d{1,3}(?![A-Za-z\d]))?"
    r"|(?P<vulgar>[¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"
    r"|(?P<super>[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<symbol>\*\*|[^\s\w]|_)"
)

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

_ONES_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"

ONES = {word: value for value, word in enumerate(_ONES_TEXT.split())} | {"nought": 0, "naught": 0, "nil": 0}
TENS = {word: 10 * value for value, word in enumerate(_TENS_TEXT.split(), start=2)} | {"fourty": 40}
SCALES = {
    "thousand": 1e3,
    "grand": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "crore": 1e7,
    "billion": 1e9,
    "trillion": 1e12,
    "quadrillion": 1e15,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
}
#: Magnitudes glued to digits ("10k", "1.5M"); "m" and "b" are read so only when no unit of the key claims them.
SUFFIXES = {"k": 1e3, "mn": 1e6, "mio": 1e6, "mil": 1e6, "bn": 1e9, "tn": 1e12, "m": 1e6, "b": 1e9, "t": 1e12}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40,
    "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
    "thousandth": 1000, "millionth": 1_000_000, "billionth": 1_000_000_000,
}  # fmt: skip
DENOMINATORS = {word: value for word, value in ORDINALS.items() if value > 2} | {"half": 2, "quarter": 4}
PLURAL_DENOMINATORS = {f"{word}s": value for word, value in DENOMINATORS.items() if word != "half"} | {"halves": 2}
VULGAR = {
    "¼": 1 / 4, "½": 1 / 2, "¾": 3 / 4, "⅐": 1 / 7, "⅑": 1 / 9, "⅒": 1 / 10, "⅓": 1 / 3, "⅔": 2 / 3,
    "⅕": 1 / 5, "⅖": 2 / 5, "⅗": 3 / 5, "⅘": 4 / 5, "⅙": 1 / 6, "⅚": 5 / 6,
    "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8,
}  # fmt: skip


def ordinal(word: str) -> int | None:
    """1 for "first" and "1st"; None for a word that is no ordinal."""
    found = re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)", word)
    return int(found.group(1)) if found else ORDINALS.get(word)


def lex(text: str) -> list[Lexeme]:
    found: list[Lexeme] = []
    end_before = -1
    for match in _LEXEME.finditer(text):
        glued = match.start() == end_before
        end_before = match.end()
        if match.group("number"):
            digits = match.group("number")
            if re.fullmatch(r"\d+,\d+", digits) and not re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
                digits = digits.replace(",", ".")
            plain = re.sub(r"[,\u00a0\u202f]", "", digits) + (match.group("exp") or "").replace("−", "-")
            found.append(Lexeme("number", plain, match.start(), match.end(), glued))
        elif match.group("word"):
            word = match.group().casefold().replace("’", "'")
            found.append(Lexeme("word", word, match.start(), match.end(), glued))
        elif match.group("super"):
            found.append(Lexeme("super", match.group().translate(_SUPERSCRIPT), match.start(), match.end(), glued))
        else:
            kind = "vulgar" if match.group("vulgar") else "symbol"
            found.append(Lexeme(kind, match.group(), match.start(), match.end(), glued))
    return found


#: Beyond these a float is no sensible answer; a larger power is read as too large, not computed.
_MAX_EXPONENT = 300


def power(base: float, exponent: float) -> float:
    """``base ** exponent`` that never takes long: infinite where it is too large."""
    if abs(exponent) > _MAX_EXPONENT:
        return float("inf")
    try:
        result = base**exponent
    except (OverflowError, ZeroDivisionError):
        return float("inf")
    return result if isinstance(result, float) else float("nan")


def as_text(value: float) -> str:
    """A number as a person would write it: 250, 0.25, 1.5e+06 becomes 1500000."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"
