"""Grades for multiple choice and multi-select answers, from the options that ``choice_reading`` finds."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.grading.graders import answer_text
from deployments.grading.graders.closed.asked_denial import in_words_of_key
from deployments.grading.graders.closed.choice_reading import UNRECOGNISED, Chosen, choose_many, choose_one
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.grading.graders.numeric.qualifiers import bound_of
from deployments.grading.graders.numeric.quantities import quantities
from interview.errors import InvalidInput
from interview.grades import Evidence, Grade
from interview.plans.questions import MultipleChoice, MultiSelect, Option

#: The share of such grades that are right: ``benchmarks/grading_calibration.py``. A zero for an answer that does not
#: choose is mostly right, though it is reviewed.
_SURE, _INFERRED, _DOUBTED, _OPEN, _UNREAD = 0.98, 0.95, 0.85, 0.88, 0.85


def grade_multiple_choice(spec: MultipleChoice, answer: str, prompt: str = "") -> Grade:
    """1 for the right option, 0 for another; two options at once are not a choice.

    Raises:
        InvalidInput: the key is not one of the options.
    """
    _check_options(spec.options, (spec.answer,))
    chosen = choose_one(spec.options, in_words_of_key(answer, prompt, spec.options))
    name = {option.id: option.text for option in spec.options}
    if not chosen.settled:
        if len(chosen.options) > 1:
            return mark(
                "multiple_choice",
                0.0,
                f"The candidate names {len(chosen.options)} options ({', '.join(chosen.options)}) and chooses none.",
                confidence=_OPEN,
                evidence=_evidence(answer, chosen, name),
                review=chosen.doubt,
            )
        return _unrecognised("multiple_choice", answer, chosen)
    picked = chosen.options[0]
    right = picked == spec.answer
    doubt = chosen.doubt or _bound(answer, prompt, chosen, name[picked])
    return mark(
        "multiple_choice",
        1.0 if right else 0.0,
        f"The candidate chose {picked!r} ({name[picked]}), which is {'right' if right else 'not the right option'}.",
        confidence=_DOUBTED if doubt else _confidence(chosen),
        evidence=_evidence(answer, chosen, name),
        review=doubt,
    )


def _bound(answer: str, prompt: str, chosen: Chosen, option: str) -> str:
    """Why "at least 128" may not be the option 128: a bound that neither question nor option speaks of; else ""."""
    spans = {(mention.start, mention.end) for mention in chosen.mentions}
    said = [one for one in quantities(answer) if any(start <= one.start < end for start, end in spans)] if spans else []
    bounded = any(bound_of(answer, one, prompt) for one in said)
    if bounded and not any(bound_of(option, one, prompt) for one in quantities(option)):
        return "The number of the option is given as a bound only."
    return ""


def grade_multi_select(spec: MultiSelect, answer: str, prompt: str = "") -> Grade:
    """(right picks - wrong picks) / right options, floored at 0.

    Raises:
        InvalidInput: the key is empty or names an option that is not there.
    """
    _check_options(spec.options, spec.answers)
    chosen = choose_many(spec.options, in_words_of_key(answer, prompt, spec.options))
    if not chosen.settled:
        return _unrecognised("multi_select", answer, chosen)
    picked, key = set(chosen.options), set(spec.answers)
    right, wrong, missed = picked & key, picked - key, key - picked
    rationale = f"{len(right)} of {len(spec.answers)} right options were picked"
    rationale += f", and {len(wrong)} wrong ({', '.join(sorted(wrong))})" if wrong else ""
    rationale += f"; missed: {', '.join(sorted(missed))}." if missed else "."
    return mark(
        "multi_select",
        max(0.0, (len(right) - len(wrong)) / len(key)),
        rationale,
        confidence=_confidence(chosen),
        evidence=_evidence(answer, chosen, {option.id: option.text for option in spec.options}),
        review=chosen.doubt,
    )


def _confidence(chosen: Chosen) -> float:
    if chosen.doubt:
        return _DOUBTED
    return _INFERRED if chosen.inferred else _SURE


def _check_options(options: Sequence[Option], key: Sequence[str]) -> None:
    ids = [option.id for option in options]
    if len(set(ids)) != len(ids) or len(ids) < 2:
        raise InvalidInput(
            "A choice needs at least two options with distinct ids.",
            detail={"fields": {"options": "too few or duplicate"}},
        )
    unknown = [one for one in key if one not in ids]
    if unknown or not key:
        raise InvalidInput(
            f"The key names no such option: {', '.join(unknown) or 'it is empty'}.",
            detail={"fields": {"answer": "unknown option"}},
        )


def _unrecognised(grader: str, answer: str, chosen: Chosen) -> Grade:
    """The zero grade of an answer that names no option; it needs review unless the answer is empty."""
    empty = no_answer(grader, answer)
    if empty:
        return empty
    return mark(
        grader,
        0.0,
        chosen.doubt,
        confidence=_UNREAD,
        evidence=[answer_text.whole(answer, "no option recognised")],
        review=chosen.doubt,
        understood=bool(chosen.mentions) or chosen.doubt != UNRECOGNISED,
    )


def _evidence(answer: str, chosen: Chosen, name: dict[str, str]) -> list[Evidence]:
    if not chosen.mentions:
        return [answer_text.whole(answer, "the choice")]
    return [
        answer_text.quote(
            answer, one.start, one.end, ", ".join(f"{id_}: {name[id_]}" for id_ in one.options) or "the choice"
        )
        for one in chosen.mentions
    ]
