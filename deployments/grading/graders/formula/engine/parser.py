"""The parser: tokens become a tree. References are resolved to cells of the one sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from deployments.grading.graders.formula.engine.syntax import (
    PRECEDENCE,
    UNARY,
    ArrayConstant,
    Call,
    Cells,
    Constant,
    Empty,
    Name,
    Node,
    Operation,
    Signed,
    column_index,
)
from deployments.grading.graders.formula.engine.tokens import Token
from deployments.grading.graders.formula.engine.values import ErrorValue, Reference, Scalar, general

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
#: Default sheet names of spreadsheets: they stand for the question's only sheet.
_FIRST_SHEETS = frozenset(
    {"sheet1", "sheet 1", "tabelle1", "feuil1", "hoja1", "foglio1", "planilha1", "blad1", "page 1"}
)
_HELD = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")
_TRUE = frozenset({"TRUE", "WAHR", "VRAI", "VERDADERO", "VERO"})
_FALSE = frozenset({"FALSE", "FALSCH", "FAUX", "FALSO"})


class Extent(Struct, frozen=True):
    """The used part of a sheet: the rows and columns that a whole column or row means, and the headers of row 1.

    ``prompt`` is the question's text: a sheet that it names is the question's only sheet.
    """

    rows: int
    columns: int
    headers: tuple[str, ...] = ()
    prompt: str = ""


class Unparsed(Exception):
    """The tokens are not a formula; the reason is a sentence. ``syntax``: False for a formula that may not run here."""

    def __init__(self, reason: str, syntax: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.syntax = syntax


class Parser:
    """``name_of`` gives the canonical name of a function."""

    def __init__(self, tokens: Sequence[Token], extent: Extent, name_of: Callable[[str], str], depth: int) -> None:
        self._tokens = tokens
        self._extent = extent
        self._name_of = name_of
        self._max_depth = depth
        self._depth = 0
        self._at = 0

    def formula(self) -> Node:
        """The whole formula. Parentheses that are still open at the end are closed.

        Raises:
            Unparsed: the tokens are not a formula.
        """
        node = self._expression(0)
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.text == ")":
                raise Unparsed("The formula's parentheses do not match.")
            raise Unparsed(f"The formula cannot be read at {token.text[:20]!r}.")
        return node

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, text: str) -> bool:
        token = self._peek()
        if token is not None and token.text == text and token.kind != "string":
            self._at += 1
            return True
        return False

    def _expression(self, least: int) -> Node:
        left = self._operand()
        while (token := self._peek()) is not None:
            sign = token.text
            if token.kind == "operator" and sign == "%":
                self._at += 1
                left = Signed("%", left)
                continue
            if token.kind == "range" and token.spaced and isinstance(left, Cells | Operation | Call):
                sign = " "
            elif token.text == "(" and not token.spaced and isinstance(left, Call):
                left = Call(left, self._arguments())
                continue
            elif token.kind != "operator" and sign != ":":
                break
            own = PRECEDENCE.get(sign)
            if own is None or own <= least:
                break
            self._at += sign != " "
            left = Operation(sign, left, self._expression(own))
        return left

    def _operand(self) -> Node:
        token = self._peek()
        if token is None:
            raise Unparsed("The formula is not finished.")
        self._at += 1
        if token.text in ("+", "-", "@") and token.kind != "string":
            operand = self._expression(UNARY)
            return operand if token.text == "@" else Signed(token.text, operand)
        match token.kind:
            case "string":
                return Constant(token.text[1:-1].replace('""', '"'))
            case "number":
                value = float(token.text)
                short = re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", token.text)
                return Constant(value, token.text if short or not math.isfinite(value) else general(value))
            case "error":
                return Constant(ErrorValue(token.text))
            case "range":
                return self._range(token.text)
            case "sheet":
                return self._sheet(token)
            case "table":
                return Cells(self._table(token.text))
            case "function":
                return self._call(token)
            case "name":
                return self._name(token.text)
            case _ if token.text == "(":
                return self._group()
            case _ if token.text == "{":
                return self._array()
        raise Unparsed(f"The formula cannot be read at {token.text[:20]!r}.")

    def _group(self) -> Node:
        self._enter()
        node = self._expression(0)
        while self._take(",") or self._take(";"):
            node = Operation(",", node, self._expression(0))
        self._leave()
        return node

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > self._max_depth:
            raise Unparsed(f"The formula is nested more than {self._max_depth} levels deep.", syntax=False)

    def _leave(self) -> None:
        self._depth -= 1
        if not self._take(")") and self._peek() is not None:
            raise Unparsed("The formula's parentheses do not match.")

    def _call(self, token: Token) -> Node:
        written = token.text.strip()
        arguments = self._arguments()
        return Call(self._name_of(written), arguments)

    def _arguments(self) -> tuple[Node, ...]:
        self._take("(")
        self._enter()
        found: list[Node] = []
        while (token := self._peek()) is not None and token.text != ")":
            if self._take(",") or self._take(";"):
                found.append(Empty())
                continue
            found.append(self._expression(0))
            if not (self._take(",") or self._take(";")):
                break
            if (after := self._peek()) is None or after.text == ")":
                found.append(Empty())
        self._leave()
        return tuple(found)

    def _name(self, text: str) -> Node:
        upper = text.upper()
        if upper in _TRUE or upper in _FALSE:
            return Constant(upper in _TRUE)
        return Name(text)

    def _array(self) -> Node:
        rows: list[list[Scalar]] = [[]]
        while True:
            negative = self._take("-")
            token = self._peek()
            if token is None:
                raise Unparsed("The array constant is not closed.")
            self._at += 1
            rows[-1].append(self._item(token, negative))
            if self._take("}"):
                break
            if self._take(";"):
                rows.append([])
            elif not self._take(","):
                raise Unparsed("The array constant is not closed.")
        if any(len(row) != len(rows[0]) for row in rows):
            raise Unparsed("The rows of an array constant must be of equal length.")
        return ArrayConstant(tuple(map(tuple, rows)))

    def _item(self, token: Token, negative: bool) -> Scalar:
        match token.kind:
            case "number":
                return -float(token.text) if negative else float(token.text)
            case "string" if not negative:
                return token.text[1:-1].replace('""', '"')
            case "error" if not negative:
                return ErrorValue(token.text)
            case "name" if not negative and token.text.upper() in _TRUE | _FALSE:
                return token.text.upper() in _TRUE
        raise Unparsed("An array constant may hold only numbers, text and errors.")

    def _sheet(self, token: Token) -> Node:
        name = token.text.rstrip("!|").strip("'")
        if "[" in name or token.text.endswith("|") or not self._is_this_sheet(name.casefold()):
            raise Unparsed(f"{name!r} is refused: only cells of this sheet may be used.", syntax=False)
        after = self._peek()
        if after is None or after.kind != "range":
            raise Unparsed(f"No cell follows {token.text!r}.")
        self._at += 1
        return self._range(after.text)

    def _is_this_sheet(self, name: str) -> bool:
        named = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self._extent.prompt.casefold())
        return name in _FIRST_SHEETS or (name != "" and named is not None)

    def _table(self, text: str) -> Reference:
        """A structured reference such as ``Table1[Amount]`` or ``[@Amount]``."""
        inner = text[text.index("[") + 1 : -1].strip()
        items = [one.strip("[] @").casefold() for one in re.split(r"[,:]", inner)]
        special = {one for one in items if one.startswith("#")}
        names = [one for one in items if one and not one.startswith("#")]
        headers = [one.casefold().strip() for one in self._extent.headers]
        columns = [headers.index(one) + 1 for one in names if one in headers]
        if len(columns) != len(names) or (not names and "@" in inner):
            raise Unparsed(f"The table has no column {text[:40]!r}.")
        left, right = (min(columns), max(columns)) if columns else (1, self._extent.columns)
        if "@" in inner or "#this row" in special:
            return Reference(left, 2, right, 2)
        top = 1 if "#all" in special or "#headers" in special else 2
        return Reference(left, top, right, 1 if special == {"#headers"} else max(top, self._extent.rows))

    def _range(self, text: str) -> Cells:
        found = reference_in(text, self._extent)
        if found is None:
            raise Unparsed(f"{text!r} is not a range of a spreadsheet.")
        return Cells(found, _fixed(text))


def _fixed(text: str) -> tuple[bool, bool, bool, bool]:
    """The parts that a ``$`` fixes. Whole columns fix their rows, and whole rows their columns."""
    first, _, last = re.sub(r"\s", "", text).partition(":")
    one, two = _HELD.fullmatch(first), _HELD.fullmatch(last or first)
    if one is None or two is None:
        return (False, False, False, False)
    held = [(bool(part[1]) or not part[2], bool(part[3]) or not part[4]) for part in (one, two)]
    return (*held[0], *held[1])


def reference_in(text: str, extent: Extent) -> Reference | None:
    """The cells that ``A1``, ``A1:B2``, ``A:B``, ``2:3`` or ``A2:B`` name; whole columns end at the used rows."""
    first, _, last = re.sub(r"[\s$]", "", text).upper().partition(":")
    one, two = _CELL.fullmatch(first), _CELL.fullmatch(last)
    if one and not last:
        two = one
    if one and two:
        left, right = sorted((column_index(one[1]), column_index(two[1])))
        top, bottom = sorted((int(one[2]), int(two[2])))
    elif one and last.isalpha():
        left, right = sorted((column_index(one[1]), column_index(last)))
        top, bottom = int(one[2]), max(extent.rows, int(one[2]))
    elif first.isalpha() and last.isalpha():
        left, right = sorted((column_index(first), column_index(last)))
        top, bottom = 1, extent.rows
    elif first.isdigit() and last.isdigit():
        top, bottom = sorted((int(first), int(last)))
        left, right = 1, extent.columns
    else:
        return None
    fits = top >= 1 and bottom <= MAX_ROWS and left >= 1 and right <= MAX_COLUMNS
    return Reference(left, top, right, bottom) if fits else None
