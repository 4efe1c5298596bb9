"""The passages of an answer in which key points are sought: its sentences, and pairs of neighbouring sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from rapidfuzz import fuzz

from deployments.grading.graders import answer_text

#: A sentence at least this similar (0-100) to the prompt only repeats the question.
_ECHO = 90.0
#: So does a sentence of this many content words that are all the prompt's.
_ECHO_WORDS = 4


class Passage(Struct, frozen=True):
    """``words``: stems of the content words. ``start`` and ``end``: offsets in the answer."""

    words: tuple[str, ...]
    start: int
    end: int


def passages_of(answer: str, kept: Sequence[tuple[int, int]], prompt: str) -> list[Passage]:
    """The sentences of the ``kept`` stretches that do not repeat the prompt, then the pairs of neighbours."""
    asked, asked_words = answer_text.normal(prompt), set(answer_text.content_words(prompt))
    spans = [(at + start, at + end) for at, stop in kept for start, end in answer_text.sentences(answer[at:stop])]
    sentences = [Passage(tuple(answer_text.content_words(answer[start:end])), start, end) for start, end in spans]
    own = [one for one in sentences if one.words and not _echoes(one, answer[one.start : one.end], asked, asked_words)]
    # A point may span two sentences.
    return own + [Passage(one.words + two.words, one.start, two.end) for one, two in pairwise(own)]


def _echoes(sentence: Passage, text: str, asked: str, asked_words: set[str]) -> bool:
    if len(set(sentence.words)) >= _ECHO_WORDS and asked_words.issuperset(sentence.words):
        return True
    return len(text) > 12 and fuzz.partial_ratio(answer_text.normal(text), asked) >= _ECHO
