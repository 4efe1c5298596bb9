"""The forms in which one accepted answer may be said: without its bracket, its hedge or its preposition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_BRACKET = re.compile(r"^(?P<name>[^()]+?)\s+\((?P<short>[^()]+)\)$")
_HEDGE = re.compile(
    r"^(?:(?:about|around|approximately|approx\.?|roughly|circa|ca\.|nearly|almost|some|an estimated)\s+"
    r"|(?:in|at|on|of|by|from|to|with|within)\s+the\s+)+(?=\S)",
    re.IGNORECASE,
)
#: Prepositions that say the opposite of each other.
_CONTRARY = tuple(
    (frozenset(ones.split()), frozenset(others.split()))
    for ones, others in (
        ("from since out", "to until till into toward towards"),
        ("on over above upon", "under below beneath"),
        ("in inside within", "outside"),
        ("with", "without against"),
        ("to", "against"),
    )
)
_FORBIDS = re.compile(r"^(?:do not|don['’]t|never)\s+(?=\S)", re.IGNORECASE)
_AGO = re.compile(r"(?<=\d)(.*\S)\s+ago$", re.IGNORECASE)


def forms(accepted: Sequence[str]) -> list[str]:
    """``accepted`` and the shorter forms of each: "around 2.45 billion years ago" is "2.45 billion years"."""
    return list(dict.fromkeys(form for text in accepted for form in _forms(text)))


def contrary(accepted: Sequence[str], form: str, before: str) -> bool:
    """Whether ``form`` is an accepted answer without its preposition and ``before``, said in its place, the opposite:
    "to the left" for "from the left"."""
    leads = [text[: len(text) - len(form)] for text in accepted if text.endswith(form)]
    return bool(leads) and all(
        any(
            before in said and set(lead.casefold().split()) & meant
            for one, two in _CONTRARY
            for said, meant in ((one, two), (two, one))
        )
        for lead in leads
    )


def _forms(text: str) -> Iterator[str]:
    yield text
    bracket = _BRACKET.match(text)
    names = [bracket["name"]] if bracket else [text]
    if bracket and _abbreviates(bracket["short"], bracket["name"]):
        names.append(bracket["short"])
    forbids = _FORBIDS.match(text)
    if forbids:
        yield from (f"{word} {text[forbids.end() :]}" for word in ("do not", "don't", "never"))
    for name in names:
        plain = _HEDGE.sub("", name)
        yield plain
        yield _AGO.sub(r"\1", plain)


def _abbreviates(short: str, name: str) -> bool:
    """Whether ``short`` is written in capitals and its letters occur in ``name`` in order."""
    letters = iter(name.casefold())
    return short.isupper() and all(letter in letters for letter in short.casefold() if letter.isalnum())
