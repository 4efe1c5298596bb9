"""Units, money, abbreviations and numbered things as people say them in German, French and Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from interview.text.spoken_wordings import WORDINGS, Wording

#: Counted without a preposition: "cinq mille euros", but "cinq millions d'euros".
_THOUSAND = frozenset({"tausend", "mille", "mil"})
_NUMBER = r"\d+(?:[.\u00a0\u202f ]\d{3})*(?:,\d+)?"


class _Patterns(NamedTuple):
    money_after: re.Pattern[str]
    money_before: re.Pattern[str]
    unit: re.Pattern[str]
    magnitude: re.Pattern[str]
    numbered: re.Pattern[str]
    abbreviation: re.Pattern[str]


def spoken_with(text: str, code: str) -> str:
    """``text`` with the words of the language ``code`` (ISO 639-1); unchanged without a wording for it."""
    wording = WORDINGS.get(code)
    if wording is None:
        return text
    patterns = _patterns(code)
    text = patterns.money_after.sub(lambda match: _priced(match, wording), text)
    text = patterns.money_before.sub(lambda match: _priced(match, wording), text)
    text = patterns.unit.sub(lambda match: _measured(match, wording), text)
    text = patterns.magnitude.sub(lambda match: f"{match['amount']} {_magnitude(match, wording)}", text)
    text = patterns.numbered.sub(lambda match: _numbered(match, wording), text)
    return patterns.abbreviation.sub(lambda match: _expanded(match, wording), text)


@lru_cache(maxsize=len(WORDINGS))
def _patterns(code: str) -> _Patterns:
    wording = WORDINGS[code]
    signs = f"[{''.join(map(re.escape, wording.currencies))}]"
    per = rf"(?:\s?/\s?(?P<per>{_alternatives(wording.per)})(?!\w))?"
    magnitude = rf"(?:\s?(?P<magnitude>{_alternatives(wording.magnitudes)}))"
    return _Patterns(
        money_after=re.compile(rf"(?<![\w.,])(?P<amount>{_NUMBER}){magnitude}?\s?(?P<sign>{signs})(?!\w){per}"),
        money_before=re.compile(rf"(?P<sign>{signs})\s?(?P<amount>{_NUMBER})(?:{magnitude}(?!\w))?{per}"),
        unit=re.compile(rf"(?<![\w.,])(?P<amount>{_NUMBER})\s?(?P<unit>{_alternatives(wording.units)})(?![\w]){per}"),
        magnitude=re.compile(rf"(?<![\w.,])(?P<amount>{_NUMBER}){magnitude}(?!\w)"),
        numbered=re.compile(rf"(?<![\w.])(?P<what>{_alternatives(wording.numbered)})\s?(?=\d)", re.I),
        abbreviation=re.compile(
            rf"(?<![\w.])(?P<short>{_alternatives(wording.abbreviations)})(?!\w)(?P<end>\s*$)?", re.I
        ),
    )


def _alternatives(words: Iterable[str]) -> str:
    """A space in a word stands for any white space, or none."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s?") for word in longest_first)


def _is_one(amount: str) -> bool:
    return amount == "1"


def _per(match: re.Match[str], wording: Wording) -> str:
    return f" {wording.per[match['per']]}" if match["per"] else ""


def _magnitude(match: re.Match[str], wording: Wording) -> str:
    one, many = wording.magnitudes[match["magnitude"]]
    return one if _is_one(match["amount"]) else many


def _priced(match: re.Match[str], wording: Wording) -> str:
    one, many, cent, cents = wording.currencies[match["sign"]]
    amount = match["amount"]
    if match["magnitude"]:
        magnitude = _magnitude(match, wording)
        before_consonant, before_vowel = wording.of
        of = before_vowel if many[0] in "aeiou" else before_consonant
        said = f"{amount} {magnitude} {'' if magnitude in _THOUSAND else of}{many}"
        return said + _per(match, wording)
    whole, _, part = amount.partition(",")
    currency = one if _is_one(whole) and part in ("", "00") else many
    if len(part) == 2 and part != "00":
        counted = f"{int(part)} {cent if int(part) == 1 else cents}"
        priced = counted if whole == "0" else f"{whole} {one if _is_one(whole) else many} {wording.and_} {counted}"
        return priced + _per(match, wording)
    return f"{whole if part == '00' else amount} {currency}{_per(match, wording)}"


def _measured(match: re.Match[str], wording: Wording) -> str:
    one, many = wording.units[match["unit"]]
    return f"{match['amount']} {one if _is_one(match['amount']) else many}{_per(match, wording)}"


def _numbered(match: re.Match[str], wording: Wording) -> str:
    said = _unspaced(wording.numbered).get(_key(match["what"]))
    return match.group() if said is None else f"{said} "


def _expanded(match: re.Match[str], wording: Wording) -> str:
    short = match["short"]
    said = _unspaced(wording.abbreviations).get(_key(short))
    if said is None:
        return match.group()
    said = said[0].upper() + said[1:] if short[0].isupper() else said
    return said + ("." if match["end"] is not None and short.endswith(".") else "")


def _unspaced(words: dict[str, str]) -> dict[str, str]:
    return {_key(short): said for short, said in words.items()}


def _key(short: str) -> str:
    """``short`` without case and white space: the pattern matches it with all, some or none of its spaces.

    The pattern's case folding also accepts letters that fold to none of the table's ("\u0131" for "i"); such a text
    has no entry and stays as it is.
    """
    return "".join(short.casefold().split())
