"""Detects that an answer contradicts a key point in its own words: denials, opposites, swapped subjects, bare lists.

Word overlap alone takes "locking the row is a bad idea" for "lock the row". Each check inspects the clause of the
answer with most of the point's words, and finds nothing when in doubt.
"""

# ruff: noqa: E501 – a pattern of alternatives is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders import answer_text
from interview.text.opposites import OPPOSITES
from interview.text.stems import stem

_CLAUSE = re.compile(
    r"[,;:.!?\n]+|\b(?:but|so|because|while|whereas|although|and then)\b|\band(?= (?:i|you|we|it|they|that|this|do|don't|never|the \w+ (?:is|are|do|does|will|can))\b)",
    re.IGNORECASE,
)
#: A comma within a list does not separate clauses.
_LIST_COMMA = re.compile(r",(?=\s+\w+(?:\s\w+)?(?:,|\s(?:and|or)\s))")
_HARMLESS = re.compile(
    r"\b(?:not only|not just|no doubt|without (?:a )?doubt|why not|not sure|(?:do not|don't) (?:know|remember)|no matter|not necessarily|no longer needs? to|if not)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|none|neither|nor|cannot|nobody|nothing|hardly)\b|n't\b|\b(?:bad idea|pointless|useless|harmful|dangerous|forbidden|off limits|unnecessary|needless"
    r"|nonsense|a mistake|makes? no sense|waste of time|wrong|false|avoid(?:ed|s|ing)?|refuse[sd]?|remov(?:e|es|ed|ing)|disabl(?:e|es|ed|ing)|(?:switch|turn)(?:ed)? off|get rid of|ignor(?:e|es|ed|ing))\b",
    re.IGNORECASE,
)
#: Denials that need no words of the point next to them.
_PLAINLY_DENIES = re.compile(
    r"\b(?:not|never|cannot|no (?:point|use|need)|bad idea|pointless|useless|harmful|nonsense|a mistake|makes? no sense|waste of time|wrong)\b|n't\b",
    re.IGNORECASE,
)
#: Words that deny only in some contexts: no judgement when one occurs on either side.
_UNCERTAIN = re.compile(
    r"\b(?:without|instead|rather than|only|except|unless|until|otherwise|than|fails?|lack|less|either|risk)\b",
    re.IGNORECASE,
)
#: A denial that belongs to a condition or a description of the answer's, or to a purpose: it does not deny the point.
_SUBORDINATE = re.compile(
    r"\b(?:if|when|whether|in case|that|which|who|class|one)\b.*(?:\b(?:not|no|never)\b|n't\b)|\bto avoid\b|\band not\b"
    r"|\bno (?:\w+ )?\w+ (?:is|was|exists?)\b",
    re.IGNORECASE,
)
#: A sentence of this many words with almost no function words is a list of terms.
_LIST_WORDS = 6
_LIST_GRAMMAR_SHARE = 0.1


#: An answer of this many sentences, of which this share has at most so many words, is telegraphic.
_FRAGMENTS, _FRAGMENT_SHARE, _FRAGMENT_WORDS = 4, 0.8, 3


def is_list_of_terms(sentence: str) -> bool:
    """Whether ``sentence`` only lists terms: no punctuation within and almost no function words."""
    words = answer_text.tokens(sentence)
    if len(words) < _LIST_WORDS or re.search(r"[,;:/()–—-]", sentence.strip(" .!?")):
        return False
    return sum(answer_text.is_stop_word(word.text) for word in words) <= _LIST_GRAMMAR_SHARE * len(words)


def is_telegraphic(answer: str) -> bool:
    """Whether the answer names terms one by one ("Dashboard first. Release. Roll back.") and explains none of them."""
    lengths = [len(answer_text.tokens(answer[start:end])) for start, end in answer_text.sentences(answer)]
    lengths = [length for length in lengths if length]
    short = sum(length <= _FRAGMENT_WORDS for length in lengths)
    return len(lengths) >= _FRAGMENTS and short >= _FRAGMENT_SHARE * len(lengths)


def contradicts(wording: str, passage: str) -> bool:
    """Whether the answer's passage with the words of ``wording`` denies it or states the opposite."""
    return denies(wording, passage) or _opposite(wording, passage)


def clauses(passage: str) -> list[tuple[int, int]]:
    """The (start, end) offsets of the passage's clauses."""
    text = _LIST_COMMA.sub(" ", passage)
    ends = [found.span() for found in _CLAUSE.finditer(text)]
    starts = [0, *(end for _start, end in ends)]
    stops = [*(start for start, _end in ends), len(passage)]
    return [(start, stop) for start, stop in zip(starts, stops, strict=True) if passage[start:stop].strip()]


