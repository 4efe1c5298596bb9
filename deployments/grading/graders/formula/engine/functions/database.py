"""The database functions: DSUM and its relatives over a table with headers and a range of criteria."""

from __future__ import annotations

from collections.abc import Callable

from deployments.grading.graders.formula.engine.functions.aggregate import largest, mean, smallest
from deployments.grading.graders.formula.engine.functions.criteria import test_of
from deployments.grading.graders.formula.engine.registry import Context, first, grid, whole
from deployments.grading.graders.formula.engine.values import OMITTED, Array, Operand, Scalar, fail, same


def _column(headers: list[Scalar], field: Scalar) -> int:
    if isinstance(field, float):
        return int(field) - 1 if 1 <= field <= len(headers) else fail("#VALUE!")
    found = next((at for at, one in enumerate(headers) if same(one, field)), -1)
    return found if found >= 0 else fail("#VALUE!")


def _chosen(table: Array, criteria: Array) -> list[list[Scalar]]:
    """The rows that meet every criterion of at least one row of criteria; a text criterion means "begins with"."""
    columns = [_column(table.rows[0], header) for header in criteria.rows[0]]
    kept: list[list[Scalar]] = []
    for row in table.rows[1:]:
        for line in criteria.rows[1:]:
            tests = [(test_of(_begins(one)), row[at]) for at, one in zip(columns, line, strict=True) if one is not None]
            if all(test(cell) for test, cell in tests):
                kept.append(row)
                break
    return kept


def _begins(criterion: Scalar) -> Scalar:
    plain = isinstance(criterion, str) and criterion and criterion[0] not in "=<>"
    return f"{criterion}*" if plain and isinstance(criterion, str) and not criterion[0].isdigit() else criterion


def _function(reduce: Callable[[list[Scalar]], Scalar]) -> Callable[..., Scalar]:
    def function(context: Context, table: Operand, field: Operand, criteria: Operand) -> Scalar:
        given = grid(context, table)
        rows = _chosen(given, grid(context, criteria))
        if field is OMITTED:
            return reduce([1.0 for _ in rows])
        at = _column(given.rows[0], first(context, field))
        return reduce([row[at] for row in rows])

    return function


def _numbers(values: list[Scalar]) -> list[float]:
    return [one for one in values if isinstance(one, float)]


whole("DSUM", "r r r")(_function(lambda values: sum(_numbers(values))))
whole("DAVERAGE", "r r r")(_function(lambda values: mean(_numbers(values))))
whole("DMAX", "r r r")(_function(lambda values: largest(_numbers(values))))
whole("DMIN", "r r r")(_function(lambda values: smallest(_numbers(values))))
whole("DCOUNT", "r r r")(_function(lambda values: float(len(_numbers(values)))))
whole("DCOUNTA", "r r r")(_function(lambda values: float(sum(one is not None for one in values))))
whole("DGET", "r r r")(
    _function(lambda values: values[0] if len(values) == 1 else fail("#VALUE!" if not values else "#NUM!"))
)
