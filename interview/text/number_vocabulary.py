"""The vocabulary of English numbers: cardinals, scales, ordinals, fractions, and common misspellings."""

from __future__ import annotations

import math
import re

_ONES_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"

ONES = {word: value for value, word in enumerate(_ONES_TEXT.split())} | {"nought": 0, "naught": 0, "nil": 0}
TENS = {word: 10 * value for value, word in enumerate(_TENS_TEXT.split(), start=2)}
_SCALE_WORDS = {
    1e3: "thousand grand",
    1e5: "lakh lac lkh",
    1e6: "million mio mln mill mil",
    1e7: "crore krore koti cr",
    1e9: "billion milliard bln mrd",
    1e12: "trillion tln",
    1e15: "quadrillion",
    1e18: "quintillion",
}
SCALES = {form: scale for scale, words in _SCALE_WORDS.items() for word in words.split() for form in (word, f"{word}s")}
#: Words that multiply the number before them without opening a new group of three digits.
MULTIPLIERS = {
    "hundred": 100.0,
    "hundreds": 100.0,
    "dozen": 12.0,
    "dozens": 12.0,
    "doz": 12.0,
    "dozs": 12.0,
    "dz": 12.0,
    "dzs": 12.0,
}
#: "double five" is 55.
REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
#: Magnitudes glued to digits ("10k", "1.5M"); single letters are read so only when no unit of the key claims them.
SUFFIXES = {
    "k": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "b": 1e9, "g": 1e9, "bn": 1e9, "t": 1e12,
    "tn": 1e12,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40,
    "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
    "thousandth": 1000, "millionth": 1_000_000, "billionth": 1_000_000_000, "trillionth": 1_000_000_000_000,
}  # fmt: skip
DENOMINATORS = {word: value for word, value in ORDINALS.items() if value > 2} | {"half": 2, "quarter": 4}
PLURAL_DENOMINATORS = {f"{word}s": value for word, value in DENOMINATORS.items() if word != "half"} | {"halves": 2}
VULGAR = {
    "¼": 1 / 4, "½": 1 / 2, "¾": 3 / 4, "⅐": 1 / 7, "⅑": 1 / 9, "⅒": 1 / 10, "⅓": 1 / 3, "⅔": 2 / 3,
    "⅕": 1 / 5, "⅖": 2 / 5, "⅗": 3 / 5, "⅘": 4 / 5, "⅙": 1 / 6, "⅚": 5 / 6,
    "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8,
}  # fmt: skip
#: Amounts that are not numerals; they count only in a text without a numeral.
AMOUNTS = {
    "none": 0.0, "nothing": 0.0, "nada": 0.0, "zilch": 0.0, "single": 1.0, "once": 1.0, "couple": 2.0, "pair": 2.0,
    "twice": 2.0, "both": 2.0, "thrice": 3.0,
}  # fmt: skip
_MISSPELT = {
    "fourty": "forty", "forthy": "forty", "fivety": "fifty", "fifity": "fifty", "ninty": "ninety", "nintey": "ninety",
    "eightty": "eighty", "sixtey": "sixty", "twenny": "twenty", "twentty": "twenty", "thrity": "thirty",
    "ninteen": "nineteen", "forteen": "fourteen", "fiveteen": "fifteen", "therteen": "thirteen", "twelf": "twelve",
    "twelveth": "twelfth", "twelth": "twelfth", "eigth": "eighth", "nineth": "ninth", "niner": "nine",
    "hundered": "hundred", "hunderd": "hundred", "hundread": "hundred", "thousend": "thousand",
    "thousant": "thousand", "milion": "million", "millon": "million", "bilion": "billion", "billon": "billion",
}  # fmt: skip
_MISSPELT_TENS = tuple(word for word, meant in _MISSPELT.items() if meant in TENS)
_SMALL = "|".join((*ONES, *TENS))
_DIGITS = [word for word, value in ONES.items() if 0 < value < 10]
_RUN_TOGETHER = re.compile(
    rf"(?:(?P<tens>{'|'.join((*TENS, *_MISSPELT_TENS))})(?P<ones>{'|'.join(_DIGITS)})?"
    rf"|(?P<small>{_SMALL})(?P<scale>hundred|thousand|million|billion)?)(?P<ish>ish)?"
)


def number_words_in(word: str) -> list[str]:
    """The words of a casefolded word that was run together or misspelt: "twentyone", "fortyish", "fourty"."""
    if word in ONES or word in TENS:
        return [word]
    found = _RUN_TOGETHER.fullmatch(word)
    if found is not None:
        return [_MISSPELT.get(part, part) for part in found.groups() if part]
    return [_MISSPELT.get(word, word)]


def ordinal(word: str) -> int | None:
    """1 for "first" and "1st"; None for a word that is no ordinal."""
    found = re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)", word)
    return int(found.group(1)) if found else ORDINALS.get(word)


#: Bounds of a sensible answer; a larger power is read as too large and not computed.
_MAX_EXPONENT = 300


def power(base: float, exponent: float) -> float:
    """``base ** exponent`` in bounded time: infinity when it is too large, NaN when it is complex."""
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
