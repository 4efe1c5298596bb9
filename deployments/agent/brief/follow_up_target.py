"""What a model's follow-up asks about: something that the answer left out, in words that everyone knows already.

A model does not read the key points, so it cannot know what is missing. Code compares the answer's grade with them and
picks, from the plan's next follow-up, the parts of the question and the candidate's own sentences, the words that speak
of a point that is missing. The words of a key point itself are never used.
"""

from __future__ import annotations

import re

from msgspec import Struct

from deployments.agent.brief.interviewer import TurnBrief
from interview.languages.language import base_of
from interview.plans.questions import KeyPoint
from interview.text.content_stems import content_stems
from interview.text.sentences import growing_sentences, sentences_of

#: Where a question with two parts divides.
_PARTS = re.compile(r"(?:,|;) (?:and|or|but) |; ")
#: Words are stemmed in English only.
_LANGUAGE = "en"


class Target(Struct, frozen=True):
    """``words``: what to ask about. ``planned``: they are a follow-up of the plan, which may be asked as it is."""

    words: str
    planned: bool


def target_of(brief: TurnBrief) -> Target | None:
    """What a follow-up may ask about; None when nothing that may be said speaks of a missing point. Pure.

    A question without key points, an answer without a judgement and other languages than English leave the choice to
    the plan's follow-up. So does an answer that lacks a point and that the script would probe, if nothing else
    speaks of one.
    """
    planned = Target(brief.follow_up, planned=True) if brief.follow_up else None
    if not _is_compared(brief):
        return planned
    if planned is not None and _speaks_of_a_gap(planned.words, brief):
        return planned
    asked = [part for sentence in _questions_in(brief.question.prompt) for part in _PARTS.split(sentence)]
    for words in (*asked, *sentences_of(brief.answer)):
        if _speaks_of_a_gap(words, brief, alone=True):
            return Target(words, planned=False)
    return planned if brief.probe_because and _lacks_a_point(brief) else None


def _lacks_a_point(brief: TurnBrief) -> bool:
    supported = [found.supports for found in brief.grade.evidence] if brief.grade is not None else []
    return any(not any(is_about(text, point) for text in supported) for point in brief.question.key_points)


def asks_for_a_gap(words: str, brief: TurnBrief) -> bool:
    """Whether the questions in ``words`` speak of a missing point, or nothing can be compared. Pure."""
    return not _is_compared(brief) or _speaks_of_a_gap(" ".join(_questions_in(words)), brief)


def _questions_in(text: str) -> list[str]:
    return [sentence for sentence in growing_sentences(text) if sentence.endswith("?")]


def _is_compared(brief: TurnBrief) -> bool:
    judged = brief.grade is not None and brief.grade.is_judgement
    return judged and bool(brief.question.key_points) and base_of(brief.state.language) == _LANGUAGE


def _speaks_of_a_gap(words: str, brief: TurnBrief, *, alone: bool = False) -> bool:
    """``alone``: more of it than of any point that the answer made."""
    supported = tuple(found.supports for found in brief.grade.evidence) if brief.grade is not None else ()
    made, missing = shared_with_points(words, brief.question.key_points, supported)
    return missing > made if alone else missing >= max(made, 1)


def is_about(supports: str, point: KeyPoint) -> bool:
    """Whether evidence that ``supports`` this was found for ``point``; a grader may add how it was found."""
    return supports == point.text or supports.startswith(f"{point.text} (")


def shared_with_points(words: str, points: tuple[KeyPoint, ...], supported: tuple[str, ...]) -> tuple[int, int]:
    """The most words of content that ``words`` share with a point that the answer made, and with one that is missing.

    ``supported``: what the evidence of the answer's grade supports.
    """
    said = content_stems(words)
    made, missing = 0, 0
    for point in points:
        shared = max(len(said & content_stems(text)) for text in (point.text, *point.variants))
        if any(is_about(text, point) for text in supported):
            made = max(made, shared)
        else:
            missing = max(missing, shared)
    return made, missing
