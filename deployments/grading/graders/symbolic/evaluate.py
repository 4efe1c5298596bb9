"""The sandbox's side of symbolic grading: reads key and answer, compares them, and states the reading of the answer.

Plain text is read by ``reader``, LaTeX by ``math_verify``. Only this package's modules of the sandbox import SymPy.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import sympy

from deployments.grading.graders.symbolic.bracketings import bracketed_as
from deployments.grading.graders.symbolic.equality import Sameness, constant_factor, sameness
from deployments.grading.graders.symbolic.expression_text import Candidate
from deployments.grading.graders.symbolic.reader import GREEK, NotUnderstood, flipped, relation
from deployments.grading.graders.symbolic.symbolic import SymbolicJob, SymbolicVerdict

_LATEX_SIGNS = (
    (r"\\(?:left|right|displaystyle|big|Big|bigl|bigr)\b|\\[,;:! ]|~|\\q?quad\b", " "),
    (r"\\(?:text|mathrm|textbf|textnormal|mbox)\s*\{([^{}]*)\}", " "),
    (r"\\operatorname\s*\{(\w+)\}", r"\\\1 "),
    (r"\\[dtc]frac\b", r"\\frac"),
    (r"\\(?:log|lg)\b(?!\s*_)", r"\\ln"),
    (r"\\(?:cdot|times|ast)\b", r"\\cdot "),
    (r"\\(?:geq?|geqslant)\b", ">="),
    (r"\\(?:leq?|leqslant)\b", "<="),
    (r"\\gt\b", ">"),
    (r"\\lt\b", "<"),
    (r"\\neq?\b", "!="),
    (r"\\approx\b", "≈"),
    (r"\\[()\[\]]|\\boxed\b", " "),
    # "a \left(…\right)" is a product: a letter takes no argument.
    (r"(?<![\\A-Za-z])([A-Za-z])\s*\(", r"\1 \\cdot ("),
)


def warm_up() -> None:
    run(msgspec.msgpack.encode(SymbolicJob((Candidate("x^2 + 1"),), "1 + x^2")))
    run(msgspec.msgpack.encode(SymbolicJob((Candidate(r"\frac{1}{2}"),), "0.5")))


def run(payload: bytes) -> bytes:
    job = msgspec.msgpack.decode(payload, type=SymbolicJob)
    return msgspec.msgpack.encode(_verdict(job))


class _Relation:
    """An expression, equation or inequality; ``left`` is None for an expression."""

    def __init__(self, sign: str, left: Any, right: Any, decimals: int) -> None:
        self.sign, self.left, self.right, self.decimals = sign, left, right, decimals

    @property
    def letters(self) -> frozenset[str]:
        sides = [side for side in (self.left, self.right) if side is not None]
        return frozenset(str(symbol).split("_")[0] for side in sides for symbol in side.free_symbols)

    def __str__(self) -> str:
        left = f"{self.left} {self.sign} " if self.left is not None else ""
        return f"{left}{self.right}"[:120]


def _verdict(job: SymbolicJob) -> SymbolicVerdict:
    try:
        key = _read(job.expression, None)
    except NotUnderstood as error:
        return SymbolicVerdict(broken="expression", word=str(error))
    unknown = ""
    for one in job.answers:
        try:
            answer = _as_written(_read(_crossed(one.text, key), key.letters), key)
        except NotUnderstood as error:
            unknown = unknown or str(error)
            continue
        try:
            found: str = _compare(answer, key, order=one.order)
            if found == "different" and (
                any(_is_key(text, key) for text in one.regrouped) or (one.spoken and _bracketed(one.text, key))
            ):
                found = "grouping"
            if found == "different" and one.part and answer.right.is_Atom:
                found = "part"
        except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError, NotImplementedError):
            found = "incomparable"
        return SymbolicVerdict(sameness=found, read_as=str(answer))
    return SymbolicVerdict(broken="answer", word=unknown[:40])


def _crossed(text: str, key: _Relation) -> str:
    """ "m x n" with a cross, if the key has no x."""
    return text if "x" in key.letters else re.sub(r"(?<=[\w)])\s+[xX]\s+(?=[\w(])", " * ", text)


def _bracketed(text: str, key: _Relation) -> bool:
    """Whether the last side of ``text`` is the key's expression under some placing of brackets."""
    if key.sign not in ("", "=") or any(sign in text for sign in "<>≈"):
        return False
    try:
        return bracketed_as(text.rpartition("=")[2], key.right)
    except NotUnderstood:
        return False


