"""Dates and times after a format such as ``dd mmm yyyy``, ``h:mm AM/PM`` or ``[h]:mm``."""

from __future__ import annotations

import math
import re

from deployments.grading.graders.formula.engine.functions.calendar import MONTHS, WEEKDAYS, parts_of, weekday_of
from deployments.grading.graders.formula.engine.values import fail

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*.|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]'
    r"|(?P<half>AM/PM|A/P)|(?P<fraction>\.0+)|(?P<field>y+|m+|d+|h+|s+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
#: The letters of year and day in German (TT.MM.JJJJ), French (jj/mm/aaaa) and Spanish (dd/mm/aaaa).
_GERMAN, _FRENCH, _SPANISH = str.maketrans("JjTt", "yydd"), str.maketrans("AaJj", "yydd"), str.maketrans("Aa", "yy")


def _bare(section: str) -> str:
    return re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", section)


def is_date_format(section: str) -> bool:
    bare = _bare(section)
    if re.search(r"\[(?:h+|m+|s+)\]", section, re.IGNORECASE):
        return True
    return bool(re.search(r"[ymdhs]", _english(bare), re.IGNORECASE)) and not re.search(
        r"(?i)general|[0#?](?!0*$)(?<!\.0)[#?]", bare
    )


def _english(section: str) -> str:
    """The format with English letters, where it is German, French or Spanish."""
    upper = section.upper()
    if "AM/PM" in upper or "Y" in upper:
        return section
    if "AA" in upper:
        return section.translate(_FRENCH if "J" in upper else _SPANISH)
    if "TT" in upper or "JJ" in section:
        return section.translate(_GERMAN)
    return section.translate(_FRENCH) if "jj" in section else section


def shown_date(value: float, section: str) -> str:
    """The serial number ``value`` after the format."""
    pieces = list(_PIECE.finditer(_english(section)))
    halves = any(piece["half"] for piece in pieces)
    decimals = max((len(piece["fraction"]) - 1 for piece in pieces if piece["fraction"]), default=0)
    unit = 10**decimals
    shows_seconds = any((piece["field"] or piece["elapsed"] or "").casefold().startswith("s") for piece in pieces)
    ticks = math.floor(value * 86_400 * unit + 0.5) if shows_seconds else math.floor(value * 86_400 + 5e-4) * unit
    seconds, fraction = divmod(ticks, unit)
    days, rest = divmod(seconds, 86_400)
    year, month, day = parts_of(days)
    clock = {"hour": rest // 3600, "minute": rest // 60 % 60, "second": rest % 60, "total": seconds}
    made = ""
    for index, piece in enumerate(pieces):
        if piece["field"] is not None:
            field = piece["field"].casefold()
            minutes = field[0] == "m" and _is_minute(pieces, index)
            made += _field(field, minutes, halves, (year, month, day, days), clock)
        elif piece["elapsed"] is not None:
            made += _elapsed(piece["elapsed"].casefold(), clock["total"])
        elif piece["half"] is not None:
            word = "PM" if clock["hour"] >= 12 else "AM"
            made += word if len(piece["half"]) > 3 else word[0]
        elif piece["fraction"] is not None:
            made += f".{fraction:0{decimals}d}"
        else:
            made += piece["quoted"] or piece["escaped"] or (" " if piece["space"] else "") or piece["other"] or ""
    return made


def _elapsed(field: str, total: int) -> str:
    worth = {"h": 3600, "m": 60, "s": 1}[field[0]]
    return f"{total // worth:0{len(field)}d}"


def _is_minute(pieces: list[re.Match[str]], index: int) -> bool:
    """An m is minutes after hours or before seconds."""

    def kind(piece: re.Match[str]) -> str:
        return (piece["field"] or piece["elapsed"] or "")[:1].casefold()

    if len(pieces[index]["field"]) > 2:
        return False
    before = next((kind(one) for one in reversed(pieces[:index]) if kind(one)), "")
    after = next((kind(one) for one in pieces[index + 1 :] if kind(one)), "")
    return before == "h" or after == "s"


def _field(field: str, minutes: bool, halves: bool, date: tuple[int, int, int, int], clock: dict[str, int]) -> str:
    year, month, day, days = date
    width = len(field)
    match field[0]:
        case "y":
            return f"{year % 100:02d}" if width < 3 else f"{year:04d}"
        case "m" if minutes:
            return f"{clock['minute']:0{width}d}"
        case "m":
            name = MONTHS[month - 1]
            return f"{month:0{width}d}" if width < 3 else name[:3] if width == 3 else name[0] if width == 5 else name
        case "d":
            name = WEEKDAYS[weekday_of(days)]
            return f"{day:0{width}d}" if width < 3 else name[:3] if width == 3 else name
        case "h":
            hour = clock["hour"] % 12 or 12 if halves else clock["hour"]
            return f"{hour:0{min(width, 2)}d}"
        case "s":
            return f"{clock['second']:0{min(width, 2)}d}"
        case _:
            return fail("#VALUE!")
