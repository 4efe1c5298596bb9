"""Compares a quantity with a numeric key: unit, tolerance, range, and the explanation of the result."""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders.numeric.quantity_reader import Quantity
from deployments.grading.graders.numeric.unit_vocabulary import Unit
from deployments.grading.graders.numeric.unit_words import unit_words
from deployments.grading.graders.numeric.units import compatible, convert
from interview.plans.questions import Numeric
from interview.text.number_vocabulary import as_text

#: Relative slack on every comparison, for binary floating point.
_FLOAT_SLACK = 1e-9
#: A margin of error above this share of the value halves a right number's score.
_WIDE_MARGIN = 0.25


class Judged(Struct, frozen=True):
    """The score of one quantity and why; ``review`` is set when the score is based on the less usual reading."""

    score: float
    rationale: str
    review: str = ""


def judge(spec: Numeric, one: Quantity, unit: Unit | None) -> Judged:
    """The best score over the possible values of ``one``'s text; the usual reading comes first."""
    first = _judge(spec, one, unit)
    if first.score > 0:
        return first
    others = one.others
    if unit is not None and unit.kind == "currency" and one.loose and one.value >= 100:
        others = (*others, one.value / 100)  # "twenty forty-three" of money is 20.43
    for value in others:
        other = _judge(spec, replace(one, value=value, others=()), unit)
        if other.score > 0:
            why = f"The number can be read as {as_text(one.value)} or as {as_text(value)}."
            return Judged(other.score, other.rationale, why)
    return first


def _judge(spec: Numeric, one: Quantity, unit: Unit | None) -> Judged:
    said = _said(one)
    if unit is None:
        if one.unit is not None and one.unit.kind == "percent":
            one = _scaled(one, one.unit.factor / 100)
        return _compare(spec, one, said)
    if one.unit is None:
        best = _compare(spec, one, said)
        if unit.kind == "percent" and best.score == 0:
            best = _compare(spec, _scaled(one, 100), said)
        if best.score > 0 and spec.unit_required:
            return Judged(0.5 * best.score, f"{best.rationale} The unit ({spec.unit}) is missing.")
        return best
    if unit.kind == "percent" and one.unit == Unit("label", "time"):
        return _compare(spec, _scaled(one, 100), said)
    source = _as_rate(one.unit, unit)
    if not compatible(source, unit):
        plain = unit.kind == source.kind == "label" and "/" not in unit.name + source.name
        return _compare(spec, one, said) if plain else Judged(0.0, _wrong_unit(said, spec))
    value = convert(one.value, source, unit)
    high = None if one.high is None else convert(one.high, source, unit)
    margin = None if one.margin is None else abs(convert(one.value + one.margin, source, unit) - value)
    return _compare(spec, replace(one, value=value, high=high, margin=margin), said)


def _as_rate(unit: Unit, wanted: Unit) -> Unit:
    """ "One gigabit" of a link's speed is one gigabit per second."""
    speed = Unit("physical", "bit / second")
    if (
        unit.kind == "physical"
        and unit.name.endswith("bit")
        and wanted.kind == "physical"
        and compatible(wanted, speed)
    ):
        return Unit("physical", f"{unit.name} / second")
    return unit


def _scaled(one: Quantity, factor: float) -> Quantity:
    high = None if one.high is None else one.high * factor
    margin = None if one.margin is None else one.margin * factor
    return replace(one, value=one.value * factor, high=high, margin=margin)


def _wrong_unit(said: str, spec: Numeric) -> str:
    return f"{said} is not a quantity in {spec.unit or 'the expected unit'}."


def _said(one: Quantity) -> str:
    counted = one.value if one.high is None else one.high
    unit = f" {unit_words(one.unit.name, counted)}" if one.unit else ""
    if one.high is not None:
        return f"{as_text(one.value)} to {as_text(one.high)}{unit}" if math.isfinite(one.high) else "A boundless range"
    return f"{as_text(one.value)}{unit}" if math.isfinite(one.value) else "A number beyond reason"


def _compare(spec: Numeric, one: Quantity, said: str) -> Judged:
    unit = f" {unit_words(spec.unit, spec.value)}" if spec.unit else ""
    if not math.isfinite(one.value) or (one.high is not None and not math.isfinite(one.high)):
        return Judged(0.0, f"{said} is not the expected {as_text(spec.value)}{unit}.")
    if spec.low is not None or spec.high is not None:
        low = -math.inf if spec.low is None else spec.low
        high = math.inf if spec.high is None else spec.high
        slack = _slack(spec.value)
        top = one.value if one.high is None else one.high
        inside = low - slack <= one.value and top <= high + slack
        where = f"{_bound(spec.low, 'any')} to {_bound(spec.high, 'any')}{unit}"
        verdict = f"lies in the accepted range {where}" if inside else f"is outside {where}"
        return Judged(float(inside), f"{said} {verdict}.")
    if one.high is not None:
        return _compare_range(spec, one, said, unit)
    margin = _tolerance(spec)
    off = abs(one.value - spec.value)
    if off <= margin + _slack(spec.value):
        how = "is" if off <= _slack(spec.value) else f"is within {as_text(margin)} of"
        rationale = f"{said} {how} the expected {as_text(spec.value)}{unit}."
        wide = one.margin is not None and one.margin > max(margin, _WIDE_MARGIN * abs(spec.value))
        return Judged(0.5, f"{rationale} The margin of error given is wide.") if wide else Judged(1.0, rationale)
    return Judged(0.0, f"{said} is not the expected {as_text(spec.value)}{unit}{_slip(one.value, spec.value)}.")


def _compare_range(spec: Numeric, one: Quantity, said: str, unit: str) -> Judged:
    """A range for a single value: full score if all of it is within tolerance, half if it contains the value and is at
    most a quarter of it wide."""
    high = one.high if one.high is not None else one.value
    margin = _tolerance(spec) + _slack(spec.value)
    if spec.value - margin <= one.value and high <= spec.value + margin:
        return Judged(1.0, f"The range {said} lies within tolerance of {as_text(spec.value)}{unit}.")
    if one.value <= spec.value <= high and high - one.value <= 0.25 * abs(spec.value) + _slack(spec.value):
        why = f"The range {said} holds the expected {as_text(spec.value)}{unit} but does not name it."
        return Judged(0.5, why, "A range was given for one value.")
    return Judged(0.0, f"The range {said} is not the expected {as_text(spec.value)}{unit}.")


def _tolerance(spec: Numeric) -> float:
    return max(spec.tolerance_abs, spec.tolerance_rel * abs(spec.value))


def _slack(value: float) -> float:
    return _FLOAT_SLACK * abs(value) if value else 1e-12


def _bound(value: float | None, otherwise: str) -> str:
    return otherwise if value is None else as_text(value)


def _slip(value: float, expected: float) -> str:
    """The kind of error of a wrong number, for the reviewer: sign, or a power of ten."""
    if value and math.isclose(value, -expected, rel_tol=1e-6):
        return " (the sign is wrong)"
    if value and expected and value / expected > 0:
        power = math.log10(value / expected)
        if abs(power) > 0.5 and abs(power - round(power)) < 1e-6:
            return f" (off by a factor of {as_text(10.0 ** abs(round(power)))})"
    return ""
