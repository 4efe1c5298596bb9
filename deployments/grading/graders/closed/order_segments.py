"""Reads the items of a list by its segments: "O(1), O(log n)", "one point oh, one point one", "alpha, beta, RC".

Within a whole answer such names run into each other, or are too short to be told from other words. Between two commas
or arrows they stand alone, as an exact answer does, so they are read as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from deployments.grading.graders import answer_text
from deployments.grading.graders.closed.exact import names
from deployments.grading.graders.closed.other_names import other_name
from deployments.grading.graders.closed.term_matching import Match, Term
from interview.text.english_words import is_english

_SEPARATOR = re.compile(
    r"[;\n→←|]|,(?!\d{3}\b)|[-=]+>|<[-=]+|[<>]|\.(?=\s|$)|[:)](?=\s)"
    r"|\b(?:and|then|next|finally|lastly|followed by|after (?:that|this)|before|to|up to)\b",
    re.IGNORECASE,
)
#: The similarity of an item that is named in another way.
_OTHERWISE = 0.9
#: A beginning of so many letters, which no other item has, names an item: "mon" for "Monday".
_BEGINNING = 3
#: An item of so many letters may be the beginning of what is said: "reconnaissance" for "Recon".
_STEM = 4
#: What is done in a step is done to something: "a pull request" of "open a pull request".
_OBJECT = re.compile(r"^\w+ (?:an?|the) (\w.*)$")


def by_segment(items: Sequence[str], answer: str, found: Sequence[Match]) -> list[Match]:
    """``found`` with the items that whole segments of the list name.

    A segment that is an item replaces what was found within it: "c plus plus" is "C++" and no "C". Where nothing was
    found, a segment may also name an item that ``found`` lacks by what distinguishes it from the others ("1.1" for
    "HTTP/1.1" where every item is "HTTP/…"), by its initials, its beginning or an abbreviation.
    """
    segments = _segments(answer)
    exact = [
        Match(item, 1.0, start, end)
        for start, end in segments
        for item in [next((item for item in items if names(answer[start:end], item)), "")]
        if item and not any(match.term == item and start <= match.start < end for match in found)
    ]
    read = [*exact, *(match for match in found if not any(_overlap(match, one) for one in exact))]
    short = dict(zip(items, _differences(items), strict=True))
    for start, end in _segments(answer, read):
        missing = [item for item in items if item not in {match.term for match in read}]
        term = _named_otherwise(answer[start:end], items, missing, short) if missing else ""
        read += [Match(term, _OTHERWISE, start, end)] if term else []
    return sorted(read, key=lambda one: one.start)


def _named_otherwise(said: str, items: Sequence[str], missing: Sequence[str], short: dict[str, str]) -> str:
    """The one of ``missing`` that ``said`` names by a part or by another name; empty if it names none."""
    for item in missing:
        if short[item] and names(said, short[item]):
            return item
    words = answer_text.tokens(said)
    if all(answer_text.is_stop_word(word.text) for word in words):
        return ""
    for item in missing:
        if other_name([Term(item), *map(Term, _OBJECT.findall(item))], words) is not None:
            return item
    word = words[0].text if len(words) == 1 else ""
    begun = [
        item
        for item in items
        if word == item.casefold().split()[0] or (len(word) >= _BEGINNING and item.casefold().startswith(word))
    ]
    begun = begun or [item for item in items if len(item) >= _STEM and word.startswith(item.casefold())]
    if not begun and len(word) > 1 and not is_english(word):
        begun = [item for item in items if _abbreviates(word, item.casefold())]
    return begun[0] if len(begun) == 1 and begun[0] in missing else ""


def _abbreviates(short: str, item: str) -> bool:
    """Whether the letters of ``short`` occur in ``item`` in order, the first one first: "db" for "Database"."""
    letters = iter(item)
    return item.startswith(short[0]) and all(one in letters for one in short)


def _within(span: tuple[int, int], match: Match) -> bool:
    return span[0] < match.end and match.start < span[1]


def _overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end


def _segments(answer: str, found: Sequence[Match] = ()) -> list[tuple[int, int]]:
    """The offsets of the texts between separators and what was ``found``, without the spaces around them."""
    bounds = sorted(
        {one.span() for one in _SEPARATOR.finditer(answer) if not any(_within(one.span(), match) for match in found)}
        | {(match.start, match.end) for match in found}
    )
    starts = [0, *(end for _, end in bounds)]
    ends = [*(start for start, _ in bounds), len(answer)]
    trimmed = []
    for start, end in zip(starts, ends, strict=True):
        text = answer[start:end]
        if text.strip():
            lead = len(text) - len(text.lstrip())
            trimmed.append((start + lead, start + len(text.rstrip())))
    return trimmed


def _differences(items: Sequence[str]) -> list[str]:
    """Each item without what is common to all at their beginning and end, or else without the words of others.

    "1.1" for "HTTP/1.1" among "HTTP/…"; "L1" for "L1 cache" among caches and "Disk". Empty where all of it is common.
    """
    before = _shared_beginning(items)
    after = _shared_beginning([item[::-1] for item in items])[::-1]
    if before or after:
        return [item[len(before) : len(item) - len(after)] for item in items]
    texts = [item.split() for item in items]
    return [
        " ".join(word for word in own if not any(word in other for number, other in enumerate(texts) if number != at))
        for at, own in enumerate(texts)
    ]


def _shared_beginning(items: Sequence[str]) -> str:
    """The beginning that all ``items`` share, up to the end of its last word: a number, or letters in one run."""
    same = takewhile(lambda column: len(set(column)) == 1, zip(*items, strict=False))
    shared = "".join(column[0] for column in same)
    following = [item[len(shared) : len(shared) + 1] for item in items]
    number = shared[-1:].isdecimal()
    runs_on = any(not one or (one.isdecimal() if number else one.isalpha()) for one in following)
    return re.sub(r"\d+$" if number else r"[^\W\d_]+$", "", shared) if runs_on else shared
