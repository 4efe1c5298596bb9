"""The sandbox's side of symbolic grading: the only module that imports SymPy and ``math_verify``.

Plain text is read by SymPy after every name in it was checked (a letter, a Greek letter or a known function; SymPy's
parser evaluates Python, so nothing else may reach it); LaTeX is read by ``math-verify``.
"""

from __future__ import annotations

import random
import re
from typing import Any

import msgspec

from deployments.grading.graders.symbolic.symbolic import SymbolicJob, SymbolicVerdict

_FUNCTIONS = ("sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "ln", "abs")
_CONSTANTS = ("pi", "infinity", "infty")
_GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "sigma", "tau", "phi", "omega", "rho")
_NAME = re.compile(r"[A-Za-z]+")
_SIGNS = str.maketrans(
    {
        "×": "*",
        "·": "*",
        "÷": "/",
        "−": "-",
        "π": " pi ",
        "∞": " infinity ",
        "√": " sqrt",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
    }
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
#: Points at which two expressions are compared, and the digits of the comparison.
_POINTS = 8
_DIGITS = 30


class _Unreadable(Exception):
    pass


def warm_up() -> None:
    run(msgspec.msgpack.encode(SymbolicJob("x^2 + 1", "1 + x^2")))
    run(msgspec.msgpack.encode(SymbolicJob(r"\frac{1}{2}", "0.5")))


def run(payload: bytes) -> bytes:
    job = msgspec.msgpack.decode(payload, type=SymbolicJob)
    return msgspec.msgpack.encode(_verdict(job))


def _verdict(job: SymbolicJob) -> SymbolicVerdict:
    try:
        key = _read(job.expression)
    except _Unreadable:
        return SymbolicVerdict(broken="expression")
    try:
        answer = _read(job.answer)
    except _Unreadable:
        return SymbolicVerdict(broken="answer")
    shown = " = ".join(str(side) for side in answer)[:120]
    return SymbolicVerdict(equal=_equal(answer, key), read_as=shown)


def _equal(answer: tuple[Any, ...], key: tuple[Any, ...]) -> bool:
    """Expressions by value; equations as the same condition up to a constant factor; "y = …" by its right side."""
    if len(key) == len(answer) == 2:
        one, other = answer[0] - answer[1], key[0] - key[1]
        return _same(one, other) or _constant_ratio(one, other)
    return _same(answer[-1], key[-1])


def _same(one: Any, other: Any) -> bool:
    """Equal at random points to 30 digits; exact algebra only decides what has no points to compare at.

    Two different elementary expressions agree at random real points with probability 0 (Schwartz 1980, Zippel 1979, for
    polynomials).
    """
    import sympy

    difference = one - other
    if difference == 0:
        return True
    symbols = sorted(difference.free_symbols, key=str)
    if not symbols:
        value = difference.evalf(_DIGITS)
        return bool(value.is_number and abs(complex(value)) < 1e-12)
    rng = random.Random(0)  # noqa: S311 - reproducible points, not secrecy
    compared = 0
    for _ in range(4 * _POINTS):
        point = {symbol: sympy.Rational(rng.randint(100, 4000), 997) for symbol in symbols}
        left, right = one.subs(point).evalf(_DIGITS), other.subs(point).evalf(_DIGITS)
        if not (left.is_number and right.is_number and left.is_finite and right.is_finite):
            continue
        scale = max(1.0, abs(complex(right)))
        if abs(complex(left) - complex(right)) > 1e-12 * scale:
            return False
        compared += 1
        if compared == _POINTS:
            return True
    return bool(compared) or bool(sympy.simplify(difference) == 0)


def _constant_ratio(one: Any, other: Any) -> bool:
    import sympy

    if other == 0 or one == 0:
        return False
    ratio = sympy.cancel(sympy.together(one / other))
    return bool(not ratio.free_symbols and ratio != 0)


def _read(text: str) -> tuple[Any, ...]:
    """One expression, or the two sides of an equation."""
    sides = [side for side in text.split("=") if side.strip()]
    if not 1 <= len(sides) <= 2 or re.search(r"[<>|!]", text):
        raise _Unreadable
    return tuple(_latex(side) if "\\" in side else _plain(side) for side in sides)


def _latex(text: str) -> Any:
    import sympy
    from math_verify import LatexExtractionConfig, parse

    found = parse(f"${text}$", extraction_config=[LatexExtractionConfig()], parsing_timeout=None, raise_on_error=False)
    if not found or isinstance(found[0], str):
        raise _Unreadable
    made = found[0]
    if not isinstance(made, sympy.Expr):
        raise _Unreadable
    return made.subs({symbol: sympy.Symbol(symbol.name, positive=True) for symbol in made.free_symbols})


def _plain(text: str) -> Any:
    import sympy
    from sympy.parsing import sympy_parser

    cleaned = text.translate(_SIGNS)
    cleaned = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda found: f"^({found.group().translate(_SUPERSCRIPTS)})", cleaned)
    cleaned = re.sub(r"(?<=\d),(?=\d{3}\b)", "", cleaned)
    cleaned = _NAME.sub(lambda found: " ".join(_names(found.group())), cleaned)
    # "n log n", "sin x": a function takes the next letter or number.
    cleaned = re.sub(rf"\b({'|'.join(_FUNCTIONS)})\s+(\w+(?:\s*\^\s*\d+)?)", r"\1(\2)", cleaned)
    cleaned = re.sub(r"sqrt\s*(\d+|[a-z])\b", r"sqrt(\1)", cleaned)
    if (
        not re.fullmatch(r"[A-Za-z\d\s+\-*/^().]*", cleaned)
        or not cleaned.strip()
        or re.search(r"\.\s*[A-Za-z]", cleaned)
    ):
        raise _Unreadable
    names: dict[str, Any] = {name: getattr(sympy, name) for name in _FUNCTIONS if name != "abs"}
    names |= {"abs": sympy.Abs, "pi": sympy.pi, "e": sympy.E, "infinity": sympy.oo, "infty": sympy.oo}
    letters = {name: sympy.Symbol(name, positive=True) for name in (*_GREEK, *"abcdfghijklmnopqrstuvwxyz")}
    letters = {("lamda" if name == "lambda" else name): symbol for name, symbol in letters.items()}
    upper = {name: sympy.Symbol(name, positive=True) for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    transformations = (
        *sympy_parser.standard_transformations,
        sympy_parser.convert_xor,
        sympy_parser.implicit_multiplication,
        sympy_parser.rationalize,
    )
    core = {name: getattr(sympy, name) for name in ("Integer", "Float", "Rational", "Symbol", "Function")}
    try:
        made = sympy_parser.parse_expr(
            cleaned,
            local_dict={**letters, **upper, **names},
            global_dict={**core, "__builtins__": {}},
            transformations=transformations,
        )
    except Exception as error:
        raise _Unreadable from error
    if not isinstance(made, sympy.Expr):
        raise _Unreadable
    return made


def _names(word: str) -> list[str]:
    """A run of letters as known names, else as a product of letters ("xy" is x times y); never an unknown name."""
    if len(word) == 1:
        return [word]
    lowered = word.lower()
    if lowered in (*_FUNCTIONS, *_CONSTANTS, *_GREEK):
        return ["lamda" if lowered == "lambda" else lowered]
    for name in sorted(_FUNCTIONS, key=len, reverse=True):
        at = lowered.find(name)
        if at >= 0 and len(word) - len(name) <= 2:
            before, after = word[:at], word[at + len(name) :]
            return [*before, name, *after]
    if len(word) <= 3:
        return list(word)
    raise _Unreadable
