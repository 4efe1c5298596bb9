"""Normalises an utterance to plain words: lower case, contractions expanded, punctuation removed."""

from __future__ import annotations

import re

_CONTRACTIONS: tuple[tuple[str, str], ...] = (
    (r"\b(?:gonna)\b", "going to"),
    (r"\b(?:wanna)\b", "want to"),
    (r"(?:(?:'ve| have)? )(?:gotta|got to)\b", " have to"),
    (r"\bre-(?=[a-z])", "re"),
    (r"\b(?:gimme)\b", "give me"),
    (r"\b(?:lemme)\b", "let me"),
    (r"\b(?:dunno|idk)\b", "do not know"),
    (r"\b(?:kinda)\b", "kind of"),
    (r"\b(?:'cause|cuz|coz|cos)\b", "because"),
    (r"\bcan'?t\b", "cannot"),
    (r"\bwon'?t\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"\b(do|does|did|is|are|was|were|have|has|had|could|would|should|must|need)n'?t\b", r"\1 not"),
    (r"\b(i)'?m\b", r"\1 am"),
    (r"\b(you|we|they)'?re\b(?<!\bwere)", r"\1 are"),
    (r"\b(that|what|it|there|here|where|how|who|he|she)'s\b", r"\1 is"),
    (r"\b(thats)\b", "that is"),
    (r"\b(whats)\b", "what is"),
    (r"\b(?:let'?s)\b", "let us"),
    (r"\b(i|you|we|they|he|she|it|that)'d\b", r"\1 would"),
    (r"\b(i|you|we|they|he|she|it|that|there)'ll\b", r"\1 will"),
    (r"\b(i|you|we|they)'?ve\b", r"\1 have"),
    (r"\bim\b", "i am"),
)
#: Words that only fill a pause.
_PAUSES = "um umm uh uhm er erm hm hmm mm ah oh well okay ok so yeah like"
HESITATIONS = frozenset(_PAUSES.split())
_WRITTEN_OUT = tuple((re.compile(short), long) for short, long in _CONTRACTIONS)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
#: Any other sign (``=``, ``%``, a letter of another script) stays and is a word that no phrase knows.
_PUNCTUATION = re.compile(r"[.!?;:,\n\r\t\"“”()\[\]…—–-]+")


def plain_words(text: str) -> str:
    """The words of ``text`` with single spaces between them."""
    lowered = text.lower().translate(_APOSTROPHES)
    for short, long in _WRITTEN_OUT:
        lowered = short.sub(long, lowered)
    return " ".join(_PUNCTUATION.sub(" ", lowered).split())
