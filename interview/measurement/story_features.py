"""Features of a clause that classify it as a part of a story: its words, and its place among the other clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half third quarter "
    "twice"
)
_NUMBERS = frozenset(_NUMBER_WORDS.split())
#: The longest run of words that begins a clause and is a feature.
_BEGINNING = 3


class Place(Struct, frozen=True):
    """``number`` of ``clauses`` (from 0); ``acted`` and ``acts_later``: an action stands before or after it."""

    number: int
    clauses: int
    acted: bool
    acts_later: bool


def features(clause: str, place: Place) -> set[str]:
    """The names of the clause's features. All numbers count as one word."""
    words = ["#" if word.isdigit() or word in _NUMBERS else word for word in _words(clause)]
    return {*_of_words(words), *_of_place(place)}


def _words(clause: str) -> list[str]:
    return _WORD.findall(clause.lower().replace("’", "'"))


def _of_words(words: list[str]) -> Iterator[str]:
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
    for length in range(1, min(_BEGINNING, len(words)) + 1):
        yield f"^ {' '.join(words[:length])}"
    if words:
        yield f"$ {words[-1]}"


def _of_place(place: Place) -> Iterator[str]:
    yield "@first" if place.number == 0 else "@later"
    yield "@last" if place.number == place.clauses - 1 else "@followed"
    if place.clauses == 1:
        yield "@only"
    yield "@acted" if place.acted else "@before action"
    if place.acts_later:
        yield "@acts later"
