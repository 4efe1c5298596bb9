"""Finds an accepted term in an answer: verbatim, inflected, misspelt, or as it sounds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.closed.dates import decade_of, is_moment, number_range, same_decade, same_moment
from deployments.grading.graders.closed.notation import is_mathematical, notation
from deployments.grading.graders.closed.spelling import misspelt, same_word, sounds_like, spelled_out
from interview.text.number_vocabulary import ordinal
from interview.text.number_words import canonical_numbers

#: Similarities of matches that are not verbatim.
OTHER_FORM, BY_SOUND = 0.97, 0.9
_SLIP = 0.03
#: Longer answers are not searched by sound: an accidental likeness is likelier in them than a misheard term.
_MAX_WORDS_BY_SOUND = 25


class Match(Struct, frozen=True):
    """``answer[start:end]`` is ``term``, alike by ``similarity`` in [0, 1]: 1 for the same letters and digits.

    ``interrupted``: another word stands within the term ("supervised machine learning").
    """

    term: str
    similarity: float
    start: int
    end: int
    interrupted: bool = False


_ROMAN = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
    "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16",
}  # fmt: skip
_ENDS_IN_ROMAN = re.compile(r"[A-Za-z]\w+ (?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))$")


class Term:
    """An accepted answer, prepared for comparison. ``regnal``: it ends in a Roman numeral ("World War II")."""

    def __init__(self, text: str) -> None:
        tokens = answer_text.tokens(text)
        self.text = text
        self.words = [token.text for token in notation(answer_text.bare(tokens) or tokens, text)]
        self.regnal = _ENDS_IN_ROMAN.search(text) is not None and self.words[-1] in _ROMAN
        if self.regnal:
            self.words[-1] = _ROMAN[self.words[-1]]
        self.joined = _joined(self.words)
        self.digits = any(char.isdecimal() for char in self.joined)
        self.moment = is_moment(text)
        self.range = number_range(text)
        self.decade = decade_of(text) is not None
        self.formula = len(self.words) > 1 and all(map(is_mathematical, self.words))


def _joined(words: Sequence[str]) -> str:
    """Without spaces, and without the sign of a power behind a letter ("n2" is "n^2", "2n" is not "2^n")."""
    joined = ""
    for word in words:
        joined += word[1:] if word[:1] == "^" and joined[-1:].isalpha() and word[1:].isdecimal() else word
    return joined


def find(
    terms: Sequence[Term],
    words: Sequence[Token],
    text: str,
    *,
    floor: float,
    short_by_sound: bool = False,
    interrupted: bool = False,
) -> list[Match]:
    """The matches of any of ``terms`` with a similarity of at least ``floor``, in order and without overlaps.

    ``interrupted``: a term with another word inside matches, too, with similarity 0.
    ``short_by_sound``: terms of three letters count by sound as well ("sin" for "SYN"), where a list gives the context.
    """
    spoken = notation(words, text)
    found: list[Match] = []
    for term in terms:
        if (
            (term.decade and same_decade(text, term.text))
            or (term.moment and same_moment(text, term.text))
            or (term.range and number_range(text) == term.range)
        ):
            whole = answer_text.whole(text)
            found.append(Match(term.text, 1.0, whole.start, whole.end))
        for size in _sizes(term):
            for at in range(len(spoken) - size + 1):
                run = spoken[at : at + size]
                similarity = (
                    _formula(term, spoken, at, size)
                    if term.formula
                    else _similarity(term, run, len(spoken), 3 if short_by_sound else 4)
                )
                if similarity >= floor:
                    found.append(Match(term.text, similarity, run[0].start, run[-1].end))
                elif interrupted and similarity < 0:
                    found.append(Match(term.text, 0.0, run[0].start, run[-1].end, interrupted=True))
    kept: list[Match] = []
    for match in sorted(found, key=lambda one: (-one.similarity, one.start - one.end)):
        if all(match.end <= other.start or match.start >= other.end for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda one: one.start)


def nearest(terms: Sequence[Term], words: Sequence[Token]) -> float:
    """The letter similarity in [0, 1] of the answer, or of its best run of words, to the nearest term."""
    spoken = [word.text for word in words[:60]]
    best = 0.0
    for term in terms:
        size = max(1, len(term.words))
        for at in range(max(1, len(spoken) - size + 1)):
            best = max(best, fuzz.ratio(" ".join(spoken[at : at + size]), " ".join(term.words)) / 100)
    return best


def _sizes(term: Term) -> list[int]:
    size = len(term.words)
    return sorted(
        {one for one in (size - 1, size, size + 1, size + 2, size + 3) if one >= 1}, key=lambda one: abs(one - size)
    )


def _similarity(term: Term, run: Sequence[Token], length: int, shortest: int) -> float:
    """In [0, 1]; negative for a term that another word interrupts."""
    words = [token.text for token in run]
    if term.regnal and len(words) > 1:
        last = ordinal(words[-1])
        words = [word for word in words[:-1] if word != "the"] + [
            str(last) if last else _ROMAN.get(words[-1], words[-1])
        ]
    joined = _joined(words)
    if joined == term.joined or joined.replace("'", "") == term.joined.replace("'", ""):
        return 1.0
    if term.digits != any(char.isdecimal() for char in joined) and _in_digits(words) == _in_digits(term.words):
        return 1.0
    if term.digits:
        said = canonical_numbers(" ".join(words))
        if said.replace(" ", "") == term.joined:
            return 1.0
        return OTHER_FORM if _same_but_for_endings(said.split(), term.words) else 0.0
    if len(words) == len(term.words) + 1 > 2 and any(
        words[:at] + words[at + 1 :] == term.words and not answer_text.is_stop_word(words[at])
        for at in range(1, len(words) - 1)
    ):
        return -1.0
    if len(words) != len(term.words) and same_word(joined, term.joined):
        return OTHER_FORM
    phrase = len(term.words) > 1
    if len(words) == len(term.words):
        by_word = [_word(said, meant, phrase, shortest) for said, meant in zip(words, term.words, strict=True)]
        agreeing = sum(one == 1.0 for one in by_word)
        if min(by_word) > 0 and (not phrase or agreeing or all(one >= OTHER_FORM for one in by_word)):
            return min(by_word)
        if len(words) > 2 and agreeing == len(words) - 1 and _slip_in_phrase(words, term.words):
            return BY_SOUND
        if min(by_word) > 0 and fuzz.ratio(joined, term.joined) >= 80:
            return min(by_word)
    if len(words) == 1 and words[0].rstrip("0123456789") == term.joined and len(words[0]) == len(term.joined) + 1:
        return 1 - _SLIP  # "wind1": the key beside the last letter
    if len(words) == 1 and not phrase:
        named = len(term.joined) == 3 < len(joined) and spelled_out(joined) == term.joined  # "sequel" for "SQL"
        return BY_SOUND if named or (sounds_like(joined, term.joined) and len(term.joined) >= shortest) else 0.0
    if len(words) == 1 and misspelt(joined, term.joined):
        return 1 - _SLIP * OSA.distance(joined, term.joined)
    if length <= _MAX_WORDS_BY_SOUND and spelled_out(" ".join(words)) == spelled_out(" ".join(term.words)):
        return BY_SOUND
    if _without_links(words) == _without_links(term.words):
        return OTHER_FORM
    if len(words) == len(term.words) and any(
        one != two and answer_text.is_stop_word(one) and answer_text.is_stop_word(two)
        for one, two in zip(words, term.words, strict=True)
    ):
        return 0.0
    by_ear = length <= _MAX_WORDS_BY_SOUND and abs(len(joined) - len(term.joined)) <= 4
    return BY_SOUND if by_ear and sounds_like(" ".join(words), " ".join(term.words)) else 0.0


def _without_links(words: Sequence[str]) -> list[str]:
    """The words without articles and "and": "keep off grass", "supply & demand"."""
    return [word for word in words if word not in ("a", "an", "the", "and", "n")] or list(words)


def _same_but_for_endings(words: Sequence[str], term: Sequence[str]) -> bool:
    """Whether the numbers are the same and the words are, in any form: "2 in the bushes"."""
    return len(words) == len(term) and all(
        one == two or (one.isalpha() and two.isalpha() and same_word(one, two, in_phrase=True))
        for one, two in zip(words, term, strict=True)
    )


def _slip_in_phrase(words: Sequence[str], term: Sequence[str]) -> bool:
    """Whether the one word that differs begins alike and is nearly the same: "bread first search"."""
    said, meant = next((one, two) for one, two in zip(words, term, strict=True) if one != two)
    return min(len(said), len(meant)) >= 5 and said[0] == meant[0] and OSA.distance(said, meant) <= 2


def _interrupted(words: Sequence[str], term: Sequence[str]) -> bool:
    """Whether ``words`` are the term with one word of content between."""
    return any(
        [*words[:at], *words[at + 1 :]] == term and not answer_text.is_stop_word(words[at])
        for at in range(1, len(words) - 1)
    )


def _word(said: str, meant: str, phrase: bool, shortest: int) -> float:
    if said == meant:
        return 1.0
    if same_word(said, meant, in_phrase=phrase):
        return OTHER_FORM
    if misspelt(said, meant, in_phrase=phrase):
        return 1 - _SLIP * OSA.distance(said, meant)
    return BY_SOUND if phrase and len(meant) >= shortest and sounds_like(said, meant) else 0.0


def _formula(term: Term, spoken: Sequence[Token], at: int, size: int) -> float:
    """1 if a whole formula, its O aside, is the term: "n log n" is not "log n"."""
    before = spoken[at - 1].text if at else ""
    after = spoken[at + size].text if at + size < len(spoken) else ""
    if (is_mathematical(before) and before not in ("a", "i", "s")) or (
        is_mathematical(after) and after not in ("a", "i")
    ):
        return 0.0
    joined = _joined([token.text for token in spoken[at : at + size]])
    if joined == term.joined:
        return 1.0
    alone = size == len(spoken) and term.words[1].isalpha()
    if "plus" in term.words and _summands(term.words) == _summands([token.text for token in spoken[at : at + size]]):
        return 1.0
    bare = term.words[0] == "o" and (len(term.words) > 2 or alone) and _joined(term.words[1:]) == joined
    return 1.0 if bare else 0.0


def _in_digits(words: Sequence[str]) -> str:
    """ "Third normal form" as "3 normal form", "layer four" as "layer 4"."""
    return " ".join(str(ordinal(word) or word) for word in canonical_numbers(" ".join(words)).split())


def _summands(words: Sequence[str]) -> list[str]:
    """The summands of a formula, its O aside, in no order: "o n plus m" is "m plus n"."""
    rest = list(words[1:] if words[0] == "o" else words)
    parts: list[list[str]] = [[]]
    for word in rest:
        if word == "plus":
            parts.append([])
        else:
            parts[-1].append(word)
    return sorted(map(_joined, parts))
