"""Plain sheets that distinguish a question's reference from near misses.

Random values alone do not: a range one row short has the same sum when its last row does not meet the condition, and
``>`` equals ``>=`` until a cell holds the limit itself. So several drafts of each plain sheet are made, with the
reference's own numbers and texts in some cells, mostly in the first and last row. The draft is kept that distinguishes
the most near misses (``mutants``) not yet distinguished by two earlier sheets.

A draft on which the reference fails, without saying what to show then, is left out while there is another: a right
answer may show a different error, or a value, where nothing is found.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from deployments.grading.graders.formula.engine.evaluator import Evaluation
from deployments.grading.graders.formula.engine.functions.criteria import operand_of
from deployments.grading.graders.formula.engine.parser import Extent, reference_in
from deployments.grading.graders.formula.engine.syntax import Call, Cells, Empty, Name, Node, parts
from deployments.grading.graders.formula.engine.values import Array, ErrorValue, LimitReached, Scalar, is_error
from deployments.grading.graders.formula.mutants import mutants
from interview.plans.questions import Formula, SheetColumn

SheetCells = dict[tuple[int, int], Scalar]
#: A formula's results on a sheet's cells, and the number of cells read and created.
Run = Callable[[Node, SheetCells], tuple[tuple[Array, ...], int]]

DRAFTS = 8
#: Further drafts in which no cell holds what is looked for, of a reference that says what to show then.
ABSENT_DRAFTS = 2
_CATCHES = frozenset({"IFERROR", "IFNA", "ISERROR", "ISNA", "ISNUMBER"})
#: The number of plain sheets that must distinguish a near miss.
ENOUGH = 2
#: Budget of cells for the near misses of one question, about half a second; each evaluation counts 50 more. Sheets
#: beyond it keep their first draft.
MAX_CELLS = 600_000


class Chooser:
    """Selects the best draft of each plain sheet. Deterministic, and independent of the candidate."""

    def __init__(self, spec: Formula, reference: Node, run: Run, extent: Extent) -> None:
        self._spec = spec
        self._reference = reference
        self._run = run
        self._mutants = mutants(reference, extent.rows)
        self._told = [0] * len(self._mutants)
        self._left = MAX_CELLS
        fixed = {float(one) if isinstance(one, int) else one for one in spec.cells.values() if one != ""}
        self._values = literals(reference, extent) | fixed
        self._may_fail = any(isinstance(one, Call) and _has_default(one) for one in parts(reference))
        self._drafts = DRAFTS + ABSENT_DRAFTS * self._may_fail

    def best(self, draft: Callable[[int], SheetCells], seed: str) -> SheetCells:
        """The best of several drafts; ``draft(0)`` is the sheet without boundary values."""
        chosen = next((cells for cells in map(draft, range(DRAFTS)) if self._is_told(cells)), draft(0))
        told = self._tells(chosen)
        for number in range(1, self._drafts):
            if not self._open():
                break
            rng = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible sheets, not secrecy
            cells = self._planted(draft(number), rng) if number < DRAFTS else self._emptied(draft(number), rng)
            found = self._tells(cells)
            if self._worth(found) > self._worth(told) and self._is_told(cells):
                chosen, told = cells, found
        for at in told:
            self._told[at] += 1
        return chosen

    def _is_told(self, cells: SheetCells) -> bool:
        """Whether the reference says what to show on these cells."""
        if self._may_fail:
            return True
        try:
            results, spent = self._run(self._reference, cells)
        except LimitReached:
            return True
        self._left -= spent + 50
        return not all(map(is_error, results))

    def _open(self) -> list[int]:
        """The near misses that too few sheets distinguish so far."""
        return [at for at, count in enumerate(self._told) if count < ENOUGH] if self._left > 0 else []

    def _tells(self, cells: SheetCells) -> set[int]:
        places = self._open()
        due = self._result(self._reference, cells)
        return {at for at in places if self._left > 0 and self._result(self._mutants[at], cells) != due}

    def _result(self, node: Node, cells: SheetCells) -> object:
        """None when it exceeds a formula's limits."""
        try:
            result, spent = self._run(node, cells)
        except LimitReached:
            self._left = 0
            return None
        self._left -= spent + 50
        return result

    def _worth(self, told: set[int]) -> float:
        return sum(1.0 if self._told[at] == 0 else 0.3 for at in told)

    def _planted(self, cells: SheetCells, rng: random.Random) -> SheetCells:
        """The draft with literals of the reference in some cells, and with some values repeated."""
        made = dict(cells)
        last = self._spec.rows + 1
        for at, column in enumerate(self._spec.columns, start=1):
            fitting = [near for value in sorted(self._values, key=_order) for near in _near(value, column)]
            for row in {2, last, rng.randint(2, last), rng.randint(2, last)}:
                if fitting and rng.random() < 0.7:
                    made[at, row] = rng.choice(fitting)
                elif rng.random() < 0.2:
                    made[at, row] = made.get((at, rng.randint(2, last)))
        for place in _fixed_places(self._spec):
            made[place] = cells[place]
        return {place: value for place, value in made.items() if value is not None}

    def _emptied(self, cells: SheetCells, rng: random.Random) -> SheetCells:
        """The draft without the reference's texts in columns of choices, so that looking one up finds nothing."""
        made = dict(cells)
        fixed = set(_fixed_places(self._spec))
        for at, column in enumerate(self._spec.columns, start=1):
            others = [one for one in column.choices if one not in self._values]
            for row in range(2, self._spec.rows + 2):
                if others and made.get((at, row)) in self._values and (at, row) not in fixed:
                    made[at, row] = rng.choice(others)
        return made


