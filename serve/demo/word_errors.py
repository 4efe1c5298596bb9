"""Word error rate between a candidate's words and the platform's transcript."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from interview.text.number_words import canonical_numbers
from interview.text.spoken import spoken_text

_WORD = re.compile(r"[\w']+(?:[-.][\w']+)*")


def words(text: str) -> list[str]:
    """Lower-cased words without punctuation, numbers in digits, signs spelled out: "40%" is "40 percent"."""
    return _WORD.findall(canonical_numbers(spoken_text(text)).lower().replace("’", "'"))


def word_errors(reference: str, heard: str) -> tuple[int, int]:
    """``(errors, reference words)``: the minimum number of substitutions, deletions and insertions.

    Spelling variants are not errors: ``back-end`` matches ``backend`` if the other text has that, else it is two words.
    """
    expected, found = words(reference), words(heard)
    expected, found = _alike(expected, found), _alike(found, expected)
    return Levenshtein.distance(expected, found), len(expected)


def _alike(own: list[str], other: list[str]) -> list[str]:
    known = set(other)
    alike: list[str] = []
    for word in own:
        joined = word.replace("-", "")
        alike += [word] if word in known else [joined] if joined in known else word.split("-")
    return alike
