"""The form of an answer: an option, a number, a formula, words. English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interview.plans.questions import Ordered, Question
from interview.text.number_vocabulary import MULTIPLIERS, ONES, SCALES, TENS, ordinal
from interview.text.stop_words import STOP_WORDS

LETTER = re.compile(r"(?:option |letter |answer |choice |number )?[a-h]", re.IGNORECASE)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: Words before an option or a number: "option B".
_LABELS = frozenset({"option", "letter", "answer", "choice", "number"})
_NUMBERS = frozenset((*ONES, *TENS, *MULTIPLIERS, *SCALES))
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


def _is_prose(put: str) -> bool:
    words = words_in(put)
    return len(words) > _MAX_BARE_WORDS or not _PERSONAL.isdisjoint(words)


def names_only(question: Question, put: str) -> bool:
    """Whether ``put`` adds nothing to the words shown with ``question``, to numbers and to letters of options."""
    words = words_in(put)
    known = STOP_WORDS.union(_shown_words(question), letters(words), ONES, TENS)
    return all(word in known or word[:1].isdecimal() or ordinal(word) for word in words)


def takes_form(question: Question, put: str) -> bool:
    """Whether ``put`` has the form of an answer to ``question``: an option, a number, a formula, words."""
    words = words_in(put)
    match question.answer_mode:
        case "choice":
            lettered = letters(words)
            named = {option.id.casefold() for option in question.options}
            return bool(
                named.intersection(lettered)
                or named.intersection(words) - {"a"}
                or _shown_words(question).intersection(words)
                or any(word in lettered for word in words[:2])
                or any(map(ordinal, words))
            )
        case "number":
            return any(word[:1].isdecimal() or word in ONES or word in TENS for word in words)
        case "formula":
            return bool(re.search(r"[=(]|\b[a-z]{1,2}\d+\b", put, re.IGNORECASE))
        case "text":
            if LETTER.fullmatch(put.strip(" .!?,")):
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
    return {word for text in texts for word in words_in(text)} - STOP_WORDS


def letters(words: Sequence[str]) -> set[str]:
    """The words that are an option's letter; "a" before another word is an article."""
    return {
        word
        for word, after in zip(words, (*words[1:], ""), strict=True)
        if LETTER.fullmatch(word) and (word != "a" or not after or after in _AFTER_LETTER)
    }


def words_in(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def is_bare(question: Question, text: str) -> bool:
    """Whether ``text`` names an option of ``question`` or a number, as it asks for, and nothing else."""
    words = [word for word in words_in(text) if word not in _LABELS]
    match question.answer_mode:
        case "choice":
            named = " ".join(words)
            whole = any(words == words_in(option.text) for option in question.options)
            return bool(words) and (whole or (takes_form(question, named) and names_only(question, named)))
        case "number":
            values = {word for word in words if word[:1].isdecimal() or word in _NUMBERS}
            return bool(values) and values.union(STOP_WORDS, ("point",)).issuperset(words)
        case "formula" | "text" | "spoken":
            return False
