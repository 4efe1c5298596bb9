"""A written summary of an interview, of sentences that each stand on a quote. Pure checks of what a model wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

#: ``contradiction``: the candidate's words and the résumé disagree.
SentenceKind = Literal["strength", "gap", "contradiction", "achievement"]

MAX_SENTENCE_CHARS = 300
#: Fewer words back nothing: "I did" occurs in every answer.
MIN_QUOTE_WORDS = 3

_EDGE = " \t\r\n\"'“”‘’.,;:!?…"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class BackedSentence(Struct, frozen=True):
    """One sentence. ``quote`` occurs in the answer of ``turn``; ``resume_quote`` in the résumé, for a contradiction."""

    kind: SentenceKind
    text: str
    quote: str
    turn: int
    resume_quote: str = ""


def backed(sentence: BackedSentence, answers: Mapping[int, str], resume: str) -> BackedSentence | None:
    """The sentence with the turn in which its quote occurs and the quotes as they were said; None without backing.

    ``answers``: the candidate's words by turn. The quote is looked for in the named turn first. Case and white space
    may differ, nothing else. A number in the sentence must occur in a quote.
    """
    text = " ".join(sentence.text.split())
    if not text or len(text) > MAX_SENTENCE_CHARS:
        return None
    turns = sorted(answers, key=lambda turn: (turn != sentence.turn, turn))
    found = next(((turn, said) for turn in turns if (said := _verbatim(sentence.quote, answers[turn]))), None)
    of_resume = _verbatim(sentence.resume_quote, resume) if sentence.resume_quote.strip() else ""
    if found is None or of_resume is None or (sentence.kind == "contradiction" and not of_resume):
        return None
    turn, quote = found
    if not set(_NUMBER.findall(text)) <= set(_NUMBER.findall(f"{quote} {of_resume}")):
        return None
    return BackedSentence(sentence.kind, text, quote, turn, of_resume)


def _verbatim(quote: str, text: str) -> str | None:
    """The quote as it stands in the text, between word boundaries."""
    words = quote.strip(_EDGE).split()
    if len(words) < MIN_QUOTE_WORDS:
        return None
    pattern = r"\s+".join(re.escape(word) for word in words)
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return None if found is None else " ".join(found[0].split())
