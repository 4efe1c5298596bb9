"""Grades short answers: an accepted term, alone or within a sentence; inflections and typing errors are allowed."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from deployments.grading.graders import answer_text
from deployments.grading.graders.closed.accepted_forms import contrary, forms
from deployments.grading.graders.closed.other_names import other_name
from deployments.grading.graders.closed.term_matching import Match, Term, find, nearest
from deployments.grading.graders.closed.term_role import in_another_role
from deployments.grading.graders.grade_builder import mark, no_answer
from interview.errors import InvalidInput
from interview.grades import Grade
from interview.plans.questions import ShortText
from interview.text.opposites import opposites_of
from interview.text.stance import Held, hold

#: The share of such grades that are right: ``benchmarks/grading_calibration.py``.
_SAME, _ALIKE, _DOUBTED, _LISTED, _DENIED, _MISSED, _NEARLY = 0.98, 0.95, 0.88, 0.92, 0.94, 0.97, 0.88
#: From this similarity of letters on, a miss may be a misheard term and needs review.
_NEAR_MISS = 0.75
#: A list of this many bare terms, of which one is accepted, is guessing.
_SPRAY = 3
_MAX_ITEM_WORDS = 3

_QUALIFIED = re.compile(
    r"\b(?:similar to|close to|almost|nearly|not quite|kind of like|something like|reminds me of|related to|looks like)(?: \w+){0,2}\s*$|\b(?:is|it's|are|just|a bit|much|sort of) like (?:a |an |the )?$",
    re.IGNORECASE,
)
#: Prefixes written apart that make another term: "non clustered index", "anti pattern".
_APART = frozenset(
    {
        "non",
        "anti",
        "un",
        "pseudo",
        "semi",
        "quasi",
        "half",
        "de",
        "self",
        "co",
        "sub",
        "inter",
        "intra",
        "meta",
        "weakly",
    }
)
#: "I mean" before a term is how one corrects oneself and no answer "mean".
_SAID_IN_PASSING = frozenset({("i", "mean"), ("you", "mean"), ("i", "set"), ("i", "guess"), ("i", "pass")})


def grade_short_text(spec: ShortText, answer: str) -> Grade:
    """An accepted variant, alone or within a sentence; ``spec.similarity`` is the minimum similarity of a misspelt term.

    A term that is denied, withdrawn or offered among others does not count, and the grade needs review.

    Raises:
        InvalidInput: nothing is accepted.
    """
    if not spec.accepted:
        raise InvalidInput(
            "A short-text grader needs at least one accepted answer.", detail={"fields": {"accepted": "empty"}}
        )
    terms = [Term(form) for form in forms(spec.accepted)]
    words = answer_text.closed(answer_text.tokens(answer))
    spoken = [word for word in words if word.text not in answer_text.HESITATIONS]
    found = [
        match
        for match in find(terms, spoken, answer, floor=spec.similarity, interrupted=True)
        if not _in_passing(spoken, match) and not contrary(spec.accepted, match.term, _preposition(spoken, match))
    ]
    if not found:
        return (
            no_answer("short_text", answer)
            or _by_other_name(terms, spoken, answer)
            or _missed(terms, answer, spec.similarity)
        )
    held = hold(answer, [(match.start, match.end) for match in found])
    standing = [pair for pair in zip(found, held, strict=True) if pair[1].stance in ("asserted", "aside")]
    standing = [pair for pair in standing if not _apart(spoken, pair[0])]
    if not standing:
        return _not_meant(answer, found[-1], held[-1])
    best, stance = max(standing, key=lambda pair: (pair[1].commitment, pair[0].similarity))
    corrected = answer_text.after_correction(answer)
    if corrected and all(match.end <= corrected for match, _ in standing) and _says_more(answer[corrected:], terms):
        return _not_meant(answer, best, Held("withdrawn"))
    if stance.considered and _TURNS.search(answer[best.end :]) and _says_more(answer[best.end :], terms):
        return _not_meant(answer, best, Held("withdrawn"))
    return _meant(answer, found, held, best, stance, len(words))


#: What follows a term that was only considered: "first I thought A, but it's B", "some say A, I say B".
_TURNS = re.compile(
    r"\b(?:but(?! i(?:'m| am) not\b)|however|though|now|i(?:'d| would|'ll| will)? (?:say|think|go|guess|believe|prefer))\b",
    re.IGNORECASE,
)


def _meant(answer: str, found: Sequence[Match], held: Sequence[Held], best: Match, stance: Held, length: int) -> Grade:
    evidence = [answer_text.quote(answer, best.start, best.end, supports=best.term)]
    corrected = answer_text.after_correction(answer[: best.end])
    items, accepted = _items(answer, corrected, [match for match in found if match.start >= corrected])
    if stance.alternative and stance.commitment < 2 and not 1 < items == accepted:
        return mark(
            "short_text",
            0.0,
            f"The accepted answer {best.term!r} is offered together with others, and none is chosen.",
            confidence=_LISTED,
            evidence=evidence,
            review="Alternatives are offered; the worse one counts.",
        )
    if items >= _SPRAY and accepted == 1:
        return mark(
            "short_text",
            0.0,
            f"The accepted answer {best.term!r} is one of {items} terms listed.",
            confidence=_LISTED,
            evidence=evidence,
            review="Several terms are listed and none is chosen.",
        )
    review = ""
    if stance.considered:
        review = "The accepted answer is only considered."
    elif best.interrupted:
        review = "Another word stands within the accepted answer."
    elif items > accepted:
        review = "Another term is named besides the accepted one."
    elif any(one.stance == "denied" for one in held):
        review = "The accepted answer is also denied." if stance.commitment < 2 else ""
    elif _compounded(answer, best):
        review = "A hyphen joins the accepted answer to another word."
    elif best.term.isupper() and best.similarity < 1.0 and len(best.term) <= _ACRONYM:
        review = "An abbreviation is written with other letters."
    elif _concludes_otherwise(answer, best):
        review = "The answer asks itself, or concludes with another term."
    elif _goes_on(answer, best, length):
        review = "Another word follows the accepted answer and may make another name of it."
    elif in_another_role(answer, best.start, best.end, len(best.term.split())):
        review = "The accepted answer may play another role in what is said."
    elif _QUALIFIED.search(answer[: best.start]):
        review = "The accepted answer is named as something similar."
    how = (
        "matches" if best.similarity == 1.0 else f"matches, form and spelling aside (similarity {best.similarity:.2f}),"
    )
    confidence = _SAME if best.similarity == 1.0 else _ALIKE
    return mark(
        "short_text",
        1.0,
        f"The answer {how} the accepted answer {best.term!r}.",
        confidence=_DOUBTED if review else confidence - (0.05 if length > 40 else 0.0),
        evidence=evidence,
        review=review,
    )


#: Nouns that name something else behind a term: "binary search tree" is no binary search.
_OTHER_THING = re.compile(
    r" (?:tree|graph|table|map|list|array|function|server|client|engine|box|machine|operator|variable|class|file|house|board|chain)s?[ .!]*$",
    re.IGNORECASE,
)


#: Abbreviations of so many letters are often another one with one letter changed: "HTTPD" for "HTTPS".
_ACRONYM = 6
_COMPOUND_BEFORE, _COMPOUND_AFTER = (
    re.compile(r"\w[-–]$"),
    re.compile(r"[-–](?:like|free|less|ish|based|proof|resistant|adjacent)\b"),
)
_AFFIRMS = re.compile(
    r"\W*(?:yes|yeah|yep|sure|right|correct|i (?:think|guess|believe|hope|suppose)|maybe|not sure|probably|is (?:it|that)|perhaps|or so|final)\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"(?:^|[\s,.;])(?:so|hence|therefore|thus)[\s,]+(?:it'?s |it is |the answer is |that'?s |a |an |the )*(?P<last>[\w-]+(?: [\w-]+)?)[\s.!]*$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\s*\?\s*(?=\w)")


def _compounded(answer: str, match: Match) -> bool:
    """Whether a hyphen joins the term to a word before it, or to one that turns it: "skew-symmetric", "queue-like"."""
    return bool(_COMPOUND_BEFORE.search(answer[: match.start]) or _COMPOUND_AFTER.match(answer[match.end :]))


def _concludes_otherwise(answer: str, match: Match) -> bool:
    """Whether another term follows "so", or a term behind "?": "symmetric? It must be asymmetric"."""
    rest = answer[match.end :]
    asked, concluded = _ASKED.match(rest), _CONCLUDES.search(rest)
    if asked is not None and not _AFFIRMS.match(rest[asked.end() :]):
        return any(not answer_text.is_stop_word(word.text) for word in answer_text.tokens(rest))
    return concluded is not None and not answer_text.is_stop_word(concluded["last"].casefold())


def _goes_on(answer: str, match: Match, length: int) -> bool:
    """Whether a short answer ends in a noun behind the term that makes another thing of it."""
    return length <= 6 and _OTHER_THING.fullmatch(answer[match.end :]) is not None


def _by_other_name(terms: Sequence[Term], words: Sequence[answer_text.Token], answer: str) -> Grade | None:
    """Full marks for a term under another name, with a review where it may be another term's name."""
    name = other_name(terms, words)
    if name is None:
        return None
    (held,) = hold(answer, [(name.start, name.end)])
    if held.stance in ("denied", "withdrawn"):
        return _not_meant(answer, Match(name.term, 1.0, name.start, name.end), held)
    if held.alternative and held.commitment < 2:
        return None
    return mark(
        "short_text",
        1.0,
        f"The answer is another name of the accepted answer {name.term!r}.",
        confidence=_DOUBTED if name.unsure else _ALIKE,
        evidence=[answer_text.quote(answer, name.start, name.end, supports=name.term)],
        review="The answer may be another name of the accepted one." if name.unsure else "",
    )


