"""Tokenises an answer with offsets, so that every quote is verbatim.

Normalisation is for comparison only: case, punctuation, fillers and lead-ins ("um, I think it's …") do not affect the
grade.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

from interview.grades import Evidence
from interview.text.dont_know import says_dont_know
from interview.text.stems import stem
from interview.text.stop_words import STOP_WORDS


class Token(Struct, frozen=True):
    """One word, casefolded and NFKC-normalised; ``start``/``end`` are its offsets in the original answer."""

    text: str
    start: int
    end: int


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*[+#]*")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]+)*[.!?]*")

_CLOSED_WORDS = 200

FILLERS = frozenset(
    {"um", "uh", "uhm", "er", "erm", "hmm", "hm", "mm", "ah", "well", "okay", "ok", "like", "so", "yeah"}
)

#: Fillers that carry no meaning anywhere; the rest of FILLERS ("like", "so") may.
HESITATIONS = frozenset({"um", "uh", "uhm", "er", "erm", "hmm", "hm", "mm", "ah"})

_LEAD_IN = re.compile(
    r"^(?:(?:i (?:think|believe|guess|suppose|would say|would go with|would pick|choose|pick)"
    r"|i'd (?:say|go with|pick)|i'll (?:say|go with|pick|take)"
    r"|(?:my|the|the correct|the right|my final|final) answer(?: is| would be)?|answer"
    r"|that is|that's|that would be|that'd be|it is|it's|its|it would be|it'd be|this is|they are|probably|maybe"
    r"|called|you call it|known as|must be|should be|has to be|is|definitely|certainly|just|simply"
    r"|that|the|a|an) )+"
)

_NON_ANSWER = re.compile(
    r"^(?:(?:sorry|honestly|actually|i am afraid|i'm afraid|to be honest) )*"
    r"(?:i (?:really |just |honestly )?(?:do not|don't|dont|have no|haven't any) (?:know|idea|remember|clue)"
    r"(?: (?:that|this|it|the answer|that one|this one))?"
    r"|no (?:idea|clue|answer)|not sure|i am not sure|i'm not sure|i can't (?:say|answer|remember)|skip(?: it| this)?"
    r"|pass|next(?: question)?(?: please)?|idk|dunno|nothing|no comment|i give up)(?: (?:sorry|please|at all))*$"
)

_CORRECTION = re.compile(
    r"\b(?:no[, ]+wait|wait[, ]+no|no[, ]+sorry|sorry[, ]+(?:no|i mean|it's|that's|make that)|(?<=[,.;?…] )(?:(?:h+m+|oh|u[hm]+|er|ah|well)[,. ]+)*(?:no|nope|sorry|oops|my bad)(?=[,:.])|actually[, ]+no|no[, ]+actually|on second thoughts?|"
    r"(?:(?<=\.\. )|(?<=[…–—] ))wait(?=,)|scratch that|strike that|hang on|i take (?:that|it) back|correction|"
    r"make that|i meant|i mean|let me correct (?:that|myself)|or rather|oh wait|hold on|no no)\b[,:]?",
    re.IGNORECASE,
)


def tokens(text: str) -> tuple[Token, ...]:
    return tuple(
        Token(unicodedata.normalize("NFKC", found.group()).casefold().replace("’", "'"), found.start(), found.end())
        for found in _WORD.finditer(text)
    )


def normal(text: str) -> str:
    """Casefolded words joined by single spaces, without punctuation."""
    return " ".join(token.text for token in tokens(text))


def content_words(text: str) -> list[str]:
    """The words that carry meaning, stemmed, in order."""
    return [stem(token.text) for token in tokens(text) if token.text not in STOP_WORDS and token.text not in FILLERS]


def is_stop_word(word: str) -> bool:
    """Whether the casefolded word is a function word."""
    return word in STOP_WORDS or word in FILLERS


def closed(words: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words of an answer to a closed question; of a very long one, the beginning and the end.

    This bounds the graders' work; a choice or a term does not stand in the middle of a thousand words.
    """
    if len(words) <= 2 * _CLOSED_WORDS:
        return words
    return words[:_CLOSED_WORDS] + words[-_CLOSED_WORDS:]


def bare(words: Sequence[Token]) -> tuple[Token, ...]:
    """``words`` without fillers and without a lead-in such as "um, I think the answer is"."""
    kept = tuple(word for word in words if word.text not in FILLERS) or tuple(words)
    joined = " ".join(word.text for word in kept)
    found = _LEAD_IN.match(joined + " ")
    if found is None or found.end() >= len(joined):
        return kept
    return kept[joined[: found.end()].count(" ") :]


def is_blank(answer: str) -> bool:
    """Whether the text has no word and no digit."""
    return not any(char.isalnum() for char in answer)


def is_non_answer(answer: str) -> bool:
    """Whether the answer is a plain "I don't know", "skip" or "pass"."""
    words = [word.text for word in tokens(answer) if word.text not in FILLERS]
    return (len(words) <= 10 and _NON_ANSWER.match(" ".join(words)) is not None) or says_dont_know(answer)


def is_gibberish(answer: str) -> bool:
    """Whether the text has letters but is no language: few words have a vowel, or one word is repeated."""
    words = [word.text for word in tokens(answer)]
    if not words or any(word.isdigit() for word in words):
        return False
    if len(words) >= 6 and len(set(words)) <= max(1, len(words) // 6):
        return True
    letters = [word for word in words if len(word) >= 4 and word.isascii()]
    odd = [word for word in letters if not _wordlike(word)]
    return len(letters) >= 1 and len(odd) > 0.6 * len(letters) and len(letters) >= 0.5 * len(words)


def _wordlike(word: str) -> bool:
    vowels = sum(char in "aeiouy" for char in word)
    return vowels >= 0.2 * len(word) and re.search(r"[^aeiouy']{5,}|(.)\1\1", word) is None


def after_correction(answer: str) -> int:
    """The end of the candidate's last self-correction ("no wait, …"), or 0."""
    last = 0
    for found in _CORRECTION.finditer(answer):
        if any(char.isalnum() for char in answer[found.end() :]):
            last = found.end()
    return last


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences (or, in an unpunctuated transcript, of runs of up to 30 words)."""
    spans: list[tuple[int, int]] = []
    for found in _SENTENCE.finditer(text):
        words = tokens(found.group())
        for at in range(0, len(words), 30):
            chunk = words[at : at + 30]
            spans.append((found.start() + chunk[0].start, found.start() + chunk[-1].end))
    return spans


def before_correction(answer: str) -> int:
    """The start of the candidate's last self-correction, or the end of the answer."""
    starts = [found.start() for found in _CORRECTION.finditer(answer) if any(map(str.isalnum, answer[found.end() :]))]
    return starts[-1] if starts else len(answer)


def quote(answer: str, start: int, end: int, supports: str = "") -> Evidence:
    """The answer's own words between two offsets."""
    return Evidence(quote=answer[start:end], start=start, end=end, supports=supports)


def whole(answer: str, supports: str = "", limit_chars: int = 240) -> Evidence:
    """The answer itself as evidence, cut to ``limit_chars``."""
    stripped = answer.strip()
    start = answer.find(stripped)
    return quote(answer, start, start + min(len(stripped), limit_chars), supports)
