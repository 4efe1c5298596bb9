"""Key-point coverage: the provisional grade of an open answer without a language model.

It detects whether the content words of a key point (or of one of its other wordings) occur close together in the answer
and, with a token encoder, how well a passage aligns with the point in meaning and whether it asserts the point. It
cannot tell a good explanation from a wrong one for certain, so every grade needs review. Orders to the grader
(``interview.text.machine_orders``) are removed first.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.alignment import Aligner, confidence, reference_credit
from deployments.grading.graders.coverage.assertion import asserted
from deployments.grading.graders.coverage.by_meaning import (
    CHARS_BY_MEANING,
    found_by_meaning,
    points_of_reference,
    share_by_topic,
)
from deployments.grading.graders.coverage.by_words import contrasted_things, found_by_words
from deployments.grading.graders.coverage.contradiction import is_telegraphic
from deployments.grading.graders.coverage.findings import Finding
from deployments.grading.graders.coverage.passages import Passage, passages_of
from deployments.grading.graders.grade_builder import mark, no_answer, nonsense
from interview.grades import CriterionGrade, Grade
from interview.plans.questions import KeyPoint, Question
from interview.text.machine_orders import orders_in, without_orders

GRADER = "coverage"
GRADER_BY_MEANING = "coverage-alignment"
#: With an operator's own encoder: its weights are not pinned, so a replay does not repeat such a grade.
GRADER_BY_OWN_ENCODER = "coverage-embeddings"
REVIEW = "No language model judged this answer; key-point coverage is provisional."

_CONFIDENCE_LIMIT = 0.4
#: Fewest content words per credited point of a confident grade. No shipped strong answer is below it (tested).
_WORDS_A_POINT = 2.5
_CROWDED_CONFIDENCE = 0.35
#: What a point counts that is only named in an answer of fragments, explained nowhere.
_TELEGRAPHIC = 0.5
#: Below this share of points in other words, the rationale says that the answer is about something else.
_ELSEWHERE = 0.5
#: Credit from which the rationale calls a point made, and partly made.
_IS_MADE, _IS_PARTLY = 0.75, 0.4


def grade_coverage(question: Question, answer: str, aligner: Aligner | None = None) -> Grade:
    """The weighted share of the question's key points in the answer; provisional, needs review.

    A key point earns credit by its words or, with ``aligner``, by the passage that aligns with it best, whichever is
    more. A question without key points is graded by its strong reference answer: by the mean alignment of its
    sentences, or without ``aligner`` by their words. With ``aligner``, a key point whose passage probably does not
    assert it earns less or nothing (``assertion``). A denied point and a bare list of terms earn nothing; points in an
    answer of fragments ("Release. Roll back.") count half.

    Raises:

        EngineFailed: the token encoder failed.
        ConfigError: a file of weights in the package was changed.
    """
    orders = len(orders_in(answer))
    grade = _grade(question, answer, without_orders(answer) if orders else [(0, len(answer))], aligner)
    if not orders:
        return grade
    left_out = f"{orders} order{'s' * (orders > 1)} to the machine {'was' if orders == 1 else 'were'} left out."
    return replace(grade, rationale=f"{grade.rationale} {left_out}")


def _grade(question: Question, answer: str, kept: Sequence[tuple[int, int]], aligner: Aligner | None) -> Grade:
    """Grade the ``kept`` passages of the answer. Raises EngineFailed."""
    text = "\n".join(answer[start:end] for start, end in kept)
    empty = no_answer(GRADER, text) or nonsense(GRADER, text)
    if empty:
        # The quote is from the kept text; its position in the answer differs.
        whole = tuple(answer_text.whole(answer, found.supports) for found in empty.evidence)
        return replace(empty, evidence=whole)
    passages = passages_of(answer, kept, question.prompt)
    # Orders must not even be context for the words around them.
    score, found = _score(question, _only(answer, kept), passages, aligner)
    by_reference = aligner is not None and not question.key_points
    if not found:
        return mark(
            GRADER,
            0.0,
            "The question has neither key points nor a reference answer; nothing can be compared without a model.",
            confidence=0.0,
            evidence=[answer_text.whole(answer, "the answer")],
            review="Nothing to compare the answer with; a person has to grade it.",
            provisional=True,
        )
    evidence = [
        answer_text.quote(
            answer, one.passage.start, one.passage.end, supports=one.point.text + (" (by meaning)" * one.by_meaning)
        )
        for one in found
        if one.passage is not None and one.credit >= _IS_PARTLY
    ]
    rationale = _rationale(found)
    sure = _confidence(len(found), _spoken_words(text)) if aligner is None else confidence(score)
    if not by_reference and _is_crowded(found):
        sure = min(sure, _CROWDED_CONFIDENCE)
        rationale += " The answer is short for so many points: the same words were counted for several of them."
    if is_telegraphic(_only(answer, kept)):
        rationale += " The answer is a list of fragments that explains nothing, so its points count half."
    if aligner is not None and question.key_points:
        share = share_by_topic(question.key_points, _only(answer, kept), aligner)
        if share < _ELSEWHERE:
            rationale += f" The answer as a whole is about something else: points in other words count {share:.0%}."
    if aligner is not None and len(answer) > CHARS_BY_MEANING:
        rationale += f" Only the first {CHARS_BY_MEANING:,} characters were compared by meaning."
    return mark(
        _name(aligner),
        score,
        rationale,
        confidence=sure,
        evidence=evidence or [answer_text.whole(answer, "the answer")],
        review=REVIEW,
        provisional=True,
        # the credit of a reference answer is a curve over its alignment, not a mean of parts
        criteria=() if by_reference else [_part(one) for one in found],
    )


def _is_crowded(found: Sequence[Finding]) -> bool:
    """Whether the points have more credit than the words of their own passages can explain.

    Other words do not count: an order to the machine must not make a grade surer.
    """
    made = [(one.credit, one.passage) for one in found if one.credit >= _IS_PARTLY and one.passage is not None]
    credit = sum(credit for credit, _passage in made)
    words = {word for _credit, passage in made for word in passage.words}
    return credit > 1 and len(words) < _WORDS_A_POINT * credit


def _part(found: Finding) -> CriterionGrade:
    """A key point as a part of the grade. Level 2: made, 1: partly made, 0: not found or denied."""
    level = 2 if found.credit >= _IS_MADE else 1 if found.credit >= _IS_PARTLY else 0
    return CriterionGrade(criterion=found.point.text, level=level, score=found.credit, weight=found.point.weight)


def _only(answer: str, kept: Sequence[tuple[int, int]]) -> str:
    """The answer with blanks in place of all that is not ``kept``."""
    blank = [" "] * len(answer)
    for start, end in kept:
        blank[start:end] = answer[start:end]
    return "".join(blank)


def _name(aligner: Aligner | None) -> str:
    if aligner is None:
        return GRADER
    return GRADER_BY_MEANING if aligner.is_shipped else GRADER_BY_OWN_ENCODER


def reference_alignment(question: Question, answer: str, aligner: Aligner) -> float:
    """The mean alignment of the strong reference answer's sentences with the answer, in [-1, 1]; 0 without either.

    Raises:

        EngineFailed: the token encoder failed.
    """
    return _mean_alignment(
        _by_reference(question, answer, passages_of(answer, [(0, len(answer))], question.prompt), aligner)
    )


def _score(
    question: Question, answer: str, passages: Sequence[Passage], aligner: Aligner | None
) -> tuple[float, list[Finding]]:
    """The score in [0, 1], and a finding for each point. Raises EngineFailed."""
    if aligner is not None and not question.key_points:
        found = _by_reference(question, answer, passages, aligner)
        return reference_credit(_mean_alignment(found)), found
    points = question.key_points or _reference_points(question, 2)
    found = points_found(question.prompt, points, answer, passages, aligner)
    if aligner is not None:
        found = asserted(question.prompt, answer, found)
    if is_telegraphic(answer):
        found = [replace(one, credit=one.credit * _TELEGRAPHIC) for one in found]
    total = sum(one.point.weight for one in found) or 1.0
    return sum(one.point.weight * one.credit for one in found) / total, found


def points_found(
    prompt: str, points: Sequence[KeyPoint], answer: str, passages: Sequence[Passage], aligner: Aligner | None
) -> list[Finding]:
    """A finding for each point: by its words or, with ``aligner``, by meaning, whichever has more credit.

    Raises:

        EngineFailed: the token encoder failed.
    """
    contrasted = contrasted_things(prompt, points)
    found = [found_by_words(point, passages, answer, contrasted) for point in points]
    if aligner is None:
        return found
    by_meaning = found_by_meaning(prompt, points, passages, answer, aligner, contrasted, strictly=True)
    return [_better(one, other) for one, other in zip(found, by_meaning, strict=True)]


def _better(by_words: Finding, by_meaning: Finding) -> Finding:
    """The finding with more credit; a denial is final."""
    if by_words.against or by_meaning.against:
        return by_words if by_words.against else by_meaning
    return by_words if by_words.credit >= by_meaning.credit else by_meaning


def _by_reference(question: Question, answer: str, passages: Sequence[Passage], aligner: Aligner) -> list[Finding]:
    points = _reference_points(question, 1)
    return found_by_meaning(question.prompt, points, passages, answer, aligner, strictly=False)


def _reference_points(question: Question, least_words: int) -> tuple[KeyPoint, ...]:
    return () if question.reference is None else points_of_reference(question.reference.strong, least_words)


def _mean_alignment(found: Sequence[Finding]) -> float:
    return sum(one.alignment for one in found) / len(found) if found else 0.0


def _rationale(found: Sequence[Finding]) -> str:
    made = [one.point.text for one in found if one.credit >= _IS_MADE]
    partly = [one.point.text for one in found if _IS_PARTLY <= one.credit < _IS_MADE]
    missing = [one.point.text for one in found if one.credit < _IS_PARTLY and not one.unasserted]
    denied = [one.point.text for one in found if one.against]
    named = [one.point.text for one in found if one.unasserted]
    other_words = [one.point.text for one in found if one.by_meaning and one.credit >= _IS_PARTLY]
    text = f"{len(made)} of {len(found)} key points were found in the answer"
    text += f"; partly: {'; '.join(partly)}" if partly else ""
    text += f"; its words are there, but say otherwise: {'; '.join(denied)}" if denied else ""
    text += f"; named, but not asserted: {'; '.join(named)}" if named else ""
    text += f"; by meaning, in other words: {'; '.join(other_words)}" if other_words else ""
    return text + (f"; not found: {'; '.join(missing)}." if missing else ".")


def _confidence(points: int, words: int) -> float:
    """Word overlap is more reliable with more points and a longer answer; capped."""
    return min(_CONFIDENCE_LIMIT, 0.15 + 0.04 * min(points, 4) + 0.002 * min(words, 45))


def _spoken_words(text: str) -> int:
    """The number of words without hesitations, which must not affect the confidence."""
    return sum(word.text not in answer_text.FILLERS for word in answer_text.tokens(text))