def _not_meant(answer: str, match: Match, held: Held) -> Grade:
    how = "withdraws" if held.stance == "withdrawn" else "denies"
    return mark(
        "short_text",
        0.0,
        f"The accepted answer {match.term!r} occurs, but the candidate {how} it.",
        confidence=_DENIED,
        evidence=[answer_text.quote(answer, match.start, match.end, supports=match.term)],
        review="The accepted answer occurs next to a negation or a correction.",
    )


def _missed(terms: Sequence[Term], answer: str, needed: float) -> Grade:
    """The zero grade; a near miss, and an answer in another form than words, needs review."""
    words = answer_text.bare(answer_text.tokens(answer))
    similarity = nearest(terms, words)
    near = similarity >= _NEAR_MISS and not any(term.digits for term in terms)
    content = answer_text.content_words(" ".join(word.text for word in words))
    said = set(content)
    part = bool(said) and any(said <= set(answer_text.content_words(term.text)) for term in terms)
    told = _describes(content, terms)
    part = part or any(_related(said, [word.text for word in words], term) for term in terms)
    return mark(
        "short_text",
        0.0,
        f"None of the accepted answers was found (nearest similarity {similarity:.2f}, {needed:.2f} needed).",
        confidence=_NEARLY if near or part or told else _MISSED,
        evidence=[answer_text.whole(answer, "the answer")],
        review="The answer is close to an accepted one."
        if near
        else "The answer shares words with an accepted one."
        if part
        else "The answer describes something rather than naming it."
        if told
        else "",
    )


