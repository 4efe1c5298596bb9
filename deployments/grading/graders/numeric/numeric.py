"""Grades numeric answers: finds the number meant, converts its unit, compares within tolerance."""

from __future__ import annotations

import math
import re

from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.grading.graders.numeric.comparison import Judged, judge
from deployments.grading.graders.numeric.meant import Meant, meant_numbers
from deployments.grading.graders.numeric.qualifiers import bound_of, directed, is_not_quite, rises, signed
from deployments.grading.graders.numeric.quantities import Quantity, quantities
from deployments.grading.graders.numeric.unasked import said_of_another
from deployments.grading.graders.numeric.unit_vocabulary import PERCENT, Unit
from deployments.grading.graders.numeric.units import key_unit, unit_named
from interview.errors import InvalidInput
from interview.grades import Evidence, Grade
from interview.plans.questions import Numeric
from interview.text.number_vocabulary import ONES, TENS

GRADER = "numeric"

_RATIO = re.compile(r"\b(?:ratio|odds|proportion)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\bper ?cent(?:age)?\b|%", re.IGNORECASE)
#: What is counted, with a percentage among what is given: "How many customers left, if 5 percent of 1,200 did?"
_COUNTS = re.compile(r"\bhow many (?!per ?cent|percentage)", re.IGNORECASE)
_GIVEN_PERCENT = re.compile(rf"(?:\d|\b(?:{'|'.join((*ONES, *TENS))}|hundred))\s*(?:%|per ?cent\b)", re.IGNORECASE)
#: Words that speech recognition writes for a number that stands alone.
_HOMOPHONES = {"for": 4.0, "fore": 4.0, "to": 2.0, "too": 2.0, "won": 1.0, "ate": 8.0, "tree": 3.0}


def grade_numeric(spec: Numeric, answer: str, prompt: str = "") -> Grade:
    """1 within tolerance (or within ``low``..``high``), else 0; half for a right number whose required unit is missing,
    or for a narrow range around the value.

    Tolerance is ``max(tolerance_abs, tolerance_rel * |value|)``, ends included. A bound ("at least 9") is not a value.

    Raises:
        InvalidInput: the key's tolerance, range or unit is invalid.
    """
    _check(spec)
    unit = key_unit(spec.unit) if spec.unit is not None else None
    if unit is None and _asks_percent(prompt):
        unit = PERCENT
    found = quantities(answer, expected=unit, ratio=_RATIO.search(prompt) is not None)
    found = _misheard(answer, signed(answer, found, prompt))
    if not found:
        return no_answer(GRADER, answer) or _unreadable(answer)
    bounded = [one for one in found if bound_of(answer, one, prompt)]
    meant = meant_numbers(answer, found, unit, bounded)
    if not meant.quantities:
        return _nothing_stands(answer, meant, len(found))
    return _grade(spec, answer, meant, unit, prompt)


def _asks_percent(prompt: str) -> bool:
    """Whether the question speaks of a percentage, other than one it gives while it asks for a count."""
    asked = _GIVEN_PERCENT.sub(" ", prompt) if _COUNTS.search(prompt) else prompt
    return _PERCENT.search(asked) is not None


