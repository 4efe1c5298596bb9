"""Reads words that change the meaning of a number: bounds ("at least 9"), directions ("down 20 %"), "below zero"."""

# ruff: noqa: E501 - a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from deployments.grading.graders.numeric.quantity_reader import Quantity

Bound = Literal["at least", "at most", ""]

_MORE = r"(?:more|greater|higher|larger|bigger|longer|older|better|faster)"
_LESS = r"(?:less|fewer|lower|smaller|shorter|younger|cheaper)"
_ABOUT = r"(?:\s*(?:the|a|an|about|around|roughly|like|of|or equal to|is|exactly))*\s*$"
#: "A little over" or "under" a number is roughly that number.
_NEARLY = re.compile(r"\b(?:just|slightly|barely|a (?:bit|little|tad|touch|hair)|marginally)\s+\w+(?:\s+than)?\s*$")
_LOW_BEFORE = re.compile(
    rf"(?:\b(?:at (?:the )?(?:very )?least|not? {_LESS} than|(?:a )?minimum(?: of)?|{_MORE} than|over|above|exceed(?:s|ing)?"
    rf"|surpass(?:es)?|upwards? of|north of|beyond|in excess of|starts? at|starting (?:at|from)|past)|>=?|≥|=>){_ABOUT}"
)
_HIGH_BEFORE = re.compile(
    rf"(?:\b(?:at (?:the )?(?:very )?most|not? {_MORE} than|not exceed(?:ing)?|up to|(?:a )?maximum(?: of)?|max|{_LESS} than"
    rf"|under|below|beneath|south of|capped at)|<=?|≤|=<){_ABOUT}"
)
_LOW_AFTER = re.compile(
    rf"\s*(?:\+(?!\s*\d)|or (?:{_MORE}|above|over|up)\b|and (?:{_MORE}|up|above|over|upwards)\b|plus\b"
    r"|at (?:the )?(?:least|minimum)\b|minimum\b|or greater)"
)
_HIGH_AFTER = re.compile(
    rf"\s*(?:or (?:{_LESS}|below|under)\b|and (?:{_LESS}|below|under)\b|at (?:the )?(?:most|max|maximum)\b|max(?:imum)?\b|tops\b)"
)
_ASKS_LOW = re.compile(r"\b(?:minimum|min|least|lower bound|smallest|fewest|lowest|needed|need|required|require)\b")
_ASKS_HIGH = re.compile(r"\b(?:maximum|max|most|upper bound|largest|limit|limited|up to|highest|longest|biggest)\b")


def bound_of(answer: str, one: Quantity, prompt: str) -> Bound:
    """Whether the candidate gives ``one`` as a bound only. Where the prompt asks for a minimum, "at least 9" is 9."""
    before = answer[max(0, one.start - 48) : one.start].casefold()
    after = answer[one.end : one.end + 24].casefold()
    if one.high is not None or _NEARLY.search(before):
        return ""
    asked = prompt.casefold()
    if _HIGH_BEFORE.search(before) or _HIGH_AFTER.match(after):
        return "" if _ASKS_HIGH.search(asked) else "at most"
    if _LOW_BEFORE.search(before) or _LOW_AFTER.match(after):
        return "" if _ASKS_LOW.search(asked) else "at least"
    return ""


_NOT_QUITE = re.compile(
    r"(?:\b(?:almost|nearly|not quite|close to|(?:just|slightly|barely|a (?:bit|little|tad|touch|hair)|marginally) (?:under|over|below|above|(?:less|more) than)))(?: (?:a|an|the))*\s*$"
)


def is_not_quite(answer: str, one: Quantity) -> bool:
    """Whether the answer says that the number is near ``one`` and not it: "almost seven"."""
    return _NOT_QUITE.search(answer[max(0, one.start - 40) : one.start].casefold()) is not None


_DOWN = r"(?:decreas\w*|drop\w*|declin\w*|fall\w*|fell|reduc\w*|down|lower\w*|less|loss|lost|shrink\w*|shrank|cut\w*|slower|smaller|fewer)"
_UP = r"(?:increas\w*|ris\w*|rose|grow\w*|grew|gain\w*|up|higher|more|growth)"
_DOWN_BEFORE = re.compile(rf"\b{_DOWN}(?:\s+(?:is|was|of|by|about|around|roughly|a|an|it|exactly))*\s*$")
_DOWN_AFTER = re.compile(rf"\s*{_DOWN}\b")
_ANY_DIRECTION = re.compile(rf"\b(?:{_DOWN}|{_UP}|change\w*|discount|saving\w*)\b")


#: What the prompt asks how far something goes.
_ASKS_RISE = re.compile(r"\b(?:increas\w*|rise|rose|grow\w*|grew|gain\w*)\b")
_ASKS_FALL = re.compile(r"\b(?:decreas\w*|drop\w*|declin\w*|fall\w*|fell|reduc\w*|shrink\w*|shrank)\b")
_RISE_BEFORE = re.compile(
    r"\b(?:increased|rose|rises|grew|grows|gained|went up|goes up)(?: (?:by|about|around|roughly))*\s*$"
)
#: "Forty below".
_BELOW = re.compile(r"\W*(?:degrees?\W+(?:celsius\W+|fahrenheit\W+)?)?below\W*")


def rises(answer: str, one: Quantity) -> bool:
    """Whether a verb before ``one`` says that something rises by it."""
    return _RISE_BEFORE.search(answer[max(0, one.start - 40) : one.start].casefold()) is not None


def directed(answer: str, one: Quantity) -> bool:
    """Whether a word next to ``one`` says that something falls by it."""
    before, after = answer[max(0, one.start - 40) : one.start].casefold(), answer[one.end :][:40].casefold()
    return bool(_DOWN_BEFORE.search(before) or _DOWN_AFTER.match(after))


def signed(answer: str, found: Sequence[Quantity], prompt: str) -> list[Quantity]:
    """``found`` with the signs that words and brackets give: "20 % decrease", "10 below zero", "(1,200)".

    A decrease is negative if the prompt names no direction, or asks how far something rises; so is a rise if it asks
    how far something falls.
    """
    told: list[Quantity] = []
    asked = prompt.casefold()
    neutral = _ANY_DIRECTION.search(asked) is None
    rising, falling = _ASKS_RISE.search(asked) is not None, _ASKS_FALL.search(asked) is not None
    for one in found:
        below = (
            told
            and one.value == 0
            and re.fullmatch(r"\W*(?:degrees?\W+)?(?:below|under)\W*", answer[told[-1].end : one.start].casefold())
        )
        if below and told[-1].value > 0:
            told[-1] = replace(told[-1], value=-told[-1].value, end=one.end, unit=told[-1].unit or one.unit)
            continue
        percent = one.unit is not None and one.unit.kind == "percent"
        contrary = percent and one.value > 0 and one.high is None
        if falling and not rising:
            contrary = contrary and rises(answer, one) and not directed(answer, one)
        else:
            contrary = contrary and (neutral or (rising and not falling)) and directed(answer, one)
        told.append(replace(one, value=-one.value) if contrary else one)
    if len(told) == 1 and told[0].value > 0 and _BELOW.fullmatch(answer[told[0].end :].casefold()):
        return [replace(told[0], value=-told[0].value)]
    if len(told) == 1 and told[0].value > 0 and re.fullmatch(r"\s*\(\s*[$€£¥₹]?\s*[\d.,' ]+\)\s*[.]?\s*", answer):
        return [replace(told[0], value=-told[0].value)]
    return told
