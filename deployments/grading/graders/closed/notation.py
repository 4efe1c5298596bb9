"""Spoken notation as it is written: "o of n squared", "order n^2" and "quadratic time" are "o n ^2"."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders.answer_text import Token

_WRITTEN = {"squared": "^2", "cubed": "^3", "sharp": "#", "lg": "log", "logarithm": "log", "one": "1", "two": "2"}
#: Running times by name. "Linear" alone has many meanings, so all but two must be followed by "time" or "complexity".
_NAMED_TIMES = {
    "constant": "o 1", "linear": "o n", "logarithmic": "o log n", "quadratic": "o n ^2", "cubic": "o n ^3", "exponential": "o 2 ^n",
    "linearithmic": "o n log n", "loglinear": "o n log n", "factorial": "o n factorial",
}  # fmt: skip
_ORDER_OF = tuple(
    phrase.split()
    for phrase in (
        "in the order of", "on the order of", "of the order of", "big o notation of", "big oh of", "big o of",
        "order of", "big o", "big oh", "zero of", "oh of", "o of", "proportional to", "order", "oh",
    )
)  # fmt: skip
_POWER_OF = (("to", "the", "power", "of"), ("to", "the", "power"), ("raised", "to", "the"), ("to", "the"))
_POWERS = {
    "1": "1", "2": "2", "3": "3", "4": "4", "one": "1", "two": "2", "three": "3", "four": "4", "second": "2", "third": "3",
    "fourth": "4", "n": "n", "k": "k", "nth": "n", "half": "half",
}  # fmt: skip
#: "n!" is a factorial and no exclamation.
_VARIABLES = frozenset({"n", "m", "k"})
_MATHEMATICAL = re.compile(r"[a-z]|\d+[a-z]?|[a-z]\d|\^\w+|log|times|plus|minus|factorial|root|sqrt|over|o")


def is_mathematical(word: str) -> bool:
    """Whether a word of ``notation`` belongs to a formula."""
    return _MATHEMATICAL.fullmatch(word) is not None


def notation(words: Sequence[Token], text: str = "") -> tuple[Token, ...]:
    """``words`` of ``text`` with powers, running times and big O as symbols; words that only introduce them are removed."""
    kept: list[Token] = []
    at = 0
    while at < len(words):
        word = words[at]
        if (
            word.text in ("times", "multiplied")
            and kept
            and is_mathematical(kept[-1].text)
            and not _power(words, at, text, kept)
        ):
            at += 2 if word.text == "multiplied" else 1
            continue
        if word.text == "of" and kept and kept[-1].text in ("log", "o", "root", "factorial"):
            at += 1
            continue
        if kept and text[words[at - 1].end : word.start].strip() == "+":
            kept.append(Token("plus", words[at - 1].end, word.start))
        read = (
            _glued(word.text)
            or _order(words, at)
            or _power(words, at, text, kept)
            or _time(words, at)
            or _numbered(words, at)
        )
        if read is None:
            read = ([_WRITTEN.get(word.text, word.text)], 1)
        symbols, length = read
        end = words[at + length - 1].end
        if word.text in _VARIABLES and text[word.end : word.end + 1] == "!":
            symbols = [*symbols, "factorial"]
        kept += [Token(symbol, word.start, end) for symbol in symbols]
        at += length
    return tuple(kept)


_GLUED = re.compile(r"(\d*)([nmk]?)(log)([nmk]?)|([a-z])(\+)")
_ROOT = ("square", "root", "of")


def _glued(word: str) -> tuple[list[str], int] | None:
    """ "nlogn" and "v+" as the symbols they are made of."""
    found = _GLUED.fullmatch(word)
    parts = [part for part in (found.groups() if found else ()) if part]
    return (["plus" if part == "+" else part for part in parts], 1) if len(parts) > 1 else None


def _order(words: Sequence[Token], at: int) -> tuple[list[str], int] | None:
    """ "Big O of", "order", "oh" before something mathematical."""
    for phrase in _ORDER_OF:
        after = at + len(phrase)
        if after < len(words) and [word.text for word in words[at:after]] == phrase:
            following = _WRITTEN.get(words[after].text, words[after].text)
            return (["o"], len(phrase)) if is_mathematical(following) else None
    return None


def _power(words: Sequence[Token], at: int, text: str, kept: Sequence[Token]) -> tuple[list[str], int] | None:
    """ "^2" where the text has the sign, "to the two", and "n times n"."""
    word = words[at]
    if tuple(one.text for one in words[at : at + 3]) == _ROOT:
        return ["sqrt"], 3
    if at and text[words[at - 1].end : word.start].strip() in ("^", "**"):
        return [f"^{_POWERS.get(word.text, word.text)}"], 1
    for phrase in _POWER_OF:
        after = at + len(phrase)
        spoken = tuple(one.text for one in words[at:after])
        if (
            spoken == phrase
            and kept
            and is_mathematical(kept[-1].text)
            and after < len(words)
            and words[after].text in _POWERS
        ):
            closing = 1 if after + 1 < len(words) and words[after + 1].text == "power" else 0
            return [f"^{_POWERS[words[after].text]}"], len(phrase) + 1 + closing
    if word.text in ("times", "by") and kept and at + 1 < len(words) and words[at + 1].text == kept[-1].text == "n":
        return ["^2"], 2
    return None


_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def _numbered(words: Sequence[Token], at: int) -> tuple[list[str], int] | None:
    """ "Type I" is "type 1", and "version 4" is "v 4"."""
    word, before = words[at].text, words[at - 1].text if at else ""
    following = words[at + 1].text if at + 1 < len(words) else ""
    if word in _ROMAN and before in ("type", "level", "tier", "phase", "part", "class"):
        return [_ROMAN[word]], 1
    return (["v"], 1) if word == "version" and (following.isdecimal() or following in _POWERS) else None


def _time(words: Sequence[Token], at: int) -> tuple[list[str], int] | None:
    """ "Quadratic time", "logarithmic in the number of elements", "grows linearly", and such a word nearly alone."""
    name = words[at].text
    named = _NAMED_TIMES.get(name) or _NAMED_TIMES.get(name.removesuffix("ly"))
    if named is None and name.endswith("ally"):
        named = _NAMED_TIMES.get(name.removesuffix("ally"))
    if named is None or (name == "factorial" and at > 0 and is_mathematical(words[at - 1].text)):
        return None
    after = [word.text for word in words[at + 1 : at + 1 + _MAX_MEASURE_WORDS]]
    kind = 1 if after[:1] and after[0] in ("time", "complexity", "runtime") else 0
    measured = _measure(after[kind:])
    grows = at > 0 and words[at - 1].text in _GROWS
    if not kind and not measured and not grows and (len(words) > 2 or after):
        return None
    return named.split(), 1 + kind + measured


#: "Linear in …": what the input is measured by.
_MEASURES = frozenset(
    [
        "n",
        "m",
        "k",
        "the",
        "its",
        "of",
        "a",
        "input",
        "inputs",
        "size",
        "sizes",
        "length",
        "count",
        "number",
        "amount",
        "elements",
        "items",
        "entries",
        "list",
        "array",
        "data",
        "nodes",
        "keys",
        "rows",
        "records",
        "values",
        "string",
        "collection",
        "characters",
    ]
)
_MAX_MEASURE_WORDS = 9
_GROWS = frozenset(
    [
        "grows",
        "grow",
        "growing",
        "scales",
        "scale",
        "scaling",
        "increases",
        "increase",
        "rises",
        "runs",
        "run",
        "stays",
        "stay",
        "remains",
        "remain",
        "is",
        "it's",
    ]
)


def _measure(words: Sequence[str]) -> int:
    """The number of ``words`` that name the size on which a running time depends; 0 if they name none, or more than one."""
    if not words or words[0] not in ("in", "with", "to", "on"):
        return 0
    length = 1
    while length < len(words) and words[length] in _MEASURES:
        length += 1
    whole = length > 1 and not (length < len(words) and is_mathematical(_WRITTEN.get(words[length], words[length])))
    return length if whole else 0
