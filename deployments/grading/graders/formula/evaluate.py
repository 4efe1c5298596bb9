"""The worker's side of formula grading: parse two formulas, run both on every sheet, report the differences.

Runs inside the sandbox only (``sandbox_worker``).
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from deployments.grading.graders.formula.boundaries import Chooser
from deployments.grading.graders.formula.engine.evaluator import MAX_CELLS, Evaluation
from deployments.grading.graders.formula.engine.parser import Extent, Unparsed
from deployments.grading.graders.formula.engine.syntax import Node, filled_down
from deployments.grading.graders.formula.engine.values import Array, ErrorValue, LimitReached, Scalar, is_error
from deployments.grading.graders.formula.screen import parsed
from deployments.grading.graders.formula.sheets import Sheet, extent_of, make_sheets
from interview.plans.questions import Formula

#: A formula's result in each row it is filled down to.
Results = tuple[Array, ...]
#: A result grid: rows of shown values.
Grid = tuple[tuple[str, ...], ...]
#: Begins the only cell of a formula that cannot run; no shown value begins so, because texts are quoted.
BROKEN = "broken: "


class FormulaJob(Struct, frozen=True):
    """Both formulas are canonical (``screen``); ``seed`` fixes the sheets. ``ignore_case``: texts are compared without
    case, because speech has none.
    """

    spec: Formula
    candidate: str
    reference: str
    seed: str
    ignore_case: bool = False


class ValueJob(Struct, frozen=True):
    """Evaluate canonical formulas on one sheet, given as rows of cells (conformance cases)."""

    formulas: tuple[str, ...]
    rows: tuple[tuple[float | int | str | bool | None, ...], ...]


class Difference(Struct, frozen=True):
    """The first sheet (1-based) on which the formulas differ, and both results."""

    sheet: int
    kind: str
    candidate: str
    reference: str


class FormulaVerdict(Struct, frozen=True):
    """``stated_differences`` counts differing sheets that are plain or of an edge case that a column names. ``broken``
    names the formula that cannot run (``reference``: the key is wrong), with ``problem``.
    """

    sheets: int = 0
    agreed: int = 0
    difference: Difference | None = None
    agreed_plain: int = 0
    plain: int = 0
    stated_differences: int = 0
    broken: Literal["", "candidate", "reference"] = ""
    problem: str = ""


class _Broken(Exception):
    pass


def warm_up() -> None:
    """Evaluate once, so that the first candidate does not wait for imports."""
    import numpy_financial

    _Program("=SUM(A1:A2)+IF(A1>1,1,0)", Extent(2, 1)).on(Sheet("plain", {(1, 1): 1.0, (1, 2): 2.0}))
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
        return _shown_grid(_Program(formula, extent).on(sheet)[0])
    except _Broken as broken:
        return ((f"{BROKEN}{broken}",),)


def _cell(value: float | int | str | bool | None) -> Scalar:
    if isinstance(value, str) and value.startswith("#"):
        return ErrorValue(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _verdict(job: FormulaJob) -> FormulaVerdict:
    extent = extent_of(job.spec)
    try:
        reference = _Program(job.reference, extent, job.spec.fill_down)
        chooser = Chooser(job.spec, reference.node, reference.measured, extent)
        sheets = make_sheets(job.spec, job.seed, chooser)
        wanted = [reference.on(sheet) for sheet in sheets]
    except _Broken as broken:
        return FormulaVerdict(broken="reference", problem=str(broken))
    try:
        candidate = _Program(job.candidate, extent, job.spec.fill_down)
        found = [candidate.on(sheet) for sheet in sheets]
    except _Broken as broken:
        return FormulaVerdict(broken="candidate", problem=str(broken))
    if job.ignore_case:
        found, wanted = _folded(found), _folded(wanted)
    return _compared(job.spec, sheets, found, wanted)


def _folded(results: list[Results]) -> list[Results]:
    """The results with all texts in one case."""
    return [tuple(Array([[_fold(one) for one in row] for row in array.rows]) for array in given) for given in results]


def _fold(value: Scalar) -> Scalar:
    return value.casefold() if isinstance(value, str) else value


def _compared(spec: Formula, sheets: list[Sheet], found: list[Results], wanted: list[Results]) -> FormulaVerdict:
    stated = {"plain", *(kind for column in spec.columns for kind in column.edge_cases)}
    agreed = plain = agreed_plain = failures = stated_differences = 0
    difference: Difference | None = None
    for number, (sheet, got, due) in enumerate(zip(sheets, found, wanted, strict=True), start=1):
        same = all(
            _same(one, other, spec.tolerance) or (sheet.kind == "error" and _error_excused(one, other, stated))
            for one, other in zip(got, due, strict=True)
        )
        agreed += same
        failures += not same and is_error(got[0]) and not is_error(due[0])
        plain += sheet.kind == "plain"
        agreed_plain += same and sheet.kind == "plain"
        stated_differences += not same and sheet.kind in stated
        if not same and difference is None:
            difference = Difference(number, sheet.kind, _show(got), _show(due))
    if failures == len(sheets) - agreed and plain and not agreed_plain:
        agreed = 0  # a formula that fails on every plain sheet gets no credit for failing where an error is right
    return FormulaVerdict(len(sheets), agreed, difference, agreed_plain, plain, stated_differences)


class _Program:
    """A parsed formula, filled down over some rows."""

    def __init__(self, text: str, extent: Extent, fill_down: int = 1) -> None:
        self._extent = extent
        self._rows = range(fill_down)
        try:
            self.node = parsed(text, extent)
        except Unparsed as error:
            raise _Broken(error.reason) from error

    def on(self, sheet: Sheet) -> Results:
        """The results, one for each filled-down row."""
        try:
            return self.run(self.node, sheet.cells)
        except LimitReached as error:
            raise _Broken(f"The formula needs more than {MAX_CELLS} cells or calls itself without end.") from error

    def run(self, node: Node, cells: dict[tuple[int, int], Scalar]) -> Results:
        """Evaluate a tree. The formula stands from row 2 on, in the second column to the right of the data."""
        return self.measured(node, cells)[0]

    def measured(self, node: Node, cells: dict[tuple[int, int], Scalar]) -> tuple[Results, int]:
        """The results, and the number of cells read and created."""
        column = max(self._extent.columns, max((at for at, _ in cells), default=1)) + 2
        results, spent = [], 0
        for row in self._rows:
            evaluation = Evaluation(cells, (column, 2 + row), self._extent)
            results.append(evaluation.result(filled_down(node, row) if row else node))
            spent += evaluation.spent
        return tuple(results), spent


def _error_excused(got: Array, due: Array, stated: set[str]) -> bool:
    """Whether an error is a correct result on a sheet with errors: SUM(IF(…)) propagates it, SUMIF does not. A column
    that names the edge case requires the reference's behaviour."""
    return is_error(got) and (is_error(due) or "error" not in stated)


def _same(one: Array, other: Array, tolerance: float) -> bool:
    if (one.height, one.width) != (other.height, other.width):
        return False
    return all(_same_value(a, b, tolerance) for a, b in zip(one.items(), other.items(), strict=True))


def _same_value(one: Scalar, other: Scalar, tolerance: float) -> bool:
    one, other = (0.0 if one is None else one), (0.0 if other is None else other)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= tolerance * max(1.0, abs(other))
    return type(one) is type(other) and one == other


def _show(results: Results) -> str:
    """Results in readable form, cut to six values."""
    flat = [_shown(value) for result in results for value in result.items()]
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
