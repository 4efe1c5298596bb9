"""TEXTBEFORE, TEXTAFTER, TEXTSPLIT, and regular expressions."""

from __future__ import annotations

import re
from typing import Any

from deployments.grading.graders.formula.engine.registry import Context, grid, optional, scalar, whole
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Array,
    ErrorValue,
    Operand,
    Scalar,
    bounded,
    fail,
    text,
)

_NA = ErrorValue("#N/A")


def _delimiters(context: Context, operand: Operand) -> list[str]:
    return [text(one) for one in grid(context, operand).items()]


def _cuts(given: str, delimiters: list[str], fold: bool) -> list[tuple[int, int]]:
    """The start and end of each delimiter, from left to right."""
    if "" in delimiters:
        return [(0, 0)]
    pattern = "|".join(re.escape(one) for one in sorted(delimiters, key=len, reverse=True))
    return [one.span() for one in re.finditer(pattern, given, re.IGNORECASE if fold else 0)]


def _cut(context: Context, given: str, delimiter: Operand, which: Any, mode: Any, end: Any) -> tuple[int, int] | None:
    """The delimiter that ``which`` counts, from the end when negative; None without it."""
    place: int = optional(which, 1)
    if place == 0:
        fail("#VALUE!")
    cuts = _cuts(given, _delimiters(context, delimiter), bool(optional(mode, 0)))
    if optional(end, 0):
        cuts = [*cuts, (len(given), len(given))] if place > 0 else [(0, 0), *cuts]
    if abs(place) > len(cuts):
        return None
    return cuts[place - 1 if place > 0 else place]


@whole("TEXTBEFORE", "t r i~ i~ i~ x~")
def textbefore(context: Context, given: str, delimiter: Operand, which: Any = 1, mode: Any = 0, end: Any = 0,
               otherwise: Any = _NA) -> Scalar:  # fmt: skip
    cut = _cut(context, given, delimiter, which, mode, end)
    return given[: cut[0]] if cut is not None else optional(otherwise, _NA)


@whole("TEXTAFTER", "t r i~ i~ i~ x~")
def textafter(context: Context, given: str, delimiter: Operand, which: Any = 1, mode: Any = 0, end: Any = 0,
              otherwise: Any = _NA) -> Scalar:  # fmt: skip
    cut = _cut(context, given, delimiter, which, mode, end)
    return given[cut[1] :] if cut is not None else optional(otherwise, _NA)


def _split(given: str, delimiters: list[str], fold: bool) -> list[str]:
    if not delimiters:
        return [given]
    parts, at = [], 0
    for start, end in _cuts(given, delimiters, fold):
        parts.append(given[at:start])
        at = end
    return [*parts, given[at:]]


@whole("TEXTSPLIT", "t r~ r~ b~ i~ x~")
def textsplit(context: Context, given: str, columns: Operand, rows: Operand = OMITTED, skip: Any = False, mode: Any = 0,
              filler: Any = _NA) -> Array:  # fmt: skip
    fold = bool(optional(mode, 0))
    across = [] if columns is OMITTED else _delimiters(context, columns)
    down = [] if rows is OMITTED else _delimiters(context, rows)
    if "" in across or "" in down:
        fail("#VALUE!")
    lines = [_split(line, across, fold) for line in _split(given, down, fold)]
    if optional(skip, False):
        lines = [kept for line in lines if (kept := [one for one in line if one])] or fail("#CALC!")
    width = max(map(len, lines))
    pad = optional(filler, _NA)
    return Array([[*line, *[pad] * (width - len(line))] for line in lines])


@whole("SPLIT", "t t b~ b~")
def split(context: Context, given: str, delimiter: str, each: Any = True, skip: Any = True) -> Array:
    marks = list(delimiter) if optional(each, True) else [delimiter]
    parts = [one for one in _split(given, marks, False) if one or not optional(skip, True)]
    return Array([list(parts)]) if parts else fail("#VALUE!")


def _compiled(pattern: str, fold: int) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE if fold else 0)
    except re.error:
        return fail("#VALUE!")


@scalar("REGEXTEST REGEXMATCH", "t t i?")
def regextest(given: str, pattern: str, fold: int = 0) -> bool:
    return _compiled(pattern, fold).search(given) is not None


@scalar("REGEXEXTRACT", "t t i? i?")
def regexextract(given: str, pattern: str, mode: int = 0, fold: int = 0) -> Operand:
    found = _compiled(pattern, fold)
    if mode == 1:
        return Array([[one.group()] for one in found.finditer(given)] or fail("#N/A"))
    first = found.search(given)
    if first is None:
        return fail("#N/A")
    return Array([list(first.groups())]) if mode == 2 and first.groups() else first.group()


@scalar("REGEXREPLACE", "t t t i? i?")
def regexreplace(given: str, pattern: str, new: str, which: int = 0, fold: int = 0) -> str:
    template = re.sub(r"\$(\d)", r"\\\1", new.replace("\\", "\\\\"))
    try:
        return bounded(_compiled(pattern, fold).sub(template, given, count=0))
    except (re.error, IndexError):
        return fail("#VALUE!")
