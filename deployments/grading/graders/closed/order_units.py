"""Reads the items of a list that are units, by any name of theirs: "kilobytes", "us" for "µs", "giga" for "GB"."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.closed.term_matching import Match
from deployments.grading.graders.numeric.unit_vocabulary import Unit
from deployments.grading.graders.numeric.units import unit_named

#: A prefix of at least so many letters, which no other item has, names a unit: "kilo".
_PREFIX = 4


def by_unit(items: Sequence[str], words: Sequence[Token], answer: str) -> list[Match]:
    """Every mention of an item, in order, where all ``items`` are different units; none otherwise."""
    known = next((unit for item in items if (unit := unit_named(item)) is not None), None)
    units = {item: unit for item in items if (unit := unit_named(item, expected=known)) is not None}
    if len({unit.name for unit in units.values()}) < len(items):
        return []
    named = ((word, _item(word.text, answer[word.start : word.end], units)) for word in words)
    return [Match(item, 1.0, word.start, word.end) for word, item in named if item]


def _item(word: str, typed: str, units: dict[str, Unit]) -> str:
    if word == "second":  # an ordinal beside other units
        return ""
    known = next(iter(units.values()))
    said = unit_named(typed, expected=known) or unit_named(word, expected=known)
    same = [item for item, unit in units.items() if said is not None and unit.name == said.name]
    begun = [item for item, unit in units.items() if len(word) >= _PREFIX and unit.name.startswith(word)]
    return same[0] if same else begun[0] if len(begun) == 1 else ""
