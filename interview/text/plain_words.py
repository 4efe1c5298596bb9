"""Normalises an utterance to plain words: lower case, contractions expanded, punctuation removed."""

from __future__ import annotations

import re

#: Letters of which each match has some, the pattern, and its words in full. A pattern is not tried where none occurs.
_CONTRACTIONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("gonna",), r"\b(?:gonna)\b", "going to"),
    (("wanna",), r"\b(?:wanna)\b", "want to"),
    (("gotta", "got to"), r"(?:(?:'ve| have)? )(?:gotta|got to)\b", " have to"),
    (("re-",), r"\bre-(?=[a-z])", "re"),
    (("gimme",), r"\b(?:gimme)\b", "give me"),
    (("lemme",), r"\b(?:lemme)\b", "let me"),
    (("dunno", "idk"), r"\b(?:dunno|idk)\b", "do not know"),
    (("kinda",), r"\b(?:kinda)\b", "kind of"),
    (("'cause", "cuz", "coz", "cos"), r"\b(?:'cause|cuz|coz|cos)\b", "because"),
    (("can't", "cant"), r"\bcan'?t\b", "cannot"),
    (("won't", "wont"), r"\bwon'?t\b", "will not"),
    (("shan't",), r"\bshan't\b", "shall not"),
    (
        ("n't", "nt"),
        r"\b(do|does|did|is|are|was|were|have|has|had|could|would|should|must|need)n'?t\b",
        r"\1 not",
    ),
    (("i'm", "im"), r"\b(i)'?m\b", r"\1 am"),
    (("'re", "youre", "theyre"), r"\b(you|we|they)'?re\b(?<!\bwere)", r"\1 are"),
    (("'s",), r"\b(that|what|it|there|here|where|how|who|he|she)'s\b", r"\1 is"),
    (("thats",), r"\b(thats)\b", "that is"),
    (("whats",), r"\b(whats)\b", "what is"),
    (("let's", "lets"), r"\b(?:let'?s)\b", "let us"),
    (("'d",), r"\b(i|you|we|they|he|she|it|that)'d\b", r"\1 would"),
    (("'ll",), r"\b(i|you|we|they|he|she|it|that|there)'ll\b", r"\1 will"),
    (("'ve", "ive", "youve", "weve", "theyve"), r"\b(i|you|we|they)'?ve\b", r"\1 have"),
    (("im",), r"\bim\b", "i am"),
    (("wdym",), r"\bwdym\b", "what do you mean"),
)
#: Words that only fill a pause.
_PAUSES = "um umm uh uhm er erm hm hmm mm ah oh well okay ok so yeah like"
HESITATIONS = frozenset(_PAUSES.split())
_WRITTEN_OUT = tuple((letters, re.compile(short), long) for letters, short, long in _CONTRACTIONS)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
#: Any other sign (``=``, ``%``, a letter of another script) stays and is a word that no phrase knows.
_PUNCTUATION = re.compile(r"[.!?;:,\n\r\t\"“”()\[\]…—–-]+")


def plain_words(text: str) -> str:
    """The words of ``text`` with single spaces between them."""
    lowered = text.lower().translate(_APOSTROPHES)
    for letters, short, long in _WRITTEN_OUT:
        for some in letters:
            if some in lowered:
                lowered = short.sub(long, lowered)
                break
    return " ".join(_PUNCTUATION.sub(" ", lowered).split())
