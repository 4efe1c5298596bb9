"""Information functions: the type of a value and the position of a reference."""

from __future__ import annotations

from deployments.grading.graders.formula.engine.registry import Context, grid, is_reference, scalar, whole
from deployments.grading.graders.formula.engine.syntax import letters
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Areas,
    Array,
    ErrorValue,
    Operand,
    Reference,
    Scalar,
    fail,
    number,
)

_ERROR_TYPES = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")

for _name, _test in (
    ("ISBLANK", lambda value: value is None),
    ("ISNUMBER", lambda value: isinstance(value, float)),
    ("ISTEXT", lambda value: isinstance(value, str)),
    ("ISNONTEXT", lambda value: not isinstance(value, str)),
    ("ISLOGICAL", lambda value: isinstance(value, bool)),
    ("ISERROR", lambda value: isinstance(value, ErrorValue)),
    ("ISNA", lambda value: value == ErrorValue("#N/A")),
    ("ISERR", lambda value: isinstance(value, ErrorValue) and value.code != "#N/A"),
):
    scalar(_name, "x")(_test)


@scalar("ISEVEN", "n")
def is_even(value: float) -> bool:
    return int(value) % 2 == 0


@scalar("ISODD", "n")
def is_odd(value: float) -> bool:
    return int(value) % 2 == 1


@scalar("NA", "")
def na() -> Scalar:
    return fail("#N/A")


@scalar("N", "v")
def n(value: Scalar) -> float:
    return 0.0 if isinstance(value, str) else number(value)


@scalar("T", "v")
def t(value: Scalar) -> str:
    return value if isinstance(value, str) else ""


@scalar("ERROR.TYPE", "x")
def error_type(value: Scalar) -> float:
    if isinstance(value, ErrorValue) and value.code in _ERROR_TYPES:
        return float(_ERROR_TYPES.index(value.code) + 1)
    return fail("#N/A")


@whole("TYPE", "r")
def type_(context: Context, operand: Operand) -> float:
    value = context.fetch(operand)
    if isinstance(value, Array):
        return 64.0
    if isinstance(value, ErrorValue):
        return 16.0
    return 4.0 if isinstance(value, bool) else 2.0 if isinstance(value, str) else 1.0


@whole("ISREF", "r")
def is_ref(context: Context, operand: Operand) -> bool:
    return is_reference(operand)


@whole("ISFORMULA", "r")
def is_formula(context: Context, operand: Operand) -> bool:
    return False if is_reference(operand) else fail("#VALUE!")


@whole("ISOMITTED", "r")
def is_omitted(context: Context, operand: Operand) -> bool:
    return operand is OMITTED


def _one(operand: Operand) -> Reference:
    return operand if isinstance(operand, Reference) else fail("#VALUE!")


@whole("ROW", "r?")
def row(context: Context, operand: Operand = OMITTED) -> Operand:
    if operand is OMITTED:
        return float(context.here[1])
    reference = _one(operand)
    return Array([[float(at)] for at in range(reference.top, reference.bottom + 1)])


@whole("COLUMN", "r?")
def column(context: Context, operand: Operand = OMITTED) -> Operand:
    if operand is OMITTED:
        return float(context.here[0])
    reference = _one(operand)
    return Array([[float(at) for at in range(reference.left, reference.right + 1)]])


def _sized(context: Context, operand: Operand) -> Array | Reference:
    if isinstance(operand, Reference):
        return operand
    made = grid(context, operand)
    if made.height == made.width == 1 and isinstance(made.rows[0][0], ErrorValue):
        fail(made.rows[0][0].code)
    return made


@whole("ROWS", "r")
def rows(context: Context, operand: Operand) -> float:
    return float(_sized(context, operand).height)


@whole("COLUMNS", "r")
def columns(context: Context, operand: Operand) -> float:
    return float(_sized(context, operand).width)


@whole("AREAS", "r")
def areas(context: Context, operand: Operand) -> float:
    return float(len(operand.parts)) if isinstance(operand, Areas) else float(bool(_one(operand)))


@scalar("ADDRESS", "i i i~ b~")
def address(row_number: int, column_number: int, kind: int = 1, a1: bool = True) -> str:
    if row_number < 1 or column_number < 1 or kind not in (1, 2, 3, 4):
        fail("#VALUE!")
    if not a1:
        fail("#VALUE!")
    return f"{'$' if kind in (1, 3) else ''}{letters(column_number)}{'$' if kind in (1, 2) else ''}{row_number}"
