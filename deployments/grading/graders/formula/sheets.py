"""Seeded sheets for a question: plain ones and edge cases, the same for every candidate."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from deployments.grading.graders.formula.boundaries import Chooser
from deployments.grading.graders.formula.engine.parser import Extent, reference_in
from deployments.grading.graders.formula.engine.values import ErrorValue, Scalar
from interview.plans.questions import EdgeCase, Formula, SheetColumn


class Sheet(Struct, frozen=True):
    """``cells`` maps (column, row), 1-based, to a value; a missing cell is blank. ``kind`` names the edge case."""

    kind: str
    cells: dict[tuple[int, int], Scalar]


EDGES: dict[str, tuple[EdgeCase, ...]] = {
    "integer": ("blank", "zero", "negative", "duplicate", "text", "error"),
    "decimal": ("blank", "zero", "negative", "duplicate", "text", "error"),
    "text": ("blank", "duplicate", "case", "error"),
    "choice": ("blank", "duplicate", "case", "error"),
    "date": ("blank", "duplicate", "error"),
    "boolean": ("blank", "duplicate"),
}
_SYLLABLES = ("an", "bel", "cor", "dan", "eli", "fon", "gar", "hul", "ing", "jor", "kem", "lu", "mar", "nor")
_ERRORS = ("#N/A", "#DIV/0!", "#VALUE!")


def extent_of(spec: Formula) -> Extent:
    """The used part of a question's sheets."""
    return Extent(spec.rows + 1, max(1, len(spec.columns)), tuple(column.name for column in spec.columns))


def make_sheets(spec: Formula, seed: str, chooser: Chooser | None = None) -> list[Sheet]:
    """At least 20 sheets: every second one plain, the others cycling through the edge cases of the columns.

    A column's own ``edge_cases`` replace the defaults of its kind; ``("none",)`` keeps it plain. ``chooser`` picks each
    plain sheet among several drafts.
    """
    kinds = list(dict.fromkeys(kind for column in spec.columns for kind in edges_of(column)))
    sheets: list[Sheet] = []
    for index in range(max(20, spec.sheets)):
        kind: EdgeCase | Literal["plain"] = "plain" if index % 2 == 0 or not kinds else kinds[(index // 2) % len(kinds)]
        if kind == "plain" and chooser is not None:
            sheets.append(Sheet(kind, chooser.best(_drafts(spec, f"{seed}:{index}"), f"{seed}:{index}")))
        else:
            sheets.append(Sheet(kind, _cells(spec, kind, _random(f"{seed}:{index}"))))
    return sheets


def plain_cells(spec: Formula, seed: str) -> dict[tuple[int, int], Scalar]:
    """The cells of a plain sheet."""
    return _cells(spec, "plain", _random(seed))


def _drafts(spec: Formula, seed: str) -> Callable[[int], dict[tuple[int, int], Scalar]]:
    return lambda number: _cells(spec, "plain", _random(f"{seed}:{number}" if number else seed))


def _random(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - reproducible sheets, not secrecy


def edges_of(column: SheetColumn) -> tuple[EdgeCase, ...]:
    chosen = column.edge_cases or EDGES[column.values]
    return tuple(kind for kind in chosen if kind != "none")


def _cells(spec: Formula, kind: EdgeCase | Literal["plain"], rng: random.Random) -> dict[tuple[int, int], Scalar]:
    cells: dict[tuple[int, int], Scalar] = {}
    for at, column in enumerate(spec.columns, start=1):
        cells[at, 1] = column.name
        values: list[Scalar] = [_value(column, rng) for _ in range(spec.rows)]
        if kind != "plain" and kind in edges_of(column):
            _apply(kind, column, values, rng)
        for row, value in enumerate(values, start=2):
            if value is not None:
                cells[at, row] = value
    for address, fixed in spec.cells.items():
        cells[place_of(address)] = fixed
    return {place: _scalar(value) for place, value in cells.items()}


def place_of(address: str) -> tuple[int, int]:
    """Column and row of a cell's address.

    Raises:

        ValueError: it is not an address.
    """
    found = reference_in(address, Extent(1, 1))
    if found is None:
        raise ValueError(f"not a cell: {address}")
    return found.left, found.top


def _scalar(value: Scalar) -> Scalar:
    """Whole numbers as the engine has them, as floats."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _value(column: SheetColumn, rng: random.Random) -> Scalar:
    match column.values:
        case "integer":
            return rng.randint(int(column.low), int(column.high))
        case "decimal":
            return round(rng.uniform(column.low, column.high), 2)
        case "date":
            low, high = (40000, 46000) if (column.low, column.high) == (0.0, 100.0) else (column.low, column.high)
            return rng.randint(int(low), int(high))
        case "boolean":
            return rng.random() < 0.5
        case "choice":
            return rng.choice(column.choices) if column.choices else ""
        case "text":
            pool = column.choices
            return rng.choice(pool) if pool else "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 3))).capitalize()


def _apply(kind: EdgeCase, column: SheetColumn, values: list[Scalar], rng: random.Random) -> None:
    """Put one kind of edge case into some of the column's cells (at least one)."""
    places: Sequence[int] = rng.sample(range(len(values)), k=max(1, len(values) // 3)) if values else []
    for place in places:
        value = values[place]
        match kind:
            case "blank":
                values[place] = None
            case "zero":
                values[place] = 0
            case "negative":
                values[place] = -abs(value) - 1 if isinstance(value, int | float) else value
            case "duplicate":
                values[place] = values[places[0]]
            case "text":
                values[place] = rng.choice(("n/a", "none", "x"))
            case "case":
                values[place] = value.upper() if isinstance(value, str) and rng.random() < 0.5 else _lower(value)
            case "space":
                values[place] = f" {value} " if isinstance(value, str) else value
            case "large":
                values[place] = 10 ** rng.randint(6, 9)
            case "error":
                values[place] = ErrorValue(rng.choice(_ERRORS)) if place == places[0] else value
            case "all_blank":
                values[:] = [None] * len(values)
            case "none":
                pass


def _lower(value: Scalar) -> Scalar:
    return value.lower() if isinstance(value, str) else value
