"""Grades an answer that is a key or an option word for word, in any language."""

from __future__ import annotations

from deployments.grading.graders import answer_text
from deployments.grading.graders.grade_builder import mark
from interview.grades import Grade
from interview.plans import questions as q

#: As the graders' own confidence in such answers: ``benchmarks/grading_calibration.py``.
_SURE = 0.98
_SIGNS = " .!?,;\"'`„“”‚‘’«»¡¿\n\t"


def verbatim(spec: q.AnyGrader, answer: str) -> Grade | None:
    """The grade of a key or an option said word for word; None for any other answer.

    Case counts only for an exact answer that asks for it. The text of one option that is another's id is not read here.
    """
    match spec:
        case q.MultipleChoice():
            return _choice(spec, answer)
        case q.Exact(case_sensitive=case_sensitive):
            return _term("exact", spec.accepted, answer, case_sensitive=case_sensitive)
        case q.ShortText():
            return _term("short_text", spec.accepted, answer, case_sensitive=False)
        case _:
            return None


def _choice(spec: q.MultipleChoice, answer: str) -> Grade | None:
    said = _plain(answer)
    ids = [option.id for option in spec.options]
    same = [option for option in spec.options if said and _plain(option.text) == said]
    if len(same) != 1 or len(set(ids)) != len(ids) or spec.answer not in ids or said in map(_plain, ids):
        return None
    option, right = same[0], same[0].id == spec.answer
    return mark(
        "multiple_choice",
        1.0 if right else 0.0,
        f"The candidate chose {option.id!r} ({option.text}), which is {'right' if right else 'not the right option'}.",
        confidence=_SURE,
        evidence=[answer_text.whole(answer, f"{option.id}: {option.text}")],
    )


def _term(grader: str, accepted: tuple[str, ...], answer: str, *, case_sensitive: bool) -> Grade | None:
    said = _trimmed(answer)
    for term in accepted:
        if not said or (_trimmed(term) != said if case_sensitive else _plain(term) != _plain(answer)):
            continue
        return mark(
            grader,
            1.0,
            f"The answer is the accepted answer {term!r}.",
            confidence=_SURE,
            evidence=[answer_text.whole(answer, term)],
        )
    return None


def _trimmed(text: str) -> str:
    return " ".join(text.split()).strip(_SIGNS)


def _plain(text: str) -> str:
    return _trimmed(text).casefold()
