"""Recognises a candidate's requests to the interviewer: repeat, skip, wait, done, hint, end.

An answer must never count as a request. So by the rules the *whole* utterance must be a sequence of known phrases
(``request_phrases``), separated only by greetings, fillers and courtesies: "I would skip the cache" is an answer. In
English a small trained model hears further wordings where it is almost certain (``interview.text.utterance_model``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from interview.languages.reading import reading_of
from interview.sessions.request_phrases import FILLERS, GROUPS, PHRASES, WEAK, WHOLE, IntentKind
from interview.sessions.request_words import asked_in_words, refuses
from interview.text.dont_know import DONT_KNOW
from interview.text.phrase_patterns import Phrase, compiled, ends, found_at
from interview.text.plain_words import plain_words
from interview.text.utterance_model import heard_as

__all__ = ["Intent", "IntentKind", "recognise"]

#: A longer utterance is an answer.
MAX_WORDS = 30
MAX_CHARACTERS = 300

#: Precedence when an utterance holds two requests: first the one that is worst to miss.
_PRIORITY: tuple[IntentKind, ...] = ("end", "repeat", "explain", "hint", "wait", "skip", "done")

_KIND: Mapping[str, IntentKind] = {kind: kind for kind in _PRIORITY}


class Intent(Struct, frozen=True):
    """A recognised request. ``matched``: the phrase that carried it, in plain words. ``by_model``: no rule knows it."""

    kind: IntentKind
    matched: str
    by_model: bool = False


_PHRASES: Mapping[IntentKind, tuple[Phrase, ...]] = {kind: compiled(PHRASES[kind], GROUPS) for kind in _PRIORITY}
_WEAK: Mapping[IntentKind, tuple[Phrase, ...]] = {kind: compiled(lines, GROUPS) for kind, lines in WEAK.items()}
_WHOLE: Mapping[IntentKind, tuple[Phrase, ...]] = {kind: compiled(lines, GROUPS) for kind, lines in WHOLE.items()}
_FILLERS = (*compiled(FILLERS, GROUPS), *DONT_KNOW)


@lru_cache(maxsize=2048)
def recognise(utterance: str, language: str = "en") -> Intent | None:
    """The request that ``utterance`` is, or None when it is, or may be, an answer.

    "I don't know" alone is a (short) answer, not a request to skip. Raises InvalidInput: no such language.
    """
    if (reading := reading_of(language)) is not None:
        asked = reading.request(utterance)
        return Intent(_KIND[asked[0]], asked[1]) if asked else None
    if found := _in_phrases(utterance):
        return found
    heard = heard_as(utterance) if len(utterance) <= MAX_CHARACTERS else None
    if heard is None:
        return _in_words(utterance)
    text, kind = plain_words(utterance), _KIND.get(heard)
    return None if kind is None or refuses(kind, text) else Intent(kind, text, by_model=True)


def recognised_by_rules(utterance: str) -> Intent | None:
    """The request that an English ``utterance`` is by the rules alone."""
    return _in_phrases(utterance) or _in_words(utterance)


def _in_phrases(utterance: str) -> Intent | None:
    text = _plain(utterance)
    if not text:
        return None
    for kind, phrases in _WHOLE.items():
        if found_at(phrases, f"{text} "):
            return Intent(kind, text)
    return _Reading(f"{text} ").best()


def _in_words(utterance: str) -> Intent | None:
    in_words = asked_in_words(f"{_plain(utterance)} ")
    return Intent(*in_words) if in_words else None


def _plain(utterance: str) -> str:
    """The plain words of ``utterance``; none if it is too long for a request."""
    text = plain_words(utterance) if len(utterance) <= MAX_CHARACTERS else ""
    return "" if text.count(" ") >= MAX_WORDS else text


class _Reading:
    """All parses of ``text`` into consecutive phrases, found from its end to its beginning."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[int, dict[IntentKind, tuple[bool, str]] | None] = {}

    def best(self) -> Intent | None:
        found = self._from(0)
        if not found:
            return None
        strong = {kind for kind, (sure, _) in found.items() if sure}
        for kind in _PRIORITY:
            if kind in (strong or found):
                return Intent(kind, found[kind][1])
        return None

    def _from(self, at: int) -> dict[IntentKind, tuple[bool, str]] | None:
        """The requests in the parse from ``at`` to the end that holds most of them; None when there is no parse."""
        if at >= len(self._text):
            return {}
        if at not in self._known:
            self._known[at] = None
            best: dict[IntentKind, tuple[bool, str]] | None = None
            for kind, sure, end in self._steps(at):
                rest = self._from(end)
                if rest is None:
                    continue
                here = dict(rest)
                if kind is not None and (sure or kind not in here):
                    here[kind] = (sure, self._text[at:end].strip())
                if best is None or _worth(here) > _worth(best):
                    best = here
            self._known[at] = best
        return self._known[at]

    def _steps(self, at: int) -> Iterator[tuple[IntentKind | None, bool, int]]:
        """Every phrase that matches at ``at``: its kind (None for a filler), whether it is certain, and its end."""
        for kinds, sure in ((_PHRASES, True), (_WEAK, False)):
            for kind, phrases in kinds.items():
                for phrase in phrases:
                    for end in ends(phrase, self._text, at):
                        yield kind, sure, end
        for phrase in _FILLERS:
            for end in ends(phrase, self._text, at):
                yield None, False, end


def _worth(found: Mapping[IntentKind, tuple[bool, str]]) -> tuple[int, int, int]:
    """Rank parses: a certain request, then a weak one, then none; one request outranks two."""
    sure = sum(1 for is_sure, _ in found.values() if is_sure)
    return (min(sure, 1), -sure, len(found) - sure)
