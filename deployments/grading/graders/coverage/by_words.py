"""Finds key points by their words: the share of a point's content words that occur in one passage."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.contradiction import contradicts, is_list_of_terms, swaps
from deployments.grading.graders.coverage.findings import Finding, wordings
from deployments.grading.graders.coverage.passages import Passage
from interview.plans.questions import KeyPoint

#: Share of a key point's content words at which the point is made, and at which it is touched (half).
_MADE = 0.6
_TOUCHED = 0.4
#: Minimum similarity (0-100) of a word of the answer and a word of the key point.
_WORD_MATCH = 86.0


def found_by_words(point: KeyPoint, passages: Sequence[Passage], answer: str, contrasted: Sequence[str]) -> Finding:
    """``contrasted``: the things that the question compares (``contrasted_things``)."""
    share, wording, passage = _best(point, passages)
    if passage is None or share < _TOUCHED:
        return Finding(point, 0.0, passage)
    text = answer[passage.start : passage.end]
    if contradicts(wording, text) or swaps(wording, text, contrasted):
        return Finding(point, 0.0, passage, against=True)
    if is_list_of_terms(text):
        return Finding(point, 0.0, passage)
    return Finding(point, 1.0 if share >= _MADE else 0.5, passage)


def contrasted_things(prompt: str, points: Sequence[KeyPoint]) -> list[str]:
    """The things that the question compares: prompt words with which two or more of its key points begin."""
    asked = set(answer_text.content_words(prompt))
    heads = {words[0] for point in points if (words := answer_text.content_words(point.text))}
    return sorted(heads & asked) if len(heads & asked) > 1 else []


def _best(point: KeyPoint, passages: Sequence[Passage]) -> tuple[float, str, Passage | None]:
    """The largest share of a wording's content words in one passage, that wording, and the shortest such passage."""
    best: tuple[float, str, Passage | None] = (0.0, point.text, None)
    for wording in wordings(point):
        for passage in passages:
            share = _share(wording, passage)
            if share > best[0] + 1e-9:
                best = (share, wording, passage)
    return best


def _share(wording: str, passage: Passage) -> float:
    """The share of the wording's content words that occur in the passage, in [0, 1]."""
    wanted = list(dict.fromkeys(answer_text.content_words(wording)))
    return sum(_occurs(word, passage.words) for word in wanted) / len(wanted) if wanted else 0.0


def _occurs(word: str, words: Sequence[str]) -> bool:
    if word in words:
        return True
    if len(word) < 5:
        return False
    return process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_WORD_MATCH) is not None
