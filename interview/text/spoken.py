"""Rewrites text as people say it: signs, units, currencies, abbreviations, addresses. Voices get the result, captions
the original.

Numbers stay in digits: every voice here reads them through espeak-ng, which says them in the sentence's language.
English has the most rules; German, French and Spanish have words for signs, addresses (``spoken_tables.SIGNS``), units,
money and abbreviations (``spoken_wordings.WORDINGS``). Text in any other language keeps its signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from interview.text.spoken_elsewhere import spoken_with
from interview.text.spoken_tables import (
    ABBREVIATIONS,
    CURRENCIES,
    FRACTIONS,
    MAGNITUDES,
    MONTHS,
    NAMES,
    NUMBERED,
    PER,
    SIGNS,
    SPACED_UNITS,
    UNITS,
    Signs,
)

#: Increased when the result may change: speech kept on disk is valid for one version.
VERSION = "3"

#: For a longer path, only the host is said.
MAX_SPOKEN_PATH = 20
_END_MARKS = ".,;:!?"

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNSPEAKABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff"
    "\u2190-\u2191\u2193-\u21d1\u21d5-\u21ff\u2300-\u23ff\u2500-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
)
_URL = re.compile(r"(?:https?://|www\.)(?P<host>[\w.-]+\w)(?::\d+)?(?P<path>/[^\s<>\"')\]]*)?", re.I)
_EMAIL = re.compile(r"(?P<user>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)")


def spoken_text(text: str, language: str = "en") -> str:
    """``text`` (plain, see ``markdown.plain_text``) as input for a voice.

    Args:
        language: ISO 639-1 code, maybe with a region.
    """
    code = language.lower().split("-")[0]
    said = _UNSPEAKABLE.sub(" ", text)
    signs = SIGNS.get(code)
    if signs is not None:
        said = _addresses(said, signs)
        if code == "en":
            for rule in _english_rules():
                said = rule(said)
        said = spoken_with(said, code)
        said = _ranges_and_signs(said, signs)
    return " ".join(_leftovers(said).split())


def _addresses(text: str, signs: Signs) -> str:
    def dotted(name: str) -> str:
        return name.replace(".", f" {signs.dot} ").replace("-", " ").replace("_", " ")

    def url(match: re.Match[str]) -> str:
        address = (match["path"] or "").rstrip(_END_MARKS)
        end = (match["path"] or "")[len(address) :]
        path = address.partition("?")[0].partition("#")[0].rstrip("/")
        parts = [dotted(part) for part in path.split("/") if part]
        said = dotted(match["host"].removeprefix("www."))
        if parts and len(path) <= MAX_SPOKEN_PATH:
            said += "".join(f" {signs.slash} {part}" for part in parts)
        return said + end

    text = _EMAIL.sub(lambda match: f"{dotted(match['user'])} {signs.at} {dotted(match['host'])}", text)
    return _URL.sub(url, text)


@lru_cache(maxsize=1)
def _english_rules() -> tuple[Callable[[str], str], ...]:
    return (_names, _dates_and_times, _money, _fractions, _units, _numbered, _abbreviations, _calls)


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NAME = re.compile(rf"(?<![\w.])(?:{_alternatives(NAMES)})(?![\w#+])")


def _names(text: str) -> str:
    return _NAME.sub(lambda match: NAMES[match.group()], text)


_ISO_DATE = re.compile(r"(?<![\d-])((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_YEAR = re.compile(
    rf"\b(?P<before>in|since|until|year|summer|early|late|{'|'.join(MONTHS)},?|{'|'.join(MONTHS)} \d\d?,|"
    r"(?P<loose>of|to|by|from|before|after)) (?P<century>19|20)(?P<rest>\d\d)(?![\d,.]?\d|\s?%)\b"
    r"(?(loose)(?=\s*(?:[.,;:!?)]|$|to\b|until\b|and\b))|(?!\s\w+s\b))",
    re.I,
)
_DECADE = re.compile(r"(?<!\w)(?P<century>1[1-9]|20)(?P<ten>[1-9])0s\b")
_DECADES = ("tens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_RATIO_OF = re.compile(r"(?<![\d:])(\d+):(\d)(?![\d:])")


def _dates_and_times(text: str) -> str:
    text = _ISO_DATE.sub(lambda match: f"{MONTHS[int(match[2]) - 1]} {int(match[3])}, {match[1]}", text)
    text = _DECADE.sub(lambda match: f"{match['century']} {_DECADES[int(match['ten']) - 1]}", text)
    text = _YEAR.sub(lambda match: f"{match['before']} {_year(match['century'], match['rest'])}", text)
    return _RATIO_OF.sub(r"\1 to \2", _TIME.sub(_clock, text))


def _year(century: str, rest: str) -> str:
    if century == "20" and rest < "10":
        return century + rest
    if rest == "00":
        return f"{century} hundred"
    return f"{century} oh {rest[1]}" if rest[0] == "0" else f"{century} {rest}"


def _clock(match: re.Match[str]) -> str:
    hour, minute, second = match[1], match[2], match[3]
    if second is not None:
        return match.group().replace(":", " ")
    if minute == "00":
        return f"{int(hour)} o'clock" if 0 < int(hour) < 13 else f"{int(hour)} hundred"
    return f"{int(hour)} oh {minute[1]}" if minute[0] == "0" else f"{int(hour)} {minute}"


_MONEY = re.compile(
    rf"(?:US|USD\s?)?(?P<sign>[{''.join(map(re.escape, CURRENCIES))}])\s?(?P<amount>{_NUMBER})"
    rf"(?:(?P<short>{_alternatives(MAGNITUDES)})\b|\s(?P<word>thousand|million|billion|trillion)\b)?"
    rf"(?:\s?/\s?(?P<per>{_alternatives(PER)})\b)?"
)
_MONEY_AFTER = re.compile(
    rf"(?<![\w^.,])(?P<amount>{_NUMBER})\s?(?P<sign>[{''.join(map(re.escape, CURRENCIES))}])(?!\w)"
)


def _money(text: str) -> str:
    text = _MONEY.sub(_priced, text)
    return _MONEY_AFTER.sub(_priced, text)


def _priced(match: re.Match[str]) -> str:
    found = match.groupdict()
    one, many, cent, cents = CURRENCIES[found["sign"]]
    amount = found["amount"]
    magnitude = MAGNITUDES[found["short"]] if found.get("short") else found.get("word")
    per = f" {PER[found['per']]}" if found.get("per") else ""
    if magnitude:
        return f"{amount} {magnitude} {many}{per}"
    whole, _, part = amount.partition(".")
    if len(part) == 2:
        counted = f"{int(part)} {cent if int(part) == 1 else cents}"
        if part == "00":
            return f"{whole} {one if whole == '1' else many}{per}"
        return f"{counted}{per}" if whole == "0" else f"{whole} {one if whole == '1' else many} and {counted}{per}"
    return f"{amount} {one if amount == '1' else many}{per}"


_FRACTION = re.compile(rf"(?<![\w/.])(?:{_alternatives(FRACTIONS)})(?![\w/])")
_RATIO = re.compile(r"(?<![\w/.])(\d{1,3})/(\d{1,3})(?![\w/])")


def _fractions(text: str) -> str:
    text = re.sub(r"(?<=\d)(?=[½⅓⅔¼¾])", " and ", text)
    text = _FRACTION.sub(lambda match: FRACTIONS[match.group()], text)
    return _RATIO.sub(r"\1 over \2", text)


_UNIT = re.compile(
    rf"(?<![\w.])(?P<amount>{_NUMBER})(?:\s?(?P<unit>{_alternatives(UNITS)})|\s(?P<spaced>{_alternatives(SPACED_UNITS)}))"
    rf"(?:\s?/\s?(?P<per>{_alternatives(PER)}))?(?![\w/])"
)
_PER_ALONE = re.compile(r"(?<=[a-z])/(?P<per>s|sec|min|hr|hour|day|week|month|year|user)\b")
_LARGE = re.compile(rf"(?<![\w.])({_NUMBER})\s?(M|bn|mn|tn)\b(?!/)")


def _units(text: str) -> str:
    def unit(match: re.Match[str]) -> str:
        one, many = UNITS.get(match["unit"] or "") or SPACED_UNITS[match["spaced"]]
        per = f" {PER[match['per']]}" if match["per"] else ""
        return f"{match['amount']} {one if match['amount'] == '1' else many}{per}"

    text = _UNIT.sub(unit, text)
    text = _PER_ALONE.sub(lambda match: f" {PER[match['per']]}", text)
    return _LARGE.sub(lambda match: f"{match[1]} {MAGNITUDES[match[2]]}", text)


_NUMBERED = re.compile(rf"(?<![\w.])(?P<what>{_alternatives(NUMBERED)})\s?(?=\d)", re.I)


_VERSION_NUMBER = re.compile(r"\b(?:version )?v(?=\d+(?:\.\d+)*\b)", re.I)


def _numbered(text: str) -> str:
    def number(match: re.Match[str]) -> str:
        return _as_begun(match["what"], NUMBERED[match["what"].lower()]) + " "

    return _VERSION_NUMBER.sub("version ", _NUMBERED.sub(number, text))


_ABBREVIATION = re.compile(rf"(?<![\w.])(?P<short>{_alternatives(ABBREVIATIONS)})(?!\w)(?P<end>\s*$)?", re.I)


def _abbreviations(text: str) -> str:
    def expanded(match: re.Match[str]) -> str:
        short = match["short"]
        said = _as_begun(short, ABBREVIATIONS[short.lower()])
        ends = match["end"] is not None and short.endswith(".")
        return said + ("." if ends else "") + (" " if short.endswith("/") else "")

    return _ABBREVIATION.sub(expanded, text)


def _as_begun(short: str, said: str) -> str:
    """``said`` with a capital where ``short`` has one."""
    return said[0].upper() + said[1:] if short[0].isupper() else said


_CALL = re.compile(r"\b([A-Za-zΘΩ])\(([^()]{1,40})\)")
_STAR = re.compile(r"(?<=\b[A-Z]{5}) \*|(?<=\b[A-Z]{6}) \*|\(\*\)")
_EMPTY_CALL = re.compile(r"(?<=\w)\(\)")
_TYPE_ARGUMENT = re.compile(r"(?<=\w)<([\w, ]{1,40})>")
_TAG = re.compile(r"(?<!\w)</?([A-Za-z][\w-]*)\s*/?>")
_POWER = re.compile(r"(?<=[\w)])(?:\^|\*\*)\s?\{?(-?\w+)\}?")
_SUPERSCRIPT = {"²": " squared", "³": " cubed"}


def _calls(text: str) -> str:
    """Big O, function calls, SQL's star, type arguments, tags, powers."""
    text = _STAR.sub(" star", text)
    text = _CALL.sub(r"\1 of \2", text)
    text = _EMPTY_CALL.sub("", text)
    while (inner := _TYPE_ARGUMENT.sub(r" of \1", text)) != text:
        text = inner
    text = _TAG.sub(r" \1 ", text)
    text = _POWER.sub(_power, text)
    for sign, said in _SUPERSCRIPT.items():
        text = text.replace(sign, said)
    return text


