"""Reads options that are quantities by their value: "eight", "a tenth of a second" for "100 ms"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from deployments.grading.graders.closed.mentions import BY_WORDS, Line, Mention, free
from deployments.grading.graders.closed.option_catalogue import Entry, OptionCatalogue
from deployments.grading.graders.numeric.quantities import Quantity, quantities
from deployments.grading.graders.numeric.units import compatible, convert

#: Words that speech recognition writes for a lone number.
_SOUNDS = {"for": 4.0, "to": 2.0, "too": 2.0, "won": 1.0, "ate": 8.0, "tree": 3.0}


def find(catalogue: OptionCatalogue, line: Line, taken: Sequence[Mention]) -> list[Mention]:
    """The options that the answer's quantities equal; both ends of a range and both readings of "10.000" count."""
    if not catalogue.numeric:
        return []
    found: list[Mention] = []
    for said in quantities(line.answer):
        ends = [said.value] if said.high is None else [said.value, said.high]
        ids = [entry.id for value in ends for entry in _equal(catalogue, said, value)]
        others = [entry.id for value in said.others for entry in _equal(catalogue, said, value)]
        if len(ids) == len(ends) or others:
            ids = list(dict.fromkeys(ids + others))
        if ids and len(ids) >= len(ends) and free(said.start, said.end, taken):
            found.append(Mention(tuple(ids), BY_WORDS, said.start, said.end))
    if not found and not taken and len(line.words) == 1 and line.words[0].text in _SOUNDS:
        word = line.words[0]
        heard = Quantity(_SOUNDS[word.text], None, word.start, word.end)
        found += [
            Mention((entry.id,), BY_WORDS, word.start, word.end) for entry in _equal(catalogue, heard, heard.value)
        ]
    return found


def _equal(catalogue: OptionCatalogue, said: Quantity, value: float) -> list[Entry]:
    """The one option with this value; none where several are."""
    valued = [(entry, entry.quantity) for entry in catalogue.entries if entry.quantity is not None]
    if said.unit is not None and said.unit.kind == "percent":  # "one percent" is the option 0.01 before it is 1
        shares = [entry for entry, option in valued if option.unit is None and _close(value / 100, option.value)]
        if len(shares) == 1:
            return shares
    equal = [entry for entry, option in valued if _same(said, value, option)]
    return equal if len(equal) == 1 else []


def _same(said: Quantity, value: float, option: Quantity) -> bool:
    if said.unit is not None and option.unit is not None:
        return compatible(said.unit, option.unit) and _close(convert(value, said.unit, option.unit), option.value)
    if option.unit is not None and option.unit.kind == "percent" and _close(100 * value, option.value):
        return True
    return _close(value, option.value)


def _close(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-9)
