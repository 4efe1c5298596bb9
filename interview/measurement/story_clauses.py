"""Splits a told story into clauses, and the patterns that tell what a clause is for by its form."""

# ruff: noqa: E501 – a pattern of alternatives is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
#: Conjunctions and subjects at which an unpunctuated sentence of more than ``_LONG_WORDS`` words is split.
CONJUNCTION = re.compile(
    r"(?<=\s)(?:and|so|but|because|until)(?= (?:um |uh |yeah |then |so |also |in the end |thankfully |luckily )*(?:they|he|she|it|we|i|"
    r"what i did|then|eventually|finally|now|my|our|the|his|her|their|as a result|after|since|everybody|everyone|nobody|no one|nothing|"
    r"everything|people|there|this|that|both|all|by|within)\b)",
    re.IGNORECASE,
)
_LONG_WORDS, _LONG_WORDS_ELSEWHERE = 18, 24
#: A typed heading: the clause is this part.
HEADING = re.compile(
    r"\W*(?:(?P<situation>situation|s)|(?P<task>task|t)|(?P<action>actions?|a)|(?P<result>results?|outcome|r)) ?(?::|-|–|—) ",
    re.IGNORECASE,
)
#: "In one class that I taught": a relative clause describes a noun and tells no action.
RELATIVE = re.compile(
    r"\b(?:where|which|whom|(?<!said )(?<!knew )(?<!found )(?<!was )(?<!is )(?<!so )(?<!meant )(?<!sure )(?<!out )(?<!told me )"
    r"(?<!told them )(?<!realised )(?<!realized )(?<!decided )that) i (?:(?:had|have|once|then|also) )*[a-z]+\b",
    re.IGNORECASE,
)
#: At the end of a story "had to" tells what came of it.
CAME_TO = re.compile(
    r"^\W*(?:(?:and|but|so|sadly|unfortunately) )*(?:in the end|eventually|ultimately|finally)\b", re.IGNORECASE
)


def clauses_of(text: str, conjunction: re.Pattern[str], *, english: bool) -> Iterator[tuple[str, int]]:
    """Sentences and their offsets; long unpunctuated sentences are split at conjunctions."""
    for found in _SENTENCE.finditer(text):
        cuts = [0]
        if found.group().count(" ") > (_LONG_WORDS if english else _LONG_WORDS_ELSEWHERE):
            cuts += [cut.start() for cut in conjunction.finditer(found.group())]
        for at, until in zip(cuts, [*cuts[1:], len(found.group())], strict=True):
            piece = found.group()[at:until]
            if piece.strip():
                yield piece.strip(), found.start() + at + len(piece) - len(piece.lstrip())
