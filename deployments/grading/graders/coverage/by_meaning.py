"""Finds key points by meaning: the passage that aligns best with a point, and whether it denies the point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.alignment import Aligner, point_credit, topic_factor
from deployments.grading.graders.coverage.contradiction import (
    clauses,
    contradicts,
    denied_in,
    denies,
    is_list_of_terms,
    swaps,
)
from deployments.grading.graders.coverage.findings import Finding
from deployments.grading.graders.coverage.passages import Passage
from interview.plans.questions import KeyPoint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Maximum number of characters to encode (about 0.1 ms each).
CHARS_BY_MEANING = 6000


def found_by_meaning(
    prompt: str,
    points: Sequence[KeyPoint],
    passages: Sequence[Passage],
    answer: str,
    aligner: Aligner,
    contrasted: Sequence[str] = (),
    *,
    strictly: bool,
) -> list[Finding]:
    """One finding a point. ``strictly``: the points are key points, not the long sentences of a reference answer. A
    clause about a key point that denies it counts against it, even if the clause shares few words with the point; and
    so do opposites ("low" for "high"), which a right answer to a long sentence may well contain. Where the whole answer
    is about something else than the key points, passages of it resemble some of them; such findings count less.

    Raises:

        EngineFailed: the token encoder failed.
    """
    readable = [passage for passage in passages if passage.end <= CHARS_BY_MEANING]
    if not readable:
        return [Finding(point, 0.0, None, by_meaning=True) for point in points]
    texts = [(at, text) for at, point in enumerate(points) for text in (point.text, *point.variants)]
    parts = [
        (one.start + start, one.start + end) for one in readable for start, end in clauses(answer[one.start : one.end])
    ]
    spans = [*((one.start, one.end) for one in readable), *parts]
    aligned = aligner.align(
        prompt, [text for _at, text in texts], answer[:CHARS_BY_MEANING], spans, precisely=not strictly
    )
    factor = share_by_topic(points, answer, aligner) if strictly else 1.0
    found = []
    for at, point in enumerate(points):
        rows = [row for row, (of, _text) in enumerate(texts) if of == at]
        # The first of equals: a single sentence before a pair.
        row, column = _place_of_maximum(aligned[rows][:, : len(readable)])
        alignment, wording = float(aligned[rows[row], column]), texts[rows[row]][1]
        start, end = parts[int(aligned[rows[row], len(readable) :].argmax())] if parts else (0, 0)
        finding = Finding(
            point, factor * point_credit(alignment), readable[column], by_meaning=True, alignment=alignment
        )
        text = answer[readable[column].start : readable[column].end]
        if strictly:
            plainly = finding.credit > 0 and denied_in(wording, answer[start:end])
            against = plainly or contradicts(wording, text) or swaps(wording, text, contrasted)
        else:
            against = denies(wording, text)
        if against:
            finding = replace(finding, credit=0.0, alignment=0.0, against=True)
        elif is_list_of_terms(text):
            finding = replace(finding, credit=0.0, alignment=0.0)
        found.append(finding)
    return found


def share_by_topic(points: Sequence[KeyPoint], answer: str, aligner: Aligner) -> float:
    """The factor in [0, 1] on key points that are found by meaning: low if the whole answer is about something else.

    Raises:

        EngineFailed: the token encoder failed.
    """
    return topic_factor(aligner.relatedness([one.text for one in points], answer[:CHARS_BY_MEANING]))


def points_of_reference(strong: str, least_words: int) -> tuple[KeyPoint, ...]:
    """The sentences of a reference answer with at least so many content words, each a point."""
    texts = [strong[start:end] for start, end in answer_text.sentences(strong)]
    return tuple(KeyPoint(text=text) for text in texts if len(answer_text.content_words(text)) >= least_words)


def _place_of_maximum(values: NDArray[np.float32]) -> tuple[int, int]:
    row, column = divmod(int(values.argmax()), values.shape[1])
    return row, column
