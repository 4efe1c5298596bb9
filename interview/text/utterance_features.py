"""Features of an utterance for telling what a candidate wants with it: its words, their neighbours and its ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from interview.text.plain_words import plain_words

_NUMBER = re.compile(r"[\d.,]+")
#: The longest run at an end of an utterance that is a feature, and the farthest that two words may be apart.
_BEGINNING, _END, _APART = 3, 2, 4
#: Lengths from which an utterance counts as longer, in words.
_LENGTHS = (1, 2, 3, 4, 5, 8, 12, 20)


def words_of(text: str) -> list[str]:
    """The plain words of ``text``; every number in digits is the same word."""
    return ["#" if _NUMBER.fullmatch(word) else word for word in plain_words(text).split()]


def features(text: str) -> set[str]:
    """The names of the features of ``text``."""
    words = words_of(text)
    return {*_of_words(words), *_of_form(text, words)}


def _of_words(words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
    yield from (" ".join(words[at : at + 3]) for at in range(len(words) - 2))
    for at, word in enumerate(words):
        yield from (f"{word} .. {later}" for later in words[at + 2 : at + _APART + 1])
    yield from (f"^ {' '.join(words[:length])}" for length in range(1, min(_BEGINNING, len(words)) + 1))
    yield from (f"$ {' '.join(words[-length:])}" for length in range(1, min(_END, len(words)) + 1))


def _of_form(text: str, words: Sequence[str]) -> Iterator[str]:
    yield f"@{max((length for length in _LENGTHS if length <= len(words)), default=0)} words"
    if text.rstrip().endswith("?"):
        yield "@?"
