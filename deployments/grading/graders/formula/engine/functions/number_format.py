"""TEXT, FIXED and DOLLAR: numbers, dates and times shown after a format such as ``#,##0.00;(#,##0.00)``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from deployments.grading.graders.formula.engine.functions.date_format import is_date_format, shown_date
from deployments.grading.graders.formula.engine.number_text import number_in
from deployments.grading.graders.formula.engine.registry import scalar
from deployments.grading.graders.formula.engine.values import ErrorValue, Scalar, bounded, fail, general, text

_TEST: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_MARK = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]|(?P<char>.)', re.DOTALL
)


@scalar("TEXT", "v t")
def text_(value: Scalar, form: str) -> str:
    if isinstance(value, str):
        read = number_in(value)
        if read is None:
            return _text_section(value, form)
        value = read
    if isinstance(value, bool):
        return text(value)
    if isinstance(value, ErrorValue):
        return fail(value.code)
    return bounded(shown(float(value or 0.0), form))


def _text_section(value: str, form: str) -> str:
    """Text passes through, or fills the ``@`` of the section for text."""
    sections = _sections(form)
    chosen = sections[3] if len(sections) > 3 else sections[-1] if "@" in sections[-1] else "@"
    return "".join(
        value if kind == "char" and mark == "@" else mark for kind, mark in _marks(chosen) if kind != "bracket"
    )


def shown(value: float, form: str) -> str:
    """The number after a format of one to four sections (positive; negative; zero; text)."""
    if form == "":
        return ""
    section, value, sign = _chosen(value, _sections(form))
    if re.fullmatch(r"(?i)\s*(?:general|@)\s*", section):
        return sign + general(abs(value) if sign else value)
    if is_date_format(section):
        return shown_date(value, section) if value >= 0 else fail("#VALUE!")
    return sign + _number(abs(value), section)


def _sections(form: str) -> list[str]:
    made, _at = [""], 0
    for found in _MARK.finditer(form):
        if found["char"] == ";":
            made.append("")
        else:
            made[-1] += form[found.start() : found.end()]
        found.end()
    return made[:4]


def _chosen(value: float, sections: list[str]) -> tuple[str, float, str]:
    """The section for a number, the number, and the minus sign that the section does not write itself."""
    conditions = [_CONDITION.search(one) for one in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _TEST[condition[1]](value, float(condition[2])):
                return _CONDITION.sub("", section), value, "-" if value < 0 else ""
        return "General", value, "-" if value < 0 else ""
    numeric = sections[:3]
    rounds = _rounds_to_zero(value, numeric[0])
    if len(numeric) > 2 and (value == 0 or (rounds and value > 0)):
        return numeric[2] if value == 0 else numeric[0], value, ""
    if len(numeric) > 1 and value < 0:
        return numeric[1], value, ""
    return numeric[0], value, "-" if value < 0 and not rounds else ""


def _rounds_to_zero(value: float, section: str) -> bool:
    shown_digits = _number(abs(value), section) if not is_date_format(section) and "General" not in section else "1"
    return not any(char in "123456789" for char in shown_digits)


def _marks(section: str) -> list[tuple[str, str]]:
    """The section as (kind, text): ``char`` for what may be a placeholder, ``literal`` for what is shown as it is."""
    made: list[tuple[str, str]] = []
    for found in _MARK.finditer(section):
        if found["char"] is not None:
            made.append(("char", found["char"]))
        elif found["bracket"] is not None:
            money = re.match(r"\$([^-]*)", found["bracket"])
            made.append(("literal", money[1]) if money else ("bracket", found["bracket"]))
        elif found["space"] is not None:
            made.append(("literal", " "))
        elif found["fill"] is None:
            made.append(("literal", found["quoted"] if found["quoted"] is not None else found["escaped"]))
    return made


def _number(value: float, section: str) -> str:
    marks = _marks(section)
    body = "".join(mark for kind, mark in marks if kind == "char")
    if not re.search(r"[0#?]", body):
        return "".join(mark for kind, mark in marks if kind != "bracket")
    value *= 100 ** body.count("%")
    exponent = re.search(r"[eE][+-]", body)
    if exponent:
        return _scientific(value, section)
    if re.search(r"[#0?]\s*/\s*[#0?\d]", body):
        return _fraction(value, marks)
    placeholders = [at for at, (kind, mark) in enumerate(marks) if kind == "char" and mark in "0#?"]
    point = next((at for at, one in enumerate(marks) if one == ("char", ".")), len(marks))
    commas = 0
    after = (max((at for at in placeholders if at < point), default=-1)) + 1
    while after < len(marks) and marks[after] == ("char", ","):
        commas, after = commas + 1, after + 1
    last = placeholders[-1] + 1
    while last > point and last < len(marks) and marks[last] == ("char", ","):
        commas, last = commas + 1, last + 1
    value /= 1000**commas
    grouped = any(one == ("char", ",") for one in marks[placeholders[0] : min(point, placeholders[-1] + 1)])
    decimals = sum(at > point for at in placeholders)
    digits = _rounded(value, decimals)
    return _filled(marks, digits, point, grouped)


def _rounded(value: float, decimals: int) -> str:
    return f"{Decimal(f'{value:.15g}').quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):f}"


def _filled(marks: list[tuple[str, str]], digits: str, point: int, grouped: bool) -> str:
    """The digits laid into the placeholders, from the decimal point to the left and to the right."""
    whole, _, fraction = digits.partition(".")
    whole = whole.lstrip("0")
    left = [at for at, (kind, mark) in enumerate(marks) if at < point and kind == "char" and mark in "0#?"]
    right = [at for at, (kind, mark) in enumerate(marks) if at > point and kind == "char" and mark in "0#?"]
    least = sum(marks[at][1] in "0" for at in left)
    first_zero = next((len(left) - index for index, at in enumerate(left) if marks[at][1] == "0"), 0)
    whole = whole.rjust(max(first_zero, least), "0") if left else whole
    filled: dict[int, str] = {}
    for index, at in enumerate(reversed(left)):
        end = len(whole) - index
        char = whole[end - 1] if end > 0 else {"0": "0", "?": " "}.get(marks[at][1], "")
        if at == left[0] and end > 1:
            char = _group(whole[:end], index, grouped)
        elif char.isdigit() and grouped and index and index % 3 == 0:
            char += ","
        filled[at] = char
    if not left and whole:
        filled[point] = whole + "."
    keep = len(fraction)
    while keep and marks[right[keep - 1]][1] != "0" and not fraction[keep - 1].strip("0"):
        keep -= 1
    for index, at in enumerate(right):
        filled[at] = fraction[index] if index < keep else (" " if marks[at][1] == "?" else "")
    return _laid(marks, filled, point)


def _group(digits: str, places: int, grouped: bool) -> str:
    """The leading digits, of which the last stands ``places`` places from the point."""
    if not grouped:
        return digits
    made = ""
    for index, digit in enumerate(digits):
        rest = len(digits) - index - 1 + places
        made += digit + ("," if rest and rest % 3 == 0 else "")
    return made


def _laid(marks: list[tuple[str, str]], filled: dict[int, str], point: int) -> str:
    made = ""
    for at, (kind, mark) in enumerate(marks):
        if at in filled:
            made += filled[at]
        elif kind == "char" and (mark == "," or mark in "0#?"):
            continue
        elif kind != "bracket":
            made += mark
    return made


def _scientific(value: float, section: str) -> str:
    found = re.search(r"([0#?]*)(?:\.([0#?]*))?[eE]([+-])([0#?]+)", section)
    if found is None:
        return fail("#VALUE!")
    whole, decimals = max(1, len(found[1])), len(found[2] or "")
    power = 0 if value == 0 else math.floor(math.log10(float(f"{value:.15g}")))
    power -= power % whole if whole > 1 else 0
    mantissa = _rounded(value / 10.0**power, decimals)
    if float(mantissa) >= 10**whole:
        power += whole
        mantissa = _rounded(value / 10.0**power, decimals)
    sign = "-" if power < 0 else "+" if found[3] == "+" else ""
    made = f"{mantissa}E{sign}{abs(power):0{len(found[4])}d}"
    before, after = section[: found.start()], section[found.end() :]
    return "".join(mark for _, mark in _marks(before)) + made + "".join(mark for _, mark in _marks(after))


def _fraction(value: float, marks: list[tuple[str, str]]) -> str:
    body = "".join(mark for _, mark in marks)
    found = re.search(r"([#0?]+\s+)?([#0?]+)\s*/\s*([#0?]+|\d+)", body)
    if found is None:
        return fail("#VALUE!")
    mixed = bool(found[1])
    if found[3].isdigit() and not set(found[3]) <= {"0"}:
        bottom = int(found[3])
        top = math.floor(value * bottom + 0.5)
    else:
        near = Fraction(value).limit_denominator(10 ** len(found[3]) - 1)
        top, bottom = near.numerator, near.denominator
    whole, rest = divmod(top, bottom) if mixed else (0, top)
    part = f"{str(rest).rjust(found[2].count('?'))}/{str(bottom).ljust(found[3].count('?'))}"
    if mixed and not rest:
        part = " " * len(part)
    shown_whole = str(whole) if mixed and (whole or not rest) else ""
    return body[: found.start()] + shown_whole + (" " if mixed else "") + part + body[found.end() :]


def _money(value: float, decimals: int, commas: bool) -> str:
    if abs(decimals) > 100:
        fail("#VALUE!")
    if decimals < 0:
        value, decimals = (
            float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)),
            0,
        )
    digits = Decimal(_rounded(abs(value), decimals))
    return f"{digits:,f}" if commas else f"{digits:f}"


@scalar("FIXED", "n i~ b~")
def fixed(value: float, decimals: int = 2, plain: bool = False) -> str:
    made = _money(value, decimals, not plain)
    return f"-{made}" if value < 0 and made.strip("0.,") else made


@scalar("DOLLAR", "n i~")
def dollar(value: float, decimals: int = 2) -> str:
    made = f"${_money(value, decimals, True)}"
    return f"({made})" if value < 0 else made
