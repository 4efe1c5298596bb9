"""Chooses the number that the candidate means among an answer's numbers."""

# ruff: noqa: E501 - a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from deployments.grading.graders.numeric.quantity_reader import Quantity
from deployments.grading.graders.numeric.unit_vocabulary import Unit
from deployments.grading.graders.numeric.units import compatible
from interview.text.stance import Held, hold

#: With more different numbers than this, and no sign of the one meant, the answer is guessing.
_SPRAY = 5

_ANSWER_MARK = re.compile(
    r"(?:\banswer\b(?:\s+(?:is|would be|should be|of|here is))?|\bequals?\b|=|≈|→|\bcomes? (?:out )?(?:to|at)\b"
    r"|\bgives?(?: us| me| you)?\b|\bgiving\b|\bmakes?\b|\bmaking\b|\bresult(?:s in| is)\b|\btherefore\b|\bthus\b|\bhence\b"
    r"|\bthat(?:'s| is| would be)\b|\bso (?:it's|it is|that's|i'd say|about|roughly|around)\b"
    r"|\b(?:it's|it is|it would be|i'd say|i would say|is|are)\b"
    r"|\bfinal(?:ly)?\b|\btotal(?:s| of| is)?\b|\bwhich is\b|\bget\b|\bworks out (?:to|at|as)\b|\bends? up (?:at|with|being)\b)",
    re.IGNORECASE,
)
#: "so" alone refers only to the last number: "so 2 servers with 4 cores each, 8".
_SO = re.compile(r"\b(?:so|then|meaning|leaving)\b(?:\W+(?:about|around|roughly|maybe|like))?\W*$", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because|since|as you|given that|due to|by (?:multiplying|dividing|adding))\b", re.IGNORECASE
)
_RETRACTED = re.compile(
    r"\b(?:no,? wait|wait,? no|scratch that|strike that|never ?mind|forget (?:it|that|what i said)|ignore that"
    r"|i take (?:that|it) back|let me (?:start over|redo|recalculate|rethink)|that(?:'s| is|s)? (?:not right|wrong|not it)"
    r"|that can'?t be right|no,? that'?s (?:not|wrong))|\b(?:wait|hold on|hang on|hmm no|no)\W*$",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(r"\b(?:yes|yeah|correct|right|stick|sticking|keep|fine|sure|final)\b", re.IGNORECASE)


class Meant(Struct, frozen=True):
    """The numbers meant, several only if the candidate offers alternatives. ``doubt`` is the reason for a review.

    ``none`` is the reason for which no number counts.
    """

    quantities: list[Quantity] = []
    doubt: str = ""
    none: str = ""


def meant_numbers(answer: str, found: Sequence[Quantity], unit: Unit | None, bounded: Sequence[Quantity] = ()) -> Meant:
    """The numbers that the candidate stands by, after negations, corrections and asides.

    ``bounded`` are those given as bounds: "not more than 9" is not a denial.
    """
    plain = _STATUS.sub(lambda status: " " * len(status.group()), answer)
    held = [
        _held(answer, one, how, bounded)
        for one, how in zip(found, hold(plain, [(one.start, one.end) for one in found]), strict=True)
    ]
    for at, (one, other) in enumerate(pairwise(found)):
        stances = {held[at].stance, held[at + 1].stance}
        if stances == {"asserted", "aside"} and _OR.search(answer[one.end : other.start].casefold()):
            held[at : at + 2] = [Held("asserted", alternative=True)] * 2
    remaining = [_REMAINING.search(answer[: one.start]) is not None for one in found]
    if not all(remaining):
        held = [Held("aside") if rest else how for rest, how in zip(remaining, held, strict=True)]
    strong = [(one, how) for one, how in zip(found, held, strict=True) if not one.weak]
    every = strong or list(zip(found, held, strict=True))
    standing = [(one, how) for one, how in every if how.stance == "asserted"]
    if not standing:
        if all(how.stance == "denied" for _one, how in every):
            return Meant(none="The candidate only rules numbers out.")
        standing = [(one, how) for one, how in every if how.stance == "aside"] or every
    tail = answer[found[-1].end :]
    retracted = _RETRACTED.search(tail)
    if retracted is not None and not _CONFIRMED.search(_after_reason(tail[retracted.end() :])):
        return Meant(none="The candidate takes the number back.", doubt="The candidate takes the number back.")
    return _choose(answer, standing, unit)


#: "25 %, the other 75 % succeeded": the number of what is left is no answer beside another one.
_REMAINING = re.compile(
    r"\bthe (?:other|others|rest|remaining|remainder)(?: (?:of (?:it|them|the \w+)|is|are|being))*[\s,:]*$",
    re.IGNORECASE,
)
#: The names of HTTP statuses that contain "not".
_STATUS = re.compile(r"\bnot (?:found|modified|allowed|acceptable|implemented|extended)\b", re.IGNORECASE)
_DENIED_BEFORE = re.compile(
    r"\b(?:no way|nowhere near|not even close to|no chance|impossible(?: that)?)\b[^.,;!?]{0,20}$", re.IGNORECASE
)


def _held(answer: str, one: Quantity, how: Held, bounded: Sequence[Quantity]) -> Held:
    if how.stance == "denied" and one in bounded:
        return Held("asserted", how.commitment, how.alternative)
    if how.stance == "asserted" and _DENIED_BEFORE.search(answer[max(0, one.start - 60) : one.start]):
        return Held("denied")
    return how


def _after_reason(text: str) -> str:
    return re.sub(r"\bnot (?:right|correct|sure)\b", "", text)


def _choose(answer: str, standing: Sequence[tuple[Quantity, Held]], unit: Unit | None) -> Meant:
    pool = _of_kind(answer, [one for one, _how in standing], unit)
    if _one_value(pool):
        return Meant([pool[-1]])
    offered = _offered(answer, standing, pool)
    if offered and not _one_value(offered):
        return Meant(offered, "The candidate offers alternatives; the worse one counts.")
    marked = _after_mark(answer, pool)
    if marked is not None:
        return Meant([marked])
    reason = _REASON.search(answer)
    if reason is not None:
        first = [one for one in pool if one.end <= reason.start()]
        if first and _one_value(first):
            return Meant([first[-1]])
    if len({one.value for one in pool}) > _SPRAY:
        return Meant(doubt="Several numbers without a final answer.", none="spray")
    if pool[-1].value in {one.value for one in pool[:-1]}:
        return Meant([pool[-1]])  # "eleven or twelve? Twelve."
    if _listed(answer, pool):
        return Meant(pool, "The candidate lists several numbers; the worst one counts.")
    return Meant([pool[-1]], "Several numbers were given; the last one was graded.")


#: The end of a text before a result.
_CONCLUDES = re.compile(r"(?:\b(?:is|so|gives|makes|that's|about|roughly|equals|therefore)|=|≈)\W*$", re.IGNORECASE)


def _of_kind(answer: str, pool: Sequence[Quantity], unit: Unit | None) -> list[Quantity]:
    """The numbers in the key's kind of unit, else those without a unit, else all: "3 servers, 250 ms" means the 250 ms."""
    fitting = [one for one in pool if unit is not None and one.unit is not None and compatible(one.unit, unit)]
    last = pool[-1]
    if fitting and last.unit is None and not last.weak and _CONCLUDES.search(answer[fitting[-1].end : last.start]):
        return [*fitting, last]  # "43200 minutes, 0.1 percent of that is 43"
    bare = [one for one in pool if one.unit is None or (unit is None and one.unit.kind != "percent")]
    return fitting or bare or list(pool)


def _one_value(pool: Sequence[Quantity]) -> bool:
    return len({(one.value, one.high, one.unit) for one in pool}) == 1


def _offered(answer: str, standing: Sequence[tuple[Quantity, Held]], pool: Sequence[Quantity]) -> list[Quantity]:
    """Alternatives that the answer ends on: "30 or 40", "it could be 30 or it could be 40", "maybe 30, maybe 40"."""
    listed = [one for one, how in standing if how.alternative and one in pool]
    if len(listed) > 1 and listed[-1] is pool[-1]:
        return listed
    chain = [pool[-1]]
    for one in reversed(pool[:-1]):
        gap = answer[one.end : chain[0].start].casefold()
        if len(gap.split()) > 7 or not _OR.search(gap):
            break
        chain.insert(0, one)
    return chain if len(chain) > 1 else []


_OR = re.compile(
    r"\b(?:or|alternatively|maybe|perhaps|possibly|otherwise|but (?:it )?(?:could|might|may)(?: also)? be)\b(?! so\b| rather\b)"
)


def _listed(answer: str, pool: Sequence[Quantity]) -> bool:
    """Whether only commas and "and" stand between the numbers: "403, 404 and 405"."""
    gaps = [answer[one.end : other.start] for one, other in pairwise(pool)]
    return all(re.fullmatch(r"[\s,;/?!]*(?:and|or|maybe|then)?\s*", gap.casefold()) for gap in gaps)


def _after_mark(answer: str, pool: Sequence[Quantity]) -> Quantity | None:
    """The first number after the last answer mark ("which gives", "=", "the answer is") that a number follows."""
    if _SO.search(answer[: pool[-1].start]):
        return pool[-1]
    chosen: Quantity | None = None
    for found in _ANSWER_MARK.finditer(answer):
        following = [one for one in pool if one.start >= found.end()]
        if following and following[0].start - found.end() <= 30:
            chosen = following[0]
    if chosen is None:
        return None
    later = [one for one in pool if one.start > chosen.start]
    joint = answer[chosen.end : later[0].start].strip().lower() if later else ""
    return None if joint in ("times", "*", "×", "x", "+", "plus", "minus", "divided by", "over") else chosen
