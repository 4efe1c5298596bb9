"""Numeric answers: find the number meant, convert its unit, compare within tolerance."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.grading.graders.numeric.quantities import Quantity, quantities
from deployments.grading.graders.numeric.units import PERCENT, Unit, compatible, convert, key_unit
from interview.errors import InvalidInput
from interview.grades import Grade
from interview.plans.questions import Numeric
from interview.text.number_vocabulary import as_text

#: Slack on every comparison for binary floating point, relative.
_FLOAT_SLACK = 1e-9
#: More different numbers than this without a sign which one is meant is a spray.
_SPRAY = 5

_ANSWER_MARK = re.compile(
    r"(?:\banswer\b(?:\s+(?:is|would be|should be|of|here is))?|\bequals?\b|=|≈|\bcomes? (?:out )?to\b"
    r"|\bgives?(?: us| me| you)?\b|\bmakes?\b|\bresult(?:s in| is)\b|\btherefore\b|\bthat(?:'s| is| would be)\b"
    r"|\bso (?:it's|it is|that's|i'd say|about)\b|\b(?:it's|it is|it would be|i'd say|i would say|is)\b"
    r"|\bfinal(?:ly)?\b|\btotal(?:s| of| is)?\b|\bwhich is\b|\bget\b)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|as you|given that|due to|by (?:multiplying|dividing|adding))\b", re.IGNORECASE
)
_NOT = re.compile(r"(?:\bnot|n't|\brather than|\binstead of)\s+(?:be\s+|exactly\s+|about\s+)?$", re.IGNORECASE)


def grade_numeric(spec: Numeric, answer: str, prompt: str = "") -> Grade:
    """1 within tolerance (or within ``low``..``high``), else 0; half for a right number whose required unit is missing,
    or for a narrow range around the value.

    Tolerance is ``max(tolerance_abs, tolerance_rel * |value|)``, ends included.

    Raises:
        InvalidInput: the key's tolerance or range makes no sense.
    """
    _check(spec)
    unit = key_unit(spec.unit) if spec.unit is not None else None
    if unit is None and re.search(r"\bper ?cent(?:age)?\b|%", prompt, re.IGNORECASE):
        unit = PERCENT
    found = quantities(answer, expected=unit)
    if not found:
        return no_answer("numeric", answer) or mark(
            "numeric",
            0.0,
            "No number was found in the answer.",
            confidence=0.9,
            evidence=[answer_text.whole(answer, "no number")],
        )
    meant, doubt = _meant(answer, found, unit)
    evidence = [answer_text.quote(answer, one.start, one.end, "the number graded") for one in meant]
    if not meant:
        return mark(
            "numeric",
            0.0,
            f"The answer lists {len(found)} numbers and does not say which one is meant.",
            confidence=0.6,
            evidence=[answer_text.whole(answer, "several numbers")],
            review=doubt,
        )
    judged = [_judge(spec, one, unit, required=spec.unit_required) for one in meant]
    score, rationale = min(judged, key=lambda pair: pair[0])
    confidence = 0.97
    if meant[0].loose or meant[0].weak:
        confidence = 0.85
    if unit is not None and meant[0].unit is None:
        confidence = min(confidence, 0.9)
    if doubt:
        confidence = min(confidence, 0.5)
    return mark("numeric", score, rationale, confidence=confidence, evidence=evidence, review=doubt)


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


def _meant(answer: str, found: Sequence[Quantity], unit: Unit | None) -> tuple[list[Quantity], str]:
    """The number meant (several only when the candidate offers alternatives), and why a person should look, if so."""
    pool = [one for one in found if not one.weak] or list(found)
    pool = [one for one in pool if not _NOT.search(answer[max(0, one.start - 24) : one.start])] or pool
    corrected = [one for one in pool if one.start >= answer_text.after_correction(answer)]
    pool = corrected or pool
    pool = _of_kind(pool, unit)
    if _one_value(pool):
        return [pool[-1]], ""
    alternatives = _alternatives(answer, pool)
    if alternatives:
        return alternatives, "The candidate offers alternatives; the worse one counts."
    marked = _after_mark(answer, pool)
    if marked is not None:
        return [marked], ""
    reason = _REASON.search(answer)
    if reason is not None:
        first = [one for one in pool if one.end <= reason.start()]
        if first and _one_value(first):
            return [first[-1]], ""
    if len({one.value for one in pool}) > _SPRAY:
        return [], "Several numbers without a final answer."
    return [pool[-1]], "Several numbers were given; the last one was graded."


def _of_kind(pool: Sequence[Quantity], unit: Unit | None) -> list[Quantity]:
    """Those in the key's kind of unit, else those without one, else all: "3 servers, 250 ms" means the 250 ms."""
    fitting = [one for one in pool if unit is not None and _fits(one, unit)]
    bare = [one for one in pool if one.unit is None or (unit is None and one.unit.kind != "percent")]
    return fitting or bare or list(pool)


def _one_value(pool: Sequence[Quantity]) -> bool:
    return len({(one.value, one.high, one.unit) for one in pool}) == 1


def _fits(one: Quantity, unit: Unit) -> bool:
    return one.unit is not None and compatible(one.unit, unit)


def _alternatives(answer: str, pool: Sequence[Quantity]) -> list[Quantity]:
    """ "30 or 40": both, when the answer ends on such a pair."""
    if len(pool) < 2:
        return []
    last, before = pool[-1], pool[-2]
    between = answer[before.end : last.start]
    if re.fullmatch(
        r"\W*(?:or|maybe|or (?:maybe|perhaps|even|possibly)|perhaps|either)\W*(?:it's |it is )?",
        between.strip().lower(),
    ):
        return [before, last]
    return []


