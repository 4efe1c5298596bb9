"""Recognises a bare correction of the previous answer: "sorry, I meant B", said when the next question is already open."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from interview.plans.questions import Question
from interview.text.number_vocabulary import ONES, TENS, ordinal
from interview.text.stop_words import STOP_WORDS

#: A longer utterance is an answer of its own.
MAX_WORDS = 25

_LEAD = r"(?:(?:oh|ah|um+|uh+|no|nope|wait|hold on|hang on|actually|sorry|i'?m sorry|i am sorry|oops|whoops|ups|my (?:bad|mistake|apologies)|apologies|excuse me|pardon|hmm+|ok|okay|well|and|but|just|please)[\s,.!…–—-]+)"
_CORRECTS = re.compile(
    rf"\W*(?:{_LEAD}*(?:i (?:actually |really |just )?meant(?: to (?:say|write|type|answer|pick|choose|put|select))?|i mis-?(?:spoke|typed|read|heard|clicked)(?: (?:it|that|the question))?|(?:it|that|this|my answer|the answer) should(?: have|'ve) been)"
    rf"|{_LEAD}+(?:make (?:that|it)|change (?:that|it|my answer) to|i (?:wanted|intended) to (?:say|write|type|pick|choose)|(?:that|it) was (?:supposed|meant) to be|let me correct (?:that|myself)|correction)"
    r"|correction\s*[:,–—-])"
    r"[\s,:–—-]*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTER = re.compile(r"(?:option |letter |answer |choice |number )?[a-h]", re.IGNORECASE)


def correction_in(utterance: str) -> str:
    """What the utterance puts in place of the previous answer; empty where it is no correction. English.

    "I mean" only fills a pause, and "make it idempotent" is an answer; "sorry, make it B" corrects one.
    """
    found = _CORRECTS.match(utterance.replace("’", "'"))
    if found is None or len(utterance.split()) > MAX_WORDS:
        return ""
    rest = found["rest"].strip()
    return "" if _says_nothing(rest) else rest


def corrected_question(put: str, current: Question, earlier: Sequence[Question]) -> Question | None:
    """The previous question, if the correction ``put`` can answer it; None if only ``current`` can be meant."""
    if not earlier:
        return None
    previous = earlier[-1]
    return previous if _takes(previous, put) or not _takes(current, put) else None


def _says_nothing(rest: str) -> bool:
    """ "I meant to", "I misspoke there": nothing is put in its place."""
    return all(word in STOP_WORDS and not _LETTER.fullmatch(word) for word in _words(rest))


def _takes(question: Question, put: str) -> bool:
    """Whether ``put`` has the form of an answer to ``question``: an option, a number, a formula, words."""
    words = _words(put)
    match question.answer_mode:
        case "choice":
            named = {option.id.casefold() for option in question.options}
            own = {word for option in question.options for word in _words(option.text)} - STOP_WORDS
            lettered = any(_LETTER.fullmatch(word) for word in words[:1] + words[1:2])
            return bool(named.intersection(words) or own.intersection(words) or lettered or any(map(ordinal, words)))
        case "number":
            return any(word[:1].isdecimal() or word in ONES or word in TENS for word in words)
        case "formula":
            return bool(re.search(r"[=(]|\b[a-z]{1,2}\d+\b", put, re.IGNORECASE))
        case "text" | "spoken":
            return _LETTER.fullmatch(put.strip(" .!?,")) is None


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
