"""The lexer: the characters of a formula become tokens. Linear in the text; evaluates nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct


class Token(Struct, frozen=True):
    """``start`` and ``end`` are places in the text given to ``tokens_of``; ``spaced``: after white space."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


class Unreadable(Struct, frozen=True):
    """The place at which the text stops being a formula."""

    at: int


_COLUMN = r"\$?[A-Za-z]{1,3}"
_WORD = r"[^\W\d]"
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r'|(?P<string>"(?:[^"]|"")*")'
    r"|(?P<error>#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|CALC!|SPILL!))"
    rf"|(?P<sheet>'[^']{{1,255}}'!|\[[^\]]{{0,255}}\][^!\s\[\]]{{0,255}}!|{_WORD}[\w.]*!|{_WORD}\w*\|)"
    rf"|(?P<table>(?:{_WORD}\w*)?\[(?:[^\[\]]|\[[^\[\]]*\])*\])"
    rf"|(?P<function>{_WORD}[\w.]*\s*(?=\())"
    rf"|(?P<range>{_COLUMN}\$?\d+\s*:\s*{_COLUMN}(?:\$?\d+)?(?![\w(.])|{_COLUMN}\s*:\s*{_COLUMN}(?![\w(.])"
    rf"|\$?\d+\s*:\s*\$?\d+(?!\w)|{_COLUMN}\$?\d+(?!\w|\(|\.\d|\.\w))"
    r"|(?P<dots>\.\.+)"
    r"|(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?(?![\w]))"
    rf"|(?P<name>(?:{_WORD}|\\)[\w.]*)"
    r"|(?P<operator><>|>=|<=|[-+*/^&=<>%])"
    r"|(?P<punctuation>[(){},;:@#])"
)
_PRETTY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "≥": "\x01",
     "≤": "\x02", "≠": "\x03", "\u00a0": " ", "\u202f": " ", "’": "'", "‘": "'", "，": ",", "（": "(", "）": ")",
     "：": ":", "＝": "="}
)  # fmt: skip


def typed_signs(text: str) -> str:
    """Typographic quotes, dashes and operators as a keyboard types them."""
    return text.translate(_PRETTY).replace("\x01", ">=").replace("\x02", "<=").replace("\x03", "<>")


def tokens_of(text: str) -> list[Token] | Unreadable:
    """The tokens of a formula. Talk after a finished formula ("=A1+1 because …", "// a comment") is left out."""
    found: list[Token] = []
    at, spaced = 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            if found and complete(found):
                break
            return Unreadable(at)
        if match.lastgroup == "space":
            spaced = True
        else:
            found.append(Token(str(match.lastgroup), match.group(), match.start(), match.end(), spaced))
            spaced = False
        at = match.end()
    return _decimal_commas(_range_words(_without_talk(found)))


def complete(tokens: Sequence[Token]) -> bool:
    """Whether the tokens may be a whole formula: nothing is open, and an operand stands last."""
    depth = sum((token.text in "({") - (token.text in ")}") for token in tokens if token.kind == "punctuation")
    last = tokens[-1]
    return depth == 0 and (last.text in (")", "}", "%") or last.kind in ("range", "number", "string", "table", "name"))


def _without_talk(tokens: list[Token]) -> list[Token]:
    """Up to the first word that follows a finished formula, and without a closing semicolon."""
    for index, token in enumerate(tokens):
        if not index or not complete(tokens[:index]):
            continue
        after = tokens[index - 1]
        operand = token.kind in ("name", "range", "function", "string", "number", "table", "sheet")
        bracket = token.text == "(" and (token.spaced or after.text != ")")
        comment = token.text == "#" or _begins_comment(tokens, index)
        separator = token.text in (";", ",", ":") and not _goes_on(tokens, index)
        if operand or bracket or comment or separator:
            return tokens[:index]
    return tokens


def _begins_comment(tokens: list[Token], index: int) -> bool:
    """ "// a comment", or a dash before a word ("- done")."""
    following = [token.text if token.kind == "operator" else token.kind for token in tokens[index : index + 3]]
    return following[:2] == ["/", "/"] or following[:2] == ["-", "name"] or following == ["-", "-", "name"]


def _goes_on(tokens: list[Token], index: int) -> bool:
    """Whether a separator at the outermost level belongs to the formula: a decimal comma or a range."""
    if index + 1 >= len(tokens):
        return tokens[index].text == ":"
    after = tokens[index + 1]
    if tokens[index].text == ":":
        return after.kind in ("function", "range", "table") or not after.spaced
    return after.kind == "number" and tokens[index - 1].kind == "number" and not after.spaced


def _range_words(tokens: list[Token]) -> list[Token]:
    """ "A2 to A21" and "A2..A21" mean A2:A21."""
    made = list(tokens)
    for index in range(1, len(tokens) - 1):
        one, before, after = tokens[index], tokens[index - 1], tokens[index + 1]
        words = one.kind == "dots" or (
            one.kind == "name" and one.text.casefold() in ("to", "through", "thru", "till", "until", "bis", "à", "a")
        )
        if words and before.kind == after.kind == "range":
            made[index] = Token("punctuation", ":", one.start, one.end)
    return made


def _decimal_commas(tokens: list[Token]) -> list[Token]:
    """ "0,5" is one number where the comma cannot separate arguments: next to semicolons, or outside every call."""
    semicolons = any(token.text == ";" and not _in_braces(tokens, index) for index, token in enumerate(tokens))
    made: list[Token] = []
    calls: list[bool] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind == "punctuation" and token.text in "({":
            calls.append(token.text == "{" or bool(made and (made[-1].kind == "function" or made[-1].text == ")")))
        elif token.kind == "punctuation" and token.text in ")}" and calls:
            calls.pop()
        elif _comma_number(tokens, index) and (semicolons or not any(calls)):
            after = tokens[index + 2]
            made.append(Token("number", f"{token.text}.{after.text}", token.start, after.end, token.spaced))
            index += 3
            continue
        made.append(token)
        index += 1
    return made


def _comma_number(tokens: list[Token], index: int) -> bool:
    if index + 2 >= len(tokens) or tokens[index + 1].text != ",":
        return False
    one, comma, after = tokens[index : index + 3]
    adjacent = one.end == comma.start and comma.end == after.start
    return adjacent and one.kind == after.kind == "number" and one.text.isdigit() and after.text.isdigit()


def _in_braces(tokens: list[Token], index: int) -> bool:
    return sum((token.text == "{") - (token.text == "}") for token in tokens[:index]) > 0
