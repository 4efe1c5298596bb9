"""Finds a right number that is said of something else than what is asked: "12 pairs", "12 per server", "log 12".

A key without a unit cannot tell such answers from the right one, and the right one may be told so too ("12 pairs" where
pairs are counted). So this is a reason for a review only.
"""

# ruff: noqa: E501, SIM905 - a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from itertools import takewhile

from deployments.grading.graders import answer_text
from deployments.grading.graders.numeric.quantity_reader import Quantity
from deployments.grading.graders.numeric.units import unit_named
from interview.text.stems import stem

#: Nouns that count by another measure than one by one.
_GROUPS = frozenset(
    "pair couple duo trio dozen score gross half third quarter tenth nibble octet word set group batch bundle pack team block page kilo"
    " thousand million billion hundred percent degree".split()
)
_HOW_MANY = re.compile(
    r"\b(?:how many|(?:the |total |what )number of|count (?:the|of))\b((?:\W+[\w'-]+){1,5})", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\W{0,2}(?:(?:distinct|different|unique|whole|full|such|more|other|of the|of these)\s+)*([a-z]+)", re.IGNORECASE
)
#: "12 per server", "8 a day", "3 each".
_RATE = re.compile(
    r"\W{0,2}(?:[a-z]+\s+)?(?:(?:per|every|each)\b|(?:an?)\s+(?:second|minute|hour|day|week|month|year)\b|/\s*[a-z])",
    re.IGNORECASE,
)
_ASKS_RATE = re.compile(
    r"\b(?:per|each|every|rate|throughput|speed|frequency|often|an?\s+(?:second|minute|hour|day|week|month|year|single)|daily|hourly|weekly|monthly|yearly|annual(?:ly)?)\b|/\s*[a-z]",
    re.IGNORECASE,
)
_FUNCTION = re.compile(
    r"\b(?:log(?:arithm)?\s*(?:2|10|two|ten)?|ln|lg|sqrt|sin|cos|tan|(?:factorial|inverse|reciprocal|negative|complement|opposite|logarithm|multiple|power|root) of)"
    r"(?:\s+(?:of|base\s+\w+(?:\s+of)?))?[\s(]*$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\W{0,2}(?:[a-z]+\s+)?(?:(?:short|shy|off|away)\s+(?:of|from)|(?:more|less|fewer|longer|shorter|higher|lower|greater|smaller|larger|faster|slower)\s+than(?!\s+(?:that|enough|that's)))\b",
    re.IGNORECASE,
)


#: "1500 dollars less", "20 more".
_DIFFERENCE = re.compile(
    r"\W{0,2}(?:[a-z]+\s+)?(?:less|more|fewer|extra|saved|cheaper|too (?:many|much|few))(?=\s*(?:[.,;!]|$))",
    re.IGNORECASE,
)
_ASKS_DIFFERENCE = re.compile(
    r"\b(?:less|more|fewer|extra|additional|sav\w+|differ\w*|cheaper|add|left|remain\w*|further|increase\w*|decrease\w*)\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\W*(?:(?:though|but|and) )?(?:i doubt|unless|i (?:don't|do not) think so|if at all)\b", re.IGNORECASE
)


#: "Every 8 hours", "until 8", "half of 8 hours"; "8 hours ago", "the 8th percentile", "8 hours too long".
_RELATED_BEFORE = re.compile(
    r"\b(?P<how>every|each|until|till|since|half|third|quarter|(?:last|past|next|first)(?= ))(?: of| the| about| roughly| around)*\s*$",
    re.IGNORECASE,
)
#: "Version 3", "level 3": a name with a number, where the question asks how many.
_NAMED = re.compile(
    r"\b(?P<how>level|version|phase|step|stage|layer|tier|grade|class|chapter|section|page|line|row|column|figure|round|release)\s+$",
    re.IGNORECASE,
)
_RELATED_AFTER = re.compile(
    r"(?:st|nd|rd|th)?\W{0,2}(?:percent\W)?(?P<how>ago|from now|earlier|later|o['’]?clock|percentiles?|percentage points?|points?|too (?:long|short|many|much|few|late|early|high|low))\b",
    re.IGNORECASE,
)


