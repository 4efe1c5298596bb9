"""Where the ``formulas`` library and a spreadsheet disagree: the functions replaced here, inside the worker.

Found by running every whitelisted function against results worked out by hand from the vendor's documentation
(tests/data/grading/formula_values.jsonl): criteria with ``<>``, ``=`` and wildcards, ROUND of a decimal tie, TRIM of
inner spaces, TEXTJOIN of empty texts, VALUE of currency and percent.
"""

from __future__ import annotations

import fnmatch
import math
import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

#: A cell of a spreadsheet holds at most this many characters; longer results are errors there, too.
MAX_TEXT = 32_767

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_SIGN = re.compile(r">=|<=|<>|>|<|=")


def install() -> None:
    """Replace the functions in the library's table; idempotent."""
    import numpy as np
    import schedula
    from formulas.errors import FoundError
    from formulas.functions import Array, Error, get_functions, wrap_func, wrap_ufunc
    from formulas.tokens.operand import XlError

    table = get_functions()
    empty = schedula.EMPTY
    original_value = table["VALUE"]

    def grid(value: Any) -> Any:
        array = np.asarray(value, dtype=object)
        return array if array.ndim == 2 else np.atleast_2d(array)

    def matcher(criterion: Any) -> Callable[[Any], bool]:
        return _matcher(criterion, empty, XlError)

    def selected(pairs: tuple[Any, ...], position: int) -> Any:
        """The mask of cells that meet all criteria; ``position`` picks the element of array criteria."""
        mask = None
        for cells, criteria in zip(pairs[::2], pairs[1::2], strict=True):
            test = matcher(_element(grid(criteria), position))
            found = np.vectorize(test, otypes=[bool])(grid(cells))
            if mask is not None and mask.shape != found.shape:
                raise FoundError(err=Error.errors["#VALUE!"])
            mask = found if mask is None else mask & found
        return mask

    def each(pairs: tuple[Any, ...], result: Callable[[Any], Any]) -> Any:
        """One result, or one per element when a criterion is an array (``COUNTIF(A1:A9, {"x","y"})``)."""
        shapes = [grid(criteria).shape for criteria in pairs[1::2]]
        shape = max(shapes, key=lambda one: one[0] * one[1])
        values = [result(selected(pairs, position)) for position in range(shape[0] * shape[1])]
        if len(values) == 1:
            return values[0]
        made = np.empty(shape, dtype=object)
        made.ravel()[:] = values
        return made.view(Array)

    def numbers(cells: Any, mask: Any) -> list[float]:
        if cells.shape != mask.shape:
            # A result range of another size starts at its own corner; the cells beyond it are blank here.
            fitted = np.array([[empty] * mask.shape[1]] * mask.shape[0], dtype=object)
            rows, columns = min(cells.shape[0], mask.shape[0]), min(cells.shape[1], mask.shape[1])
            fitted[:rows, :columns] = cells[:rows, :columns]
            cells = fitted
        chosen = cells[mask].tolist()
        for value in chosen:
            if isinstance(value, XlError):
                raise FoundError(err=value)
        return [float(value) for value in chosen if _is_number(value)]

    def average(found: list[float]) -> float:
        if not found:
            raise FoundError(err=Error.errors["#DIV/0!"])
        return math.fsum(found) / len(found)

    def single(reduce: Callable[[list[float]], float]) -> Any:
        def function(cells: Any, criterion: Any, results: Any = None) -> Any:
            source = grid(cells if results is None else results)
            return each((cells, criterion), lambda mask: reduce(numbers(source, mask)))

        return wrap_func(function)

    def several(reduce: Callable[[list[float]], float]) -> Any:
        def function(results: Any, *pairs: Any) -> Any:
            source = grid(results)
            if source.shape != grid(pairs[0]).shape:
                raise FoundError(err=Error.errors["#VALUE!"])
            return each(pairs, lambda mask: reduce(numbers(source, mask)))

        return wrap_func(function)

    def countifs(*pairs: Any) -> Any:
        return each(pairs, lambda mask: int(mask.sum()))

    table["COUNTIF"] = table["COUNTIFS"] = wrap_func(countifs)
    table["SUMIF"], table["SUMIFS"] = single(math.fsum), several(math.fsum)
    table["AVERAGEIF"], table["AVERAGEIFS"] = single(average), several(average)
    table["MAXIFS"] = several(lambda found: max(found, default=0.0))
    table["MINIFS"] = several(lambda found: min(found, default=0.0))

    def textjoin(delimiter: Any, ignore: Any, *texts: Any) -> Any:
        skip = bool(grid(ignore).ravel()[0])
        parts: list[str] = []
        for value in (one for text in texts for one in grid(text).ravel().tolist()):
            if isinstance(value, XlError):
                raise FoundError(err=value)
            shown = "" if value is empty else _shown(value)
            if shown or not skip:
                parts.append(shown)
        marks = [_shown(one) if one is not empty else "" for one in grid(delimiter).ravel().tolist()]
        joined = "".join(
            part + (marks[at % len(marks)] if at + 1 < len(parts) else "") for at, part in enumerate(parts)
        )
        if len(joined) > MAX_TEXT:
            raise FoundError(err=Error.errors["#VALUE!"])
        return joined

    def rept(text: Any, times: Any) -> Any:
        if times < 0 or len(str(text)) * times > MAX_TEXT:
            raise FoundError(err=Error.errors["#VALUE!"])
        return str(text) * int(times)

    def substitute_guard(text: Any, *rest: Any) -> Any:
        made = original_substitute(text, *rest)
        if any(isinstance(one, str) and len(one) > MAX_TEXT for one in grid(made).ravel().tolist()):
            return Error.errors["#VALUE!"]
        return made

    original_substitute = table["SUBSTITUTE"]
    table["SUBSTITUTE"] = substitute_guard
    table["TEXTJOIN"] = wrap_func(textjoin)
    table["REPT"] = wrap_ufunc(
        rept,
        input_parser=lambda text, times: ("" if text is empty else _shown(text), float(times)),
        return_func=lambda res, *args: res,
        args_parser=lambda *args: args,
    )
    table["TRIM"] = wrap_ufunc(
        lambda text: re.sub(r" +", " ", text).strip(" "),
        input_parser=lambda text: ("" if text is empty else _shown(text),),
        args_parser=lambda *args: args,
    )
    table["ROUND"] = wrap_ufunc(_round_half_up)
    table["VALUE"] = wrap_ufunc(
        lambda text: _value_of(text, original_value, empty),
        input_parser=lambda *args: args,
        args_parser=lambda *args: args,
    )