def _has_default(call: Call) -> bool:
    """Whether the call says what to show where nothing is found; ``XLOOKUP``'s fourth argument does."""
    if call.function == "XLOOKUP":
        return len(call.arguments) > 3 and not isinstance(call.arguments[3], Empty)
    return call.function in _CATCHES


def _order(value: Scalar) -> tuple[str, str]:
    """An order of values that is the same in every process."""
    return type(value).__name__, str(value)


def _fixed_places(spec: Formula) -> list[tuple[int, int]]:
    found = [reference_in(address, Extent(1, 1)) for address in spec.cells]
    return [(one.left, one.top) for one in found if one is not None]


def _near(value: Scalar, column: SheetColumn) -> list[Scalar]:
    """The value and its neighbours within the column's bounds."""
    match column.values:
        case "choice":
            return [value] if value in column.choices else []
        case "text":
            return [value] if isinstance(value, str) and (not column.choices or value in column.choices) else []
        case "boolean":
            return [value] if isinstance(value, bool) else []
        case "integer" | "decimal" | "date":
            if not isinstance(value, float):
                return []
            step = 0.01 if column.values == "decimal" else 1.0
            bounded = column.values != "date" or (column.low, column.high) != (0.0, 100.0)
            low, high = (column.low, column.high) if bounded else (40000.0, 46000.0)
            near = [value, value, round(value - step, 2), round(value + step, 2)]
            whole = column.values != "decimal"
            return [one for one in near if low <= one <= high and (not whole or one.is_integer())]


def literals(node: Node, extent: Extent) -> set[Scalar]:
    """The values in a formula: constants, operands of criteria, and results of calls without cells."""
    found: set[Scalar] = set()
    for one in parts(node):
        names = any(isinstance(below, Cells | Name) for below in parts(one))
        if names or (isinstance(one, Call) and not one.arguments):
            continue
        value = _constant(one, extent)
        if isinstance(value, str):
            found |= {value, operand_of(value)}
        elif value is not None and not isinstance(value, ErrorValue):
            found.add(value)
    return {one for one in found if one is not None and one != "" and not isinstance(one, ErrorValue)}


def _constant(node: Node, extent: Extent) -> Scalar:
    try:
        result = Evaluation({}, (1, 1), extent).result(node)
    except LimitReached:
        return None
    return result.rows[0][0] if result.height == result.width == 1 else None