def _after_mark(answer: str, pool: Sequence[Quantity]) -> Quantity | None:
    """The first number after the last answer mark ("which gives", "=", "the answer is") that a number follows."""
    chosen: Quantity | None = None
    for found in _ANSWER_MARK.finditer(answer):
        for one in pool:
            gap = answer[found.end() : one.start]
            if (
                one.start >= found.end()
                and len(gap) <= 30
                and not any(other.start < one.start and other.start >= found.end() for other in pool)
            ):
                chosen = one
    if chosen is None:
        return None
    later = [one for one in pool if one.start > chosen.start]
    joint = answer[chosen.end : later[0].start].strip().lower() if later else ""
    return None if joint in ("times", "*", "×", "x", "+", "plus", "minus", "divided by", "over") else chosen


def _judge(spec: Numeric, one: Quantity, unit: Unit | None, *, required: bool) -> tuple[float, str]:
    """Score and sentence for one quantity."""
    said = _said(one)
    if unit is None:
        if one.unit is not None and one.unit.kind == "percent":
            share = one.unit.factor / 100
            one = replace(one, value=one.value * share, high=_times(one.high, share))
        return _compare(spec, one, said)
    if one.unit is None:
        if unit.kind == "percent":
            as_share = replace(one, value=one.value * 100, high=_times(one.high, 100))
            best = max((_compare(spec, one, said), _compare(spec, as_share, said)), key=lambda pair: pair[0])
        else:
            best = _compare(spec, one, said)
        if best[0] > 0 and required:
            return 0.5 * best[0], f"{best[1]} The unit ({spec.unit}) is missing."
        return best
    if not compatible(one.unit, unit):
        if unit.kind == "label" and one.unit.kind == "label":
            return _compare(spec, one, said) if "/" not in unit.name + one.unit.name else (0.0, _wrong_unit(said, spec))
        return 0.0, _wrong_unit(said, spec)
    value = convert(one.value, one.unit, unit)
    high = None if one.high is None else convert(one.high, one.unit, unit)
    return _compare(spec, replace(one, value=value, high=high), said)


def _wrong_unit(said: str, spec: Numeric) -> str:
    return f"{said} is not a quantity in {spec.unit or 'the expected unit'}."


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _said(one: Quantity) -> str:
    unit = f" {one.unit.name}" if one.unit else ""
    if one.high is not None:
        return f"{as_text(one.value)} to {as_text(one.high)}{unit}" if math.isfinite(one.high) else "A boundless range"
    return f"{as_text(one.value)}{unit}" if math.isfinite(one.value) else "A number beyond reason"


def _compare(spec: Numeric, one: Quantity, said: str) -> tuple[float, str]:
    unit = f" {spec.unit}" if spec.unit else ""
    if not math.isfinite(one.value) or (one.high is not None and not math.isfinite(one.high)):
        return 0.0, f"{said} is not the expected {as_text(spec.value)}{unit}."
    if spec.low is not None or spec.high is not None:
        low = -math.inf if spec.low is None else spec.low
        high = math.inf if spec.high is None else spec.high
        slack = _slack(spec.value)
        top = one.value if one.high is None else one.high
        inside = low - slack <= one.value and top <= high + slack
        where = f"{_bound(spec.low, 'any')} to {_bound(spec.high, 'any')}{unit}"
        return (1.0, f"{said} lies in the accepted range {where}.") if inside else (0.0, f"{said} is outside {where}.")
    if one.high is not None:
        return _compare_range(spec, one, said, unit)
    margin = max(spec.tolerance_abs, spec.tolerance_rel * abs(spec.value))
    off = abs(one.value - spec.value)
    if off <= margin + _slack(spec.value):
        how = "is" if off <= _slack(spec.value) else f"is within {as_text(margin)} of"
        return 1.0, f"{said} {how} the expected {as_text(spec.value)}{unit}."
    return 0.0, f"{said} is not the expected {as_text(spec.value)}{unit}{_slip(one.value, spec.value)}."


def _compare_range(spec: Numeric, one: Quantity, said: str, unit: str) -> tuple[float, str]:
    """A range given for a single value: full marks if all of it is within tolerance, half if it holds the value and is
    at most a quarter of it wide."""
    high = one.high if one.high is not None else one.value
    margin = max(spec.tolerance_abs, spec.tolerance_rel * abs(spec.value)) + _slack(spec.value)
    if spec.value - margin <= one.value and high <= spec.value + margin:
        return 1.0, f"The range {said} lies within tolerance of {as_text(spec.value)}{unit}."
    if one.value <= spec.value <= high and high - one.value <= 0.25 * abs(spec.value) + _slack(spec.value):
        return 0.5, f"The range {said} holds the expected {as_text(spec.value)}{unit} but does not name it."
    return 0.0, f"The range {said} is not the expected {as_text(spec.value)}{unit}."


def _slack(value: float) -> float:
    return _FLOAT_SLACK * max(1e-12, abs(value))


def _bound(value: float | None, otherwise: str) -> str:
    return otherwise if value is None else as_text(value)


def _slip(value: float, expected: float) -> str:
    """What kind of slip a wrong number is, for the reviewer: sign, or a power of ten."""
    if value and math.isclose(value, -expected, rel_tol=1e-6):
        return " (the sign is wrong)"
    if value and expected and value / expected > 0:
        power = math.log10(value / expected)
        if abs(power) > 0.5 and abs(power - round(power)) < 1e-6:
            return f" (off by a factor of {as_text(10.0 ** abs(round(power)))})"
    return ""
