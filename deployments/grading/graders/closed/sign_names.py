"""Replaces names of signs by the signs: "percent sign" is "%", "double pipe" is "||", "not equal to" is "!="."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

#: Names that mean the sign within other words as well ("main dot py").
_WITHIN = {
    ".": "dot|point|period|full stop",
    "/": "slash|forward slash",
    "\\": "backslash|back slash",
    "-": "dash|hyphen|minus",
    "_": "underscore|under score",
    "+": "plus",
    "#": "hash|hashtag|sharp|number sign|pound sign",
    "*": "star|asterisk",
    "@": "at|at sign",
    ":": "colon",
    "=": "equals|equal sign|equals sign",
    "%": "percent|percent sign|percentage sign|modulo sign",
    "$": "dollar|dollar sign",
    "&": "ampersand|and sign",
    "|": "pipe|vertical bar",
    "~": "tilde",
    "^": "caret|circumflex",
    ",": "comma",
}
#: Names that mean the sign only if the question asks for signs.
_ALONE = {
    ">=": "greater than or equal to|greater than or equals|greater or equal|greater or equal to|greater equal|"
    "bigger than or equal to|more than or equal to",
    "<=": "less than or equal to|less than or equals|less or equal|less or equal to|less equal|smaller or equal",
    "!=": "not equal|not equals|not equal to|does not equal|is not equal to|unequal",
    "<>": "angle brackets",
    "==": "equal equal|is equal to",
    ">": "greater than|greater|right angle bracket",
    "<": "less than|less|left angle bracket",
    "=": "equal",
    "!": "exclamation mark|exclamation point|bang|exclamation",
    "?": "question mark",
    ";": "semicolon|semi colon",
    "->": "arrow|thin arrow|right arrow",
    "=>": "fat arrow|double arrow",
    "()": "parentheses|parens|round brackets|brackets|empty parentheses",
    "{}": "curly braces|curly brackets|braces|curlies",
    "[]": "square brackets",
    "(": "open parenthesis|open paren|left parenthesis|left paren|opening parenthesis|open bracket|opening bracket",
    ")": "close parenthesis|close paren|right parenthesis|right paren|close bracket|closing bracket",
    "{": "open brace|left brace|opening brace|open curly|left curly brace|open curly brace|opening curly brace",
    "}": "close brace|right brace|closing brace|close curly|right curly brace|close curly brace|closing curly brace",
    "[": "open square bracket|left square bracket|opening square bracket",
    "]": "close square bracket|right square bracket|closing square bracket",
    '"': "double quote|double quotes|quotation mark|quotation marks|quotes",
    "'": "single quote|single quotes|apostrophe|tick",
    "`": "backtick|back tick|backticks|grave accent",
    "%": "modulo|mod",
    "&": "and",
    "\\": "reverse slash",
    "*": "times|multiplication sign",
}
_TIMES = {"single": 1, "double": 2, "triple": 3}
#: If the question asks only for signs, a number says how many.
_COUNTED = {"one": "single", "two": "double", "three": "triple"}
#: Words after the name of a sign.
_KIND = frozenset({"sign", "signs", "symbol", "character", "mark", "operator", "key"})


@lru_cache(maxsize=1)
def _within() -> dict[tuple[str, ...], str]:
    return dict(_entries(_WITHIN))


@lru_cache(maxsize=1)
def _alone() -> dict[tuple[str, ...], str]:
    return {**_within(), **dict(_entries(_ALONE))}


def _entries(table: dict[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    for sign, names in table.items():
        for name in names.split("|"):
            yield tuple(name.split()), sign


def signed(words: Sequence[str]) -> list[str]:
    """``words`` (casefolded) with signs for their names; other words stay. "Dunder x" is "__x__"."""
    written: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "dunder" and at + 1 < len(words):
            written.append(f"__{words[at + 1]}__")
            at += 2
            continue
        sign, length = _sign(words, at, _within())
        written.append(sign or words[at])
        at += length or 1
    return written


def signs_of(words: Sequence[str]) -> str | None:
    """The signs that ``words`` (casefolded) name or consist of, joined; None when a word is no sign."""
    words = [_COUNTED.get(word, word) for word in words]
    written = ""
    at = 0
    while at < len(words):
        sign, length = _sign(words, at, _alone())
        if not sign:
            if any(char.isalnum() for char in words[at]):
                return None
            sign, length = words[at], 1
        written += sign
        at += length
    return written or None


def _sign(words: Sequence[str], at: int, names: dict[tuple[str, ...], str]) -> tuple[str, int]:
    """The sign named at ``at``, as often as "double" or "triple" says, and how many words name it; "", 0 for none."""
    for size in range(min(5, len(words) - at), 0, -1):
        name = tuple(word.strip(",") for word in words[at : at + size])
        sign = names.get(name) or names.get((*name[:-1], name[-1].removesuffix("s")))
        if sign:
            kind = at + size < len(words) and words[at + size].strip(",.") in _KIND
            return sign, size + kind
    if words[at] in _TIMES and at + 1 < len(words):
        sign, length = _sign(words, at + 1, names)
        if sign:
            return sign * _TIMES[words[at]], length + 1
    return "", 0