def _matcher(criterion: Any, empty: Any, error_type: type) -> Callable[[Any], bool]:
    """The test a criterion stands for, after the vendor's rules for COUNTIF."""
    if criterion is empty:
        criterion = 0
    if not isinstance(criterion, str):
        return lambda cell: _equal(cell, criterion, empty)
    found = _SIGN.match(criterion)
    sign = found.group() if found else ""
    operand = criterion[len(sign) :]
    target = _typed(operand)
    if sign in _COMPARE:
        compare = _COMPARE[sign]
        if isinstance(target, float):
            return lambda cell: _is_number(cell) and compare(float(cell), target)
        if isinstance(target, str) and operand:
            folded = operand.casefold()
            return lambda cell: _is_text(cell, error_type) and compare(cell.casefold(), folded)
        return lambda cell: False
    if operand == "":
        if sign == "=":
            return lambda cell: cell is empty
        if sign == "<>":
            return lambda cell: cell is not empty
        return lambda cell: cell is empty or cell == ""
    if isinstance(target, str) and not target.startswith("#"):
        pattern = _wildcards(operand)

        def matches(cell: Any) -> bool:
            return _is_text(cell, error_type) and pattern.fullmatch(cell) is not None
    elif isinstance(target, str):

        def matches(cell: Any) -> bool:
            return isinstance(cell, error_type) and str(cell) == target.upper()
    else:

        def matches(cell: Any) -> bool:
            return _equal(cell, target, empty)

    return (lambda cell: not matches(cell)) if sign == "<>" else matches


def _equal(cell: Any, target: Any, empty: Any) -> bool:
    if cell is empty:
        return False
    if isinstance(target, bool) or isinstance(cell, bool):
        return isinstance(target, bool) and isinstance(cell, bool) and cell == target
    if _is_number(target):
        if _is_number(cell):
            return float(cell) == float(target)
        return isinstance(cell, str) and _typed(cell) == float(target)
    return bool(str(cell) == str(target))


def _typed(text: str) -> float | bool | str:
    stripped = text.strip()
    if stripped.upper() in ("TRUE", "FALSE"):
        return stripped.upper() == "TRUE"
    if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?%?", stripped):
        return float(stripped.rstrip("%")) / (100 if stripped.endswith("%") else 1)
    return text


def _wildcards(text: str) -> re.Pattern[str]:
    """``*`` and ``?`` match; a tilde makes the next one literal."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "~" and at + 1 < len(text) and text[at + 1] in "*?~":
            parts.append(re.escape(text[at + 1]))
            at += 1
        elif char in "*?":
            parts.append(fnmatch.translate(char)[4:-3])
        else:
            parts.append(re.escape(char))
        at += 1
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _is_number(cell: Any) -> bool:
    import numpy as np

    return isinstance(cell, int | float | np.number) and not isinstance(cell, bool | np.bool_)


def _is_text(cell: Any, error_type: type) -> bool:
    return isinstance(cell, str) and not isinstance(cell, error_type)


def _element(criteria: Any, position: int) -> Any:
    flat = criteria.ravel()
    return flat[position] if flat.size > 1 else flat[0]


def _shown(value: Any) -> str:
    """A value as the spreadsheet joins it into text."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _round_half_up(number: float, digits: float) -> float:
    """Half away from zero on the 15 digits a spreadsheet keeps: ROUND(1.005, 2) is 1.01."""
    try:
        kept = Decimal(f"{number:.15g}")
        return float(kept.quantize(Decimal(1).scaleb(-int(digits)), rounding=ROUND_HALF_UP))
    except InvalidOperation:
        return float(number) if int(digits) > 0 else 0.0


def _value_of(text: Any, original: Any, empty: Any) -> Any:
    if isinstance(text, str):
        money = re.fullmatch(r"\s*([+-]?)\s*[$€£¥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?\s*(%?)\s*", text)
        if money:
            value = float(money[2].replace(",", "") + (money[3] or ""))
            return (-value if money[1] == "-" else value) / (100 if money[4] else 1)
    made = original(text)
    return made if not hasattr(made, "ravel") else made.ravel()[0]
