"""Parts of text, search and replacement, letters and codes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from deployments.grading.graders.formula.engine.functions.aggregate import pieces
from deployments.grading.graders.formula.engine.number_text import date_in, number_in
from deployments.grading.graders.formula.engine.registry import Context, grid, scalar, whole
from deployments.grading.graders.formula.engine.values import (
    MAX_TEXT_CHARS,
    ErrorValue,
    Operand,
    Scalar,
    bounded,
    fail,
    number,
    text,
)
from deployments.grading.graders.formula.engine.wildcards import Pattern


def _count(value: int) -> int:
    return value if value >= 0 else fail("#VALUE!")


scalar("LEFT", "t i?")(lambda given, count=1: given[: _count(count)])
scalar("RIGHT", "t i?")(lambda given, count=1: given[max(0, len(given) - _count(count)) :])
scalar("LEN", "t")(len)
scalar("LOWER", "t")(str.lower)
scalar("UPPER", "t")(str.upper)
scalar("EXACT", "t t")(lambda one, other: one == other)
scalar("TRIM", "t")(lambda given: re.sub(r" +", " ", given).strip(" "))
scalar("CLEAN", "t")(lambda given: "".join(char for char in given if ord(char) >= 32))
scalar("PROPER", "t")(lambda given: re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), given))


@scalar("MID", "t i i")
def mid(given: str, start: int, count: int) -> str:
    if start < 1 or count < 0:
        fail("#VALUE!")
    return given[start - 1 : start - 1 + count]


@scalar("REPT", "t i")
def rept(given: str, times: int) -> str:
    if times < 0 or len(given) * times > 32_767:
        fail("#VALUE!")
    return given * times


@scalar("SUBSTITUTE", "t t t i~")
def substitute(given: str, old: str, new: str, which: int | None = None) -> str:
    if not old:
        return given
    if which is None:
        return _replaced(given, old, new)
    if which < 1:
        fail("#VALUE!")
    parts = given.split(old)
    if which >= len(parts):
        return given
    return bounded(old.join(parts[:which]) + new + old.join(parts[which:]))


def _replaced(given: str, old: str, new: str) -> str:
    if len(given) + given.count(old) * (len(new) - len(old)) > 32_767:
        fail("#VALUE!")
    return given.replace(old, new)


@scalar("REPLACE", "t i i t")
def replace(given: str, start: int, count: int, new: str) -> str:
    if start < 1 or count < 0:
        fail("#VALUE!")
    return bounded(given[: start - 1] + new + given[start - 1 + count :])


@scalar("FIND", "t t i?")
def find(wanted: str, given: str, start: int = 1) -> float:
    at = given.find(wanted, start - 1) if 1 <= start <= len(given) + 1 else -1
    return float(at + 1) if at >= 0 else fail("#VALUE!")


@scalar("SEARCH", "t t i?")
def search(wanted: str, given: str, start: int = 1) -> float:
    at = Pattern(wanted).find(given, start - 1) if 1 <= start <= len(given) + 1 else -1
    return float(at + 1) if at >= 0 else fail("#VALUE!")


@whole("CONCAT", "r r*")
def concat(context: Context, *operands: Operand) -> str:
    return bounded("".join(text(value) for value, _ in pieces(context, operands)))


@scalar("CONCATENATE", "t t*")
def concatenate(*parts: str) -> str:
    return bounded("".join(parts))


@whole("TEXTJOIN", "r b r r*")
def textjoin(context: Context, delimiter: Operand, skip: bool, *operands: Operand) -> str:
    marks = [text(one) for one in grid(context, delimiter).items()]
    words = [text(value) for value, _ in pieces(context, operands)]
    return _joined(marks, [word for word in words if word or not skip])


def _joined(marks: Sequence[str], words: Sequence[str]) -> str:
    last = len(words) - 1
    if sum(map(len, words)) + sum(len(marks[at % len(marks)]) for at in range(last)) > MAX_TEXT_CHARS:
        fail("#VALUE!")
    parts = [word + (marks[at % len(marks)] if at < last else "") for at, word in enumerate(words)]
    return bounded("".join(parts))


@whole("JOIN", "t r r*")
def join(context: Context, delimiter: str, *operands: Operand) -> str:
    return _joined([delimiter], [text(value) for value, _ in pieces(context, operands)])


@scalar("VALUE", "v")
def value_(given: Scalar) -> float:
    return number(given) if not isinstance(given, bool) else fail("#VALUE!")


@scalar("DATEVALUE", "v")
def datevalue(given: Scalar) -> float:
    read = date_in(given) if isinstance(given, str) else None
    return float(int(read)) if read is not None else fail("#VALUE!")


@scalar("TIMEVALUE", "v")
def timevalue(given: Scalar) -> float:
    read = date_in(given) if isinstance(given, str) else None
    return read % 1 if read is not None else fail("#VALUE!")


@scalar("NUMBERVALUE", "t t~ t~")
def numbervalue(given: str, point: str = ".", group: str = ",") -> float:
    if not point or not group:
        fail("#VALUE!")
    plain = re.sub(r"\s", "", given)
    whole_part, mark, fraction = plain.partition(point[0])
    if group[0] in fraction:
        fail("#VALUE!")
    percents = len(fraction or whole_part) - len((fraction or whole_part).rstrip("%"))
    joined = (whole_part.replace(group[0], "") + ("." if mark else "") + fraction).rstrip("%")
    read = number_in(joined) if joined else 0.0
    return read / math.pow(100, percents) if read is not None else fail("#VALUE!")


@scalar("CHAR", "i")
def char(code: int) -> str:
    return bytes([code]).decode("cp1252", "replace") if 1 <= code <= 255 else fail("#VALUE!")


@scalar("CODE", "t")
def code(given: str) -> float:
    return float(given[0].encode("cp1252", "replace")[0]) if given else fail("#VALUE!")


@scalar("UNICHAR", "i")
def unichar(code_point: int) -> str:
    valid = 1 <= code_point <= 0x10FFFF and not 0xD800 <= code_point <= 0xDFFF
    return chr(code_point) if valid else fail("#VALUE!")


@scalar("UNICODE", "t")
def unicode_(given: str) -> float:
    return float(ord(given[0])) if given else fail("#VALUE!")


def _shown(value: Scalar, strict: bool) -> str:
    if isinstance(value, ErrorValue):
        return value.code
    return f'"{value}"' if strict and isinstance(value, str) else text(value)


@scalar("VALUETOTEXT", "x i?")
def valuetotext(value: Scalar, form: int = 0) -> str:
    return _shown(value, form == 1)


@whole("ARRAYTOTEXT", "r i?")
def arraytotext(context: Context, operand: Operand, form: int = 0) -> str:
    rows = grid(context, operand).rows
    if form == 1:
        return "{" + ";".join(",".join(_shown(one, True) for one in row) for row in rows) + "}"
    return bounded(", ".join(_shown(one, False) for row in rows for one in row))
