"""Options that are intervals ("Between 10 and 20", "More than 20"), found by the same interval or by a number in it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from deployments.grading.graders.closed.mentions import BY_PART, Line, Mention
from deployments.grading.graders.closed.option_catalogue import OptionCatalogue
from interview.text.number_words import canonical_numbers

_NUMBER = r"(\d+(?:\.\d+)?)"
_BETWEEN = re.compile(rf"{_NUMBER} ?(?:to|and|-|–) ?{_NUMBER}")
_BELOW = re.compile(rf"(?:less than|fewer than|under|below|lower than|smaller than|up to|at most|<=?) ?{_NUMBER}")
_ABOVE = re.compile(
    rf"(?:more than|greater than|over|above|higher than|larger than|bigger than|at least|>=?) ?{_NUMBER}"
)
_DENIED = re.compile(r"\b(?:not|no|never|or(?! (?:so|thereabouts)\b))\b|n't\b")

#: "The fifty to hundred one": the last word is no number.
_COUNTED = re.compile(r"(?<=\w) ones?\b(?=[\s.!?]*$)")

#: The bounds of an interval of the real numbers.
Interval = tuple[float, float]


def find(catalogue: OptionCatalogue, line: Line, taken: Sequence[Mention]) -> list[Mention]:
    """The one option that is the interval which the answer names, or that holds its one number."""
    spoken = line.answer.casefold()
    spoken = _COUNTED.sub("", spoken) if re.search(r"\bthe\b", spoken) else spoken
    said = re.sub(r"\ban? (?=\d)", "", canonical_numbers(spoken))
    intervals = {entry.id: _interval(canonical_numbers(entry.text.casefold())) for entry in catalogue.plain}
    known = {one: interval for one, interval in intervals.items() if interval is not None}
    if len(known) < 2 or taken or _DENIED.search(said):
        return []
    meant = _interval(said)
    if meant is not None:
        chosen = [one for one, interval in known.items() if interval == meant] or [
            one for one, (low, high) in known.items() if low <= meant[0] and meant[1] <= high
        ]
    else:
        numbers = re.findall(_NUMBER, said)
        value = float(numbers[0]) if len(numbers) == 1 else math.nan
        chosen = [one for one, (low, high) in known.items() if low < value < high]
    if len(chosen) != 1:
        return []
    return [Mention((chosen[0],), BY_PART, line.words[0].start, line.words[-1].end)]


def _interval(text: str) -> Interval | None:
    if between := _BETWEEN.search(text):
        return float(between[1]), float(between[2])
    if below := _BELOW.search(text):
        return -math.inf, float(below[1])
    if above := _ABOVE.search(text):
        return float(above[1]), math.inf
    return None
