"""Recognises a bare correction of the previous answer: "sorry, I meant B", said when the next question is already open."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from interview.plans.questions import Ordered, Question
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
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTER = re.compile(r"(?:option |letter |answer |choice |number )?[a-h]", re.IGNORECASE)

#: After "a", any other word makes it an article and no option.
_AFTER_LETTER = frozenset({"please", "not", "instead", "and", "or", "then"})
#: A word or an option is put in place with at most so many words; a longer utterance is prose.
_MAX_BARE_WORDS = 5
#: Words of a sentence about people and things, which a bare answer does not need.
_PERSONAL = frozenset(
    """
    i i'd i'm i've we we'd we've they they'd he she you it it's there me us them him my our their his her your
    """.split()  # noqa: SIM905 - a line of words reads better than a column of strings
)


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
    if previous.is_open or not previous.is_scored or not _takes(previous, put):
        return None
    if current is None:
        return previous
    if current.answer_mode == "spoken":
        return None if _takes(current, put) and not _names_only(previous, put) else previous
    return None if _takes(current, put) else previous


def _says_nothing(rest: str) -> bool:
    """ "I meant to", "I misspoke there": nothing is put in its place."""
    return all(word in STOP_WORDS and not _LETTER.fullmatch(word) for word in _words(rest))


def _is_bare_key(rest: str) -> bool:
    """ "B please", "17", "the second one"."""
    words = _words(rest)
    return len(words) <= 3 and any(
        word[:1].isdecimal() or word in ONES or word in TENS or ordinal(word) or word in _letters(words)
        for word in words
    )


def _is_prose(put: str) -> bool:
    words = _words(put)
    return len(words) > _MAX_BARE_WORDS or not _PERSONAL.isdisjoint(words)


def _names_only(question: Question, put: str) -> bool:
    """Whether ``put`` adds nothing to the words shown with ``question``, to numbers and to letters of options."""
    words = _words(put)
    known = STOP_WORDS.union(_shown_words(question), _letters(words), ONES, TENS)
    return all(word in known or word[:1].isdecimal() or ordinal(word) for word in words)


def _takes(question: Question, put: str) -> bool:
    """Whether ``put`` has the form of an answer to ``question``: an option, a number, a formula, words."""
    words = _words(put)
    match question.answer_mode:
        case "choice":
            letters = _letters(words)
            named = {option.id.casefold() for option in question.options}
            lettered = any(word in letters for word in words[:2])
            return bool(
                named.intersection(letters)
                or named.intersection(words) - {"a"}
                or _shown_words(question).intersection(words)
                or lettered
                or any(map(ordinal, words))
            )
        case "number":
            return any(word[:1].isdecimal() or word in ONES or word in TENS for word in words)
        case "formula":
            return bool(re.search(r"[=(]|\b[a-z]{1,2}\d+\b", put, re.IGNORECASE))
        case "text":
            if _LETTER.fullmatch(put.strip(" .!?,")):
                return False
            return not _is_prose(put) or (
                isinstance(question.grader, Ordered) and not _shown_words(question).isdisjoint(words)
            )
        case "spoken":
            return _is_prose(put)


def _shown_words(question: Question) -> set[str]:
    """The words of the options, or of the items to put in order, without stop words."""
    items = question.grader.answer if isinstance(question.grader, Ordered) else ()
    texts = (*(option.text for option in question.options), *items)
    return {word for text in texts for word in _words(text)} - STOP_WORDS


def _letters(words: Sequence[str]) -> set[str]:
    """The words that are an option's letter; "a" before another word is an article."""
    return {
        word
        for word, after in zip(words, (*words[1:], ""), strict=True)
        if _LETTER.fullmatch(word) and (word != "a" or not after or after in _AFTER_LETTER)
    }


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
