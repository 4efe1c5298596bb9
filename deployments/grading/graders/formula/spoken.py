"""Finds the formula in an answer: typed or spoken ("equals sum of a1 to a10")."""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.formula import functions
from deployments.grading.graders.formula.spoken_grammar import NotUnderstood, SpokenParser
from deployments.grading.graders.formula.spoken_words import spoken_words

_CODE = re.compile(r"```(?:\w+\n)?(.*?)```|`([^`]+)`", re.DOTALL)
_TYPED = re.compile(r"(?:(?<=[\s:(,'])|^)\{?=\s*[A-Za-z0-9(+\-\"“${.@#_'\[À-ÿ]")
_CALL = re.compile(r"(?<![\w.])([^\W\d][\w.]{0,24})\s?\(")
_EXPRESSION = re.compile(r"(?<![\w$.])\(*\$?[A-Za-z]{1,2}\$?\d{1,5}\)?\s*[-+*/^&<>=×÷]+\s*[\w($\"]")
#: A longer answer describes a formula and does not spell one out.
_MAX_SPOKEN_CHARS = 600
_BETWEEN_ALTERNATIVES = re.compile(r"\bor\b|\balternatively\b", re.IGNORECASE)
_OPERAND = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


_CELLS = re.compile(r"[A-Z]\$?\d|[A-Z]:\$?[A-Z]")


class FormulaText(Struct, frozen=True):
    """A formula found in an answer: its text, its place, and whether it was spoken rather than typed."""

    text: str
    start: int
    end: int
    spoken: bool


def find_formulas(answer: str) -> tuple[FormulaText, ...]:
    """The formulas that the answer gives: one, several when it offers alternatives, none when it has no formula.

    Text before a correction ("no wait", "I mean") does not count.
    """
    typed = _typed(answer)
    if not typed:
        spoken = _spoken(answer)
        return (spoken,) if spoken is not None else ()
    for at in range(len(typed) - 1, 0, -1):
        between = answer[typed[at - 1].start : typed[at].start]
        if answer_text.after_correction(f"{between}x"):
            typed = typed[at:]
            break
    gaps = [answer[one.start : other.start] for one, other in pairwise(typed)]
    return tuple(typed) if gaps and all(map(_BETWEEN_ALTERNATIVES.search, gaps)) else (typed[0],)


def _typed(answer: str) -> list[FormulaText]:
    """Every formula that is typed: in backticks, after "=", as a call, or as an expression of cells."""
    code = [found for found in _CODE.finditer(answer) if _looks_typed((found[1] or found[2] or "").strip())]
    if code:
        groups = [1 if found[1] is not None else 2 for found in code]
        return [
            FormulaText(found[group].strip(), found.start(group), found.end(group), False)
            for found, group in zip(code, groups, strict=True)
        ]
    starts: list[int] = []
    for found in _TYPED.finditer(answer):
        gap = answer[starts[-1] : found.start()] if starts else ""
        if gap.count("(") <= gap.count(")") and _begins(answer, found.start(), first=not starts):
            starts.append(found.start())
    if not starts:
        call = next((found for found in _CALL.finditer(answer) if _is_function(found[1])), None)
        expression = _EXPRESSION.search(answer)
        places = [found.start() for found in (call, expression) if found is not None]
        if not places:
            return _shouted(answer)
        starts = [_with_sign(answer, min(places))]
    ends = [*starts[1:], len(answer)]
    return [
        FormulaText(answer[start:end].strip(), start, start + len(answer[start:end].rstrip()), False)
        for start, end in zip(starts, ends, strict=True)
    ]


def _looks_typed(text: str) -> bool:
    return bool(_TYPED.match(text) or _CALL.search(text) or _EXPRESSION.search(text))


def _is_function(name: str) -> bool:
    known = functions.canonical(name)
    return known in functions.ALLOWED or known in functions.OUTSIDE or known in functions.VOLATILE


def _begins(answer: str, at: int, first: bool) -> bool:
    """Whether a "=" begins a formula: no operand of another one stands before it, and no parenthesis is open."""
    before = answer[:at].rstrip()
    if before.count('"') % 2 == 1:
        return False
    if first or not before:
        return True
    word = re.search(r"[^\W\d_][\w$.']*$", before)
    return before[-1] in ".,:;…(" or "\n" in answer[len(before) : at] or (word is not None and word.group().isalpha())


def _with_sign(answer: str, at: int) -> int:
    """The start of an expression, with a ``+``, ``-``, ``@``, ``{`` or parenthesis directly before it."""
    while at and answer[at - 1] in "+-@{(":
        at -= 1
    return at


def _shouted(answer: str) -> list[FormulaText]:
    """A formula in capitals without "=" or a call, such as "A2*B2"."""
    stripped = answer.strip()
    start = answer.find(stripped)
    if re.fullmatch(r"[^a-z]*", stripped) and re.search(r"[A-Z]+\d|\d", stripped):
        return [FormulaText(stripped, start, start + len(stripped), False)]
    return []


def _spoken(answer: str) -> FormulaText | None:
    stripped = answer.strip()
    start = answer.find(stripped)
    if len(stripped) > _MAX_SPOKEN_CHARS:
        return None
    cut = answer_text.after_correction(answer)
    text = spoken_formula(answer[cut:])
    if text is None and cut:
        text = _patched(answer[: answer_text.before_correction(answer)], answer[cut:])
    return FormulaText(text, start, start + len(stripped), True) if text is not None else None


def _patched(retracted: str, correction: str) -> str | None:
    """ "sum of a1 to a10, no wait, a1 to a20": the correction replaces the last operand of its kind."""
    before = spoken_formula(retracted.rstrip(" ,;:-…"))
    words = _parsed(correction)
    if before is None or words is None or not _OPERAND.fullmatch(words):
        return None
    places = list(_OPERAND.finditer(before))
    alike = [one for one in places if _kind(one.group()) == _kind(words)] or places
    return before[: alike[-1].start()] + words + before[alike[-1].end() :] if alike else None


def _kind(operand: str) -> tuple[bool, bool]:
    return ":" in operand, operand[0].isdigit()


def spoken_formula(said: str) -> str | None:
    """The formula a sentence spells out; None when it spells out none."""
    made = _parsed(said)
    return f"={made}" if made is not None and _CELLS.search(made) and re.search(r"\(|[-+*/^&<>=]", made) else None


def _parsed(said: str) -> str | None:
    try:
        return SpokenParser(spoken_words(said)).formula()
    except NotUnderstood:
        return None
