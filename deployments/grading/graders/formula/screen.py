"""Reading a formula before anything runs it: tokens, a whitelist, caps, and one canonical spelling.

A formula that passes holds only whitelisted functions, cells of this one sheet, short literals and operators. The
library's own parser checks the same again inside the worker; this one is linear in the text and evaluates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from deployments.grading.graders.formula import functions


class Limits(Struct, frozen=True):
    """Caps on one formula. ``max_cells`` counts every range's cells together, whole columns being cut to the sheet."""

    max_chars: int = 1000
    max_tokens: int = 250
    max_depth: int = 20
    max_string_chars: int = 255
    max_number: float = 1e15
    max_cells: int = 20_000
    max_array_items: int = 100


class Extent(Struct, frozen=True):
    """The used part of a sheet: what a whole column or row means."""

    rows: int
    columns: int


class Screened(Struct, frozen=True):
    """A formula that may run. ``text`` is canonical, ``functions`` are the names it calls, ``used_chars`` how much
    of the given text it takes."""

    text: str
    functions: tuple[str, ...]
    used_chars: int


class Refused(Struct, frozen=True):
    """Why a formula may not run, as a sentence; ``syntax`` when it is no formula at all."""

    reason: str
    syntax: bool = False


class _Token(Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int


_COLUMN = r"\$?[A-Za-z]{1,3}"
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r'|(?P<string>"(?:[^"]|"")*")'
    r"|(?P<error>#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!))"
    r"|(?P<sheet>'[^']{1,255}'!|\[[^\]]{0,255}\][^!\s]{0,255}!|[A-Za-z_][\w.]*!|[A-Za-z_]\w*\|)"
    r"|(?P<function>[A-Za-z_][\w.]*\s*(?=\())"
    rf"|(?P<range>{_COLUMN}\$?\d+\s*:\s*{_COLUMN}(?:\$?\d+)?(?!\w)|{_COLUMN}\s*:\s*{_COLUMN}(?!\w)|\$?\d+\s*:\s*\$?\d+(?!\w)"
    rf"|{_COLUMN}\$?\d+(?![\w.(]))"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?(?![\w.]))"
    r"|(?P<name>[A-Za-z_\\][\w.]*)"
    r"|(?P<operator><>|>=|<=|[-+*/^&=<>%])"
    r"|(?P<punctuation>[(){},;@#\[\]])"
)
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")
_PRETTY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "≥": "\x01",
     "≤": "\x02", "≠": "\x03", "\u00a0": " ", "’": "'", "‘": "'"}
)  # fmt: skip
_BEFORE_DOUBLE_MINUS = frozenset("(,;=<>&+-*{")


def screen(formula: str, extent: Extent, limits: Limits | None = None) -> Screened | Refused:
    """The canonical formula, or why it may not run. ``formula`` may start with ``=``; prose after a finished formula
    ("=A1+1 because …") is left out."""
    limits = limits or Limits()
    if len(formula) > limits.max_chars:
        beginning = screen(formula[: limits.max_chars], extent, limits)
        if isinstance(beginning, Screened) and beginning.used_chars < limits.max_chars - 1:
            return beginning  # what is too long is only what was said after the formula
        return Refused(f"The formula is longer than {limits.max_chars} characters.")
    text = formula.translate(_PRETTY).replace("\x01", ">=").replace("\x02", "<=").replace("\x03", "<>")
    tokens = _tokenise(text)
    if isinstance(tokens, Refused):
        return tokens
    tokens = _without_prose(tokens)
    if tokens and tokens[0].text == "=":
        tokens = tokens[1:]
    if not tokens:
        return Refused("There is no formula in the answer.", syntax=True)
    if len(tokens) > limits.max_tokens:
        return Refused(f"The formula has more than {limits.max_tokens} parts.")
    return _Writer(extent, limits).write(tokens)


def _tokenise(text: str) -> list[_Token] | Refused:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            if found and _complete(found):
                break  # prose follows
            return Refused(f"The formula cannot be read at {text[at : at + 10]!r}.", syntax=True)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), match.start(), match.end()))
        at = match.end()
    return found


def _complete(tokens: Sequence[_Token]) -> bool:
    depth = sum((token.text == "(") - (token.text == ")") for token in tokens)
    return depth == 0 and (tokens[-1].text in (")", "%") or tokens[-1].kind in ("range", "number", "string"))


def _without_prose(tokens: list[_Token]) -> list[_Token]:
    """Up to the first word that follows a finished formula."""
    for index, token in enumerate(tokens):
        if index and token.kind in ("name", "range", "function") and _complete(tokens[:index]):
            return tokens[:index]
    return tokens


