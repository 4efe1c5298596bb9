"""Recognises hesitations: the sounds and words with which speakers fill pauses."""

from __future__ import annotations

import re

#: Words that fill a pause; the last row has another meaning elsewhere ("so", "well"), but not in a run of fillers.
HESITATIONS = frozenset(
    """
    um umm uh uhm er erm hm hmm mm mmm ah eh
    well okay ok so yeah like
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a column of strings
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def is_hesitation(text: str) -> bool:
    """Whether ``text`` has words, and all of them fill a pause."""
    words = _WORD.findall(text.casefold())
    return bool(words) and all(word in HESITATIONS for word in words)


def without_hesitations(plain: str) -> str:
    """``plain`` (words joined by spaces) without the words that fill pauses."""
    return " ".join(word for word in plain.split() if word not in HESITATIONS)