def denied_in(wording: str, clause: str) -> bool:
    """Whether ``clause``, which is about ``wording``, plainly denies it; when in doubt, False."""
    if _DENIES.search(wording) or _UNCERTAIN.search(wording) or _is_unsure(clause):
        return False
    return len(_PLAINLY_DENIES.findall(_HARMLESS.sub(" ", clause))) % 2 == 1


def swaps(wording: str, passage: str, contrasted: Sequence[str]) -> bool:
    """Whether the passage ascribes to one of the ``contrasted`` things (stems, from the question) a property of another."""
    own = [one for one in answer_text.content_words(wording) if one in contrasted]
    clauses = [
        clause for clause in re.split(r"[,;.!?\n]|\band\b|\bbut\b|\bwhile\b|\bwhereas\b", passage) if clause.strip()
    ]
    if not own or len(clauses) < 2:
        return False
    wanted = set(answer_text.content_words(wording)) - set(contrasted)
    best = max(clauses, key=lambda clause: len(wanted & set(answer_text.content_words(clause))))
    said = answer_text.content_words(best)
    return len(wanted & set(said)) > 1 and said[0] in contrasted and said[0] != own[0]


#: Minimum number of words, and share, that a clause must have in common with one of the wording.
_SAME_CLAUSE = 0.6
#: A predicate after the shared words: "… is a bad idea", "… does not help".
_SAID_OF_IT = re.compile(
    r"(?:\w+ )?(?:is|are|was|were|does|do|did|will|would|can|could|should|has|have|isn't|aren't|doesn't|don't|didn't|won't|wouldn't|can't|cannot)\b.*"
)
#: The range of a denial, in words before and after the shared words.
_REACH_WORDS = 5


def denies(wording: str, passage: str) -> bool:
    """Whether exactly one of the two is denied, clause by clause; when in doubt, False."""
    said = [clause for clause in _CLAUSE.split(_LIST_COMMA.sub(" ", passage)) if clause and clause.strip()]
    for meant in _CLAUSE.split(wording):
        wanted = set(answer_text.content_words(meant or ""))
        if len(wanted) < 2 or _UNCERTAIN.search(meant):
            continue
        clause = max(said, key=lambda one: len(wanted & set(answer_text.content_words(one))), default="")
        shared = wanted & set(answer_text.content_words(clause))
        if len(shared) < max(2, _SAME_CLAUSE * len(wanted)) or _is_unsure(clause):
            continue
        if _denials(_around(meant, shared)) % 2 != _denials(_around(clause, shared)) % 2:
            return True
    return False


def _is_unsure(clause: str) -> bool:
    return _UNCERTAIN.search(clause) is not None or _SUBORDINATE.search(clause) is not None


def _around(clause: str, shared: set[str]) -> str:
    """The clause from a few words before the first of the ``shared`` stems to the last, and its predicate."""
    words = answer_text.tokens(clause)
    places = [at for at, word in enumerate(words) if stem(word.text) in shared]
    if not places:
        return clause
    first, last = max(0, places[0] - _REACH_WORDS), places[-1]
    after = " ".join(word.text for word in words[last + 1 : last + 1 + _REACH_WORDS])
    said_of_it = _SAID_OF_IT.match(after)
    return f"{clause[words[first].start : words[last].end]} {said_of_it.group() if said_of_it else ''}"


def _denials(text: str) -> int:
    return len(_DENIES.findall(_HARMLESS.sub(" ", text)))


def _opposite(wording: str, passage: str) -> bool:
    """Whether a clause has the opposite of the wording's adjective next to the same noun."""
    said = [_words(clause) for clause in re.split(r"[,;.!?\n]|\bbut\b|\band\b|\bwhile\b|\bso\b", passage)]
    meant = [_words(clause) for clause in re.split(r"[,;.!?\n]|\bbut\b|\band\b|\bwhile\b", wording)]
    for clause in meant:
        others = {word for other in meant if other is not clause for word in other}
        for word in clause & set(OPPOSITES):
            nouns = {stem(one) for one in clause - others - set(OPPOSITES) if not answer_text.is_stop_word(one)}
            for one in said:
                if one & OPPOSITES[word] and word not in one and nouns & {stem(other) for other in one}:
                    return True
    return False


def _words(text: str) -> set[str]:
    return {token.text for token in answer_text.tokens(text)}