#: A miss of this many content words is a description, which may mean the term.
_DESCRIPTION_WORDS = 4


def _describes(said: Sequence[str], terms: Sequence[Term]) -> bool:
    """Whether a miss says more than a name: at least two content words more than every accepted answer.

    An encoder of sentences does not find the descriptions that are right: wrong terms are nearer to the accepted one
    (docs/measurements/2026-11-30-other-suites.md).
    """
    longest = max(len(answer_text.content_words(term.text)) for term in terms)
    return len(said) >= max(_DESCRIPTION_WORDS, longest + 2) or (
        len(said) == _DESCRIPTION_WORDS - 1 and longest < 2 and not any(term.digits for term in terms)
    )


#: A longer miss is about something else.
_MAX_RELATED_WORDS = 4


def _related(said: set[str], words: Sequence[str], term: Term) -> bool:
    """Whether a short miss has a telling word of the term, and no word that is the opposite of one: "hash map"."""
    own = set(answer_text.content_words(term.text))
    if not 0 < len(said) <= _MAX_RELATED_WORDS or not said & own or len(own) < 2:
        return False
    return not any(opposites_of(word) & set(words) for word in term.words) and not term.digits


def _in_passing(words: Sequence[answer_text.Token], match: Match) -> bool:
    for one, two in pairwise(words):
        if two.start == match.start and two.end == match.end and (one.text, two.text) in _SAID_IN_PASSING:
            return True
    return False


def _preposition(words: Sequence[answer_text.Token], match: Match) -> str:
    """The word before the match and its article; empty without one."""
    before = [word.text for word in words if word.end <= match.start and word.text not in ("the", "a", "an")]
    return before[-1] if before else ""


def _apart(words: Sequence[answer_text.Token], match: Match) -> bool:
    before = [word.text for word in words if word.end <= match.start][-1:]
    return bool(before) and before[0] in _APART


def _says_more(tail: str, terms: Sequence[Term]) -> bool:
    """Whether the text after a correction names something else: content words that no accepted term has."""
    known = {word for term in terms for word in term.words}
    return any(word not in known for word in answer_text.content_words(tail))


_SEPARATOR = re.compile(r"\s*(?:[,;/|\n]|\band\b|\bthen\b|\bor\b|&|\+)\s*", re.IGNORECASE)


def _items(answer: str, since: int, found: Sequence[Match]) -> tuple[int, int]:
    """The numbers of bare terms that the answer lists and of those accepted; 1, 1 for an answer that is not a list."""
    holes = answer
    for match in found:
        holes = holes[: match.start] + "\x00" * (match.end - match.start) + holes[match.end :]
    holes = holes[since:]
    parts = [part for part in _SEPARATOR.split(holes.strip(" .!?")) if part.strip()]
    if len(parts) < 2:
        return 1, 1
    accepted = 0
    for part in parts:
        has = "\x00" in part
        words = answer_text.bare(answer_text.tokens(part.replace("\x00", " ")))
        if len(words) > (_MAX_ITEM_WORDS if not has else 1) or any(
            answer_text.is_stop_word(word.text) for word in words[1:]
        ):
            return 1, 1
        if not has and (not words or all(answer_text.is_stop_word(word.text) for word in words)):
            return 1, 1
        accepted += has
    return len(parts), accepted
