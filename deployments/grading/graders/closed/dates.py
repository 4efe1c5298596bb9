"""Compares dates and clock times as people write and say them: "15/03/2024" and "March 15, 2024"."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache

from dateutil.parser import ParserError, parse

from interview.text.number_vocabulary import ONES, TENS, ordinal
from interview.text.number_words import canonical_numbers

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\b(?:\d{{4}}\s*[-/.]\s*\d{{1,2}}\s*[-/.]\s*\d{{1,2}}|\d{{1,2}}\s*[-/.]\s*\d{{1,2}}\s*[-/.]\s*\d{{4}}"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}|{_MONTH} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-4])(?:(?::|\s|\.)(?P<minute>[0-5]\d))?\s*(?P<half>[ap]\.?\s?m\b\.?)?", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\b(?P<part>quarter|half|\d{1,2})(?: minutes?)? (?P<way>past|after|to|before|till) (?P<hour>\d{1,2}|noon|midnight)",
    re.IGNORECASE,
)
_TYPED_CLOCK = re.compile(r"\s*\d{1,2}(?::\d{2}(?:\s*[ap]\.?m\.?)?|\.\d{2}\s*[ap]\.?m\.?)\s*", re.IGNORECASE)
_AFTERNOON = re.compile(r"(?<![a-z])(?:p\.?m\.?|in the (?:afternoon|evening)|at night|tonight)(?!\w)", re.IGNORECASE)
_MORNING = re.compile(r"(?<![a-z])(?:a\.?m\.?|in the morning)(?!\w)", re.IGNORECASE)


def is_moment(text: str) -> bool:
    """Whether ``text`` is a date or a clock time and nothing else."""
    return _DATE.fullmatch(text.strip()) is not None or _TYPED_CLOCK.fullmatch(text) is not None


_DECADE = re.compile(
    r"\W*(?:(?:in|it was|during|about|around) )*(?:the )?(?:(?P<century>1[0-9]|20|nineteen|eighteen|twenty)[ -]?)?['’]?(?P<tens>[2-9]0['’]?s|\w+ties)\W*",
    re.IGNORECASE,
)
_TENS_WORDS = {f"{word.removesuffix('y')}ies": value for word, value in TENS.items()}
_CENTURIES = {"eighteen": 18, "nineteen": 19, "twenty": 20}


def decade_of(text: str) -> tuple[int | None, int] | None:
    """The century and decade that are all of ``text``: (19, 50) for "1950s" and "the nineteen fifties", (None, 50) for
    "the fifties"; None for other text."""
    found = _DECADE.fullmatch(text)
    if found is None:
        return None
    said, century = found["tens"].casefold(), (found["century"] or "").casefold()
    tens = _TENS_WORDS.get(said) if said.isalpha() and not said[0].isdecimal() else int(said[:2])
    if tens is None:
        return None
    return (_CENTURIES.get(century) or int(century) if century else None), tens


def same_decade(said: str, meant: str) -> bool:
    """Whether both are the same decade; a century that is not said is the one meant."""
    one, other = decade_of(said), decade_of(meant)
    return one is not None and other is not None and one[1] == other[1] and one[0] in (None, other[0])


def same_moment(said: str, meant: str) -> bool:
    """Whether ``said`` contains the date or time of day ``meant``.

    Day and month may be swapped where only digits are given, as both orders are in use.
    """
    dates = _dates(meant)
    readings = _readings(said)
    if dates:
        return any(dates & _dates(one) for one in readings)
    clock = _clock(meant)
    return clock is not None and any(_clock(one) == clock for one in readings)


_RANGE = re.compile(
    r"(?:(?:it|that|this) (?:is|was) )?(?:from |between |in )?(?P<low>\d+(?:\.\d+)?) ?(?:to|and|until|till|through|up to|-|–|—) ?(?P<high>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def number_range(text: str) -> tuple[str, str] | None:
    """The ends of the range of numbers that is all of ``text``: "between 1881 and 1885", "1881 to 1885"."""
    found = _RANGE.fullmatch(canonical_numbers(text.strip(" .!?")))
    return (found["low"], found["high"]) if found and float(found["low"]) < float(found["high"]) else None


_TENS_ORDINAL = re.compile(
    r"\b(twenty|thirty)[ -](first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b", re.IGNORECASE
)


def _readings(said: str) -> list[str]:
    """``said`` with its number words in digits: word by word, and as whole numbers."""
    joined = _TENS_ORDINAL.sub(lambda found: str(TENS[found[1].casefold()] + (ordinal(found[2].casefold()) or 0)), said)
    words = [str(ordinal(word.casefold()) or word) for word in joined.replace("-", " - ").split()]
    each = " ".join(str(ONES.get(word.casefold(), word)) for word in words)
    return [said, each, canonical_numbers(" ".join(words))]


@lru_cache(maxsize=4096)
def _dates(text: str) -> frozenset[date]:
    found = _DATE.search(text)
    if found is None:
        return frozenset()
    written = re.sub(r"\b(?:the|of)\b", " ", found.group())
    dates: set[date] = set()
    for day_first in (False, True):
        try:
            dates.add(parse(written, dayfirst=day_first, default=datetime(2000, 1, 1)).date())
        except (ParserError, OverflowError):
            return frozenset()
    return frozenset(dates)


@lru_cache(maxsize=4096)
def _clock(text: str) -> time | None:
    relative = _RELATIVE.search(text)
    if relative is not None:
        named = {"noon": 12, "midnight": 0}
        hour = named.get(relative.group("hour").casefold(), 0) or int(re.sub(r"\D", "", relative.group("hour")) or 0)
        part = {"quarter": 15, "half": 30}.get(relative.group("part").casefold()) or int(relative.group("part"))
        minutes = hour * 60 + (part if relative.group("way").casefold() in ("past", "after") else -part)
    else:
        found = _CLOCK.search(text)
        if found is None or (found.group("minute") is None and found.group("half") is None and len(text.split()) > 1):
            return None
        if found.group("minute") is None and (whole := re.fullmatch(r"\s*(\d{1,2})([0-5]\d)\s*", text)):
            minutes = int(whole.group(1)) * 60 + int(whole.group(2))
        else:
            minutes = int(found.group("hour")) * 60 + int(found.group("minute") or 0)
    if _AFTERNOON.search(text) and minutes < 720:
        minutes += 720
    elif _MORNING.search(text) and minutes >= 720:
        minutes -= 720
    return time(minutes // 60 % 24, minutes % 60) if 0 <= minutes < 1500 else None
