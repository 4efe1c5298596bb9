"""A list of English words, to tell a word that was meant from the misspelling of another.

The list is SymSpell's frequency dictionary (82,765 words: the Google Books n-grams that SCOWL knows too). It holds few
terms of computing, so a word that is not in it may still be spelt correctly.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def _words() -> frozenset[str]:
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split()[0] for line in text.splitlines() if line)


def is_english(word: str) -> bool:
    """Whether the casefolded ``word`` or its plural is in the list."""
    return word in _words() or f"{word}s" in _words()
