"""Words without case and accents, so that one spelling in a language's file matches typed and transcribed text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_LETTERS = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
#: Signs that separate words; any other sign stays and is a word that no vocabulary has.
_PUNCTUATION = re.compile(r"[.!?;:,\n\r\t\"“”„«»‹›()\[\]…—–¿¡'-]+")


def folded(text: str) -> str:
    """``text`` in lower case without accents: "Können Sie" is "konnen sie"."""
    decomposed = unicodedata.normalize("NFD", text.lower().translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))


def words_folded(text: str, spellings: Mapping[str, str]) -> str:
    """The folded words of ``text`` with single spaces; ``spellings`` replaces words (folded) by others."""
    words = _PUNCTUATION.sub(" ", folded(text)).split()
    return " ".join(spellings.get(word, word) for word in words)
