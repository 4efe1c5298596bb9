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


#: The ends of a scale in the question's own words: "from the most junior to the most senior".
_OWN_ENDS = re.compile(r"\bfrom (?:the )?most (\w{3,}) to (?:the )?(?:most )?(\w{3,})", re.IGNORECASE)


def own_ends(prompt: str) -> tuple[str, str] | None:
    """The first and the last end of a scale that only the question names; None for a known axis or no scale."""
    found = _OWN_ENDS.search(prompt)
    if found is None or direction_of(prompt) is not None or found[1].casefold() == found[2].casefold():
        return None
    known = "|".join(_ENDS.values())
    if any(re.fullmatch(known, end, re.IGNORECASE) for end in found.groups()):
        return None
    return re.escape(found[1]), re.escape(found[2])


def listed_backwards(answer: str, prompt: str) -> bool | None:
    """Whether the answer says that it lists in the direction opposite to the one asked for.

    None where it states a direction that the question does not speak of.
    """
    if _BACKWARDS.search(answer):
        return True
    ends = own_ends(prompt)
    if ends is not None:
        first, last = ends
        most = r"(?:the )?(?:most )?"
        return bool(
            re.search(rf"\b{last}{_TO}{most}{first}\b|\b{last}(?: \w+)? first\b", answer, re.IGNORECASE)
            or re.search(rf"\b(?:start|begin)(?:s|ing)? (?:with|from|at) {most}{last}\b", answer, re.IGNORECASE)
        )
    said, asked = direction_of(answer), direction_of(prompt)
    if said is None:
        return False
    if asked is not None and asked.axis == said.axis:
        return said.sign != asked.sign
    return said.sign > 0 if said.axis == "time" else None


def end_of(prompt: str, before: str, after: str) -> int:
    """-1 if an item between ``before`` and ``after`` is called the end that the question wants first ("the smallest is
    …"), 1 for the end it wants last, 0 for neither."""
    asked, own = direction_of(prompt), own_ends(prompt)
    if own is not None:
        return _own_end(own, before, after)
    if asked is None:
        return 0
    ends = _ENDS[asked.axis]
    found = re.match(rf"{_IS}(?:at the )?({ends})\b(?! (?:than|of the))", after, re.IGNORECASE) or re.search(
        rf"(?<!to )(?<!to the )\b({ends})(?: (?:one|layer|level|of all))?{_IS}$", before, re.IGNORECASE
    )
    return 0 if found is None else _sign(asked.axis, found.group(1)) * -asked.sign


def _own_end(ends: tuple[str, str], before: str, after: str) -> int:
    """As ``end_of``, for the ends of a scale in the question's own words: "the VP is the most senior"."""
    either = "|".join(ends)
    found = re.match(rf"{_IS}most ({either})\b(?! than)", after, re.IGNORECASE) or re.search(
        rf"\bmost ({either})(?: (?:one|level|of all))?{_IS}$", before, re.IGNORECASE
    )
    return 0 if found is None else -1 if re.fullmatch(ends[0], found[1], re.IGNORECASE) else 1


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
