"""Indexes the options of a choice by the ways to refer to them: letters, places, words, values, sets of other options."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.numeric.quantities import Quantity, quantities
from interview.plans.questions import Option
from interview.text.stems import stem

#: Phrases of an option about the others: all of them, none of them, or a set of them.
Kind = Literal["plain", "all", "none", "set"]

_ALL_TEXT = re.compile(
    r"(?:all|every one|each)(?: (?:of|the|above|these|them|those|options|answers|choices|are|correct|true|apply|two|three|four|five|six))*"
    r"|everything(?: above)?"
)
_NONE_TEXT = re.compile(
    r"(?:none|no one|neither|not any)(?: (?:of|the|above|these|them|those|options|answers|choices|is|are|correct|true|apply|one|other))*"
    r"|nothing|no (?:correct )?(?:answer|option)"
)
_SET_WORDS = frozenset("both either and or only the options option answers a choices of & just all except but".split())  # noqa: SIM905
_PAIRED = (("both",), ("neither",), ("either",))
_ROMAN = re.compile(r"i{1,3}|iv|vi{0,3}|ix|x")
_RANGE_TEXT = re.compile(
    r"\d+ ?(?:to|and|-|–) ?\d+|\b(?:less|fewer|more|greater|lower|higher|larger|smaller|bigger) than \d|\b(?:under|over|below|above|up to|at most|at least) \d|[<>]=? ?\d",
    re.IGNORECASE,
)
_NOT = re.compile(r" not\b|n't\b")
_POSITIVE = frozenset({"true", "yes", "correct", "right", "agree", "valid"})
_NEGATIVE = frozenset({"false", "no", "incorrect", "wrong", "disagree", "invalid"})


class Entry(Struct, frozen=True):
    """One option. ``covers``: the ids that a set option stands for. ``quantity``: its text as a quantity, if it is one."""

    id: str
    text: str
    place: int
    stems: tuple[str, ...]
    kind: Kind = "plain"
    covers: frozenset[str] = frozenset()
    quantity: Quantity | None = None
    distinctive: frozenset[str] = frozenset()
    polarity: bool | None = None
    aliases: tuple[str, ...] = ()


class OptionCatalogue:
    """The entries of a choice and the look-ups that the readers share."""

    def __init__(self, options: Sequence[Option]) -> None:
        drafts = [_draft(option, place) for place, option in enumerate(options, start=1)]
        self.entries = tuple(_finished(draft, drafts) for draft in drafts)
        self.by_id = {entry.id: entry for entry in self.entries}
        self.plain = tuple(entry for entry in self.entries if entry.kind == "plain") or self.entries
        values = [entry for entry in self.entries if entry.quantity is not None]
        #: The options are numbers: a number in the answer is then a value rather than a place.
        self.numeric = len(values) >= 2 and len(values) >= len(self.plain) - 1
        #: The options are ranges of numbers: a number is a value that one of them holds.
        self.ranges = sum(_RANGE_TEXT.search(entry.text) is not None for entry in self.plain) >= max(
            2, len(self.plain) - 1
        )
        self.letters = all(len(entry.id) == 1 and entry.id.isalpha() for entry in self.entries)
        self.digits = all(entry.id.isdecimal() for entry in self.entries)

    def at_place(self, place: int) -> Entry | None:
        return self.entries[place - 1] if 1 <= place <= len(self.entries) else None

    def named(self, word: str) -> Entry | None:
        """The option with this id; else by its letter if ids are not letters, or by its place if ids are not digits."""
        for entry in self.entries:
            if entry.id.casefold() == word:
                return entry
        if word.isdecimal() and len(word) <= 2 and not self.digits:
            return self.at_place(int(word))
        if len(word) == 1 and "a" <= word <= "z" and not self.letters:
            return self.at_place(ord(word) - ord("a") + 1)
        return None

    def of_kind(self, kind: Kind) -> Entry | None:
        return next((entry for entry in self.entries if entry.kind == kind), None)

    @property
    def negative(self) -> Entry | None:
        """The one option that says there is none of the thing: "No index at all"."""
        found = [entry for entry in self.plain if entry.stems[:1] in (("no",), ("without",), ("nothing",))]
        return found[0] if len(found) == 1 else None

    def standing_for(self, ids: frozenset[str]) -> Entry | None:
        """The option that says "both A and B", "all of the above" or "none of the above" for this set of plain options."""
        for entry in self.entries:
            if entry.kind != "plain" and entry.covers == ids:
                return entry
        return None

    def polar(self, *, yes: bool) -> Entry | None:
        """The only option that begins with yes (or no), where another begins with the opposite."""
        meant = [entry for entry in self.entries if entry.polarity is yes]
        other = [entry for entry in self.entries if entry.polarity is (not yes)]
        return meant[0] if len(meant) == 1 and other else None

    @property
    def truth(self) -> tuple[Entry, Entry] | None:
        """The affirmative and the negative option of a yes/no question, in this order."""
        positive = [entry for entry in self.entries if entry.polarity is True]
        negative = [entry for entry in self.entries if entry.polarity is False]
        return (positive[0], negative[0]) if len(positive) == 1 and len(negative) == 1 else None


def _draft(option: Option, place: int) -> Entry:
    normal = answer_text.normal(option.text)
    words = normal.split()
    stems = tuple(stem(word) for word in words)
    kind: Kind = "all" if _ALL_TEXT.fullmatch(normal) else "none" if _NONE_TEXT.fullmatch(normal) else "plain"
    polarity = None
    if words and (len(words) <= 2 or re.match(r"\W*\w+\s*[,.;:–—-]", option.text)):
        polarity = True if words[0] in _POSITIVE else False if words[0] in _NEGATIVE else None
    return Entry(
        option.id,
        option.text,
        place,
        stems,
        kind,
        quantity=_quantity(option.text),
        polarity=polarity,
        aliases=option.aliases,
    )


def _quantity(text: str) -> Quantity | None:
    """The quantity that is the whole ``text``; None for text that only contains one ("SELECT TOP 10")."""
    found = quantities(text)
    if len(found) != 1 or found[0].high is not None:
        return None
    rest = text[: found[0].start] + text[found[0].end :]
    leads = not text[: found[0].start].strip() and len(answer_text.tokens(rest)) <= 4
    return found[0] if (leads or len(answer_text.tokens(rest)) <= 1) and not any(map(str.isdecimal, rest)) else None


def _finished(draft: Entry, drafts: Sequence[Entry]) -> Entry:
    others = [one for one in drafts if one is not draft]
    plain = [one for one in drafts if one.kind == "plain" and _refers(one, drafts) is None]
    everything = frozenset(one.id for one in plain)
    refers = _refers(draft, drafts) if draft.kind == "plain" else None
    polarity = draft.polarity if draft.polarity is not None else _by_negation(draft, others)
    kind: Kind = draft.kind
    covers: frozenset[str] = frozenset()
    if draft.kind == "all":
        covers = everything
    elif draft.kind == "plain" and refers is not None:
        negative = draft.stems[0] in ("neither", "none", "nor")
        kind, covers = ("none", frozenset()) if negative else ("set", refers)
    elsewhere = {one for other in others if other in plain for one in other.stems}
    content = {stem(word) for word in answer_text.normal(draft.text).split() if not answer_text.is_stop_word(word)}
    own = frozenset(content - elsewhere) or frozenset(set(draft.stems) - elsewhere)
    distinctive = own if kind == "plain" else frozenset()
    return replace(draft, kind=kind, covers=covers, distinctive=distinctive, polarity=polarity)


def _by_negation(draft: Entry, others: Sequence[Entry]) -> bool | None:
    """False for "It is not thread safe" beside "It is thread safe", and True for the latter; None for other options."""
    own = _affirmed(draft.text)
    if len(own.split()) < 2:
        return None
    mirrored = [one for one in others if _affirmed(one.text) == own]
    denies = own != answer_text.normal(draft.text)
    mirrored = [one for one in mirrored if (own != answer_text.normal(one.text)) is not denies]
    return not denies if len(mirrored) == 1 else None


def _affirmed(text: str) -> str:
    """The text without its negation."""
    return _NOT.sub("", answer_text.normal(text))


def _refers(entry: Entry, drafts: Sequence[Entry]) -> frozenset[str] | None:
    """The other options that an option such as "Both A and B" or "Neither memory nor disk" speaks of, or None."""
    words = answer_text.normal(entry.text).split()
    ids = {one.id.casefold(): one.id for one in drafts} | {chr(96 + one.place): one.id for one in drafts}
    lead = words[:1] in (["both"], ["neither"], ["either"])
    if lead and len(words) <= 4 and all(word in _SET_WORDS or word == "them" or word == "above" for word in words[1:]):
        before = [one.id for one in drafts if one.place < entry.place][:2]
        return frozenset(before)
    named = [ids[word] for word in words if word in ids and not (word == "a" and words.count("a") > 1)]
    named = [one for one in named if one != entry.id]
    rest = [word for word in words if word not in ids and word not in _SET_WORDS and word not in ("neither", "nor")]
    if len(set(named)) >= 2 and not rest:
        return frozenset(named)
    if lead and len(words) > 2:
        content = {
            stem(word)
            for word in words
            if word not in _SET_WORDS and (_ROMAN.fullmatch(word) or not answer_text.is_stop_word(word))
        }
        spoken = {
            one.id for one in drafts if one is not entry and one.stems[:1] not in _PAIRED and content & set(one.stems)
        }
        if len(spoken) >= 2:
            return frozenset(spoken)
    return None
