"""Numbers, dates and times written as text, read as a spreadsheet set to English (United States) reads them."""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date

_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[+-]?)\s*(?P<money>[$€£¥]?)\s*(?P<sign2>[+-]?)"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?P<exponent>[eE][+-]?\d{1,3})?\s*(?P<percent>%?)\s*(?P<close>\))?"
)
_FRACTION = re.compile(r"([+-]?)(\d+) (\d+)/(\d+)")
_MONTH_NAMES = tuple(name.casefold() for name in month_name)[1:]
_MONTHS = tuple(name[:3] for name in _MONTH_NAMES)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_SLASHES = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/ ]([a-z]+)\.?[-/ ,]+(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}|\d{2})")
_MONTH_YEAR = re.compile(r"([a-z]+)\.?[-/ ](\d{4})")
_TIME = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)")
_EPOCH = date(1899, 12, 30).toordinal()


def number_in(text: str) -> float | None:
    """The number, percentage, amount of money, date or time that ``text`` is; None when it is none of them."""
    stripped = text.strip()
    found = _NUMBER.fullmatch(stripped)
    if found is not None:
        return _amount(found)
    mixed = _FRACTION.fullmatch(stripped)
    if mixed is not None and int(mixed[4]):
        value = int(mixed[2]) + int(mixed[3]) / int(mixed[4])
        return -value if mixed[1] == "-" else value
    return date_in(stripped)


def _amount(found: re.Match[str]) -> float | None:
    if bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["sign2"]):
        return None
    value = float(found["digits"].replace(",", "") + (found["exponent"] or ""))
    negative = bool(found["open"]) != (found["sign"] == "-" or found["sign2"] == "-")
    return (-value if negative else value) / (100 if found["percent"] else 1)


def date_in(text: str) -> float | None:
    """The serial number of a date, a time, or a date with a time."""
    folded = re.sub(r"\s+", " ", text.casefold().replace("t", " ", 1) if _iso_with_t(text) else text.casefold()).strip()
    day = day_in(folded)
    if day is not None:
        return float(day)
    time = time_in(folded)
    if time is not None:
        return time
    head, _, tail = folded.partition(" ")
    while tail:
        day, time = day_in(head), time_in(tail)
        if day is not None and time is not None:
            return day + time
        more, _, tail = tail.partition(" ")
        head = f"{head} {more}"
    return None


def _iso_with_t(text: str) -> bool:
    return re.match(r"\d{4}-\d{2}-\d{2}T\d", text, re.IGNORECASE) is not None


def day_in(folded: str) -> int | None:
    """The serial number of a date in lower case."""
    folded = re.sub(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? ", "", folded)
    if found := _ISO.fullmatch(folded):
        return serial(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHES.fullmatch(folded):
        month, day = int(found[1]), int(found[2])
        month, day = (day, month) if month > 12 >= day else (month, day)
        return serial(_year(found[3]), month, day)
    if found := _DAY_FIRST.fullmatch(folded):
        return _named(found[2], found[1], found[3])
    if found := _MONTH_FIRST.fullmatch(folded):
        return _named(found[1], found[2], found[3])
    if found := _MONTH_YEAR.fullmatch(folded):
        return _named(found[1], "1", found[2])
    return None


def _named(month: str, day: str, year: str) -> int | None:
    if month in _MONTH_NAMES:
        return serial(_year(year), _MONTH_NAMES.index(month) + 1, int(day))
    if month in _MONTHS or month == "sept":
        return serial(_year(year), _MONTHS.index(month[:3]) + 1, int(day))
    return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 30 else 1900)


def serial(year: int, month: int, day: int) -> int | None:
    """The day number of a date that exists; 1 is 1 January 1900, and 60 the 29 February 1900, which did not exist."""
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    return days if days > 60 else days - 1 if days > 1 else None


def time_in(folded: str) -> float | None:
    """The fraction of a day that a time of day is; hours may exceed 23 without am or pm."""
    found = _TIME.fullmatch(folded)
    if found is None:
        return None
    hour, minute = int(found[1] or found[5]), int(found[2] or 0)
    second, half = float(found[3] or 0), (found[4] or found[6] or "")[:1]
    if minute > 59 or second >= 60 or (half and not 0 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour * 3600 + minute * 60 + second) / 86_400