def _grade(spec: Numeric, answer: str, meant: Meant, unit: Unit | None, prompt: str) -> Grade:
    evidence = [answer_text.quote(answer, one.start, one.end, "the number graded") for one in meant.quantities]
    judged = [_bounded(answer, one, judge(spec, one, unit), prompt) for one in meant.quantities]
    worst = min(judged, key=lambda one: one.score)
    if worst.score == 0 and not worst.review and len(judged) == 1:
        worst = _signless(spec, answer, meant.quantities[0], worst, unit)
    if worst.score == 0 and not worst.review and len(judged) == 1:
        worst = _owed(spec, answer, meant.quantities[0], worst, unit, prompt)
    if worst.score == 0 and not worst.review and len(judged) == 1:
        worst = _left_over(answer, meant.quantities[0], worst, prompt)
    if worst.score == 0 and not worst.review and len(judged) == 1:
        worst = _unknown_unit(spec, meant.quantities[0], worst, unit)
    if worst.score == 0 and not worst.review and len(judged) == 1:
        worst = _per_period(spec, meant.quantities[0], worst, unit, prompt)
    exact = spec.tolerance_abs == spec.tolerance_rel == 0 and spec.low is None and spec.high is None
    if worst.score > 0 and exact and any(is_not_quite(answer, one) for one in meant.quantities):
        worst = replace(worst, review="The number is said to be near this one, and an exact one is asked for.")
    if worst.score > 0 and not worst.review:
        another = (said_of_another(answer, one, prompt, keyed=unit is not None) for one in meant.quantities)
        worst = replace(worst, review=next(filter(None, another), ""))
    review = " ".join(dict.fromkeys(why for why in (meant.doubt, worst.review) if why))
    confidence = _confidence(meant.quantities[0], unit, worst.score)
    if review:
        confidence = min(confidence, 0.6)
    return mark(GRADER, worst.score, worst.rationale, confidence=confidence, evidence=evidence, review=review)


def _confidence(one: Quantity, unit: Unit | None, score: float) -> float:
    """The confidence of the reading; a zero may always be a misread number."""
    confidence = 0.98 if score else 0.89
    if one.loose or one.weak or one.computed:
        confidence -= 0.05
    if unit is not None and one.unit is None:
        confidence -= 0.02
    return confidence


def _signless(spec: Numeric, answer: str, one: Quantity, judged: Judged, unit: Unit | None) -> Judged:
    """A zero grade whose sign came from a word ("a 20 % decrease") needs review if the bare number is right."""
    said = directed(answer, one) or rises(answer, one)
    if not said or judge(spec, replace(one, value=-one.value), unit).score == 0:
        return judged
    why = "The sign of the number was taken from a neighbouring word."
    return Judged(0.0, f"{judged.rationale} {why}", why)


#: Words that make an amount a debt.
_DEBT = re.compile(
    r"\b(?:owe[sd]?|owing|overdrawn|in (?:the )?(?:red|debt|minus)|deficit|below zero|under water)\b", re.IGNORECASE
)


#: A question for the size of a fall.
_ASKS_FALL = re.compile(
    r"\bby (?:how much|what|how many)\b.*\b(?:fall|fell|drop\w*|decreas\w+|declin\w+|shr[aiu]nk"
    r"|reduced?|lose|lost|go(?:ne)? down|went down)\b",
    re.IGNORECASE,
)


def _owed(spec: Numeric, answer: str, one: Quantity, judged: Judged, unit: Unit | None, prompt: str) -> Judged:
    """ "We owe 60 dollars" for a key of -60, "minus 12 percent" for a fall by 12: right, with a review."""
    fell = spec.value > 0 > one.value and _ASKS_FALL.search(prompt) is not None
    if not fell and (spec.value >= 0 or one.value < 0 or not _DEBT.search(answer)):
        return judged
    owed = judge(spec, replace(one, value=-one.value), unit)
    return replace(owed, review="The sign is told in words or by the question.") if owed.score else judged


#: A number of what is left, beside the one that may be asked for: "60 customers, leaving 1140".
_LEAVES = re.compile(r"\b(?:leaving|leaves|left with)\b\W*(?:(?:us|me|you|about|with|the|other)\W+)*$", re.IGNORECASE)
_ASKS_REST = re.compile(r"\b(?:left|leaves?|leaving|remain\w*|rest|over|keeps?|still)\b", re.IGNORECASE)


def _left_over(answer: str, one: Quantity, judged: Judged, prompt: str) -> Judged:
    """A zero grade for a number of what is left needs review where the question does not ask for it."""
    before = answer[: one.start]
    if not _LEAVES.search(before) or not quantities(before) or _ASKS_REST.search(prompt):
        return judged
    return replace(judged, review="The number may be what is left over, beside the answer.")


