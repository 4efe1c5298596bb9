"""Reads candidates' words by a language's ``Understanding``: requests, questions to the interviewer, "don't know".

Deterministic, and strict in one direction: a word outside the vocabulary of talk about the interview makes an
utterance an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from interview.languages.folding import folded, words_folded
from interview.languages.language import Understanding, language_of

#: A longer utterance is an answer.
MAX_WORDS = 24
MAX_CHARACTERS = 300
#: A "don't know" is short.
MAX_NOT_KNOWING_WORDS = 20
#: An announcement of an addition has at most this many words.
MAX_ANNOUNCEMENT_WORDS = 16

_TOKEN = re.compile(r"\S+")


class Reading:
    """The compiled rules of one language."""

    def __init__(self, rules: Understanding) -> None:
        self._spellings = {folded(word): folded(other) for word, other in rules.spellings.items()}
        self._hesitations = _vocabulary(rules.hesitations)
        self._talk = _vocabulary(rules.conversation) | self._hesitations
        self._about_interview = self._talk | _vocabulary(rules.interview_words)
        self._of_not_knowing = self._talk | _vocabulary(rules.not_knowing_words)
        self._social = _pattern(rules.social)
        self._addressed = _pattern(rules.addressed)
        self._hypothetical = _pattern(rules.hypothetical)
        self._asking = _pattern(rules.asking)
        self._interrogative = _pattern(rules.interrogative)
        self._afterthought = _pattern(rules.afterthought)
        self._not_knowing = _pattern(rules.not_knowing)
        self._whole = _by_name(rules.whole)
        self._requests = _by_name(rules.requests)
        self._questions = _by_name(rules.questions)

    def words(self, text: str) -> str:
        """The folded words of ``text`` with single spaces."""
        return words_folded(text, self._spellings)

    def is_hesitation(self, text: str) -> bool:
        """Whether ``text`` has words, and all of them fill a pause."""
        words = self.words(text).split()
        return bool(words) and self._hesitations.issuperset(words)

    def is_social(self, text: str) -> bool:
        """Whether ``text`` only greets, thanks, acknowledges or tests the line, or has no words."""
        plain = self.words(text)
        return not plain or self._social.fullmatch(plain) is not None

    def request(self, text: str) -> tuple[str, str] | None:
        """The kind of request that ``text`` is and the words that carry it; None for an answer."""
        if len(text) > MAX_CHARACTERS:
            return None
        plain = self._fluent(text)
        bare = self._without_courtesies(plain)
        for said in (plain, bare):
            for kind, pattern in self._whole.items():
                if said and pattern.fullmatch(said):
                    return kind, said
        words = plain.split()
        if not words or len(words) > MAX_WORDS or not self._talk.issuperset(words):
            return None
        asks = text.rstrip().endswith("?") or self._addressed.search(plain)
        if not asks or self._hypothetical.search(plain):
            return None
        for kind, pattern in self._requests.items():
            if found := pattern.search(plain):
                return kind, found.group().strip()
        return None

    def topic(self, sentence: str) -> str:
        """The topic of a sentence that asks the interviewer something; empty for another sentence."""
        plain = self._fluent(sentence)
        words = plain.split()
        if not words or len(words) > MAX_WORDS or not self._about_interview.issuperset(words):
            return ""
        if not sentence.rstrip().endswith("?") and not self._asking.match(plain):
            return ""
        return next((topic for topic, pattern in self._questions.items() if pattern.search(plain)), "")

    def asks_about_task(self, sentence: str) -> bool:
        """Whether the sentence begins as a question does."""
        return self._interrogative.match(self.words(sentence)) is not None

    def says_nothing(self, text: str) -> bool:
        """Whether ``text`` holds courtesies and hesitations only."""
        words = [word for word in self.words(text).split() if word not in self._hesitations]
        return not self._without_courtesies(" ".join(words))

    def not_knowing(self, text: str) -> bool:
        """Whether all of ``text`` says that its speaker does not know."""
        plain = self._fluent(text)
        words = plain.split()
        if not words or len(words) > MAX_NOT_KNOWING_WORDS or not self._of_not_knowing.issuperset(words):
            return False
        return self._not_knowing.search(plain) is not None

    def afterthought(self, text: str) -> tuple[str, str] | None:
        """The announcement that ``text`` begins with, as said, and the addition; None without an announcement."""
        tokens = list(_TOKEN.finditer(text))[:MAX_ANNOUNCEMENT_WORDS]
        for token in reversed(tokens):
            rest = text[token.end() :].strip(" \n\t:;,-–—.?")
            ends_clause = not rest or text[token.end() - 1] in ".?!:;,–—-"
            if ends_clause and self._afterthought.fullmatch(self.words(text[: token.end()])):
                return text[: token.end()].strip(), rest
        return None

    def _fluent(self, text: str) -> str:
        """The words of ``text`` without hesitations; all of them when there are no others."""
        plain = self.words(text)
        words = [word for word in plain.split() if word not in self._hesitations]
        return " ".join(words) or plain

    def _without_courtesies(self, plain: str) -> str:
        """``plain`` without a greeting, thanks or an acknowledgement at either end."""
        words = plain.split()
        for size in range(min(4, len(words)), 0, -1):
            if self._social.fullmatch(" ".join(words[:size])):
                words = words[size:]
                break
        for size in range(min(4, len(words)), 0, -1):
            if self._social.fullmatch(" ".join(words[-size:])):
                words = words[:-size]
                break
        return " ".join(words)


@lru_cache(maxsize=16)
def reading_of(tag: str) -> Reading | None:
    """The rules of a language; None for English, whose rules are the modules' own. Raises as ``language_of``."""
    rules = language_of(tag).understanding
    return None if rules is None else Reading(rules)


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(folded(source))


def _by_name(patterns: Struct) -> Mapping[str, re.Pattern[str]]:
    return {name: _pattern(getattr(patterns, name)) for name in patterns.__struct_fields__}


def _vocabulary(words: str) -> frozenset[str]:
    return frozenset(folded(words).split())
