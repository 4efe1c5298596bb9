"""Key-point coverage: the provisional grade of an open answer when no language model judges it.

Lexical and modest: it sees whether the content words of a key point (or of one of its other wordings) occur close
together in the answer. It cannot tell a good explanation from a list of terms, so its confidence stays low and every
grade asks for review.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from rapidfuzz import fuzz, process

from deployments.grading import answer_text
from deployments.grading.marks import mark, no_answer, nonsense
from interview.grades import Evidence, Grade
from interview.questions import KeyPoint, Question

GRADER = "coverage"
REVIEW = "No language model judged this answer; key-point coverage is provisional."

#: Share of a key point's content words that counts as the point made, and as the point touched (half).
_MADE = 0.6
_TOUCHED = 0.4
#: Similarity (0-100) from which a word of the answer is a word of the key point.
_WORD_MATCH = 86.0
#: A sentence this similar to the prompt only repeats the question.
_ECHO = 90.0
_CONFIDENCE_LIMIT = 0.4


class _Window(Struct, frozen=True):
    words: tuple[str, ...]
    start: int
    end: int


def grade_coverage(question: Question, answer: str) -> Grade:
    """The weighted share of the question's key points that the answer makes; provisional, to be reviewed.

    Key points come from the question, else from the sentences of its strong reference answer.
    """
    empty = no_answer(GRADER, answer) or nonsense(GRADER, answer)
    if empty:
        return empty
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
    windows = _windows(answer, question.prompt)
    found: list[tuple[KeyPoint, float, _Window | None]] = [(point, *_best(point, windows)) for point in points]
    total = sum(point.weight for point in points) or 1.0
    score = sum(point.weight * _credit(share) for point, share, _window in found) / total
    evidence: list[Evidence] = [
        answer_text.quote(answer, window.start, window.end, supports=point.text)
        for point, share, window in found
        if window is not None and _credit(share) > 0
    ]
    made = [point.text for point, share, _window in found if _credit(share) == 1.0]
    touched = [point.text for point, share, _window in found if _credit(share) == 0.5]
    missing = [point.text for point, share, _window in found if _credit(share) == 0.0]
    rationale = f"{len(made)} of {len(points)} key points were found in the answer"
    rationale += f"; partly: {'; '.join(touched)}" if touched else ""
    rationale += f"; not found: {'; '.join(missing)}." if missing else "."
    return mark(
        GRADER,
        score,
        rationale,
        confidence=_confidence(len(points), len(answer_text.tokens(answer))),
        evidence=evidence or [answer_text.whole(answer, "the answer")],
        review=REVIEW,
        provisional=True,
    )


def _credit(share: float) -> float:
    return 1.0 if share >= _MADE else 0.5 if share >= _TOUCHED else 0.0


def _confidence(points: int, words: int) -> float:
    """More points and a longer answer make word overlap a little more telling; never beyond the limit."""
    return min(_CONFIDENCE_LIMIT, 0.15 + 0.04 * min(points, 4) + 0.002 * min(words, 45))


def _points_of(question: Question) -> tuple[KeyPoint, ...]:
    if question.reference is None:
        return ()
    strong = question.reference.strong
    texts = [strong[start:end] for start, end in answer_text.sentences(strong)]
    return tuple(KeyPoint(text=text) for text in texts if len(answer_text.content_words(text)) >= 2)


def _windows(answer: str, prompt: str) -> list[_Window]:
    """Each sentence and each pair of neighbours; sentences that only repeat the question do not count."""
    asked = answer_text.normal(prompt)
    singles = [
        _Window(tuple(answer_text.content_words(answer[start:end])), start, end)
        for start, end in answer_text.sentences(answer)
        if not (
            len(answer[start:end]) > 12 and fuzz.partial_ratio(answer_text.normal(answer[start:end]), asked) >= _ECHO
        )
    ]
    pairs = [_Window(one.words + two.words, one.start, two.end) for one, two in pairwise(singles)]
    return singles + pairs


def _best(point: KeyPoint, windows: Sequence[_Window]) -> tuple[float, _Window | None]:
    """The largest share of a wording's content words in one window, the shortest such window."""
    best: tuple[float, _Window | None] = (0.0, None)
    for wording in (point.text, *point.variants):
        wanted = list(dict.fromkeys(answer_text.content_words(wording)))
        if not wanted:
            continue
        for window in windows:
            hits = sum(_occurs(word, window.words) for word in wanted)
            if hits / len(wanted) > best[0] + 1e-9:
                best = (hits / len(wanted), window)
    return best


def _occurs(word: str, words: Sequence[str]) -> bool:
    if word in words:
        return True
    if len(word) < 5:
        return False
    return process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_WORD_MATCH) is not None
