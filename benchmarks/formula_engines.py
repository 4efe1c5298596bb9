"""Compare spreadsheet engines on the conformance data: ``python -m benchmarks.formula_engines [own ironcalc …]``.

Engines other than our own are not dependencies: install those to be compared (``pip install ironcalc formualizer
formulas``) in an environment next to this package. A constant reference (``=20``) of a handed case counts as its value.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deployments.grading.graders.formula.evaluate import ValueJob, run
from deployments.grading.graders.formula.screen import Extent, Refused, screen

DATA = Path(__file__).parents[1] / "tests" / "data" / "grading"
Rows = list[list[Any]]
Engine = Callable[[Rows, str], list[str]]
_ERRORS = {"Div": "#DIV/0!", "Na": "#N/A", "Ref": "#REF!", "Num": "#NUM!", "Value": "#VALUE!", "Name": "#NAME?"}


def cases() -> Iterator[tuple[str, Rows, str, list[str]]]:
    """Set, sheet, formula and shown values."""
    for name in ("values", "kinds"):
        sheet = "formula_sheet.json" if name == "values" else "formula_kinds_sheet.json"
        rows = json.loads((DATA / sheet).read_text())
        for case in _lines(f"formula_{name}.jsonl"):
            yield name, rows, case["formula"], _listed(case["value"])
    for case in _lines("formula_handed.jsonl"):
        if "sheet" in case:
            yield "handed", case["sheet"], case["answer"], _listed(case["value"])


def _lines(name: str) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, (DATA / name).read_text().splitlines())


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def own(rows: Rows, formula: str) -> list[str]:
    import msgspec

    read = screen(formula, Extent(rows=len(rows), columns=max(map(len, rows))))
    if isinstance(read, Refused):
        return [read.reason]
    given = tuple(map(tuple, rows))
    made = run(b"v" + msgspec.msgpack.encode(ValueJob((read.text,), given)))
    return [value for row in msgspec.msgpack.decode(made)[0] for value in row]


def ironcalc(rows: Rows, formula: str) -> list[str]:
    library: Any = importlib.import_module("ironcalc")
    model = library.create("book")
    for row, column, value in _cells(rows):
        if isinstance(value, bool):
            model.update_cell_with_bool(0, row, column, value)
        elif isinstance(value, int | float):
            model.update_cell_with_number(0, row, column, float(value))
        else:
            model.update_cell_with_text(0, row, column, value)
    model.set_user_input(0, 1, 30, formula)
    model.evaluate()
    places = sorted((row, column) for _, row, column in model.get_all_cells() if column >= 30)
    return [
        str(model.get_cell_value(0, *place))
        if model.get_cell_type(0, *place) == library.CellType.ErrorValue
        else _shown(model.get_cell_value(0, *place))
        for place in places
    ]


def formualizer(rows: Rows, formula: str) -> list[str]:
    library: Any = importlib.import_module("formualizer")
    book = library.Workbook(mode=library.WorkbookMode.Ephemeral)
    sheet = book.sheet("Sheet1")
    for row, column, value in _cells(rows):
        make = library.LiteralValue
        kind = make.boolean if isinstance(value, bool) else make.text if isinstance(value, str) else make.number
        sheet.set_value(row, column, kind(float(value) if kind is make.number else value))
    sheet.set_formula(1, 30, formula)
    return [_shown(one) for one in _flat(book.evaluate_cell("Sheet1", 1, 30))]


def formulas(rows: Rows, formula: str) -> list[str]:
    """The ``formulas`` library without any function of ours."""
    library: Any = importlib.import_module("formulas")
    numpy: Any = importlib.import_module("numpy")
    function = library.Parser().ast(formula)[1].compile()
    ranges: Any = importlib.import_module("formulas.ranges")
    empty = importlib.import_module("schedula").EMPTY
    arguments = []
    for name, found in function.inputs.items():
        part = found.ranges[0]
        left, right, top, bottom = part["n1"], part["n2"], int(part["r1"]), int(part["r2"])
        values = [
            [_at(rows, row, column, empty) for column in range(left, right + 1)] for row in range(top, bottom + 1)
        ]
        arguments.append(ranges.Ranges().push(name, numpy.array(values, dtype=object)))
    result = function(*arguments)
    return [_shown(one) for one in numpy.asarray(getattr(result, "value", result), dtype=object).ravel().tolist()]


def _at(rows: Rows, row: int, column: int, empty: Any) -> Any:
    inside = row <= len(rows) and column <= len(rows[row - 1])
    return rows[row - 1][column - 1] if inside and rows[row - 1][column - 1] is not None else empty


def _cells(rows: Rows) -> Iterator[tuple[int, int, Any]]:
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            if value is not None:
                yield row, column, value


def _flat(value: Any) -> list[Any]:
    return [one for part in value for one in _flat(part)] if isinstance(value, list) else [value]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return _ERRORS.get(str(value.get("kind")), str(value))
    if value is None:
        return "0"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return str(value) if str(value).startswith("#") else f'"{value}"'


def agrees(got: str, wanted: str) -> bool:
    try:
        return abs(float(got) - float(wanted)) <= 1e-4 * max(1.0, abs(float(wanted)))
    except ValueError:
        return got == wanted


ENGINES: dict[str, Engine] = {"own": own, "ironcalc": ironcalc, "formualizer": formualizer, "formulas": formulas}


def main(names: list[str]) -> None:
    given = list(cases())
    for name in names or ["own"]:
        wrong: dict[str, int] = {}
        began = time.perf_counter()
        for kind, rows, formula, wanted in given:
            try:
                got = ENGINES[name](rows, formula)
            except Exception as error:  # noqa: BLE001 - an engine that raises is wrong on that formula
                got = [type(error).__name__]
            right = len(got) == len(wanted) and all(map(agrees, got, wanted))
            wrong[kind] = wrong.get(kind, 0) + (not right)
        print(f"{name}: wrong {wrong} of {len(given)} in {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