def _unknown_unit(spec: Numeric, one: Quantity, judged: Judged, unit: Unit | None) -> Judged:
    """A zero grade for another unit than a key's own word ("minuets") needs review if the bare number is right."""
    if unit is None or unit.kind != "label" or unit_named(spec.unit or "") is not None:
        return judged
    if judge(spec, replace(one, unit=None), None).score == 0:
        return judged
    why = f'The number is right, but not in "{spec.unit}", which is no unit that the grader knows.'
    return Judged(0.0, f"{judged.rationale} {why}", why)


def _per_period(spec: Numeric, one: Quantity, judged: Judged, unit: Unit | None, prompt: str) -> Judged:
    """ "1500 dollars a month" for a key in dollars: right if the question names the month, else in need of a review."""
    if unit is None or one.unit is None or one.unit.name.count("/") != 1 or "/" in unit.name:
        return judged
    top, period = one.unit.name.split(" / ")
    plain = judge(spec, replace(one, unit=unit_named(top, expected=unit)), unit)
    if plain.score == 0 or unit_named(top, expected=unit) is None:
        return judged
    named = "da(?:y|ily)" if period.startswith("day") else re.escape(period.removesuffix("s"))
    if re.search(rf"\b{named}", prompt, re.IGNORECASE):
        return plain
    return replace(judged, review="The number is right, and is given per something that the key does not name.")


def _bounded(answer: str, one: Quantity, judged: Judged, prompt: str) -> Judged:
    bound = bound_of(answer, one, prompt)
    if not bound or judged.score == 0:
        return judged
    why = f'The candidate gives a bound ("{bound}"), not a value.'
    return Judged(0.0, f"{judged.rationale} {why}", why)


def _unreadable(answer: str) -> Grade:
    why = "No number could be read in the answer."
    evidence: list[Evidence] = [answer_text.whole(answer, "no number")]
    return mark(GRADER, 0.0, why, confidence=0.7, evidence=evidence, review=why, understood=False)


def _nothing_stands(answer: str, meant: Meant, count: int) -> Grade:
    why = meant.none
    if why == "spray":
        why = f"The answer lists {count} numbers and does not say which one is meant."
    evidence = [answer_text.whole(answer, "several numbers" if count > 1 else "the number")]
    return mark(GRADER, 0.0, why, confidence=0.6 if meant.doubt else 0.85, evidence=evidence, review=meant.doubt)


def _misheard(answer: str, found: list[Quantity]) -> list[Quantity]:
    """ "For" alone is four, "forty to" is forty-two."""
    words = answer_text.bare(answer_text.tokens(answer))
    if not words or words[-1].text not in _HOMOPHONES or len(words) > 3:
        return found
    value, last = _HOMOPHONES[words[-1].text], words[-1]
    if not found and len(words) == 1:
        return [Quantity(value, None, last.start, last.end, loose=True)]
    if len(found) == 1 and found[0].unit is None and found[0].end <= last.start and value < 10:
        tens = found[0].value
        if 20 <= tens <= 90 and tens % 10 == 0 and found[0].start == words[0].start and len(words) == 2:
            return [Quantity(tens + value, None, found[0].start, last.end, loose=True)]
    return found


def _check(spec: Numeric) -> None:
    wrong: dict[str, str] = {}
    if not math.isfinite(spec.value):
        wrong["value"] = "not a finite number"
    if spec.tolerance_abs < 0 or spec.tolerance_rel < 0:
        wrong["tolerance_abs"] = "negative"
    if spec.low is not None and spec.high is not None and spec.low > spec.high:
        wrong["low"] = "above high"
    if wrong:
        raise InvalidInput("The numeric key cannot be used.", detail={"fields": wrong})
