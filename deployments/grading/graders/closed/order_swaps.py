"""Reads the exchange of two items at the end of an order: "sorry, swap the last two", "hmm, swap red and green"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders.closed.term_matching import Match

_SWAP = r"\b(?:swap|switch|exchange|flip|reverse)\b"
_ENDS = re.compile(
    rf"{_SWAP}(?: round| around)? the (?P<end>first|last) two\b"
    r"|\bthe (?P<other>first|last) two (?:swapped|switched|the other way (?:a)?round)",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"{_SWAP}(?: round| around)?\s+(?:the\s+)?$", re.IGNORECASE)
_JOINS = re.compile(r"\s*(?:and|with|for)\s+(?:the\s+)?", re.IGNORECASE)


def swapped(answer: str, found: Sequence[Match]) -> tuple[list[Match], tuple[str, str] | None]:
    """The mentions that list the order, and the two items to be exchanged in it; None where nothing is exchanged."""
    for at in range(2, len(found) - 1):
        one, other = found[at], found[at + 1]
        if _NAMED.search(answer[found[at - 1].end : one.start]) and _JOINS.fullmatch(answer[one.end : other.start]):
            return list(found[:at]), (one.term, other.term)
    said = _ENDS.search(answer, found[-1].end) if len(found) > 2 else None
    if said is None:
        return list(found), None
    pair = found[:2] if (said["end"] or said["other"]).casefold() == "first" else found[-2:]
    return list(found), (pair[0].term, pair[1].term)
