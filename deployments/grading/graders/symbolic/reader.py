"""Reads an expression in signs into SymPy, letter by letter under a closed vocabulary.

A recursive descent: SymPy's own parser evaluates Python and takes an unknown word for a product of letters.
The vocabulary is single letters (with a subscript), Greek letters, constants and functions; anything else is
``NotUnderstood``. It runs in the sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sympy

from interview.text.number_lexemes import lex

#: Functions of one argument by name.
_UNARY: dict[str, Callable[[Any], Any]] = {
    "sqrt": sympy.sqrt, "root": sympy.sqrt, "cbrt": lambda x: x ** sympy.Rational(1, 3), "exp": sympy.exp,
    "abs": sympy.Abs, "log": sympy.log, "ln": sympy.log, "lg": sympy.log, "lb": lambda x: sympy.log(x) / sympy.log(2),
    "factorial": sympy.factorial, "floor": sympy.floor, "ceil": sympy.ceiling, "ceiling": sympy.ceiling,
    "sign": sympy.sign, "sgn": sympy.sign,
    **{name: getattr(sympy, name) for name in (
        "sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "acot", "asec", "acsc",
        "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh",
    )},
    **{f"arc{name}": getattr(sympy, f"a{name}") for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
}  # fmt: skip
#: Functions of two arguments or more.
_SEVERAL: dict[str, Callable[..., Any]] = {
    "log": lambda x, base: sympy.log(x) / sympy.log(base), "root": lambda x, n: x ** (1 / n), "pow": lambda x, n: x**n,
    "binomial": sympy.binomial, "binom": sympy.binomial, "comb": sympy.binomial, "choose": sympy.binomial,
    "max": sympy.Max, "min": sympy.Min, "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
}  # fmt: skip
_CONSTANTS: dict[str, Any] = {
    "pi": sympy.pi, "e": sympy.E, "inf": sympy.oo, "infinity": sympy.oo, "infty": sympy.oo, "oo": sympy.oo,
}  # fmt: skip
_GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξρστυφχψω", (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
), strict=True))  # fmt: skip
#: The names of the Greek letters.
GREEK = frozenset(_GREEK_LETTERS.values())
_SUPERSCRIPTS = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "0123456789-+()abcdefghijklmnoprstuvwxyz", strict=True)
)
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₙᵢₖ", "0123456789nik", strict=True))
_FRACTIONS = {
    "½": "(1/2)",
    "¼": "(1/4)",
    "¾": "(3/4)",
    "⅓": "(1/3)",
    "⅔": "(2/3)",
    "⅕": "(1/5)",
    "⅛": "(1/8)",
    "⅙": "(1/6)",
}
_SIGNS = {
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "π": " pi ",
    "∞": " infinity ",
    "√": " sqrt ", "∛": " cbrt ", "≤": "<=", "≥": ">=", "≠": "!=", "[": "(", "]": ")", "{": "(", "}": ")",
    "⌊": " floor(", "⌋": ")", "⌈": " ceiling(", "⌉": ")",
    "ϕ": " phi ", "∣": "|", "²": "^(2)", "³": "^(3)", **_FRACTIONS,
    **{letter: f" {name} " for letter, name in _GREEK_LETTERS.items()},
}  # fmt: skip
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\d.])|\d+\.\d+|\d+|\.\d+)(?P<exp>[eE][+-]?\d{1,4}(?![\w.]))?"
    r"|(?P<name>[A-Za-z]+)(?:_(?:(?P<index>[A-Za-z0-9]{1,8})|\((?P<bracketed>[A-Za-z0-9]{1,8})\)))?(?P<digits>\d{1,2}(?![\d.]))?"
    r"|(?P<op>\*\*|<=|>=|!=|==|[-+*/^()|!,<>=%']))"
)
_RELATIONS = ("<=", ">=", "!=", "<", ">")
_FLIPPED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "!=": "!=", "=": "="}
#: Names that are known within a run of letters: "nlogn", "2pir".
_IN_RUNS = ("log", "ln", "lg", "sqrt", "exp", "sin", "cos", "tan", "pi", *GREEK)
_MAX_DIGITS, _MAX_EXPONENT, _MAX_FACTORIAL = 40, 9999, 500


class NotUnderstood(Exception):
    """The text is not an expression; ``str()`` names the unknown word or sign, if any."""


class Token:
    """``kind`` is ``number``, ``name``, ``op`` or ``end``."""

    __slots__ = ("digits", "glued", "index", "kind", "text")

    def __init__(self, kind: str, text: str, index: str = "", digits: str = "", glued: bool = False) -> None:
        self.kind, self.text, self.index, self.digits, self.glued = kind, text, index, digits, glued


def plain_signs(text: str) -> str:
    """``text`` with every typographic sign written in ASCII."""
    text = re.sub(
        rf"[{''.join(_SUPERSCRIPTS)}]+", lambda found: f"^({''.join(_SUPERSCRIPTS[c] for c in found[0])})", text
    )
    text = re.sub(
        rf"[{''.join(_SUBSCRIPTS)}]+", lambda found: "_" + "".join(_SUBSCRIPTS[c] for c in found[0]) + " ", text
    )
    text = "".join(_SIGNS.get(char, char) for char in text).replace("<<", "* 2 ^")
    return re.sub(r"([A-Za-z])\s*\^\s*\(?(\d)\)?_(\w)", r"\1_\3^\2", text)  # "x^2_1" is x_1 squared


def tokens(text: str) -> list[Token]:
    """Raises NotUnderstood for a sign outside the grammar."""
    found: list[Token] = []
    at = 0
    text = plain_signs(text).strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at:
            raise NotUnderstood(text[at : at + 1])
        glued = match.start("number") == at or match.start("name") == at or match.start("op") == at
        if match["number"]:
            found.append(Token("number", match["number"].replace(",", "") + (match["exp"] or ""), glued=glued))
        elif match["name"]:
            found.append(
                Token("name", match["name"], match["index"] or match["bracketed"] or "", match["digits"] or "", glued)
            )
        else:
            found.append(Token("op", {"**": "^", "==": "="}.get(match["op"], match["op"]), glued=glued))
        at = match.end()
    return found


class ExpressionReader:
    """Reads one expression. ``letters`` are the key's symbols: a run of them is a product ("mn"); None reads a key.

    ``decimals`` is the largest number of significant digits of a decimal fraction that was read.
    """

    def __init__(self, text: str, letters: frozenset[str] | None) -> None:
        self._tokens = tokens(text)
        self._letters = letters
        self._at = 0
        self._bars = 0
        self.decimals = 0
        self._digits = 0

    def read(self) -> Any:
        """Raises NotUnderstood."""
        made = self._sum()
        if self._at < len(self._tokens):
            raise NotUnderstood(self._tokens[self._at].text)
        return made

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("end", "")

    def _op(self, *signs: str) -> bool:
        token = self._peek()
        if token.kind == "op" and token.text in signs:
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._op(sign):
            raise NotUnderstood(self._peek().text)

    def _sum(self) -> Any:
        made = self._product()
        while True:
            if self._op("+"):
                made = made + self._product()
            elif self._op("-"):
                made = made - self._product()
            else:
                return made

    def _product(self) -> Any:
        made = self._signed()
        while True:
            token = self._peek()
            if self._op("*"):
                made = made * self._signed()
            elif self._op("/"):
                made = made / self._signed()
            elif token.kind == "name" or (
                token.kind == "op" and (token.text == "(" or (token.text == "|" and not self._bars))
            ):
                made = made * self._power()
            else:
                return made

    def _signed(self) -> Any:
        if self._op("-"):
            return -self._signed()
        if self._op("+"):
            return self._signed()
        return self._power()

    def _power(self) -> Any:
        base = self._postfix()
        if not self._op("^"):
            return base
        exponent = self._signed()
        if base.is_number and exponent.is_number:
            digits = abs(sympy.N(exponent, 15)) * sympy.log(abs(sympy.N(base, 15)) + 1, 10)
            if not digits <= _MAX_EXPONENT:
                raise NotUnderstood("a power too large to compute")
        return base**exponent

    def _postfix(self) -> Any:
        made = self._atom()
        while True:
            if self._op("!"):
                if made.is_number and not 0 <= made <= _MAX_FACTORIAL:
                    raise NotUnderstood("a factorial too large to compute")
                made = sympy.factorial(made)
            elif self._op("%"):
                made = made / 100
                self.decimals = max(self.decimals, self._digits)
            else:
                return made

    def _atom(self) -> Any:
        token = self._peek()
        if token.kind == "number":
            self._at += 1
            return self._number(token.text)
        if token.kind == "name":
            self._at += 1
            return self._name(token)
        if self._op("("):
            made = self._sum()
            self._expect(")")
            return made
        if self._op("|"):
            self._bars += 1
            made = self._sum()
            self._bars -= 1
            self._expect("|")
            return sympy.Abs(made)
        raise NotUnderstood(token.text)

    def _number(self, text: str) -> Any:
        mantissa = re.split(r"[eE]", text)[0]
        digits = mantissa.replace(".", "").lstrip("0")
        if len(digits) > _MAX_DIGITS:
            raise NotUnderstood("a number too long to compute")
        self._digits = len(digits)
        if "." in mantissa:
            self.decimals = max(self.decimals, len(digits))
        return sympy.Rational(text)

    def _name(self, token: Token) -> Any:
        lowered = token.text.lower()
        if lowered in _UNARY or lowered in _SEVERAL:
            return self._call(lowered, token.index or token.digits)
        if token.digits and token.index:
            raise NotUnderstood(token.text + token.digits)
        index = token.index or token.digits
        if len(token.text) == 1:
            if token.text == "e" and not index and "E" not in (self._letters or ()):
                return sympy.E
            if token.text == "C" and self._peek().text == "(" and self._peek().glued and self._several_ahead():
                return self._call("binomial", "")
            return sympy.Symbol(f"{token.text}_{index}" if index else token.text)
        if lowered in _CONSTANTS and not index:
            return _CONSTANTS[lowered]
        if lowered == "gamma" and not index and self._peek().text == "(" and self._peek().glued:
            return sympy.gamma(self._postfix())
        if lowered in GREEK:
            return sympy.Symbol(f"{lowered}_{index}" if index else lowered)
        return self._run(token.text, index)

    def _several_ahead(self) -> bool:
        depth = 0
        for token in self._tokens[self._at :]:
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "op" else 0
            if depth == 1 and token.text == ",":
                return True
            if depth == 0:
                return False
        return False

    def _run(self, word: str, index: str) -> Any:
        """Letters without a space between them: known names ("nlogn", "2pir"), else a product of the key's letters."""
        if index:
            raise NotUnderstood(word + index)
        parts = self._split(word)
        if parts is None:
            raise NotUnderstood(word)
        self._tokens[self._at : self._at] = [Token("name", part) for part in parts[1:]]
        return self._name(Token("name", parts[0]))

    def _split(self, word: str) -> list[str] | None:
        """``word`` as known names and letters of the key; None for a word that is not known."""
        if self._letters is None:
            return list(word) if len(word) == 2 else None
        lowered = word.lower()
        for name in sorted((name for name in _IN_RUNS if name in lowered), key=len, reverse=True):
            at = lowered.find(name)
            before, after = word[:at], word[at + len(name) :]
            if len(before) + len(after) <= 3 and all(map(self._is_letter, before + after)):
                return [*before, name, *after]
        letters = len(word) <= 4 and all(letter == "e" or self._is_letter(letter) for letter in word)
        return list(word) if letters else None

    def _is_letter(self, letter: str) -> bool:
        """Whether ``letter`` is one of the key's symbols, in either case."""
        return letter.lower() in {one.lower() for one in self._letters or ()}

    def _call(self, name: str, index: str) -> Any:
        """A function with its base ("log_2"), power ("sin^2 x") and argument, in brackets or not."""
        exponent = None
        if self._op("^"):
            exponent = -self._atom() if self._op("-") else self._atom()
        if exponent is not None and exponent == -1 and f"a{name}" in _UNARY:
            name, exponent = f"a{name}", None
        if self._op("("):
            arguments = [self._sum()]
            while self._op(","):
                arguments.append(self._sum())
            self._expect(")")
        else:
            arguments = [self._bare_argument()]
        made = self._applied(name, index, arguments)
        return made if exponent is None else made**exponent

    def _applied(self, name: str, index: str, arguments: list[Any]) -> Any:
        if index:
            if name not in ("log", "lg") or len(arguments) != 1:
                raise NotUnderstood(f"{name}{index}")
            base = sympy.Integer(int(index)) if index.isdigit() else self._name(Token("name", index))
            return sympy.log(arguments[0]) / sympy.log(base)
        if len(arguments) == 1 and name in _UNARY:
            if name == "factorial" and arguments[0].is_number and not 0 <= arguments[0] <= _MAX_FACTORIAL:
                raise NotUnderstood("a factorial too large to compute")
            return _UNARY[name](arguments[0])
        if name not in _SEVERAL or len(arguments) < 2 or (name not in ("max", "min") and len(arguments) > 2):
            raise NotUnderstood(name)
        return _SEVERAL[name](*arguments)

    def _bare_argument(self) -> Any:
        """The argument of "log n", "sin 2x", "cos 2 pi x": a number or constant includes the names after it."""
        if self._op("-"):
            return -self._bare_argument()
        run = self._peek().text if self._peek().kind == "name" else ""
        known = len(run) < 2 or run.lower() in (*_UNARY, *_SEVERAL, *_CONSTANTS, *GREEK)
        made = self._power()
        for _letter in range(0 if known else len(self._split(run) or "x") - 1):  # "log ab"
            made = made * self._power()
        while made.is_number and self._peek().kind == "name" and self._peek().text.lower() not in _UNARY:
            made = made * self._power()
        return made


