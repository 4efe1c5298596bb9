"""The example sheet of a formula question: plain values that a candidate sees, and tries formulas on.

It is seeded apart from the sheets that grade, and neither the reference nor near misses of it choose its values.
"""

from __future__ import annotations

from deployments.grading.graders.formula.engine.values import Scalar
from deployments.grading.graders.formula.sheets import place_of, plain_cells
from interview.plans.questions import Formula

Row = tuple[float | int | str | bool | None, ...]


def example_rows(spec: Formula, question_id: str) -> tuple[Row, ...]:
    """All cells from A1 on, the header first; the same for every candidate."""
    cells = plain_cells(spec, f"example:{question_id}")
    width = max((column for column, _ in cells), default=1)
    height = max((row for _, row in cells), default=1)
    return tuple(
        tuple(_plain(cells.get((column, row))) for column in range(1, width + 1)) for row in range(1, height + 1)
    )


def fixed_addresses(spec: Formula) -> dict[str, tuple[int, int]]:
    """The cells outside the columns that the question sets, with their places (column, row)."""
    places = {address: place_of(address) for address in spec.cells}
    return {address: place for address, place in places.items() if place[0] > len(spec.columns)}


def shown(value: float | int | str | bool | None) -> str:
    """A cell as a sheet shows it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _plain(value: Scalar) -> float | int | str | bool | None:
    return value if isinstance(value, float | int | str | bool) else None
