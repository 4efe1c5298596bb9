"""Dates as serial numbers: parts, differences, months, weeks."""

from __future__ import annotations

import math
from calendar import isleap, month_name, monthrange
from datetime import date

from deployments.grading.graders.formula.engine.registry import scalar
from deployments.grading.graders.formula.engine.values import fail

MONTHS = tuple(month_name)[1:]
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_EPOCH = date(1899, 12, 30).toordinal()
LAST_DAY = 2_958_465


def day_number(value: float) -> int:
    """The whole days of a serial number that stands for a date."""
    days = math.floor(value)
    return days if 0 <= days <= LAST_DAY else fail("#NUM!")


def parts_of(days: int) -> tuple[int, int, int]:
    """Year, month and day. Day 60 is the 29 February 1900 that spreadsheets keep."""
    if days == 0:
        return 1900, 1, 0
    if days == 60:
        return 1900, 2, 29
    made = date_of(days)
    return made.year, made.month, made.day


def date_of(days: int) -> date:
    return date.fromordinal(_EPOCH + (days if days > 60 else days + 1))


def number_of(made: date) -> int:
    days = made.toordinal() - _EPOCH
    return days if days > 60 else days - 1


def weekday_of(days: int) -> int:
    """0 for Sunday to 6 for Saturday."""
    return (days - 1) % 7


@scalar("DATE", "i i i")
def date_(year: int, month: int, day: int) -> float:
    year += 1900 if 0 <= year < 1900 else 0
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1900 <= year <= 9999:
        fail("#NUM!")
    days = number_of(date(year, month, 1)) + day - 1
    return float(days) if 0 <= days <= LAST_DAY else fail("#NUM!")


scalar("YEAR", "n")(lambda value: parts_of(day_number(value))[0])
scalar("MONTH", "n")(lambda value: parts_of(day_number(value))[1])
scalar("DAY", "n")(lambda value: parts_of(day_number(value))[2])


def _seconds(value: float) -> int:
    if value < 0:
        fail("#NUM!")
    return math.floor(value % 1 * 86_400 + 0.5) % 86_400


scalar("HOUR", "n")(lambda value: _seconds(value) // 3600)
scalar("MINUTE", "n")(lambda value: _seconds(value) // 60 % 60)
scalar("SECOND", "n")(lambda value: _seconds(value) % 60)


@scalar("TIME", "i i i")
def time(hour: int, minute: int, second: int) -> float:
    total = hour * 3600 + minute * 60 + second
    return total % 86_400 / 86_400 if total >= 0 else fail("#NUM!")


@scalar("WEEKDAY", "n i?")
def weekday(value: float, kind: int = 1) -> int:
    day = weekday_of(day_number(value))
    if kind == 3:
        return (day - 1) % 7
    first = {1: 0, 2: 1, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6, 17: 0}.get(kind)
    return (day - first) % 7 + 1 if first is not None else fail("#NUM!")


@scalar("WEEKNUM", "n i?")
def weeknum(value: float, kind: int = 1) -> int:
    days = day_number(value)
    if kind == 21:
        return isoweeknum(value)
    first = {1: 0, 2: 1, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6, 17: 0}.get(kind)
    if first is None:
        fail("#NUM!")
    start = int(date_(parts_of(days)[0], 1, 1))
    return (days - start + (weekday_of(start) - first) % 7) // 7 + 1


@scalar("ISOWEEKNUM", "n")
def isoweeknum(value: float) -> int:
    return date_of(day_number(value)).isocalendar().week


def months_later(days: int, months: int) -> tuple[int, int, int]:
    """Year and month so many months later, and the number of days in that month."""
    year, month, _ = parts_of(days)
    year, month = year + (month - 1 + months) // 12, (month - 1 + months) % 12 + 1
    if not 1900 <= year <= 9999:
        fail("#NUM!")
    return year, month, monthrange(year, month)[1]


@scalar("EDATE", "n i")
def edate(value: float, months: int) -> float:
    days = day_number(value)
    year, month, last = months_later(days, months)
    return date_(year, month, min(parts_of(days)[2], last))


@scalar("EOMONTH", "n i")
def eomonth(value: float, months: int) -> float:
    year, month, last = months_later(day_number(value), months)
    return date_(year, month, last)


@scalar("DAYS", "n n")
def days_(end: float, start: float) -> int:
    return day_number(end) - day_number(start)


@scalar("DATEDIF", "n n t")
def datedif(start: float, end: float, unit: str) -> int:
    first, last = day_number(start), day_number(end)
    if first > last:
        fail("#NUM!")
    (year, month, day), (year2, month2, day2) = parts_of(first), parts_of(last)
    months = (year2 - year) * 12 + month2 - month - (day2 < day)
    match unit.upper():
        case "D":
            return last - first
        case "M":
            return months
        case "Y":
            return months // 12
        case "YM":
            return months % 12
        case "MD":
            if day2 >= day:
                return day2 - day
            before = months_later(last, -1)
            return last - int(date_(before[0], before[1], day))
        case "YD":
            earlier = year2 if (month, day) <= (month2, day2) else year2 - 1
            return last - int(date_(earlier, month, day))
        case _:
            return fail("#NUM!")


def days_360(first: tuple[int, int, int], last: tuple[int, int, int], european: bool) -> int:
    """The days between two dates in a year of twelve months of 30 days."""
    (year, month, day), (year2, month2, day2) = first, last
    if european:
        day, day2 = min(day, 30), min(day2, 30)
    else:
        end_of_february = month == 2 and day == monthrange(year, 2)[1]
        if end_of_february and month2 == 2 and day2 == monthrange(year2, 2)[1]:
            day2 = 30
        if end_of_february or day == 31:
            day = 30
        if day2 == 31 and day >= 30:
            day2 = 30
    return (year2 - year) * 360 + (month2 - month) * 30 + day2 - day


@scalar("DAYS360", "n n b?")
def days360(start: float, end: float, european: bool = False) -> int:
    first, last = parts_of(day_number(start)), parts_of(day_number(end))
    early = first[2] < 30 and not (first[1] == 2 and first[2] == monthrange(first[0], 2)[1])
    if not european and last[2] == 31 and early:
        return days_360(first, (last[0] + last[1] // 12, last[1] % 12 + 1, 1), european)
    return days_360(first, last, european)


@scalar("YEARFRAC", "n n i?")
def yearfrac(start: float, end: float, basis: int = 0) -> float:
    first, last = sorted((day_number(start), day_number(end)))
    if basis in (0, 4):
        return days_360(parts_of(first), parts_of(last), basis == 4) / 360
    if basis in (2, 3):
        return (last - first) / (360 if basis == 2 else 365)
    return (last - first) / _mean_year(first, last) if basis == 1 else fail("#NUM!")


def _mean_year(first: int, last: int) -> float:
    """The length of a year between two dates, for the basis actual/actual."""
    start, end = date_of(first), date_of(last)
    over_a_year = (end.year, end.month, end.day) > (start.year + 1, start.month, start.day)
    if over_a_year:
        years = range(start.year, end.year + 1)
        return sum(366 if isleap(year) else 365 for year in years) / len(years)
    leap_days = [date(year, 2, 29) for year in (start.year, end.year) if isleap(year)]
    return (
        366.0
        if any(start <= one <= end for one in leap_days) or (start.year == end.year and isleap(start.year))
        else 365.0
    )
