"""Spoken notation as it is written: "o of n squared" and "order n^2" are "o n 2"."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.grading.graders.answer_text import Token

_WRITTEN = {"squared": "2", "cubed": "3", "sharp": "#", "one": "1", "lg": "log", "logarithm": "log"}


def notation(words: Sequence[Token]) -> tuple[Token, ...]:
    """``words`` with powers and big O as symbols; the words that only belong to how it is said are left out."""
    kept: list[Token] = []
    at = 0
    while at < len(words):
        word = words[at]
        length = _order_of(words, at)
        if length:
            kept.append(Token("o", word.start, words[at + length - 1].end))
            at += length
            continue
        kept.append(Token(_WRITTEN.get(word.text, word.text), word.start, word.end))
        at += 1
    return tuple(kept)


_ORDER_OF = tuple(
    phrase.split()
    for phrase in (
        "in the order of", "on the order of", "of the order of", "big o notation of", "big oh of", "big o of",
        "order of", "big o", "big oh", "zero of", "oh of", "o of", "order",
    )
)  # fmt: skip


def _order_of(words: Sequence[Token], at: int) -> int:
    """How many words from ``at`` on say "O(…"; 0 for none."""
    for phrase in _ORDER_OF:
        if [word.text for word in words[at : at + len(phrase)]] == phrase and at + len(phrase) < len(words):
            return len(phrase)
    return 0
