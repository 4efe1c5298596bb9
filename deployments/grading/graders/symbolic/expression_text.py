"""Finds the texts in an answer that may be its expression, most likely first."""

from __future__ import annotations

import re

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.symbolic.spoken import groupings, in_signs, stripped, without_order

_MAX_CANDIDATES = 5
#: A longer text is not an expression; it is passed on unchanged and refused.
_MAX_PIECE_CHARS = 400
_MARKED = re.compile(r"\$+([^$]+)\$+|`([^`]+)`|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_BOXED = re.compile(r"\\boxed\s*\{")
#: Signs around a whole answer, and prefixes of a library's functions in code.
_QUOTED = re.compile(r"^\s*([\"'“‘«])(.+?)[\"'”’»]\s*[.,;]?\s*$", re.DOTALL)
_LIBRARY = re.compile(r"\b(?:math|cmath|np|numpy|sympy|sp|torch|jnp)\.(?=[a-z])", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*|__)(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")
#: Words that deny or weaken what follows: only the whole answer may then be read as an expression.
_DOUBT = re.compile(
    r"\b(?:not|never|neither|nor|except|rather than|instead of|unlike|doubt|or|but|anything|wrong)\b|n't\b",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?:\b(?:is|equals?|gives?|get|be|becomes?|have|makes?|leaves|to|so|therefore|thus|hence)\b|[:→⇒]|=>)\s+",
    re.IGNORECASE,
)


class Candidate(Struct, frozen=True):
    """An expression in signs. ``order``: it stood in "O(…)". ``regrouped``: its other possible brackets."""

    text: str
    order: bool = False
    regrouped: tuple[str, ...] = ()


def candidates(answer: str, *, factorial: bool = False) -> list[Candidate]:
    """Up to five expressions; ``factorial``: the key holds one, so a last "!" may be one."""
    text = answer[answer_text.after_correction(answer) :].strip()
    text = _LIBRARY.sub("", _EMPHASIS.sub(r"\2", _QUOTED.sub(r"\2", text)))
    text = re.sub(r"^([*_])([^*_]+)\1$", r"\2", text)
    if text.count("$") < 2:  # else it marks LaTeX
        text = re.sub(r"^[$€£]\s*(?=[\d.,]+$)|(?<=\d)\s*[$€£]$", "", text)
    text = re.sub(r"\$\s*(?:%|percent(?:age)?|pct)(?!\w)", r"\\%$", text)  # "$28$ percent"
    marked = [next(filter(None, found.groups())) for found in _MARKED.finditer(text)]
    if marked and len(marked[-1].strip()) == 1 and marked[-1].strip().isalpha() and len(text) > len(marked[-1]) + 4:
        text, marked = text.replace("$", " "), []  # "the largest $n$ is 34"
    boxed = _boxed(text)
    raw = [boxed] if boxed else [marked[-1]] if marked else [text]
    whole = raw[0]
    if not boxed and not marked and not _DOUBT.search(text):
        raw += [whole[found.end() :] for found in _MARK.finditer(whole)][::-1][:2]
        raw += [_without_words(whole)]
        raw += [piece for piece in re.split(r"(?<=[.;!?])\s+|\n+", whole)[::-1] if piece != whole][:2]
    made: dict[str, Candidate] = {}
    for piece in raw:
        if len(piece) > _MAX_PIECE_CHARS:
            made.setdefault(piece, Candidate(piece))
            continue
        bare, order = without_order(stripped(piece, factorial=factorial))
        signs = bare.strip() if "\\" in bare else in_signs(bare)
        if signs:
            made.setdefault(signs, Candidate(signs, order, tuple(groupings(bare, signs))))
    return list(made.values())[:_MAX_CANDIDATES]


def _without_words(text: str) -> str:
    """``text`` without clauses and brackets that consist of words: "n squared, so quadratic"."""
    pieces = [piece for piece in re.split(r"\s*[,;]\s*|\s+(?=\()|(?<=\))\s+", text) if piece]
    said = [piece for piece in pieces if not _ONLY_WORDS.fullmatch(piece)]
    return said[0] if len(said) == 1 and len(pieces) > 1 else ""


_ONLY_WORDS = re.compile(
    r"\(?(?=.*(?:ic|ial|ar|ant|time|complexity)\b)(?:(?:so|its?|it's|is|a|an|the|that's|which|it|in|of|quadratic|exponential|linear|cubic|logarithmic|linearithmic"
    r"|constant|polynomial|factorial|time|complexity|basically|obviously|clearly)\b[\s']*)+\)?\.?",
    re.IGNORECASE,
)


def _boxed(text: str) -> str:
    """The inside of the last ``\\boxed{…}``, or nothing."""
    found = list(_BOXED.finditer(text))
    if not found:
        return ""
    depth, start = 1, found[-1].end()
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[start:at]
    return ""
