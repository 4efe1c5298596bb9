"""Reads every quantity in an answer, in order; arithmetic is evaluated, ranges and dates stay whole."""

from __future__ import annotations

import re

from deployments.grading.graders.numeric.arithmetic import worked_out
from deployments.grading.graders.numeric.quantity_reader import Quantity, QuantityReader
from deployments.grading.graders.numeric.ranges import range_at
from deployments.grading.graders.numeric.unit_vocabulary import Unit
from interview.text.number_lexemes import lex

__all__ = ["MAX_MENTIONS", "Quantity", "quantities"]

#: The most mentions that are read; more of them are guessing.
MAX_MENTIONS = 64
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"(?<![\d/.-])(?:(?P<iso>\d{4})-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/(?P<slash>\d{4})|\d{1,2}\.\d{1,2}\.(?P<dot>\d{4})"
    rf"|{_MONTH} {_DAY},? (?P<month_first>\d{{4}})|{_DAY} (?:of )?{_MONTH},? (?P<day_first>\d{{4}}))(?![\d/-])",
    re.IGNORECASE,
)


def quantities(text: str, *, expected: Unit | None = None, ratio: bool = False) -> list[Quantity]:
    """The quantities of ``text``; of a date, its year. ``expected`` and ``ratio`` are as in ``QuantityReader``."""
    reader = QuantityReader(text, lex(text), expected, ratio=ratio)
    dates = {found.start(): found for found in _DATE.finditer(text)}
    found: list[Quantity] = []
    at = 0
    while at < reader.stop and len(found) < MAX_MENTIONS:
        date = dates.get(reader.lexemes[at].start)
        if date is not None:
            found.append(Quantity(float(next(filter(None, date.groups()))), None, *date.span()))
            while at < reader.stop and reader.lexemes[at].start < date.end():
                at += 1
            continue
        got = range_at(reader, at) or worked_out(reader, at)
        if got is None:
            at += 1
            continue
        found.append(got.quantity)
        at = got.after
    return found
