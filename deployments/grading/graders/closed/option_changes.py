"""Options that say how a quantity changes, found by other words for the same change: "cut the price" for "Lower it"."""

# ruff: noqa: E501 – a table of words reads better whole than broken

from __future__ import annotations

import re

from deployments.grading.graders.closed.mentions import BY_PART, Line, Mention
from deployments.grading.graders.closed.option_catalogue import OptionCatalogue

_FALLS = r"cut|cuts|drop|drops|dropped|falls?|fell|goes down|go down|went down|shrinks?|shrank|decreas\w+|reduc\w+|lower\w*|get|gets|is|becomes?"
_RISES = r"increas\w+|grows?|grew|rises?|rose|goes up|go up|went up|climbs?|is"
#: Kinds of change, in the order in which they are looked for; the words of one are not read again for another.
_CHANGES = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (
            "same",
            r"(?:does not|doesn't|do not|don't|will not|won't|would not|wouldn't) change|no (?:change|difference|effect|impact|influence)|nothing (?:changes|happens)|"
            r"unchanged|not affected|unaffected|(?:stays?|remains?|is|keeps?) (?:the same|constant|as it is|equal)|the same|constant|stays? put|remains?",
        ),
        ("triple", r"(?:triples?|tripled|tripling|three times(?: as (?:much|many|big|large|long))?)"),
        ("quadruple", r"(?:quadruples?|quadrupled|quadrupling|four times(?: as (?:much|many|big|large|long))?)"),
        (
            "half",
            rf"(?:{_FALLS})(?: [a-z]+)? (?:in half|by half|to half|in two|(?:by|to) (?:fifty|50) ?(?:percent|per cent|%))|(?:half|(?:fifty|50) ?(?:percent|per cent|%)) (?:less|lower|smaller|fewer)|halves?|halved|halving|half (?:of )?(?:what it|the (?:original|old|former|size|amount|number|time|value|rate|speed)|its)\b|(?:divided|cut|split) (?:by|in|into) (?:two|2)\b|half as (?:much|many|big|large|long)|(?:becomes?|is|to|only|just) half\b|^\W*half\W*$|by half|in half|half of it",
        ),
        (
            "double",
            rf"(?:{_RISES})(?: [a-z]+)? by (?:a hundred|one hundred|100) ?(?:percent|per cent|%)|doubles?|doubled|doubling|(?:multiplied by|times) (?:two|2)\b|two-?fold|(?:a hundred|one hundred|100) ?(?:percent|per cent|%) (?:more|higher)|(?:(?:{_RISES}) )?by a factor of (?:two|2)|twice(?: as (?:much|many|big|large|long))?|two times",
        ),
        (
            "less",
            r"(?:put|push|move|bring|mark|turn|scale)(?:s|ing)? (?:[a-z]+ ){0,3}down|decreas\w+|reduc\w+|lower\w*|drops?|dropped|dropping|falls?|fell|falling|go(?:es)? down|went down|going down|shrinks?|shrank|"
            r"cuts?|cutting|less|fewer|declin\w+|cheaper|smaller|sinks?|diminish\w*|decline|downturn|plunge[sd]?|plummet(?:s|ed)?|dwindle[sd]?",
        ),
        (
            "more",
            r"(?:put|push|move|bring|mark|turn|scale)(?:s|ing)? (?:[a-z]+ ){0,3}up|increas\w+|ris(?:e|es|ing)|rose|rais\w+|grow(?:s|n|ing)?|grew|go(?:es)? up|went up|going up|climb\w*|more|higher|larger|bigger|greater|"
            r"gains?|expand\w*|(?:shoots?|shot|creeps?|ramps?|piles?|jumps?|spikes?) up|growth|uptick|upturn|spik(?:es|ed)|soar(?:s|ed)?|surg(?:es|ed)|skyrocket(?:s|ed)?",
        ),
    )
)
_DENIAL = re.compile(r"\b(?:not|never|no|nor|neither)\b|n't\b", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\b(?:or|either|unless|if)\b", re.IGNORECASE)
_PART = re.compile(r"[,;.]|\bbut\b|\binstead\b", re.IGNORECASE)


def find(catalogue: OptionCatalogue, line: Line) -> list[Mention]:
    """The one option that says the change which the answer says; nothing where several do, or the answer denies."""
    said = change_of(line.answer) or _contrasted(line.answer)
    if said is None or _ALTERNATIVE.search(line.answer):
        return []
    options = [entry for entry in catalogue.plain if change_of(entry.text) == said]
    if len(options) != 1:
        return []
    first, last = line.words[0], line.words[-1]
    return [Mention((options[0].id,), BY_PART, first.start, last.end)]


def _contrasted(answer: str) -> str | None:
    """The change of the one part that denies nothing: "it won't go down, it goes up"."""
    parts = [part for part in _PART.split(answer) if part.strip()]
    kept = [part for part in parts if not _DENIAL.search(part)]
    return change_of(kept[0]) if len(parts) == 2 and len(kept) == 1 else None


def change_of(text: str) -> str | None:
    """The one kind of change that ``text`` speaks of, denying nothing: "same", "less", "double" and so on."""
    found = []
    for kind, words in _CHANGES:
        text, number = words.subn(" ", text)
        if number:
            found.append(kind)
    return found[0] if len(found) == 1 and not _DENIAL.search(text) else None
