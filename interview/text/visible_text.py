"""Normalises text for rules: without hidden characters, in one spelling, split into words and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from interview.text.function_words import FUNCTION_WORDS, listed

#: Characters that a model sees and a reader does not: controls, zero-width and bidirectional marks, soft hyphens,
#: fillers, variation selectors, private use, surrogates, and the tag characters that spell ASCII invisibly.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ue000-\uf8ff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
#: Hidden characters that occur in ordinary text, so they do not suggest an attempt to hide something.
_HONEST = re.compile("[\u00ad\u200c-\u200f\ufe0e\ufe0f\ufeff\uf000-\uf0ff]")
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_WORD = re.compile(r"[^\W_]+(?:['.,][^\W_]+)*")
_TELLING_CHARS = 5


#: Words that no other language here has, for sentences too short to be counted: two of them tell the language, or one
#: that addresses or thanks somebody.
_TELLING: dict[str, frozenset[str]] = {
    "en": listed("the and that what how with did were would could are this will have they about"),
    "de": listed("und nicht eine mit haben ihre auf für wir sie werden aber"),
    "fr": listed("les est des une dans pour avec pas nous mais cette"),
    "es": listed("para cómo qué pero esto está"),
}
_ADDRESS: dict[str, frozenset[str]] = {
    "en": listed("you your thank thanks"),
    "de": listed("danke ihnen"),
    "fr": listed("merci vous votre"),
    "es": listed("gracias usted"),
}
#: A quotation, in the quotation marks of the supported languages.
QUOTED = re.compile(r"“[^”]*”|„[^“]*“|«[^»]*»|\"[^\"]*\"")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def visible(text: str) -> str:
    """``text`` without characters that a reader does not see; line breaks become ``\\n``."""
    return _HIDDEN.sub("", _BREAKS.sub("\n", text))


def suspicious_characters(text: str) -> int:
    """The number of characters that a reader does not see, except those of honest text: soft hyphens, the marks of
    direction and joining of other scripts, the selectors of emoji, a font's own bullets, a byte order mark."""
    return sum(len(run) for run in _HIDDEN.findall(_HONEST.sub("", _BREAKS.sub("\n", text))))


def searchable(text: str) -> str:
    """``text`` in the form in which phrases are searched: visible, lower case, straight apostrophes, single spaces."""
    return " ".join(visible(text).casefold().replace("’", "'").split())


def words_of(text: str) -> list[str]:
    """The words and numbers of ``searchable`` text, punctuation left out: ``1,5`` and ``isn't`` are one word each."""
    return _WORD.findall(searchable(text))


def _telling_words(text: str) -> set[str]:
    """The words that roughly indicate the subject of a text: those of five characters or more."""
    return {word for word in words_of(text) if len(word) >= _TELLING_CHARS}


def refers_to(text: str, context: str, language: str) -> bool:
    """Whether ``text`` shares a telling word with ``context``; True for a ``language`` (ISO 639-1, maybe with a region)
    without a list of words here."""
    known = language.lower().split("-")[0] in FUNCTION_WORDS
    return not known or bool(_telling_words(text) & _telling_words(context))


def grams(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - size + 1):
        yield tuple(words[start : start + size])


def first_phrase(plain_text: str, phrases: tuple[str, ...]) -> str:
    """The first of ``phrases`` that occurs in ``plain_text`` at word boundaries, or ``""``.

    ``*`` at a phrase's end stands for any ending: ``pregnan*``.
    """
    for phrase, stem, pattern in _compiled(phrases):
        # A literal search is much cheaper than the pattern, and few texts contain the literal.
        if stem in plain_text and pattern.search(plain_text):
            return phrase
    return ""


def without_phrases(plain_text: str, phrases: tuple[str, ...]) -> str:
    """``plain_text`` with a bar for each of ``phrases``, so that the words around one do not form another phrase."""
    for _, stem, pattern in _compiled(phrases):
        if stem in plain_text:
            plain_text = pattern.sub("|", plain_text)
    return plain_text


@lru_cache(maxsize=256)
def _compiled(phrases: tuple[str, ...]) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    found = []
    for phrase in phrases:
        stem = searchable(phrase).rstrip("*").rstrip()
        end = "" if phrase.rstrip().endswith("*") else r"(?!\w)"
        found.append((phrase, stem, re.compile(rf"(?<!\w){re.escape(stem)}{end}")))
    return tuple(found)


def other_language(text: str, language: str) -> str:
    """The language ``text`` is in when it is clearly not ``language`` (an ISO 639-1 code, maybe with a region).

    Function words outside quotation marks decide, over the whole text and in each sentence. So the result for a text
    without such words, or for a language without a list here, is ``""``; the exception is a text that is mostly in
    another script than that of ``language`` (``"another script"``).
    """
    code = language.lower().split("-")[0]
    own = FUNCTION_WORDS.get(code)
    if own is None:
        return ""
    text = QUOTED.sub(" ", text)
    letters = [char for char in text if char.isalpha()]
    if len(letters) >= 8 and sum(char > "\u024f" for char in letters) > len(letters) / 2:
        return "another script"
    words = words_of(text)
    counts = {name: _share(words, known) for name, known in FUNCTION_WORDS.items()}
    best = max(counts, key=lambda name: (counts[name], name == code))
    if len(words) >= 6 and counts[best] >= 3 and counts[best] >= 2 * counts[code] + 1:
        return best
    sentences = (words_of(sentence) for sentence in _SENTENCE_END.split(text))
    return next((found for sentence in sentences if (found := _told_language(sentence, code, own))), "")


def is_foreign(text: str, language: str) -> bool:
    """Whether ``text`` as a whole is clearly not in ``language`` (an ISO 639-1 code, maybe with a region): it is mostly
    in another script, or three different function words of another language stand against at most one of its own, or
    two of them, three times in all, against none.

    False for a language without a list of words here. Quotations do not count.
    """
    own = FUNCTION_WORDS.get(language.lower().split("-")[0])
    if own is None:
        return False
    text = QUOTED.sub(" ", text)
    letters = [char for char in text if char.isalpha()]
    if len(letters) >= 8 and sum(char > "\u024f" for char in letters) > len(letters) / 2:
        return True
    words = [word for word in words_of(text) if len(word) > 1]  # options and "a" are words of several languages
    if len(words) < 6:
        return False
    its_own = len(own.intersection(words))
    for known in FUNCTION_WORDS.values():
        different = len(known.intersection(words))
        if different >= 3 and different >= 2 * its_own + 1:
            return True
        if different == 2 and not its_own and sum(word in known for word in words) >= 3:
            return True
    return False


def _told_language(words: list[str], code: str, own: frozenset[str]) -> str:
    """The language of a sentence that has no word of ``own``, or ``""``."""
    if len(words) < 2 or any(word in own or word in _ADDRESS.get(code, ()) for word in words):
        return ""
    return next(
        (
            name
            for name, telling in _TELLING.items()
            if name != code and 2 * _share(words, _ADDRESS[name]) + _share(words, telling) >= 2
        ),
        "",
    )


def _share(words: Iterable[str], known: frozenset[str]) -> int:
    return sum(word in known for word in words)


_ONES = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905
    "eighteen nineteen".split()
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def number_in_words(number: int) -> str:
    """English words of 0–999, as ``words_of`` cuts them: ``one hundred forty two``; ``""`` beyond."""
    if not 0 <= number < 1000:
        return ""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{_TENS[tens]} {_ONES[ones]}" if ones else _TENS[tens]
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred {number_in_words(rest)}" if rest else f"{_ONES[hundreds]} hundred"
