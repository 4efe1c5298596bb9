"""Key-point coverage: the provisional grade of an open answer without a language model.

It detects whether the content words of a key point (or of one of its other wordings) occur close together in the answer
and, with an embedding model, whether a sentence has a similar meaning. It cannot tell a good explanation from a list of
terms, so its confidence stays low and every grade needs review. Orders to the grader
(``interview.text.machine_orders``) are removed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz, process

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.contradiction import contradicts, is_list_of_terms, swaps
from deployments.grading.graders.coverage.embedding import Meaning
from deployments.grading.graders.grade_builder import mark, no_answer, nonsense
from interview.grades import Evidence, Grade
from interview.plans.questions import KeyPoint, Question
from interview.text.machine_orders import orders_in, without_orders

GRADER = "coverage"
#: With an embedding model the result depends on weights and machine, so a replay does not repeat such a grade.
GRADER_BY_MEANING = "coverage-embeddings"
REVIEW = "No language model judged this answer; key-point coverage is provisional."

#: Share of a key point's content words at which the point is made, and at which it is touched (half).
_MADE = 0.6
_TOUCHED = 0.4
#: Minimum similarity (0-100) of a word of the answer and a word of the key point.
_WORD_MATCH = 86.0
#: A sentence at least this similar to the prompt only repeats the question.
_ECHO = 90.0
_CONFIDENCE_LIMIT = 0.4
#: Maximum number of sentences to embed (a few milliseconds each); words are compared in all of them.
_SENTENCES_BY_MEANING = 60


class _Window(Struct, frozen=True):
    words: tuple[str, ...]
    start: int
    end: int


class _Finding(Struct, frozen=True):
    """The share of a point that the answer makes, in [0, 1], and its place. ``by_meaning``: the words alone make less.
    ``against``: its words occur but deny it."""

    point: KeyPoint
    share: float
    window: _Window | None
    by_meaning: bool = False
    against: bool = False


def grade_coverage(question: Question, answer: str, meaning: Meaning | None = None) -> Grade:
    """The weighted share of the question's key points in the answer; provisional, needs review.

    Key points come from the question, else from the sentences of its strong reference answer. A point counts by its
    words or, with ``meaning``, by its most similar sentence, whichever is more.

    Raises:

        EngineFailed: of the embedding model.
    """
    orders = len(orders_in(answer))
    grade = _grade(question, answer, without_orders(answer) if orders else [(0, len(answer))], meaning)
    if not orders:
        return grade
    left_out = f"{orders} order{'s' * (orders > 1)} to the machine {'was' if orders == 1 else 'were'} left out."
    return replace(grade, rationale=f"{grade.rationale} {left_out}")


def _grade(question: Question, answer: str, kept: Sequence[tuple[int, int]], meaning: Meaning | None) -> Grade:
    """Grade the ``kept`` passages of the answer. Raises EngineFailed."""
    text = "\n".join(answer[start:end] for start, end in kept)
    empty = no_answer(GRADER, text) or nonsense(GRADER, text)
    if empty:
        # The quote is from the kept text; its position in the answer differs.
        whole = tuple(answer_text.whole(answer, found.supports) for found in empty.evidence)
        return replace(empty, evidence=whole)
    points = question.key_points or _points_of(question)
    if not points:
        return mark(
            GRADER,
            0.0,
            "The question has neither key points nor a reference answer; nothing can be compared without a model.",
            confidence=0.0,
            evidence=[answer_text.whole(answer, "the answer")],
            review="Nothing to compare the answer with; a person has to grade it.",
            provisional=True,
        )
    sentences = _sentences(answer, kept, question.prompt)
    windows = sentences + _pairs(sentences)
    contrasted = _contrasted(question.prompt, points)
    found = [_weighed(_Finding(point, *_best(point, windows)), answer, contrasted) for point in points]
    if meaning is not None:
        found = _by_meaning(found, sentences[:_SENTENCES_BY_MEANING], answer, meaning)
    total = sum(point.weight for point in points) or 1.0
    score = sum(one.point.weight * _credit(one.share) for one in found) / total
    evidence: list[Evidence] = [
        answer_text.quote(
            answer, one.window.start, one.window.end, supports=one.point.text + (" (by meaning)" * one.by_meaning)
        )
        for one in found
        if one.window is not None and _credit(one.share) > 0
    ]
    made = [one.point.text for one in found if _credit(one.share) == 1.0]
    touched = [one.point.text for one in found if _credit(one.share) == 0.5]
    missing = [one.point.text for one in found if _credit(one.share) == 0.0]
    other_words = [one.point.text for one in found if one.by_meaning and _credit(one.share) > 0]
    rationale = f"{len(made)} of {len(points)} key points were found in the answer"
    rationale += f"; partly: {'; '.join(touched)}" if touched else ""
    denied = [one.point.text for one in found if one.against]
    rationale += f"; its words are there, but say otherwise: {'; '.join(denied)}" if denied else ""
    rationale += f"; by meaning, in other words: {'; '.join(other_words)}" if other_words else ""
    rationale += f"; not found: {'; '.join(missing)}." if missing else "."
    if meaning is not None and len(sentences) > _SENTENCES_BY_MEANING:
        rationale += f" Only the first {_SENTENCES_BY_MEANING} sentences were compared by meaning."
    return mark(
        GRADER if meaning is None else GRADER_BY_MEANING,
        score,
        rationale,
        confidence=_confidence(len(points), _spoken_words(text)),
        evidence=evidence or [answer_text.whole(answer, "the answer")],
        review=REVIEW,
        provisional=True,
    )


def _weighed(finding: _Finding, answer: str, contrasted: Sequence[str]) -> _Finding:
    """``finding`` without credit when the words deny the point, with half of it when they only list terms."""
    if finding.window is None or finding.share < _TOUCHED:
        return finding
    passage = answer[finding.window.start : finding.window.end]
    nearest = max(_wordings(finding.point), key=lambda one: _share(one, finding.window))
    if contradicts(nearest, passage) or swaps(nearest, passage, contrasted):
        return replace(finding, share=0.0, against=True)
    return replace(finding, share=min(finding.share, _TOUCHED)) if is_list_of_terms(passage) else finding


def _contrasted(prompt: str, points: Sequence[KeyPoint]) -> list[str]:
    """The things that the question compares: prompt words with which two or more of its key points begin."""
    asked = set(answer_text.content_words(prompt))
    heads = {words[0] for point in points if (words := answer_text.content_words(point.text))}
    return sorted(heads & asked) if len(heads & asked) > 1 else []


def _credit(share: float) -> float:
    return 1.0 if share >= _MADE else 0.5 if share >= _TOUCHED else 0.0


def _confidence(points: int, words: int) -> float:
    """Word overlap is more reliable with more points and a longer answer; capped."""
    return min(_CONFIDENCE_LIMIT, 0.15 + 0.04 * min(points, 4) + 0.002 * min(words, 45))


def _spoken_words(text: str) -> int:
    """The number of words without hesitations, which must not affect the confidence."""
    return sum(word.text not in answer_text.FILLERS for word in answer_text.tokens(text))


def _points_of(question: Question) -> tuple[KeyPoint, ...]:
    if question.reference is None:
        return ()
    strong = question.reference.strong
    texts = [strong[start:end] for start, end in answer_text.sentences(strong)]
    return tuple(KeyPoint(text=text) for text in texts if len(answer_text.content_words(text)) >= 2)


def _sentences(answer: str, kept: Sequence[tuple[int, int]], prompt: str) -> list[_Window]:
    """The sentences of the kept answer, without those that only repeat the question."""
    asked = answer_text.normal(prompt)
    spans = [(at + start, at + end) for at, stop in kept for start, end in answer_text.sentences(answer[at:stop])]
    return [
        _Window(tuple(answer_text.content_words(answer[start:end])), start, end)
        for start, end in spans
        if not (
            len(answer[start:end]) > 12 and fuzz.partial_ratio(answer_text.normal(answer[start:end]), asked) >= _ECHO
        )
    ]


def _pairs(sentences: Sequence[_Window]) -> list[_Window]:
    """Pairs of neighbouring sentences, because a point may span two."""
    return [_Window(one.words + two.words, one.start, two.end) for one, two in pairwise(sentences)]


def _best(point: KeyPoint, windows: Sequence[_Window]) -> tuple[float, _Window | None]:
    """The largest share of a wording's content words in one window, and the shortest such window."""
    best: tuple[float, _Window | None] = (0.0, None)
    for wording in _wordings(point):
        for window in windows:
            share = _share(wording, window)
            if share > best[0] + 1e-9:
                best = (share, window)
    return best


