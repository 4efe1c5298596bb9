"""A written summary of an interview, of sentences that each stand on a quote. Pure checks of what a model wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from interview.text.content_stems import content_stems
from interview.text.not_knowing import admits_not_knowing
from interview.text.plain_words import plain_words

#: ``contradiction``: the candidate's words and the résumé disagree.
SentenceKind = Literal["strength", "gap", "contradiction", "achievement"]

MAX_SENTENCE_CHARS = 300
#: Fewer words back nothing: "I did" occurs in every answer.
MIN_QUOTE_WORDS = 3

#: The least share of the sentence's content words that its quotes must have: fewer, and it is about something else.
_MIN_SHARED = 0.25

_EDGE = " \t\r\n\"'“”‘’.,;:!?…"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: Words of a sentence that speaks as the candidate, not about the candidate.
_SPEAKS_AS = re.compile(
    r"\b(?:I|[Mm]e|[Mm]y|[Mm]yself|[Ww]e|us|[Oo]ur|[Yy]our?|[Ii]ch|[Ww]ir|[Jj]e|[Nn]ous|[Yy]o|[Nn]osotr[oa]s)\b"
)
#: What stands in a quote before words that the candidate says of themselves.
_BY_SPEAKER = re.compile(r"\b(?:I|[Ww]e)(?:['’]\w+)? $")
_QUOTED = re.compile('["“„«][^"”“»]*["”“»]')


class BackedSentence(Struct, frozen=True):
    """One sentence. ``quote`` occurs in the answer of ``turn``; ``resume_quote`` in the résumé, for a contradiction."""

    kind: SentenceKind
    text: str
    quote: str
    turn: int
    resume_quote: str = ""


def backed(
    sentence: BackedSentence, answers: Mapping[int, str], resume: str, lacking: str = "", subject: str = "The candidate"
) -> BackedSentence | None:
    """The sentence with the turn in which its quote occurs and the quotes as they were said; None without backing.

    ``answers``: the candidate's words by turn. ``lacking``: what the answer should have said; the sentence may use its
    words. ``subject``: how the sentence refers to the candidate. The quote is looked for in the named turn first. Case
    and white space may differ, nothing else. The sentence speaks about the candidate, attributes to the candidate
    nothing that the quote says of somebody else, shares a quarter of its content words with the quotes, and has no
    number that they lack. A quote that admits not knowing shows no strength and no achievement, and a contradiction is
    about a thing that quote and résumé both name.
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
    quoted = f"{quote} {of_resume}"
    if not set(_NUMBER.findall(text)) <= set(_NUMBER.findall(f"{quoted} {lacking}")):
        return None
    own = content_stems(text)
    if sentence.kind == "contradiction" and not _about_one_thing(own, content_stems(quote), content_stems(of_resume)):
        return None
    if not own or len(own & content_stems(f"{quoted} {lacking}")) < _MIN_SHARED * len(own):
        return None
    if _SPEAKS_AS.search(_QUOTED.sub("", text)) or _of_somebody_else(text, quote, subject):
        return None
    if sentence.kind in ("strength", "achievement") and admits_not_knowing(plain_words(quote)):
        return None
    return BackedSentence(sentence.kind, text, quote, turn, of_resume)


def _about_one_thing(sentence: frozenset[str], quote: frozenset[str], resume: frozenset[str]) -> bool:
    """Whether a quote and a line of the résumé share a content word, and the sentence has words of both."""
    return bool(quote & resume and sentence & quote and sentence & resume)


def _of_somebody_else(text: str, quote: str, subject: str) -> bool:
    """Whether ``text`` copies words of the quote whose subject is not "I" or "we"."""
    has_subject = text.casefold().startswith(f"{subject.casefold()} ")
    copied = _verbatim(text[len(subject) :] if has_subject else text, quote)
    if not copied:
        return False
    before = quote[: quote.casefold().find(copied.casefold())]
    return not has_subject or _BY_SPEAKER.search(before) is None


def _verbatim(quote: str, text: str) -> str | None:
    """The quote as it stands in the text, between word boundaries."""
    words = quote.strip(_EDGE).split()
    if len(words) < MIN_QUOTE_WORDS:
        return None
    pattern = r"\s+".join(re.escape(word) for word in words)
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return None if found is None else " ".join(found[0].split())