def relation(text: str, letters: frozenset[str] | None) -> tuple[str, Any, Any, int]:
    """Sign, left side, right side and significant decimals; the sign of a plain expression is empty.

    Of a chain "a = b = c" the last side counts; the left side is None if there is none or it cannot be read.

    Raises:
        NotUnderstood: the right side is not an expression.
    """
    exact, *approximate = re.split(r"≈|~=|≃|≅", plain_signs(_one_number(text)))
    defined = approximate and re.fullmatch(r"\s*[A-Za-z]\s*", exact)  # "x ≈ 11", but "x = 1/3 ≈ 0.33"
    text = re.sub(r"([<>!])\s+=", r"\1=", approximate[0] if defined else exact)
    for sign in _RELATIONS:
        if sign in text:
            left, _, right = text.partition(sign)
            one, other = ExpressionReader(left, letters), ExpressionReader(right, letters)
            return sign, one.read(), other.read(), max(one.decimals, other.decimals)
    sides = [side for side in re.split(r"={1,2}", text) if side.strip()]
    if not sides:
        raise NotUnderstood("")
    last = ExpressionReader(sides[-1], letters)
    right = last.read()
    if len(sides) == 1:
        return "", None, right, last.decimals
    return "=", _left_side(sides[0], letters), right, last.decimals


#: "f(x)", "T'(n)": the name of what an equation defines.
_FUNCTION_OF = re.compile(r"\s*([A-Za-z])'*\s*\(\s*[A-Za-z](?:\s*,\s*[A-Za-z])*\s*\)\s*")


def _left_side(text: str, letters: frozenset[str] | None) -> Any:
    defined = _FUNCTION_OF.fullmatch(text)
    if defined is not None:
        return sympy.Symbol(defined[1])
    try:
        return ExpressionReader(text, letters).read()
    except NotUnderstood:
        return None


def _one_number(text: str) -> str:
    """ "1 000" and "1000,99" as Python writes them; other texts as they are."""
    lexemes = lex(text.strip())
    return lexemes[0].text if len(lexemes) == 1 and lexemes[0].kind == "number" else text


def flipped(sign: str) -> str:
    """The sign with its sides exchanged."""
    return _FLIPPED[sign]