def _is_key(text: str, key: _Relation) -> bool:
    try:
        return _compare(_as_written(_read(text, key.letters), key), key, order=False) == "same"
    except NotUnderstood:
        return False


def _read(text: str, letters: frozenset[str] | None) -> _Relation:
    text = text.replace("\\%", "%")
    try:
        if "\\" not in text:
            return _Relation(*relation(text, letters))
        return _latex(text)
    except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise NotUnderstood("") from error


def _latex(text: str) -> _Relation:
    for pattern, sign in _LATEX_SIGNS:
        text = re.sub(pattern, sign, text)
    exact, _, approximate = text.partition("≈")
    text = approximate if re.fullmatch(r"\s*[A-Za-z]\s*", exact) and approximate else exact
    for sign in ("<=", ">=", "!=", "<", ">"):
        if sign in text:
            left, _, right = text.partition(sign)
            return _Relation(sign, _latex_side(left), _latex_side(right), 0)
    sides = [side for side in re.split(r"=(?![^{}]*\})", text) if side.strip()]  # not in "\\sum_{i=1}"
    if not sides:
        raise NotUnderstood("")
    right = _latex_side(sides[-1])
    if len(sides) == 1:
        return _Relation("", None, right, 0)
    return _Relation("=", _left_side(sides[0]), right, 0)


def _left_side(text: str) -> Any:
    """The left side of "f'(x) = …", or None if it is not an expression."""
    try:
        return _latex_side(text)
    except NotUnderstood:
        return None


def _latex_side(text: str) -> Any:
    from math_verify import LatexExtractionConfig, parse

    found = parse(f"${text}$", extraction_config=[LatexExtractionConfig()], parsing_timeout=None, raise_on_error=False)
    made = found[0] if found else None
    if not isinstance(made, sympy.Expr):
        raise NotUnderstood(text.strip()[:40])
    made = made.doit() if made.has(sympy.Sum, sympy.Product) else made
    names = {symbol: _name(symbol) for symbol in made.free_symbols}
    for name in names.values():
        if len(name.split("_")[0]) > 1 and name.split("_")[0].lower() not in GREEK:
            raise NotUnderstood(name)
    return made.subs({symbol: sympy.Symbol(name) for symbol, name in names.items()})


def _name(symbol: Any) -> str:
    return re.sub(r"[{}\\]", "", symbol.name)


def _as_written(answer: _Relation, key: _Relation) -> _Relation:
    """``answer`` in the key's letters if only their case differs: "N log N" for n*log(n)."""
    ours = {str(one) for side in (key.left, key.right) if side is not None for one in side.free_symbols}
    theirs = {str(one) for side in (answer.left, answer.right) if side is not None for one in side.free_symbols}
    lower = {one.casefold(): one for one in ours}
    if theirs <= ours or len(lower) < len(ours) or len({one.casefold() for one in theirs}) < len(theirs):
        return answer
    swap = {sympy.Symbol(one): sympy.Symbol(lower.get(one.casefold(), one)) for one in theirs}
    left = None if answer.left is None else answer.left.subs(swap, simultaneous=True)
    return _Relation(answer.sign, left, answer.right.subs(swap, simultaneous=True), answer.decimals)


def _compare(answer: _Relation, key: _Relation, *, order: bool) -> Sameness:
    """Expressions by value; equations and inequalities as the same condition; "y = …" by its right side."""
    if key.sign not in ("", "=") or answer.sign not in ("", "="):
        return _inequalities(answer, key)
    if key.sign == "=" and key.left is not None and answer.left is not None:
        one, other = answer.left - answer.right, key.left - key.right
        if constant_factor(one, other) is not None or sameness(one, other) == "same":
            return "same"
        return "different"
    if key.sign == "=" and key.left is not None and not key.left.is_Symbol:
        return "different"
    found = sameness(answer.right, key.right, decimals=answer.decimals)
    return "same" if order and found == "factor" else found


def _inequalities(answer: _Relation, key: _Relation) -> Sameness:
    if answer.sign in ("", "=") or key.sign in ("", "=") or answer.left is None or key.left is None:
        return "different"
    factor = constant_factor(answer.left - answer.right, key.left - key.right)
    if factor is None or not factor.is_real:
        return "different"
    return "same" if answer.sign == (key.sign if factor > 0 else flipped(key.sign)) else "different"