def said_of_another(answer: str, one: Quantity, prompt: str, *, keyed: bool) -> str:
    """Why ``one``, a number that is right, may be another quantity; empty if nothing says so.

    ``keyed``: the key has a unit, which was compared already.
    """
    after = answer[one.end :]
    if not one.computed and _FUNCTION.search(answer[: one.start]):
        return "The number is the argument of a function."
    if _RELATIVE.match(after):
        return "The number is said relative to another one."
    if _DIFFERENCE.match(after) and not _ASKS_DIFFERENCE.search(prompt):
        return "The number is said to be a difference."
    for related in (_RELATED_BEFORE.search(answer[: one.start]), _RELATED_AFTER.match(after)):
        if related is not None and related["how"].casefold().split()[0] not in prompt.casefold():
            return f"The number is said with {related['how']!r}, and the question does not ask so."
    if _DOUBTED.match(after):
        return "The candidate doubts the number."
    if (one.unit is None or not keyed) and _RATE.match(after) and not _ASKS_RATE.search(prompt):
        return "The number is given per something, and the question does not ask for a rate."
    if keyed:
        return ""
    if one.unit is not None and one.unit.kind in ("physical", "currency") and not _names_unit(prompt, one):
        return "The number has a unit, and neither the key nor the question has it."
    counted = _HOW_MANY.search(prompt)
    if counted is None:
        return ""
    name = _NAMED.search(answer[: one.start])
    if name is not None and name["how"].casefold() not in prompt.casefold():
        return f"The number belongs to a {name['how'].casefold()}, and the question asks how many."
    ordinal = re.match(r"(?:st|nd|rd|th)\b", after, re.IGNORECASE) or re.search(
        r"\d(?:st|nd|rd|th)$|(?<!\w)(?:[a-z]*(?:fth|xth|nth|hth|ieth)|second|third)$",
        answer[one.start : one.end],
        re.IGNORECASE,
    )
    if ordinal:
        return "The number is an ordinal, and the question asks how many."
    noun = _noun(answer, one)
    phrase = takewhile(lambda word: not answer_text.is_stop_word(word), answer_text.normal(counted[1]).split())
    asked = {stem(word) for word in phrase}
    if not noun or stem(noun) in asked:
        return ""
    said = {stem(word) for word in answer_text.normal(prompt).split()}
    if noun.removesuffix("s") in _GROUPS or _singular(noun) in _GROUPS or (noun.endswith("s") and stem(noun) in said):
        return f"The number counts {noun}, and the question asks for another count."
    return ""


def _noun(answer: str, one: Quantity) -> str:
    """The noun that the number counts, casefolded; empty if another word follows."""
    if one.unit is not None:
        last = re.search(r"([a-z]+)\W*$", answer[one.start : one.end], re.IGNORECASE)
        return last[1].casefold() if last else ""
    found = _COUNTED.match(answer[one.end :])
    word = found[1].casefold() if found else ""
    return "" if answer_text.is_stop_word(word) else word


def _singular(noun: str) -> str:
    return {"halves": "half", "grosses": "gross", "couples": "couple"}.get(noun, noun.removesuffix("es"))


def _names_unit(prompt: str, one: Quantity) -> bool:
    """Whether the question names the unit or an abbreviation of it."""
    words = re.findall(r"[^\W\d_]+(?:/[^\W\d_]+)?|[%$€£]", prompt)
    if one.unit is not None and any(unit_named(word) == one.unit for word in words):
        return True
    name = one.unit.name if one.unit is not None else ""
    return any(stem(word.casefold()) == stem(part) for word in words for part in re.findall(r"[a-z]+", name.casefold()))