def _power(match: re.Match[str]) -> str:
    return {"2": " squared", "3": " cubed"}.get(match[1], f" to the power of {match[1]}")


_RANGE = re.compile(r"(?<![\w.,-])(\d+(?:\.\d+)?)\s?(?:–|-(?=\d))\s?(\d+(?:\.\d+)?)(?![\w-])")
_SUBTRACTION = re.compile(r"(?<=\d) - (?=\d)")
_MULTIPLICATION = re.compile(r"(?<=[\d)])\s?\*\s?(?=[\w(])|(?<=\b\w)\s?\*\s?(?=\w\b)|(?<=\w) \* (?=\w)")
_ABOUT = re.compile(r"~\s?(?=\d)")
_PERCENT = re.compile(r"(?<=\d)\s?%")


def _ranges_and_signs(text: str, signs: Signs) -> str:
    text = _RANGE.sub(rf"\1 {signs.to} \2", text)
    text = _PERCENT.sub(f" {signs.percent}", text)
    text = _SUBTRACTION.sub(f" {signs.operators['−']} ", text)
    text = _MULTIPLICATION.sub(f" {signs.operators['×']} ", text)
    text = _ABOUT.sub(f"{signs.operators['≈']} ", text)
    pattern = _operators(tuple(signs.operators))
    return pattern.sub(lambda match: f" {signs.operators[match.group()]} ", text)


@lru_cache(maxsize=8)
def _operators(operators: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_alternatives(operators))


_SILENT = re.compile(r"(?<=\w)/(?=\w)|[\\|_*~`^#{}\[\]<>$]+")
_DASHES = re.compile(r"\s-{2,}\s|(?<=\w)--+(?=\w)")
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[,.;:!?)])")


def _leftovers(text: str) -> str:
    """Removes signs that no voice says well: brackets, bars, underscores and slashes inside words, runs of dashes."""
    text = _SILENT.sub(" ", text)
    text = _DASHES.sub(", ", text)
    return _SPACE_BEFORE_MARK.sub("", text)
