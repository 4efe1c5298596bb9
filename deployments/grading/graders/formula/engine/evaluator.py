"""The evaluator: a parsed formula and a sheet give a value, an array or an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deployments.grading.graders.formula.engine import library
from deployments.grading.graders.formula.engine.arithmetic import OPERATORS, negative, percent
from deployments.grading.graders.formula.engine.parser import Extent, reference_in
from deployments.grading.graders.formula.engine.registry import FUNCTIONS, element, invoke, normal
from deployments.grading.graders.formula.engine.syntax import (
    ArrayConstant,
    Call,
    Cells,
    Constant,
    Empty,
    Name,
    Node,
    Operation,
    Signed,
)
from deployments.grading.graders.formula.engine.values import (
    OMITTED,
    Areas,
    Array,
    Closure,
    ErrorValue,
    ExcelError,
    LimitReached,
    Operand,
    Reference,
    Scalar,
    fail,
)

#: The maximum number of cells that one evaluation reads and creates.
MAX_CELLS = 2_000_000
#: The maximum depth of nested LAMBDA calls.
MAX_CALLS = 60

library.load()


class Evaluation:
    """One formula on one sheet. ``cells`` maps (column, row) to values; a missing cell is blank.

    Raises, from ``result``:
        LimitReached: it needs more cells than ``MAX_CELLS`` or nests more than ``MAX_CALLS`` calls.
    """

    def __init__(self, cells: Mapping[tuple[int, int], Scalar], here: tuple[int, int], extent: Extent) -> None:
        self._cells = cells
        self._here = here
        self._extent = extent
        self._spent = 0
        self._calls = 0
        self._read: dict[Reference, Array] = {}

    def result(self, node: Node) -> Array:
        """The shown values: one, or those of a spilled array."""
        try:
            value = self.evaluate(node, {})
            fetched = ErrorValue("#CALC!") if isinstance(value, Closure) else self.fetch(value)
        except ExcelError as error:
            fetched = error.value
        except RecursionError as error:
            raise LimitReached from error
        return fetched if isinstance(fetched, Array) else Array([[fetched]])

    @property
    def here(self) -> tuple[int, int]:
        return self._here

    @property
    def spent(self) -> int:
        """Cells read and made so far: the cost of the evaluation."""
        return self._spent

    def spend(self, cells: int) -> None:
        self._spent += cells
        if self._spent > MAX_CELLS:
            raise LimitReached

    def fetch(self, operand: Operand) -> Scalar | Array:
        match operand:
            case Reference(left=left, top=top, right=right, bottom=bottom):
                if left == right and top == bottom:
                    return self._cells.get((left, top))
                return self._cells_of(operand)
            case Areas():
                return fail("#VALUE!")
            case Closure():
                return fail("#CALC!")
            case Array():
                one = operand.height == operand.width == 1
                return operand.rows[0][0] if one else operand
            case _:
                return None if operand is OMITTED else operand  # type: ignore[return-value]

    def _cells_of(self, reference: Reference) -> Array:
        known = self._read.get(reference)
        if known is None:
            self.spend(reference.height * reference.width)
            columns = range(reference.left, reference.right + 1)
            known = Array(
                [
                    [self._cells.get((column, row)) for column in columns]
                    for row in range(reference.top, reference.bottom + 1)
                ]
            )
            self._read[reference] = known
        return known

    def reference(self, text: str) -> Reference:
        return reference_in(text.rpartition("!")[2], self._extent) or fail("#REF!")

    def evaluate(self, node: Node, names: dict[str, Operand]) -> Operand:
        match node:
            case Constant(value=value):
                return value
            case Cells(reference=reference):
                return reference
            case ArrayConstant(rows=rows):
                return Array([list(row) for row in rows])
            case Name(name=name):
                if name.lower() in names:
                    return names[name.lower()]
                return Closure((), name, {}) if name.upper() in FUNCTIONS else ErrorValue("#NAME?")
            case Empty():
                return OMITTED
            case Signed(sign="-", operand=operand):
                return self._each(negative, self.evaluate(operand, names))
            case Signed(sign="%", operand=operand):
                return self._each(percent, self.evaluate(operand, names))
            case Signed(operand=operand):
                return self.evaluate(operand, names)
            case Operation(sign=sign, left=left, right=right):
                return self._operation(sign, self.evaluate(left, names), self.evaluate(right, names))
            case Call(function=str() as name, arguments=arguments) if name.lower() not in names:
                function = FUNCTIONS[name]
                if function.lazy:
                    return normal(self._guarded(lambda: function.call(self, arguments, names)))
                return invoke(self, function, [self.evaluate(one, names) for one in arguments])
            case Call(function=callee, arguments=arguments):
                called = names[callee.lower()] if isinstance(callee, str) else self.evaluate(callee, names)
                return self._guarded(lambda: self.call(called, [self.evaluate(one, names) for one in arguments]))

    @staticmethod
    def _guarded(make: Callable[[], Operand]) -> Operand:
        try:
            return make()
        except ExcelError as error:
            return error.value

    def call(self, function: Operand, arguments: list[Operand]) -> Operand:
        if isinstance(function, ErrorValue):
            return function
        if not isinstance(function, Closure):
            return fail("#VALUE!")
        if isinstance(function.body, str):
            return invoke(self, FUNCTIONS[function.body.upper()], arguments)
        if len(arguments) > len(function.parameters):
            return fail("#VALUE!")
        self._calls += 1
        self.spend(10)
        if self._calls > MAX_CALLS:
            raise LimitReached
        filled = arguments + [OMITTED] * (len(function.parameters) - len(arguments))
        try:
            return self.evaluate(function.body, function.names | dict(zip(function.parameters, filled, strict=True)))
        finally:
            self._calls -= 1

    def _each(self, operate: Callable[[Scalar], Scalar], operand: Operand) -> Operand:
        value = self._guarded(lambda: self.fetch(operand))
        if not isinstance(value, Array):
            return operate(value)  # type: ignore[arg-type]
        self.spend(value.height * value.width)
        return Array([[operate(one) for one in row] for row in value.rows])

    def _operation(self, sign: str, left: Operand, right: Operand) -> Operand:
        if sign in (":", " ", ","):
            return self._guarded(lambda: _joined(sign, left, right))
        operate = OPERATORS[sign]
        one, other = self._guarded(lambda: self.fetch(left)), self._guarded(lambda: self.fetch(right))
        if not isinstance(one, Array) and not isinstance(other, Array):
            return operate(one, other)  # type: ignore[arg-type]
        ones = one if isinstance(one, Array) else Array([[one]])  # type: ignore[list-item]
        others = other if isinstance(other, Array) else Array([[other]])  # type: ignore[list-item]
        height, width = max(ones.height, others.height), max(ones.width, others.width)
        self.spend(height * width)
        return Array(
            [
                [operate(element(ones, row, column), element(others, row, column)) for column in range(width)]
                for row in range(height)
            ]
        )


def _joined(sign: str, left: Operand, right: Operand) -> Operand:
    """The range between two references, their intersection, or their union."""
    for one in (left, right):
        if isinstance(one, ErrorValue):
            return one
    if sign == ",":
        parts: list[Reference] = []
        for one in (left, right):
            parts += one.parts if isinstance(one, Areas) else [one if isinstance(one, Reference) else fail("#VALUE!")]
        return Areas(tuple(parts))
    if not isinstance(left, Reference) or not isinstance(right, Reference):
        return fail("#VALUE!")
    if sign == ":":
        return Reference(
            min(left.left, right.left),
            min(left.top, right.top),
            max(left.right, right.right),
            max(left.bottom, right.bottom),
        )
    crossing = Reference(
        max(left.left, right.left),
        max(left.top, right.top),
        min(left.right, right.right),
        min(left.bottom, right.bottom),
    )
    empty = crossing.left > crossing.right or crossing.top > crossing.bottom
    return fail("#NULL!") if empty else crossing
