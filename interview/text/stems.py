"""Stems of English words, so that "locks", "locked" and "locking" compare alike.

The stemmer is Snowball's English one (M. Porter, "Snowball: A language for stemming algorithms", 2001). British
spellings are stemmed as American ones ("normalise", "normalize").
"""

from __future__ import annotations

import re
from functools import lru_cache

from interview.languages.snowball import Stemmer

_STEMMER = Stemmer("english")
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|er|ers|ing|ation|ations|able)$)")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a casefolded word; words of three letters or fewer and words with digits are their own stem."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    found = _STEMMER.stem(_BRITISH.sub("iz", word))
    if len(found) >= 6 and found.endswith("i"):  # "recovery" and "recover", "delivery" and "deliver"
        return _STEMMER.stem(found[:-1])
    return found[:-2] if len(found) >= 7 and found.endswith("at") else found
