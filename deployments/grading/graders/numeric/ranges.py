"""Reads ranges: "5 to 10 ms", "between 5 and 10", "from 8 up to 16", "5–10"."""

from __future__ import annotations

import re

from deployments.grading.graders.numeric.quantity_reader import Found, Quantity, QuantityReader
from deployments.grading.graders.numeric.units import compatible, convert
from interview.text.number_vocabulary import SCALES

_TO = frozenset({"to", "til", "until", "through", "till", "thru"})
_DASHES = frozenset("-–—~")
_SUFFIX_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9}
#: The most lexemes of the low end of "between … and …".
_LONGEST_LOW_END = 16


def range_at(reader: QuantityReader, at: int) -> Found | None:
    """The range that begins at ``at``, or None."""
    if reader.word(at) in ("between", "from"):
        return _between(reader, at)
    low = reader.single(at)
    if low is None:
        return None
    after = low.after
    joint = reader.word(after)
    if joint == "up" and reader.word(after + 1) == "to":
        after, joint = after + 1, "to"
    is_to = joint in _TO and reader.word(after + 1) != "the" and not reader.ratio
    is_dash = joint in _DASHES and reader.glued(after) == reader.glued(after + 1)
    if not (is_to or is_dash):
        return None
    high = reader.single(after + 1)
    if high is None or (is_dash and high.quantity.start - low.quantity.end > 3):
        return None
    return _join(reader, low, high, at)


def _between(reader: QuantityReader, at: int) -> Found | None:
    """ "between one hundred and two hundred": the range splits at the last "and" that leaves two numbers."""
    joints = ("and",) if reader.word(at) == "between" else ("to", "up", "through", "and", "-", "–")
    last = min(at + _LONGEST_LOW_END, reader.stop)
    places = [index for index in range(at + 1, last) if reader.word(index) in joints]
    for place in reversed(places):
        low = QuantityReader(reader.text, list(reader.lexemes[:place]), reader.expected).single(at + 1)
        high = reader.single(place + 1 + (reader.word(place) == "up"))
        if low is None or high is None or low.after != place:
            continue
        joined = _join(reader, low, high, at)
        if joined is not None:
            return joined
    return None


def _join(reader: QuantityReader, low: Found, high: Found, first: int) -> Found | None:
    """A range of both; a unit or a scale said once ("5 to 10 million dollars") counts for both ends."""
    one, other = low.quantity, high.quantity
    low_value, high_value = one.value, other.value
    scale = _scale_of(reader.text[other.start : other.end].casefold())
    if scale and one.unit is None and low_value < scale and low_value * scale <= high_value:
        low_value *= scale
    if one.unit is not None and other.unit is not None and one.unit != other.unit:
        if not compatible(one.unit, other.unit):
            return None
        high_value = convert(high_value, other.unit, one.unit)
    if low_value > high_value:
        return None
    made = Quantity(low_value, one.unit or other.unit, one.start, other.end, high=high_value)
    if first < low.first:  # "between"
        made = Quantity(low_value, made.unit, reader.lexemes[first].start, other.end, high=high_value)
    return Found(made, first, high.after)


def _scale_of(said: str) -> float | None:
    """The scale that ends a number: "10 million", "10k"."""
    named = next((value for word, value in SCALES.items() if re.search(rf"\b{word}\b", said)), None)
    suffix = re.search(r"\d(k|m|bn?)$", said)
    return named or (_SUFFIX_SCALES[suffix[1]] if suffix else None)
