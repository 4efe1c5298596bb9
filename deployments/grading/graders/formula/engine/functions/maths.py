"""Rounding, powers, logarithms, trigonometry, divisors, number bases."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation

from deployments.grading.graders.formula.engine.arithmetic import divide, power
from deployments.grading.graders.formula.engine.functions.aggregate import numbers
from deployments.grading.graders.formula.engine.registry import Context, scalar, whole
from deployments.grading.graders.formula.engine.values import Operand, fail, significant


def rounded(value: float, digits: float, way: str) -> float:
    """Rounded as ``way`` says, on the 15 digits a spreadsheet keeps: ROUND(1.005,2) is 1.01."""
    try:
        return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-int(digits)), rounding=way))
    except InvalidOperation:
        return value if digits > 0 else 0.0


@scalar("ROUND", "n i")
def round_(value: float, digits: int) -> float:
    return rounded(value, digits, ROUND_HALF_UP)


@scalar("ROUNDUP", "n i")
def round_up(value: float, digits: int) -> float:
    return rounded(value, digits, ROUND_UP)


@scalar("ROUNDDOWN", "n i")
def round_down(value: float, digits: int) -> float:
    return rounded(value, digits, ROUND_DOWN)


@scalar("TRUNC", "n i?")
def trunc(value: float, digits: int = 0) -> float:
    return rounded(value, digits, ROUND_DOWN)


@scalar("INT", "n")
def int_(value: float) -> float:
    return float(math.floor(significant(value)))


@scalar("MOD", "n n")
def mod(value: float, divisor: float) -> float:
    if divisor == 0:
        fail("#DIV/0!")
    return significant(value - divisor * math.floor(significant(value / divisor)))


@scalar("QUOTIENT", "n n")
def quotient(value: float, divisor: float) -> float:
    return float(math.trunc(divide(value, divisor)))


@scalar("MROUND", "n n")
def mround(value: float, multiple: float) -> float:
    if multiple == 0:
        return 0.0
    if value * multiple < 0:
        fail("#NUM!")
    return rounded(value / multiple, 0, ROUND_HALF_UP) * multiple


def _to_multiple(value: float, step: float, up: bool) -> float:
    share = significant(value / step)
    return significant((math.ceil(share) if up else math.floor(share)) * step)


@scalar("CEILING", "n n?")
def ceiling(value: float, step: float = 1.0) -> float:
    if step == 0:
        return 0.0
    return fail("#NUM!") if value > 0 > step else _to_multiple(value, step, up=True)


@scalar("FLOOR", "n n?")
def floor(value: float, step: float = 1.0) -> float:
    if step == 0:
        return 0.0 if value == 0 else fail("#DIV/0!")
    return fail("#NUM!") if value > 0 > step else _to_multiple(value, step, up=False)


@scalar("CEILING.MATH", "n n~ n~")
def ceiling_math(value: float, step: float = 1.0, mode: float = 0.0) -> float:
    return 0.0 if step == 0 else _to_multiple(value, abs(step), up=not (value < 0 and mode))


@scalar("FLOOR.MATH", "n n~ n~")
def floor_math(value: float, step: float = 1.0, mode: float = 0.0) -> float:
    return 0.0 if step == 0 else _to_multiple(value, abs(step), up=bool(value < 0 and mode))


scalar("CEILING.PRECISE ISO.CEILING", "n n?")(ceiling_math)
scalar("FLOOR.PRECISE", "n n?")(floor_math)


def _away(value: float, parity: int) -> float:
    """The next even (0) or odd (1) number away from 0."""
    up = math.ceil(abs(significant(value)))
    up += up % 2 != parity
    return math.copysign(up, value) if up else 0.0


scalar("EVEN", "n")(lambda value: _away(value, 0))
scalar("ODD", "n")(lambda value: _away(value, 1))
scalar("ABS", "n")(abs)
scalar("SIGN", "n")(lambda value: (value > 0) - (value < 0))
scalar("POWER", "n n")(power)
scalar("PI", "")(lambda: math.pi)


@scalar("SQRT", "n")
def sqrt(value: float) -> float:
    return math.sqrt(value) if value >= 0 else fail("#NUM!")


@scalar("SQRTPI", "n")
def sqrt_pi(value: float) -> float:
    return sqrt(value * math.pi)


@scalar("LOG", "n n?")
def log(value: float, base: float = 10.0) -> float:
    if value <= 0 or base <= 0:
        fail("#NUM!")
    if base == 1:
        fail("#DIV/0!")
    return significant(math.log10(value) if base == 10 else math.log2(value) if base == 2 else math.log(value, base))


@scalar("LN", "n")
def ln(value: float) -> float:
    return math.log(value) if value > 0 else fail("#NUM!")


scalar("LOG10", "n")(log)


def _domain(call: Callable[[float], float]) -> Callable[[float], float]:
    def function(value: float) -> float:
        try:
            return call(value)
        except (ValueError, OverflowError):
            return fail("#NUM!")

    return function


for _name in ("EXP", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "TANH", "ASINH", "ACOSH", "ATANH"):
    scalar(_name, "n")(_domain(getattr(math, _name.lower())))
scalar("DEGREES", "n")(math.degrees)
scalar("RADIANS", "n")(math.radians)
scalar("ATAN2", "n n")(lambda x, y: fail("#DIV/0!") if x == y == 0 else math.atan2(y, x))


@scalar("FACT", "n")
def fact(value: float) -> float:
    return float(math.factorial(int(value))) if 0 <= value < 171 else fail("#NUM!")


def _choice(call: Callable[[int, int], int]) -> Callable[[int, int], float]:
    return lambda n, k: float(call(n, k)) if 0 <= k <= n <= 10_000 else fail("#NUM!")


scalar("COMBIN", "i i")(_choice(math.comb))
scalar("PERMUT", "i i")(_choice(math.perm))
scalar("COMBINA", "i i")(
    lambda n, k: float(math.comb(n + k - 1, k)) if k >= 0 and 0 < n + k <= 10_000 else fail("#NUM!")
)


def _whole(context: Context, operands: Sequence[Operand]) -> list[int]:
    found = [int(one) for one in numbers(context, operands)]
    return found if all(0 <= one < 2**53 for one in found) else fail("#NUM!")


@whole("GCD", "r r*")
def gcd(context: Context, *operands: Operand) -> float:
    return float(math.gcd(*_whole(context, operands)))


@whole("LCM", "r r*")
def lcm(context: Context, *operands: Operand) -> float:
    return float(math.lcm(*_whole(context, operands)))


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@scalar("BASE", "i i i?")
def base(value: int, radix: int, width: int = 0) -> str:
    if not 0 <= value < 2**53 or not 2 <= radix <= 36 or not 0 <= width <= 255:
        fail("#NUM!")
    made = ""
    while value:
        value, rest = divmod(value, radix)
        made = _DIGITS[rest] + made
    return (made or "0").rjust(width, "0")


@scalar("DECIMAL", "t i")
def decimal(digits: str, radix: int) -> float:
    try:
        return float(int(digits, radix))
    except ValueError:
        return fail("#NUM!")


def _from_decimal(radix: int, lowest: int, highest: int) -> Callable[..., str]:
    def function(value: int, width: int = 0) -> str:
        if not lowest <= value <= highest:
            fail("#NUM!")
        return base(value if value >= 0 else value + radix**10, radix, width if value >= 0 else 0)

    return function


def _to_decimal(radix: int) -> Callable[[str], float]:
    def function(digits: str) -> float:
        value = decimal(digits, radix) if len(digits) <= 10 else fail("#NUM!")
        return value - radix**10 if value >= radix**10 // 2 else value

    return function


for _word, _radix, _limit in (("BIN", 2, 512), ("OCT", 8, 2**29), ("HEX", 16, 2**39)):
    scalar(f"DEC2{_word}", "i i?")(_from_decimal(_radix, -_limit, _limit - 1))
    scalar(f"{_word}2DEC", "t")(_to_decimal(_radix))
scalar("BITAND", "i i")(lambda one, other: float(one & other) if one >= 0 and other >= 0 else fail("#NUM!"))
scalar("BITOR", "i i")(lambda one, other: float(one | other) if one >= 0 and other >= 0 else fail("#NUM!"))
scalar("BITXOR", "i i")(lambda one, other: float(one ^ other) if one >= 0 and other >= 0 else fail("#NUM!"))

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@scalar("ROMAN", "i i?")
def roman(value: int, form: int = 0) -> str:
    if not 0 <= value < 4000:
        fail("#VALUE!")
    made = ""
    for worth, letters in _ROMAN:
        count, value = divmod(value, worth)
        made += letters * count
    return made


@scalar("ARABIC", "t")
def arabic(letters: str) -> float:
    left, total = letters.strip().upper(), 0
    for worth, word in _ROMAN:
        while left.startswith(word):
            total, left = total + worth, left[len(word) :]
    return fail("#VALUE!") if left else float(total)


def _reciprocal(call: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: divide(1.0, call(value))


for _name, _inverse in (("SEC", math.cos), ("CSC", math.sin), ("COT", math.tan)):
    scalar(_name, "n")(_reciprocal(_inverse))


@scalar("FACTDOUBLE", "i")
def factdouble(value: int) -> float:
    return float(math.prod(range(value, 0, -2))) if -1 <= value <= 300 else fail("#NUM!")


@whole("MULTINOMIAL", "r r*")
def multinomial(context: Context, *operands: Operand) -> float:
    counts = _whole(context, operands)
    if sum(counts) > 170:
        fail("#NUM!")
    return float(math.factorial(sum(counts)) // math.prod(math.factorial(one) for one in counts))


@whole("SERIESSUM", "n n n r")
def seriessum(context: Context, base: float, first: float, step: float, coefficients: Operand) -> float:
    terms = enumerate(numbers(context, [coefficients]))
    try:
        return math.fsum(factor * base ** (first + at * step) for at, factor in terms)
    except (ArithmeticError, TypeError):
        return fail("#NUM!")


@whole("PERCENTOF", "r r")
def percentof(context: Context, part: Operand, total: Operand) -> float:
    return divide(math.fsum(numbers(context, [part])), math.fsum(numbers(context, [total])))
