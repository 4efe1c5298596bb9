"""Finds the texts in an answer that may be its expression, most likely first."""

from __future__ import annotations

import re

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.symbolic.spoken import groupings, in_signs, is_spoken, stripped, without_order

_MAX_CANDIDATES = 5
#: So many characters less than the answer are a part of it.
_MORE_CHARS = 12
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
    """An expression in signs. ``order``: it stood in "O(…)". ``regrouped``: other texts that it may stand for.

    ``spoken``: its brackets were not heard. ``part``: more was said.
    """

    text: str
    order: bool = False
    regrouped: tuple[str, ...] = ()
    spoken: bool = False
    part: bool = False


def candidates(answer: str, *, factorial: bool = False, letters: frozenset[str] = frozenset()) -> list[Candidate]:
    """Up to five expressions. A letter that the answer defines, if not among the key's ``letters``, becomes its value.

    ``factorial``: the key holds one, so a last "!" may be one.
    """
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
    if not boxed and not marked:
        text = _without_definition(text, letters)
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
            part = piece is not whole and len(piece.strip()) < len(whole.strip()) - _MORE_CHARS
            made.setdefault(signs, Candidate(signs, order, tuple(groupings(bare, signs)), is_spoken(bare), part))
    return list(made.values())[:_MAX_CANDIDATES]


_IS = r"\s*(?:=|:=|\b(?:is|equals|being)\b)\s*"
#: "1 - q^n where q = 1 - p", "let q be 1 - p, then 1 - q^n".
_DEFINES = (
    re.compile(
        rf"^(?P<text>.+?)[\s,;(]+(?:where|with|and|for|if)\s+(?P<letter>[A-Za-z]){_IS}(?P<value>[^,;]+?)[\s.)]*$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^\W*(?:let|with|if|say|call)\s+(?P<letter>[A-Za-z])(?:{_IS}|\s+be\s+)(?P<value>[^,;]+?)\s*[,;]\s*(?P<text>.+)$",
        re.IGNORECASE,
    ),
)
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")


def _without_definition(text: str, letters: frozenset[str]) -> str:
    """``text`` with the value of a letter in its place, if it defines one that is not among ``letters``."""
    for pattern in _DEFINES:
        found = pattern.match(text)
        if found is None or found["letter"] in letters:
            continue
        value = in_signs(found["value"])
        if value and not _LONG_WORD.search(value):
            return re.sub(rf"(?<![A-Za-z]){found['letter']}(?![A-Za-z_])", f"({value})", found["text"])
    return text


def _without_words(text: str) -> str:
    """``text`` without clauses and brackets that consist of words: "n squared, so quadratic"."""
    pieces = [piece for piece in re.split(r"\s*[,;]\s*|\s+(?=\()|(?<=\))\s+", text) if piece]
    said = [piece for piece in pieces if not _ONLY_WORDS.fullmatch(piece) and not _REASON.fullmatch(piece)]
    return said[0] if len(said) == 1 and len(pieces) > 1 else ""


#: Where a result comes from: "from the binomial formula", "by induction".
_REASON = re.compile(
    r"(?:(?:this |that |it )?(?:comes |follows )?from|by|using|thanks to|because of|according to|as per|via)"
    r"(?: [a-z][a-z'-]{2,}){1,6}\.?",
    re.IGNORECASE,
)
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
