"""Word error rate between what a persona said and what the platform heard."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

_WORD = re.compile(r"[\w']+")


def words(text: str) -> list[str]:
    """Lower-cased words without punctuation."""
    return _WORD.findall(text.lower().replace("’", "'"))


def word_errors(reference: str, heard: str) -> tuple[int, int]:
    """``(errors, reference words)``: the fewest substitutions, deletions and insertions between the two."""
    expected = words(reference)
    return Levenshtein.distance(expected, words(heard)), len(expected)
