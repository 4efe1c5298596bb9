"""The worker's side of formula grading: compile two formulas, run both on every sheet, say where they differ.

Runs inside the sandbox only (``sandbox_worker``); nothing else imports the ``formulas`` library.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec
from msgspec import Struct

from deployments.grading.graders.formula import excel_semantics, functions
from deployments.grading.graders.formula.screen import cells_of
from deployments.grading.graders.formula.sheets import ErrorValue, Sheet, make_sheets
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
    """``broken`` names the formula that does not compile (``reference``: the key is wrong), with ``problem``."""

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
    """Import the library, replace what differs from a spreadsheet, compile once."""
    excel_semantics.install()
    _Program("=SUM(A1:A2)+IF(A1>1,1,0)").on(Sheet("plain", {(1, 1): 1, (1, 2): 2}))
    _Program('=COUNTIF(A1:A2,">1")&TEXT(1,"0.0")').on(Sheet("plain", {(1, 1): 1}))


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
        return msgspec.msgpack.encode([_value_on(formula, Sheet("given", cells)) for formula in job.formulas])
    return msgspec.msgpack.encode(_verdict(msgspec.msgpack.decode(body, type=FormulaJob)))


def _value_on(formula: str, sheet: Sheet) -> Grid:
    try:
        return _shown_grid(_Program(formula).on(sheet))
    except _Broken as broken:
        return ((f"broken: {broken}",),)


def _cell(value: Any) -> Any:
    return ErrorValue(value) if isinstance(value, str) and value.startswith("#") else value


def _verdict(job: FormulaJob) -> FormulaVerdict:
    try:
        reference = _Program(job.reference)
    except _Broken as broken:
        return FormulaVerdict(broken="reference", problem=str(broken))
    try:
        candidate = _Program(job.candidate)
    except _Broken as broken:
        return FormulaVerdict(broken="candidate", problem=str(broken))
    agreed = plain = agreed_plain = failures = 0
    difference: Difference | None = None
    sheets = make_sheets(job.spec, job.seed)
    for number, sheet in enumerate(sheets, start=1):
        wanted, got = reference.on(sheet), candidate.on(sheet)
        same = _same(got, wanted, job.spec.tolerance) or (sheet.kind == "error" and _failed(got) and _failed(wanted))
        agreed += same
        failures += _failed(got) and not _failed(wanted)
        plain += sheet.kind == "plain"
        agreed_plain += same and sheet.kind == "plain"
        if not same and difference is None:
            difference = Difference(number, sheet.kind, _show(got), _show(wanted))
    if failures == len(sheets) - agreed and plain and not agreed_plain:
        agreed = 0  # a formula that fails on every plain sheet earns nothing for failing where an error was due
    return FormulaVerdict(len(sheets), agreed, difference, agreed_plain, plain)


class _Program:
    """A compiled formula."""

    def __init__(self, text: str) -> None:
        import formulas

        try:
            tokens, builder = formulas.Parser().ast(text)
        except Exception as error:
            raise _Broken(f"The formula cannot be parsed ({type(error).__name__}).") from error
        for token in tokens:
            if type(token).__name__ in ("Function", "Lambda"):
                name = functions.canonical(str(token.attr.get("name", "")))
                if name not in ("ARRAY", "ARRAYROW") and (reason := functions.refusal(name)):
                    raise _Broken(reason)
        try:
            self._run = builder.compile()
            self._inputs = [(name, cells_of(_reference(name, ranges))) for name, ranges in self._run.inputs.items()]
        except Exception as error:
            raise _Broken(f"The formula cannot be compiled ({type(error).__name__}).") from error

    def on(self, sheet: Sheet) -> list[list[Any]]:
        """The result as a grid of plain values and ``ErrorValue``."""
        from formulas.ranges import Ranges

        # As ranges and not as bare arrays, so that ROW, ROWS and COLUMNS know where they are.
        arguments = [Ranges().push(name, _array(sheet, corners)) for name, corners in self._inputs]
        try:
            result = self._run(*arguments)
            return _grid(getattr(result, "value", result))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - what the library cannot compute, a spreadsheet shows as an error
            return [[ErrorValue("#VALUE!")]]


def _reference(name: str, ranges: Any) -> str:
    """The cells an input stands for.

    Raises:
        ValueError: a union or intersection of ranges, which is not supported.
    """
    parts = getattr(ranges, "ranges", None)
    if parts is None or len(parts) != 1:
        raise ValueError(f"unsupported reference {name}")
    one = parts[0]
    return f"{one['c1']}{one['r1']}:{one['c2']}{one['r2']}".upper()


def _array(sheet: Sheet, corners: tuple[int, int, int, int]) -> Any:
    import numpy as np
    import schedula
    from formulas.tokens.operand import XlError

    left, top, right, bottom = corners
    # Not np.full: it would turn the library's blank, a kind of str, into the text "empty".
    array = np.array([[schedula.EMPTY] * (right - left + 1)] * (bottom - top + 1), dtype=object)
    for (column, row), value in sheet.cells.items():
        if left <= column <= right and top <= row <= bottom:
            array[row - top, column - left] = XlError(value.code) if isinstance(value, ErrorValue) else value
    return array


def _grid(result: Any) -> list[list[Any]]:
    import numpy as np

    array = np.asarray(result, dtype=object)
    if array.ndim < 2:
        array = np.atleast_2d(array)
    return [[_plain(value) for value in row] for row in array.tolist()]


def _plain(value: Any) -> Any:
    import numpy as np
    import schedula
    from formulas.tokens.operand import XlError

    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else schedula.EMPTY
    if value is schedula.EMPTY or value is None:
        return 0
    if isinstance(value, XlError):
        return ErrorValue(str(value))
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.number):
        number = float(value)
        return number if math.isfinite(number) else ErrorValue("#NUM!")
    return str(value)


def _failed(grid: list[list[Any]]) -> bool:
    """A single error. Which of several errors on a sheet comes out first is no matter of right or wrong."""
    return len(grid) == len(grid[0]) == 1 and isinstance(grid[0][0], ErrorValue)


def _same(one: list[list[Any]], other: list[list[Any]], tolerance: float) -> bool:
    if len(one) != len(other) or any(len(a) != len(b) for a, b in zip(one, other, strict=True)):
        return False
    return all(
        _same_value(a, b, tolerance)
        for left, right in zip(one, other, strict=True)
        for a, b in zip(left, right, strict=True)
    )


def _same_value(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return type(one) is type(other) and one == other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= tolerance * max(1.0, abs(other))
    return type(one) is type(other) and bool(one == other)


def _show(grid: list[list[Any]]) -> str:
    """A result as a person reads it, arrays cut to six values."""
    shown = _shown_grid(grid)
    flat = [value for row in shown for value in row]
    if len(flat) == 1:
        return flat[0]
    return "{" + ", ".join(flat[:6]) + (", …" if len(flat) > 6 else "") + "}"


def _shown_grid(grid: list[list[Any]]) -> Grid:
    return tuple(tuple(_shown(value) for value in row) for row in grid)


def _shown(value: Any) -> str:
    if isinstance(value, ErrorValue):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return f'"{value[:60]}"'
