"""An interlinear gloss of an answer, for graders whose rules are English.

Function words become their English counterparts ("vor" is "before", an article is "the"), number words become digits
in English notation, and words about the subject become their stems in the language itself. A key glossed the same way
then compares like an English one: denials deny, "about 3,5 Prozent" is "about 3.5 percent", and "Kündigung" meets
"Kündigungen". A gloss is never shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from text_to_num import alpha2digit

from interview.languages.folding import folded
from interview.languages.language import Gloss, language_of
from interview.languages.reading import reading_of
from interview.languages.snowball import Stemmer

#: The gloss of a "don't know".
NOT_KNOWING = "I do not know."
#: The gloss of a stop word.
_STOP_WORD = "the"

#: A sentence with its final signs. A full stop between digits or before a letter does not end one.
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]+)*[.!?]*")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[.   ]\d{3})+(?![\d.]|,\d{3}\b)")
_DECIMAL = re.compile(r"(?<![\d,])(\d+),(\d+)(?![\d,])")
#: What ``alpha2digit`` makes of a number and a word for a power of ten: "2,5 Millionen" is "2.5 1000000".
_SCALES = (
    (re.compile(r"(?<=\d) 1000000000\b"), "billion"),
    (re.compile(r"(?<=\d) 1000000\b"), "million"),
    (re.compile(r"(?<=\d) 1000\b"), "thousand"),
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Marks the English words of a gloss, so that they are not stemmed.
_ENGLISH, _END = "\ue000", "\ue001"
_MARKED = re.compile(f"{_ENGLISH}[^{_END}]*{_END}")


class Glossed(Struct, frozen=True):
    """``text`` is the gloss. ``starts`` are the offsets of its sentences, ``spans`` those sentences in the original."""

    text: str
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's sentences that hold the gloss between two offsets."""
        if not self.spans:
            return 0, 0
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        return self.spans[first][0], self.spans[last][1]


class Glossary:
    """The gloss of one language."""

    def __init__(self, code: str, rules: Gloss) -> None:
        self._code = code
        self._stemmer = Stemmer(rules.stemmer)
        self._decimal_comma = rules.numbers.decimal_comma
        self._before = _compiled(rules.numbers.before)
        self._words = _compiled(rules.words)
        self._contrasts = {
            word: english for english, words in rules.contrasts.items() for word in folded(words).split()
        }
        self._stop_words = frozenset(folded(rules.stop_words).split())

    def glossed(self, text: str) -> Glossed:
        """The gloss of an answer."""
        reading = reading_of(self._code)
        pieces: list[str] = []
        starts: list[int] = []
        spans: list[tuple[int, int]] = []
        if text.strip() and reading is not None and reading.not_knowing(text):
            return Glossed(NOT_KNOWING, (0,), ((0, len(text)),))
        at = 0
        for found in _SENTENCE.finditer(text):
            if not found.group().strip():
                continue
            piece = self.sentence(found.group().strip())
            pieces.append(piece)
            starts.append(at)
            spans.append((found.start(), found.end()))
            at += len(piece) + 1
        return Glossed("\n".join(pieces), tuple(starts), tuple(spans))

    def key(self, text: str) -> str:
        """The gloss of a key's text: a key point, an option, a term."""
        return " ".join(self.sentence(found) for found in _pieces(text))

    def sentence(self, text: str) -> str:
        """The gloss of one sentence."""
        for pattern, english in self._before:
            text = pattern.sub(english, text)
        text = self._in_digits(text)
        for pattern, english in (*_SCALES, *self._words):
            text = _rewritten(pattern, english, text)
        kept: list[str] = []
        at = 0
        for marked in _MARKED.finditer(text):
            kept += (self._stemmed(text[at : marked.start()]), _without_marks(marked.group()))
            at = marked.end()
        kept.append(self._stemmed(text[at:]))
        return re.sub(r"[ \t]{2,}", " ", "".join(kept)).strip()

    def _in_digits(self, text: str) -> str:
        text = alpha2digit(text, self._code)
        if self._decimal_comma:
            text = _GROUPED.sub(lambda found: re.sub(r"\D", "", found.group()), text)
            text = _DECIMAL.sub(r"\1.\2", text)
        return text

    def _stemmed(self, text: str) -> str:
        return _WORD.sub(lambda found: self._stem(found.group()), text)

    def _stem(self, word: str) -> str:
        if len(word) == 1:
            return word  # an option's letter
        plain = folded(word)
        if plain in self._contrasts:
            return self._contrasts[plain]
        if plain in self._stop_words:
            return _STOP_WORD
        return folded(self._stemmer.stem(word.lower()))


def only_stop_words(gloss: str) -> bool:
    """Whether all words of a gloss stand for stop words, so that it would match almost any answer."""
    words = re.findall(r"\w+", gloss)
    return bool(words) and all(word == _STOP_WORD for word in words)


@lru_cache(maxsize=16)
def glossary_of(tag: str) -> Glossary | None:
    """The glossary of a language; None for English. Raises as ``language_of``."""
    language = language_of(tag)
    return None if language.gloss is None else Glossary(language.code, language.gloss)


def _pieces(text: str) -> Iterator[str]:
    for found in _SENTENCE.finditer(text):
        if found.group().strip():
            yield found.group().strip()


def _compiled(words: dict[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), english) for pattern, english in words.items())


def _rewritten(pattern: re.Pattern[str], english: str, text: str) -> str:
    """``text`` with ``pattern`` replaced, outside the words that are English already."""
    out: list[str] = []
    at = 0
    for found in _MARKED.finditer(text):
        out += (pattern.sub(lambda one: _marked(one.expand(english)), text[at : found.start()]), found.group())
        at = found.end()
    out.append(pattern.sub(lambda one: _marked(one.expand(english)), text[at:]))
    return "".join(out)


def _marked(english: str) -> str:
    return f" {_ENGLISH}{english}{_END} "


def _without_marks(text: str) -> str:
    return text.replace(_ENGLISH, "").replace(_END, "")