class _Writer:
    """Checks token after token and writes the canonical formula."""

    def __init__(self, extent: Extent, limits: Limits) -> None:
        self._extent = extent
        self._limits = limits
        self._cells = 0
        self._names: list[str] = []

    def write(self, tokens: Sequence[_Token]) -> Screened | Refused:
        parts: list[str] = []
        stack: list[str] = []
        items = 0
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.text == "-" and self._double_minus(tokens, index):
                parts.append("1*")
                index += 2
                continue
            written = self._one(token)
            if isinstance(written, Refused):
                return written
            if token.text in ("(", "{"):
                stack.append(token.text)
                if len(stack) > self._limits.max_depth:
                    return Refused(f"The formula is nested more than {self._limits.max_depth} levels deep.")
            elif token.text in (")", "}"):
                if not stack or stack.pop() != {")": "(", "}": "{"}[token.text]:
                    return Refused("The formula's parentheses do not match.", syntax=True)
            elif stack and stack[-1] == "{":
                items += token.text in (",", ";")
                if token.kind not in ("number", "string", "error", "name") and token.text not in (",", ";", "-"):
                    return Refused("An array constant may hold only numbers, text and errors.", syntax=True)
                if token.text == ";":
                    written = ";"
            if items >= self._limits.max_array_items:
                return Refused(f"An array constant may hold at most {self._limits.max_array_items} items.")
            if token.text == "(" and index and tokens[index - 1].kind == "function":
                closes = index + 1 == len(tokens) or tokens[index + 1].text == ")"
                if closes and self._names[-1] not in functions.WITHOUT_ARGUMENTS:
                    return Refused(f"{self._names[-1]} is called without an argument.", syntax=True)
            parts.append(written)
            index += 1
        if "{" in stack:
            return Refused("The array constant is not closed.", syntax=True)
        text = "=" + "".join(parts) + ")" * len(stack)
        return Screened(text, tuple(dict.fromkeys(self._names)), tokens[-1].end)

    @staticmethod
    def _double_minus(tokens: Sequence[_Token], index: int) -> bool:
        """ "--x", which the library folds to "+x" and so forgets that it makes numbers of truth values."""
        if index + 1 >= len(tokens) or tokens[index + 1].text != "-":
            return False
        return index == 0 or tokens[index - 1].text[-1] in _BEFORE_DOUBLE_MINUS

    def _one(self, token: _Token) -> str | Refused:
        match token.kind:
            case "string":
                if len(token.text) - 2 > self._limits.max_string_chars:
                    return Refused(f"A text in the formula is longer than {self._limits.max_string_chars} characters.")
                return token.text
            case "number":
                return self._number(token.text)
            case "function":
                name = functions.canonical(token.text.strip())
                reason = functions.refusal(name)
                self._names.append(name)
                return Refused(reason) if reason else name
            case "range":
                return self._range(token.text)
            case "sheet":
                return Refused(f"{token.text.rstrip('!|')!r} is refused: only cells of this sheet may be used.")
            case "name":
                if token.text.upper() in ("TRUE", "FALSE"):
                    return token.text.upper()
                return Refused(f"The sheet has no cell or name {token.text[:40]!r}.", syntax=True)
            case "punctuation":
                if token.text in "#[]":
                    return Refused(f"The formula uses {token.text!r}, which this grader does not read.", syntax=True)
                return {";": ",", "@": ""}.get(token.text, token.text)
            case _:
                return token.text

    def _number(self, text: str) -> str | Refused:
        value = float(text)
        if abs(value) > self._limits.max_number:
            return Refused(f"The number {text[:20]} is larger than {self._limits.max_number:g}.")
        if re.fullmatch(r"\d+(?:\.\d+)?", text) and len(text) <= 16:
            return text
        plain = f"{value:.20f}".rstrip("0").rstrip(".")
        return plain or "0"

    def _range(self, text: str) -> str | Refused:
        """One cell or range in canonical form; whole columns and rows are cut to the sheet's used part."""
        compact = re.sub(r"[\s$]", "", text).upper()
        first, _, last = compact.partition(":")
        if not last:
            found = _CELL.fullmatch(first)
            if found is None or not self._within(found.group(1), int(found.group(2))):
                return Refused(f"{text!r} is not a cell of a spreadsheet.", syntax=True)
            return compact
        corners = self._corners(first, last)
        if corners is None:
            return Refused(f"{text!r} is not a range of a spreadsheet.", syntax=True)
        left, top, right, bottom = corners
        self._cells += (right - left + 1) * (bottom - top + 1)
        if self._cells > self._limits.max_cells:
            return Refused(f"The formula's ranges cover more than {self._limits.max_cells} cells.")
        return f"{_letters(left)}{top}:{_letters(right)}{bottom}"

    def _corners(self, first: str, last: str) -> tuple[int, int, int, int] | None:
        one, two = _CELL.fullmatch(first), _CELL.fullmatch(last)
        if one and two:
            if not (self._within(one[1], int(one[2])) and self._within(two[1], int(two[2]))):
                return None
            columns, rows = sorted((_index(one[1]), _index(two[1]))), sorted((int(one[2]), int(two[2])))
            return columns[0], rows[0], columns[1], rows[1]
        if one and last.isalpha():
            columns = sorted((_index(one[1]), _index(last)))
            return columns[0], int(one[2]), columns[1], max(self._extent.rows, int(one[2]))
        if first.isalpha() and last.isalpha():
            columns = sorted((_index(first), _index(last)))
            return columns[0], 1, columns[1], self._extent.rows
        if first.isdigit() and last.isdigit() and 1 <= int(first) <= 1_048_576 and 1 <= int(last) <= 1_048_576:
            rows = sorted((int(first), int(last)))
            return 1, rows[0], self._extent.columns, rows[1]
        return None

    @staticmethod
    def _within(letters: str, row: int) -> bool:
        return 1 <= row <= 1_048_576 and _index(letters) <= 16_384


def _index(letters: str) -> int:
    value = 0
    for letter in letters.upper():
        value = value * 26 + ord(letter) - ord("A") + 1
    return value


def _letters(index: int) -> str:
    text = ""
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def cells_of(reference: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom (1-based) of a canonical reference such as ``B2:C9``."""
    first, _, last = reference.partition(":")
    one = _CELL.fullmatch(first)
    two = _CELL.fullmatch(last or first)
    if one is None or two is None:
        raise ValueError(f"not a cell reference: {reference}")
    return _index(one[1]), int(one[2]), _index(two[1]), int(two[2])
