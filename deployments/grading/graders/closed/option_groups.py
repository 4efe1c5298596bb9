"""Reads mentions of several options at once: "all of them", "none", "both", "the other two"."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders.closed.mentions import BY_NAME, BY_WORDS, Line, Mention, free
from deployments.grading.graders.closed.option_catalogue import OptionCatalogue

_THEM = r"(?:them|these|those|it|the above|the options|the answers|the choices|the rest|above|ones?)"
_ALL = re.compile(
    rf"\b(?:all(?: of)?(?: the| these| those)? [a-z]+(?= (?:but|bar|except|apart from|other than|besides|minus|without)\b)|all(?: of)? {_THEM}|all (?:two|three|four|five|six|seven|eight|[2-9])(?: of {_THEM}| options| answers| choices)?"
    rf"|all (?:the )?(?:options|answers|choices)(?=\s*(?:$|[.,;:!?]|(?:except|but|are|apply|apart|above|listed)\b))|all (?:above|correct|right|true|apply)|all are (?:correct|right|true)"
    rf"|(?:every|each)(?: single| last)? (?:one|option|answer|choice)(?: of {_THEM})?|(?:each|every one) of (?:{_THEM}|(?:the |these |those )?(?:two|three|four|five|six))|the (?:three|four|five|six) of {_THEM}|everything(?: above| listed)?|the (?:whole )?lot|the (?:whole|entire|full) (?:list|set)|any and all"
    rf"|(?<!not )(?<!n't )(?<!without )any(?: one)? of {_THEM}(?: (?:works?|would (?:do|work)|will do|is (?:fine|right|correct|ok)))?(?=\s*(?:$|[.!]))|they(?:'re| are)? all(?: are)?(?: correct| right| true| apply| of them)?|(?<!at )(?<!not )all(?=\s*(?:$|[.,;:!?]|except|but|bar\b|apart|other than|besides|minus)))\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    rf"\b(?:(?:none|zero)(?: of {_THEM})|none(?! (?:but|except|other than)\b)|no one of {_THEM}|(?<!is )(?<!are )(?<!isn't )(?<!was )not (?:any|one|a single one)(?: of {_THEM})?|(?:isn't|is not|aren't|are not) any of {_THEM}"
    rf"|nothing(?! (?:changes|happens|but|else|more)\b)(?: of {_THEM}| above| listed)?|neither(?: of (?:them|these|the two|those))?(?= *(?:$|[.,;!?]|one\b|is\b))|no (?:correct )?(?:option|answer|choice)s?(?: (?:is|are) (?:correct|right))?|there (?:is|are) none)(?!\w)",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\b(?:both(?: of (?:them|these|those|the above|the two))?|the two of them|each of the two)(?= *(?:$|[.,;:!?]|are\b|true\b|correct\b|right\b|valid\b|statements?\b|hold\b|is\b|ones?\b|options?\b|answers?\b|work|apply|because|since|would|can|could|i\b|for sure|please))",
    re.IGNORECASE,
)
_REST = re.compile(
    r"\b(?:everything|anything) else\b|\b(?<!leave )(?<!ignore )(?<!skip )(?<!forget )(?:the|all the|all|any) (?:other|others|rest|remaining)(?! (?:way|side|hand|day|thing)\b)(?: (?:two|three|four|one|ones|options|answers|of (?:them|these|the options)))?\b",
    re.IGNORECASE,
)
#: "Everything" in a longer answer is more likely part of an explanation.
_MAX_WORDS = 14


def find(catalogue: OptionCatalogue, line: Line, taken: Sequence[Mention]) -> list[Mention]:
    if len(line.words) > _MAX_WORDS:
        return []
    found: list[Mention] = []
    for pattern, reader in ((_REST, _rest), (_ALL, _all), (_NONE, _none), (_BOTH, _both)):
        for match in pattern.finditer(line.answer):
            if not free(match.start(), match.end(), [*taken, *found]):
                continue
            mention = reader(catalogue, match.start(), match.end())
            if reader is _none and _own_word(catalogue, match.group()):
                continue
            if mention is not None:
                found.append(mention)
    return found


def _own_word(catalogue: OptionCatalogue, said: str) -> bool:
    """Whether an option such as "Nothing happens" begins with the word."""
    return any(
        entry.kind == "plain" and entry.text.casefold().startswith(f"{said.casefold()} ") for entry in catalogue.entries
    )


def _plain_ids(catalogue: OptionCatalogue) -> tuple[str, ...]:
    return tuple(entry.id for entry in catalogue.plain)


def _all(catalogue: OptionCatalogue, start: int, end: int) -> Mention | None:
    return Mention(_plain_ids(catalogue), BY_WORDS, start, end, group="all")


def _none(catalogue: OptionCatalogue, start: int, end: int) -> Mention | None:
    return Mention((), BY_WORDS, start, end, group="none")


def _rest(catalogue: OptionCatalogue, start: int, end: int) -> Mention | None:
    return Mention(_plain_ids(catalogue), BY_NAME, start, end, rest=True)


def _both(catalogue: OptionCatalogue, start: int, end: int) -> Mention | None:
    """The options that an option "both …" covers, or the two options there are, or the first two before such an option."""
    pairs = [entry.covers for entry in catalogue.entries if entry.kind in ("set", "all") and len(entry.covers) == 2]
    if len(pairs) == 1:
        return Mention(tuple(sorted(pairs[0])), BY_WORDS, start, end, group="both")
    return Mention(_plain_ids(catalogue), BY_WORDS, start, end, group="both") if len(catalogue.plain) == 2 else None
