"""The content of a text: the stems of the words that carry a meaning."""

from __future__ import annotations

from interview.text.stems import stem
from interview.text.stop_words import STOP_WORDS
from interview.text.visible_text import words_of


def content_stems(text: str) -> frozenset[str]:
    """The stems of the words of three letters or more that are no stop words."""
    return frozenset(stem(word) for word in words_of(text) if len(word) > 2 and word not in STOP_WORDS)
