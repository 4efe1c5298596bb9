"""Evaluates arithmetic that an answer leaves open: "2^16 - 1", "8 times 3", "10% of 400", "one more than 255"."""

from __future__ import annotations

from msgspec.structs import replace

from deployments.grading.graders.numeric.quantity_reader import Found, Quantity, QuantityReader
from deployments.grading.graders.numeric.unit_vocabulary import Unit
from deployments.grading.graders.numeric.units import compatible, convert

#: The words and signs of each operation, longest first.
_OPERATORS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("multiplied", "by"), "*"),
    (("divided", "by"), "/"),
    (("times",), "*"),
    (("x",), "*"),
    (("×",), "*"),
    (("*",), "*"),
    (("·",), "*"),
    (("⋅",), "*"),
    (("/",), "/"),
    (("÷",), "/"),
    (("over",), "/"),
    (("plus",), "+"),
    (("+",), "+"),
    (("minus",), "-"),
    (("-",), "-"),
    (("−",), "-"),
    (("–",), "-"),
    (("of",), "of"),
    (("more", "than"), "more"),
    (("less", "than"), "less"),
    (("fewer", "than"), "less"),
)


#: "Double three zero six" spells digits.
_DIGITS = frozenset("zero oh one two three four five six seven eight nine 0 1 2 3 4 5 6 7 8 9".split())  # noqa: SIM905


def worked_out(reader: QuantityReader, at: int) -> Found | None:
    """The quantity at ``at``, with the arithmetic that it begins evaluated; None if there is no number."""
    total = _term(reader, at)
    while total is not None:
        sign, start = _operator(reader, total.after)
        if sign not in ("+", "-", "more", "less"):
            break
        right = _term(reader, start)
        if right is not None and sign in ("more", "less"):
            made = _from_other(total.quantity, right.quantity, 1.0 if sign == "more" else -1.0)
        else:
            made = None if right is None else _sum(total.quantity, right.quantity, -1.0 if sign == "-" else 1.0)
        if right is None or made is None:
            break
        total = Found(made, total.first, right.after)
    return total


#: Words before a number that multiply it.
_FACTORS = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0}


def _term(reader: QuantityReader, at: int) -> Found | None:
    factor = _FACTORS.get(reader.word(at - 1), 1.0)
    total = reader.operand(at)
    spelled = reader.word(at) in _DIGITS and reader.word(at - 1) in ("double", "triple")
    if total is not None and factor != 1 and total.quantity.high is None and not spelled:
        multiplied = replace(total.quantity, value=factor * total.quantity.value, computed=True, others=())
        total = Found(multiplied, total.first, total.after)
    while total is not None:
        sign, start = _operator(reader, total.after)
        if sign not in ("*", "/", "of") or (sign == "of" and not _is_share(total.quantity)):
            break
        right = reader.operand(start)
        spread = (
            start - total.after == 1 and reader.word(total.after) == "over" and right is not None and _is_time(right)
        )
        made = None if right is None or spread else _product(total.quantity, right.quantity, divide=sign == "/")
        if right is None or made is None:
            break
        total = Found(made, total.first, right.after)
    return total


def _is_time(one: Found) -> bool:
    """ "$10000 *over 3 years*" is not a quotient."""
    unit = one.quantity.unit
    return unit is not None and unit.kind == "physical" and compatible(unit, Unit("physical", "second"))


def _operator(reader: QuantityReader, at: int) -> tuple[str, int]:
    for words, sign in _OPERATORS:
        if all(reader.word(at + index) == word for index, word in enumerate(words)):
            return sign, at + len(words)
    return "", at


def _is_share(one: Quantity) -> bool:
    """Whether the quantity is taken "of" a number: a fraction or a percentage."""
    return (one.unit is None and 0 < one.value < 1) or (one.unit is not None and one.unit.kind == "percent")


def _bare(unit: Unit | None) -> Unit | None:
    return None if unit is None or unit.kind == "label" else unit


def _sum(left: Quantity, right: Quantity, sign: float) -> Quantity | None:
    if left.high is not None or right.high is not None:
        return None
    added = right.value
    if left.unit is not None and right.unit is not None and left.unit != right.unit:
        if not compatible(left.unit, right.unit):
            return None
        added = convert(right.value, right.unit, left.unit)
    unit = left.unit or right.unit
    return _made(left, right, left.value + sign * added, unit)


def _from_other(step: Quantity, other: Quantity, sign: float) -> Quantity | None:
    """The sum in "one more than 255"; None for a percentage of the other number ("10 % less than 50")."""
    if step.unit is not None and step.unit.kind == "percent":
        return None
    made = _sum(other, step, sign)
    return None if made is None else replace(made, start=step.start, end=other.end)


def _product(left: Quantity, right: Quantity, *, divide: bool) -> Quantity | None:
    if left.high is not None or right.high is not None or (divide and not right.value):
        return None
    (a, one), (b, other) = _share(left), _share(right)
    if divide:
        if one is not None and other is not None and one != other:
            if not compatible(one, other):
                return _made(left, right, a / b, None)
            b, other = convert(b, other, one), one
        return _made(left, right, a / b, None if one == other else one)
    return _made(left, right, a * b, None if one is not None and other is not None else one or other)


def _share(one: Quantity) -> tuple[float, Unit | None]:
    """Value and unit as a factor: a percentage becomes a plain number."""
    if one.unit is not None and one.unit.kind == "percent":
        return one.value * one.unit.factor / 100, None
    return one.value, _bare(one.unit)


def _made(left: Quantity, right: Quantity, value: float, unit: Unit | None) -> Quantity:
    return replace(left, value=value, unit=unit, end=right.end, weak=False, others=(), computed=True, margin=None)
