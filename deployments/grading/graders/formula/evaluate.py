"""The worker's side of formula grading: parse two formulas, run both on every sheet, say where they differ.

Runs inside the sandbox only (``sandbox_worker``).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from deployments.grading.graders.formula.engine.evaluator import MAX_CELLS, Evaluation
from deployments.grading.graders.formula.engine.parser import Extent, Unparsed
from deployments.grading.graders.formula.engine.values import Array, ErrorValue, LimitReached, Scalar
from deployments.grading.graders.formula.screen import parsed
from deployments.grading.graders.formula.sheets import Sheet, extent_of, make_sheets
from interview.plans.questions import Formula

#: A result grid: rows of shown values.
Grid = tuple[tuple[str, ...], ...]


class FormulaJob(Struct, frozen=True):
    """Both formulas are canonical (``screen``); ``seed`` fixes the sheets."""

    spec: Formula
    candidate: str
    reference: str
    seed: str


class ValueJob(Struct, frozen=True):
    """Evaluate canonical formulas on one sheet, given as rows of cells (conformance cases)."""

    formulas: tuple[str, ...]
    rows: tuple[tuple[float | int | str | bool | None, ...], ...]


class Difference(Struct, frozen=True):
    """The first sheet (1-based) on which the formulas differ, and what each gives there."""

    sheet: int
    kind: str
    candidate: str
    reference: str


class FormulaVerdict(Struct, frozen=True):
    """``broken`` names the formula that cannot be run (``reference``: the key is wrong), with ``problem``."""

    sheets: int = 0
    agreed: int = 0
    difference: Difference | None = None
    agreed_plain: int = 0
    plain: int = 0
    broken: Literal["", "candidate", "reference"] = ""
    problem: str = ""


class _Broken(Exception):
    pass


def warm_up() -> None:
    """Evaluate once, so that the first candidate waits for no import."""
    import numpy_financial

    _Program("=SUM(A1:A2)+IF(A1>1,1,0)", Extent(2, 1)).on(Sheet("plain", {(1, 1): 1, (1, 2): 2}))
    numpy_financial.pmt(0.1, 2, 3)


def run(payload: bytes) -> bytes:
    """A ``FormulaJob`` or ``ValueJob`` in, a ``FormulaVerdict`` or shown values out."""
    kind, body = payload[:1], payload[1:]
    if kind == b"v":
        job = msgspec.msgpack.decode(body, type=ValueJob)
        cells = {
            (column, row): _cell(value)
            for row, values in enumerate(job.rows, start=1)
            for column, value in enumerate(values, start=1)
            if value is not None
        }
        sheet = Sheet("given", cells)
        extent = Extent(len(job.rows), max((len(row) for row in job.rows), default=1))
        return msgspec.msgpack.encode([_value_on(formula, sheet, extent) for formula in job.formulas])
    return msgspec.msgpack.encode(_verdict(msgspec.msgpack.decode(body, type=FormulaJob)))


def _value_on(formula: str, sheet: Sheet, extent: Extent) -> Grid:
    try:
        return _shown_grid(_Program(formula, extent).on(sheet))
    except _Broken as broken:
        return ((f"broken: {broken}",),)


def _cell(value: Any) -> Any:
    return ErrorValue(value) if isinstance(value, str) and value.startswith("#") else value


def _verdict(job: FormulaJob) -> FormulaVerdict:
    extent = extent_of(job.spec)
    sheets = make_sheets(job.spec, job.seed, (job.reference,))
    try:
        wanted = _results(_Program(job.reference, extent), sheets)
    except _Broken as broken:
        return FormulaVerdict(broken="reference", problem=str(broken))
    try:
        found = _results(_Program(job.candidate, extent), sheets)
    except _Broken as broken:
        return FormulaVerdict(broken="candidate", problem=str(broken))
    return _compared(sheets, found, wanted, job.spec.tolerance)


def _results(program: _Program, sheets: list[Sheet]) -> list[Array]:
    return [program.on(sheet) for sheet in sheets]


def _compared(sheets: list[Sheet], found: list[Array], wanted: list[Array], tolerance: float) -> FormulaVerdict:
    agreed = plain = agreed_plain = failures = 0
    difference: Difference | None = None
    for number, (sheet, got, due) in enumerate(zip(sheets, found, wanted, strict=True), start=1):
        same = _same(got, due, tolerance) or (sheet.kind == "error" and _failed(got) and _failed(due))
        agreed += same
        failures += _failed(got) and not _failed(due)
        plain += sheet.kind == "plain"
        agreed_plain += same and sheet.kind == "plain"
        if not same and difference is None:
            difference = Difference(number, sheet.kind, _show(got), _show(due))
    if failures == len(sheets) - agreed and plain and not agreed_plain:
        agreed = 0  # a formula that fails on every plain sheet earns nothing for failing where an error was due
    return FormulaVerdict(len(sheets), agreed, difference, agreed_plain, plain)


class _Program:
    """A parsed formula."""

    def __init__(self, text: str, extent: Extent) -> None:
        self._extent = extent
        try:
            self._node = parsed(text, extent)
        except Unparsed as error:
            raise _Broken(error.reason) from error

    def on(self, sheet: Sheet) -> Array:
        """The result. The formula stands in row 2, one column to the right of the data's neighbour."""
        cells: dict[tuple[int, int], Scalar] = {place: _number(value) for place, value in sheet.cells.items()}
        here = (max(self._extent.columns, *(column for column, _ in cells), 1) + 2, 2)
        try:
            return Evaluation(cells, here, self._extent).result(self._node)
        except LimitReached as error:
            raise _Broken(f"The formula needs more than {MAX_CELLS} cells or calls itself without end.") from error


def _number(value: Any) -> Scalar:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _failed(result: Array) -> bool:
    """A single error. Which of several errors on a sheet comes out first is no matter of right or wrong."""
    return result.height == result.width == 1 and isinstance(result.rows[0][0], ErrorValue)


def _same(one: Array, other: Array, tolerance: float) -> bool:
    if (one.height, one.width) != (other.height, other.width):
        return False
    return all(_same_value(a, b, tolerance) for a, b in zip(one.items(), other.items(), strict=True))


def _same_value(one: Scalar, other: Scalar, tolerance: float) -> bool:
    one, other = (0.0 if one is None else one), (0.0 if other is None else other)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= tolerance * max(1.0, abs(other))
    return type(one) is type(other) and one == other


def _show(result: Array) -> str:
    """A result as a person reads it, arrays cut to six values."""
    flat = [_shown(value) for value in result.items()]
    if len(flat) == 1:
        return flat[0]
    return "{" + ", ".join(flat[:6]) + (", …" if len(flat) > 6 else "") + "}"


def _shown_grid(result: Array) -> Grid:
    return tuple(tuple(_shown(value) for value in row) for row in result.rows)


def _shown(value: Scalar) -> str:
    if value is None:
        return "0"
    if isinstance(value, ErrorValue):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return f'"{value[:60]}"'
