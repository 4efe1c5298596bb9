"""Reads the direction in which an answer lists things: "from the top down", "largest first", "backwards".

A direction counts against the one that the question asks for: a list "from largest to smallest" is read from its end
where the question says "from the smallest to the largest".
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

Axis = Literal["value", "time"]

#: The two ends of each axis, the one that lists usually begin with first.
_POLES: dict[Axis, tuple[str, str]] = {
    "value": (
        "smallest|small|least|lowest|low|fewest|cheapest|slowest|shortest|bottom|weakest|lightest|minimum|ascending|increasing|rising|bottom[- ]up",
        "largest|large|biggest|big|greatest|most|highest|high|fastest|longest|top|strongest|heaviest|maximum|descending|decreasing|falling|top[- ]down",
    ),
    "time": ("first|earliest|oldest|beginning|start|front", "last|latest|newest|youngest|end|back|most recent"),
}
_ENDS = {axis: "|".join(ends) for axis, ends in _POLES.items()}
_TO = r" (?:[a-z]+ )?(?:first )?(?:up |down )?(?:to|through|till|until)(?: the)?(?: (?:very|most))? "
_STATED = {
    axis: re.compile(
        rf"\b(?P<a>{ends}){_TO}(?P<b>{ends})\b|\b(?P<c>{ends})(?:(?:(?<=most)|(?<=least)) [a-z]+)?(?: (?:one|layer|level|item)s?)? first\b"
        rf"|\b(?:start|begin)(?:s|ing)? (?:with|from|at) the (?P<d>{ends})\b|\bfrom the (?P<e>{ends})(?: [a-z]+)? (?:down|up|on)(?:wards)?\b"
        rf"|\b(?P<f>ascending|increasing|rising|bottom[- ]up|descending|decreasing|falling|top[- ]down)\b",
        re.IGNORECASE,
    )
    for axis, ends in _ENDS.items()
}
_BACKWARDS = re.compile(
    r"(?<!not )(?<!not the )\b(?:backwards?|in reverse|reverse(?:d)? order|in the reverse|reversed(?=\W*$)|(?:the )?other way (?:a)?round|from back to front|(?:the )?(?:reverse|opposite|inverse|mirror image) of)\b",
    re.IGNORECASE,
)
_IS = r"(?::| (?:is|are|being|as|would be|comes?|the|very|our|one|,))*\s*"
#: What compares two items on the value axis, with the sign of the first one.
_COMPARED = re.compile(
    r"(?:\b(?:(?P<more>bigger|larger|greater|higher|more|longer|faster|stronger|heavier)|(?P<less>smaller|less|lower|fewer|shorter|slower|weaker|lighter|cheaper))(?: [a-z]+)? than"
    r"|\b(?P<above>above|on top of|(?:sits?|runs|rests|stands|builds) (?:on|over|upon)(?: top of)?|over|exceeds|contains|beats?|outperforms?|outruns?)|\b(?P<below>below|under|underneath|beneath|part of|inside)|(?P<greater>(?<![-=>])>(?!>))|(?P<smaller><(?![-<]))|(?P<on>^\s+on\b))\s*(?:(?:a|an|the|that of)\s+)*(?:[OoΘΩ]\s*\(\s*)?$",
    re.IGNORECASE,
)


class Direction(Struct, frozen=True):
    """``sign`` is -1 for a list from the small, low or early end, and 1 for one from the other end."""

    axis: Axis
    sign: int


def direction_of(text: str) -> Direction | None:
    """The direction that ``text`` states, or None."""
    for axis, pattern in _STATED.items():
        for found in pattern.finditer(text):
            begins = next(word for word in found.group("a", "c", "d", "e", "f") if word)
            sign = _sign(axis, begins)
            if found["b"] is None or _sign(axis, found["b"]) == -sign:
                return Direction(axis, sign)
    return None


def listed_backwards(answer: str, prompt: str) -> bool | None:
    """Whether the answer says that it lists in the direction opposite to the one asked for.

    None where it states a direction that the question does not speak of.
    """
    if _BACKWARDS.search(answer):
        return True
    said, asked = direction_of(answer), direction_of(prompt)
    if said is None:
        return False
    if asked is not None and asked.axis == said.axis:
        return said.sign != asked.sign
    return said.sign > 0 if said.axis == "time" else None


def end_of(prompt: str, before: str, after: str) -> int:
    """-1 if an item between ``before`` and ``after`` is called the end that the question wants first ("the smallest is
    …"), 1 for the end it wants last, 0 for neither."""
    asked = direction_of(prompt)
    if asked is None:
        return 0
    ends = _ENDS[asked.axis]
    found = re.match(rf"{_IS}(?:at the )?({ends})\b(?! (?:than|of the))", after, re.IGNORECASE) or re.search(
        rf"(?<!to )(?<!to the )\b({ends})(?: (?:one|layer|level|of all))?{_IS}$", before, re.IGNORECASE
    )
    return 0 if found is None else _sign(asked.axis, found.group(1)) * -asked.sign


def compared(between: str, prompt: str) -> int:
    """-1 if ``between`` two items puts the first of them earlier in the direction asked for ("is smaller than"), 1 if
    later, 0 if it does not compare them or the question states no such direction."""
    asked = direction_of(prompt)
    found = _COMPARED.search(between) if asked is not None and asked.axis == "value" else None
    if asked is None or found is None:
        return 0
    sign = 1 if found["more"] or found["above"] or found["greater"] or found["on"] else -1
    return sign * -asked.sign


def _sign(axis: Axis, word: str) -> int:
    return -1 if re.fullmatch(_POLES[axis][0], word, re.IGNORECASE) else 1
