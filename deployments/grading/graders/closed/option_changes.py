"""Options that say how a quantity changes, found by other words for the same change: "cut the price" for "Lower it"."""

# ruff: noqa: E501 – a table of words reads better whole than broken

from __future__ import annotations

import re

from deployments.grading.graders.closed.mentions import BY_PART, Line, Mention
from deployments.grading.graders.closed.option_catalogue import OptionCatalogue

#: Kinds of change, in the order in which they are looked for; the words of one are not read again for another.
_CHANGES = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (
            "same",
            r"(?:does not|doesn't|do not|don't|will not|won't|would not|wouldn't) change|no (?:change|difference|effect|impact|influence)|nothing (?:changes|happens)|"
            r"unchanged|not affected|unaffected|(?:stays?|remains?|is|keeps?) (?:the same|constant|as it is|equal)|the same|constant|stays? put",
        ),
        ("half", r"halves?|halved|halving|half as (?:much|many|big|large|long)|by half|in half|half of it"),
        ("double", r"doubles?|doubled|doubling|twice(?: as (?:much|many|big|large|long))?|two times"),
        (
            "less",
            r"decreas\w+|reduc\w+|lower\w*|drops?|dropped|dropping|falls?|fell|falling|go(?:es)? down|went down|going down|shrinks?|shrank|"
            r"cuts?|cutting|less|fewer|declin\w+|cheaper|smaller|sinks?|diminish\w*",
        ),
        (
            "more",
            r"increas\w+|ris(?:e|es|ing)|rose|rais\w+|grow(?:s|n|ing)?|grew|go(?:es)? up|went up|going up|climb\w*|more|higher|larger|bigger|"
            r"gains?|expand\w*",
        ),
    )
)
_DENIAL = re.compile(r"\b(?:not|never|no|nor|neither)\b|n't\b", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\b(?:or|either|unless|if|but)\b", re.IGNORECASE)


def find(catalogue: OptionCatalogue, line: Line) -> list[Mention]:
    """The one option that says the change which the answer says; nothing where several do, or the answer denies."""
    said = _change(line.answer)
    if said is None or _ALTERNATIVE.search(line.answer):
        return []
    options = [entry for entry in catalogue.plain if _change(entry.text) == said]
    if len(options) != 1:
        return []
    first, last = line.words[0], line.words[-1]
    return [Mention((options[0].id,), BY_PART, first.start, last.end)]


def _change(text: str) -> str | None:
    """The one kind of change that ``text`` speaks of."""
    found = []
    for kind, words in _CHANGES:
        text, number = words.subn(" ", text)
        if number:
            found.append(kind)
    return found[0] if len(found) == 1 and not _DENIAL.search(text) else None