def _share(wording: str, window: _Window | None) -> float:
    """The share of the wording's content words that occur in the window, in [0, 1]."""
    wanted = list(dict.fromkeys(answer_text.content_words(wording)))
    if not wanted or window is None:
        return 0.0
    return sum(_occurs(word, window.words) for word in wanted) / len(wanted)


def _wordings(point: KeyPoint) -> tuple[str, ...]:
    """The point's text and variants, and either side of an "or" between two ways to make it."""
    sides = [side for text in (point.text, *point.variants) if text.count(" or ") == 1 for side in text.split(" or ")]
    ways = [side for side in sides if len(answer_text.content_words(side)) > 2]
    return (point.text, *point.variants, *ways)


def _by_meaning(
    found: Sequence[_Finding], sentences: Sequence[_Window], answer: str, meaning: Meaning
) -> list[_Finding]:
    """``found``, with points that words alone do not make compared by meaning. Raises EngineFailed."""
    wordings = [
        (at, wording)
        for at, one in enumerate(found)
        if _credit(one.share) < 1.0
        for wording in (one.point.text, *one.point.variants)
    ]
    better = list(found)
    if not wordings or not sentences:
        return better
    texts = [answer[sentence.start : sentence.end] for sentence in sentences]
    cosines = meaning.cosines([wording for _at, wording in wordings], texts)
    for (at, _wording), row in zip(wordings, cosines, strict=True):
        nearest = int(row.argmax())
        share = meaning.share(float(row[nearest]), touched=_TOUCHED, made=_MADE)
        if _credit(share) > _credit(better[at].share) or (better[at].by_meaning and share > better[at].share):
            better[at] = _Finding(found[at].point, share, sentences[nearest], by_meaning=True)
    return better


def _occurs(word: str, words: Sequence[str]) -> bool:
    if word in words:
        return True
    if len(word) < 5:
        return False
    return process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_WORD_MATCH) is not None
