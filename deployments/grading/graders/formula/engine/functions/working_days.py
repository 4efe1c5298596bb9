"""WORKDAY and NETWORKDAYS, with weekends and holidays."""

from __future__ import annotations

import re
from typing import Any

from deployments.grading.graders.formula.engine.functions.aggregate import pieces
from deployments.grading.graders.formula.engine.functions.calendar import LAST_DAY, day_number, weekday_of
from deployments.grading.graders.formula.engine.registry import Context, whole
from deployments.grading.graders.formula.engine.values import OMITTED, Operand, Scalar, fail, number

_SATURDAY_SUNDAY = frozenset({6, 0})


def _holidays(context: Context, operand: Operand) -> frozenset[int]:
    if operand is OMITTED:
        return frozenset()
    return frozenset(day_number(number(value)) for value, _ in pieces(context, [operand]) if value is not None)


def _weekend(kind: Any) -> frozenset[int]:
    """The days off, 0 for Sunday: numbered pairs (1 to 7), single days (11 to 17), or "0000011" from Monday on."""
    if kind is OMITTED or kind is None:
        return _SATURDAY_SUNDAY
    if isinstance(kind, str):
        if not re.fullmatch(r"[01]{7}", kind):
            fail("#VALUE!")
        return frozenset((at + 1) % 7 for at, mark in enumerate(kind) if mark == "1")
    place = int(number(kind))
    if 1 <= place <= 7:
        return frozenset({(place + 5) % 7, (place + 6) % 7})
    return frozenset({place - 11}) if 11 <= place <= 17 else fail("#NUM!")


def _count(context: Context, start: float, end: float, off: frozenset[int], holidays: Operand) -> int:
    free = _holidays(context, holidays)
    first, last = sorted((day_number(start), day_number(end)))
    context.spend(last - first + 1)
    total = sum(weekday_of(day) not in off and day not in free for day in range(first, last + 1))
    return total if start <= end else -total


def _step(context: Context, start: float, days: int, off: frozenset[int], holidays: Operand) -> int:
    free = _holidays(context, holidays)
    if len(off) == 7:
        fail("#VALUE!")
    at, left, by = day_number(start), abs(days), 1 if days > 0 else -1
    while left:
        context.spend(1)
        at += by
        if not 0 <= at <= LAST_DAY:
            fail("#NUM!")
        left -= weekday_of(at) not in off and at not in free
    return at


@whole("NETWORKDAYS", "n n r~")
def networkdays(context: Context, start: float, end: float, holidays: Operand = OMITTED) -> int:
    return _count(context, start, end, _SATURDAY_SUNDAY, holidays)


@whole("NETWORKDAYS.INTL", "n n v~ r~")
def networkdays_intl(
    context: Context, start: float, end: float, weekend: Scalar | Any = OMITTED, holidays: Operand = OMITTED
) -> int:
    return _count(context, start, end, _weekend(weekend), holidays)


@whole("WORKDAY", "n i r~")
def workday(context: Context, start: float, days: int, holidays: Operand = OMITTED) -> int:
    return _step(context, start, days, _SATURDAY_SUNDAY, holidays)


@whole("WORKDAY.INTL", "n i v~ r~")
def workday_intl(
    context: Context, start: float, days: int, weekend: Scalar | Any = OMITTED, holidays: Operand = OMITTED
) -> int:
    return _step(context, start, days, _weekend(weekend), holidays)
