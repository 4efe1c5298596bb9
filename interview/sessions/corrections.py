"""Recognises a bare correction of the previous answer: "sorry, I meant B", said when the next question is already open."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from interview.plans.questions import Question
from interview.sessions.answer_forms import LETTER, letters, names_only, takes_form, words_in
from interview.text.number_vocabulary import ONES, TENS, ordinal
from interview.text.stop_words import STOP_WORDS

#: A longer utterance is an answer of its own.
MAX_WORDS = 25

_APOLOGY = r"(?:actually|sorry|i'?m sorry|i am sorry|oops|whoops|ups|my (?:bad|mistake|apologies)|apologies|excuse me|pardon|wait|hold on|hang on)"
_LEAD = rf"(?:(?:{_APOLOGY}|oh|ah|um+|uh+|no|nope|hmm+|ok|okay|well|and|but|just|please)[\s,.!…–—-]+)"
_CORRECTS = re.compile(
    rf"\W*(?:(?P<lead>{_LEAD}*)(?:i (?:actually |really |just )?meant(?: to (?:say|write|type|answer|pick|choose|put|select))?|(?:my|the) answer should(?: have|'ve) been"
    r"|(?P<told>i mis-?(?:spoke|typed|read|heard|clicked)(?: (?:it|that|the question))?|(?:it|that|this) should(?: have|'ve) been"
    r"|(?<=[\s,.!…–—-])(?:make (?:that|it)|change (?:that|it|my answer) to|i (?:wanted|intended) to (?:say|write|type|pick|choose)|(?:that|it) was (?:supposed|meant) to be|let me correct (?:that|myself)|correction)))"
    r"|correction\s*[:,–—-])"
    r"[\s,:–—-]*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_APOLOGISES = re.compile(rf"\b{_APOLOGY}\b", re.IGNORECASE)


def correction_in(utterance: str) -> str:
    """What the utterance puts in place of the previous answer; empty where it is no correction. English.

    "I mean" only fills a pause, and "make it idempotent" is an answer; "sorry, make it B" corrects one. Without an apology,
    "I misread …" and "it should have been …" also begin stories: they correct only if a bare option or number follows.
    """
    found = _CORRECTS.match(utterance.strip().replace("’", "'"))
    if found is None or len(utterance.split()) > MAX_WORDS:
        return ""
    rest = found["rest"].strip()
    if found["told"] and not _APOLOGISES.search(found["lead"]) and not _is_bare_key(rest):
        return ""
    return "" if _says_nothing(rest) else rest


def corrected_question(put: str, current: Question | None, earlier: Sequence[Question]) -> Question | None:
    """The previous question, if it has a key, the correction ``put`` has its form, and not the form of ``current``.

    Else None: ``put`` is part of the answer to ``current``. An open question takes any prose, and the previous one keeps
    its answer. ``current`` None: the candidate has heard no later question.
    """
    if not earlier:
        return None
    previous = earlier[-1]
    if previous.is_open or not previous.is_scored or not takes_form(previous, put):
        return None
    if current is None:
        return previous
    if current.answer_mode == "spoken":
        return None if takes_form(current, put) and not names_only(previous, put) else previous
    return None if takes_form(current, put) else previous


def _says_nothing(rest: str) -> bool:
    """ "I meant to", "I misspoke there": nothing is put in its place."""
    return all(word in STOP_WORDS and not LETTER.fullmatch(word) for word in words_in(rest))


def _is_bare_key(rest: str) -> bool:
    """ "B please", "17", "the second one"."""
    words = words_in(rest)
    return len(words) <= 3 and any(
        word[:1].isdecimal() or word in ONES or word in TENS or ordinal(word) or word in letters(words)
        for word in words
    )
