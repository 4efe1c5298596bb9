"""Loans, savings, depreciation and cash flows. Payments come from numpy-financial."""

from __future__ import annotations

import math
from collections.abc import Callable

from deployments.grading.graders.formula.engine.functions.aggregate import numbers
from deployments.grading.graders.formula.engine.registry import Context, scalar, whole
from deployments.grading.graders.formula.engine.values import Operand, fail, finite

MAX_PERIODS = 100_000


def _when(kind: float) -> str:
    return "begin" if kind else "end"


def _annuity(name: str) -> Callable[..., float]:
    def function(*given: float) -> float:
        import numpy_financial

        *amounts, kind = given
        return finite(float(getattr(numpy_financial, name)(*amounts, when=_when(kind))))

    return function


scalar("PMT", "n n n n? n?")(
    lambda rate, periods, present, future=0.0, kind=0.0: _annuity("pmt")(rate, periods, present, future, kind)
)
scalar("PV", "n n n n? n?")(
    lambda rate, periods, payment, future=0.0, kind=0.0: _annuity("pv")(rate, periods, payment, future, kind)
)
scalar("FV", "n n n n? n?")(
    lambda rate, periods, payment, present=0.0, kind=0.0: _annuity("fv")(rate, periods, payment, present, kind)
)
scalar("NPER", "n n n n? n?")(
    lambda rate, payment, present, future=0.0, kind=0.0: _annuity("nper")(rate, payment, present, future, kind)
)


@scalar("IPMT", "n n n n n? n?")
def ipmt(rate: float, period: float, periods: float, present: float, future: float = 0.0, kind: float = 0.0) -> float:
    return _annuity("ipmt")(rate, period, periods, present, future, kind) if 1 <= period <= periods else fail("#NUM!")


@scalar("PPMT", "n n n n n? n?")
def ppmt(rate: float, period: float, periods: float, present: float, future: float = 0.0, kind: float = 0.0) -> float:
    return _annuity("ppmt")(rate, period, periods, present, future, kind) if 1 <= period <= periods else fail("#NUM!")


@scalar("RATE", "n n n n? n? n?")
def rate_(
    periods: float, payment: float, present: float, future: float = 0.0, kind: float = 0.0, guess: float = 0.1
) -> float:
    def worth(rate: float) -> float:
        if abs(rate) < 1e-12:
            return present + payment * periods + future
        growth: float = (1 + rate) ** periods
        return present * growth + payment * (1 + rate * bool(kind)) * (growth - 1) / rate + future

    return _root(worth, guess)


def _root(worth: Callable[[float], float], guess: float) -> float:
    """A rate at which ``worth`` is 0, by the secant method from the guess, then by bisection."""
    for start in (guess, 0.01, 0.05, 0.3, -0.1, 1.0):
        one, other = start, start + 1e-3
        for _ in range(100):
            try:
                here, there = worth(one), worth(other)
            except (OverflowError, ZeroDivisionError):
                break
            if there == here or isinstance(there, complex) or isinstance(here, complex):
                break
            one, other = other, other - there * (other - one) / (there - here)
            if other <= -1:
                break
            if abs(other - one) < 1e-13:
                return other
    return fail("#NUM!")


def _present(rate: float, flows: list[float]) -> float:
    return math.fsum(flow / (1 + rate) ** at for at, flow in enumerate(flows))


@whole("NPV", "n r r*")
def npv(context: Context, rate: float, *operands: Operand) -> float:
    if rate == -1:
        fail("#DIV/0!")
    return _present(rate, numbers(context, operands)) / (1 + rate)


@whole("IRR", "r n?")
def irr(context: Context, operand: Operand, guess: float = 0.1) -> float:
    flows = numbers(context, [operand])
    if not any(one > 0 for one in flows) or not any(one < 0 for one in flows):
        fail("#NUM!")
    return _root(lambda rate: _present(rate, flows), guess)


@whole("MIRR", "r n n")
def mirr(context: Context, operand: Operand, finance: float, reinvest: float) -> float:
    flows = numbers(context, [operand])
    last = len(flows) - 1
    out = -math.fsum(one / (1 + finance) ** at for at, one in enumerate(flows) if one < 0)
    back = math.fsum(one * (1 + reinvest) ** (last - at) for at, one in enumerate(flows) if one > 0)
    return math.pow(back / out, 1 / last) - 1 if out > 0 and back > 0 else fail("#DIV/0!")


def _dated(context: Context, flows: Operand, dates: Operand) -> tuple[list[float], list[float]]:
    amounts, days = numbers(context, [flows]), numbers(context, [dates])
    if len(amounts) != len(days) or not days or min(days) < days[0]:
        fail("#NUM!")
    return amounts, [(day - days[0]) / 365 for day in days]


@whole("XNPV", "n r r")
def xnpv(context: Context, rate: float, flows: Operand, dates: Operand) -> float:
    amounts, years = _dated(context, flows, dates)
    return (
        math.fsum(one / (1 + rate) ** year for one, year in zip(amounts, years, strict=True))
        if rate > -1
        else fail("#NUM!")
    )


@whole("XIRR", "r r n?")
def xirr(context: Context, flows: Operand, dates: Operand, guess: float = 0.1) -> float:
    amounts, years = _dated(context, flows, dates)
    return _root(
        lambda rate: math.fsum(one / (1 + rate) ** year for one, year in zip(amounts, years, strict=True)), guess
    )


scalar("EFFECT", "n i")(
    lambda rate, periods: (1 + rate / periods) ** periods - 1 if rate > 0 and periods > 0 else fail("#NUM!")
)
scalar("NOMINAL", "n i")(
    lambda rate, periods: ((1 + rate) ** (1 / periods) - 1) * periods if rate > 0 and periods > 0 else fail("#NUM!")
)
scalar("RRI", "n n n")(
    lambda periods, present, future: (
        (future / present) ** (1 / periods) - 1 if periods > 0 and present else fail("#NUM!")
    )
)
scalar("PDURATION", "n n n")(
    lambda rate, present, future: (
        math.log(future / present) / math.log1p(rate) if min(rate, present, future) > 0 else fail("#NUM!")
    )
)
scalar("SLN", "n n n")(lambda cost, salvage, life: (cost - salvage) / life if life else fail("#DIV/0!"))


@scalar("SYD", "n n n n")
def syd(cost: float, salvage: float, life: float, period: float) -> float:
    if not 1 <= period <= life:
        fail("#NUM!")
    return (cost - salvage) * (life - period + 1) * 2 / (life * (life + 1))


@scalar("DB", "n n i i i?")
def db(cost: float, salvage: float, life: int, period: int, months: int = 12) -> float:
    """Fixed declining balance; the rate is rounded to three digits, as Excel documents."""
    if not (cost > 0 and 0 < life <= MAX_PERIODS and 1 <= period <= life + 1 and 1 <= months <= 12):
        fail("#NUM!")
    rate = round(1 - math.pow(salvage / cost, 1 / life), 3)
    total, charge = 0.0, cost * rate * months / 12
    for at in range(1, period):
        total += charge
        charge = (cost - total) * rate
        if at == life:
            charge = charge * (12 - months) / 12
    return charge


@scalar("DDB", "n n i i n?")
def ddb(cost: float, salvage: float, life: int, period: int, factor: float = 2.0) -> float:
    if not (cost >= 0 and 1 <= period <= life <= MAX_PERIODS and factor > 0):
        fail("#NUM!")
    left = cost
    charge = 0.0
    for _ in range(period):
        charge = max(0.0, min(left * factor / life, left - salvage))
        left -= charge
    return charge


def _cumulative(part: Callable[..., float]) -> Callable[..., float]:
    def function(rate: float, periods: int, present: float, first: int, last: int, kind: float) -> float:
        if not (rate > 0 and 1 <= first <= last <= periods <= MAX_PERIODS and last - first < 1000):
            fail("#NUM!")
        return math.fsum(part(rate, at, periods, present, 0.0, kind) for at in range(first, last + 1))

    return function


scalar("CUMIPMT", "n i n i i n")(_cumulative(ipmt))
scalar("CUMPRINC", "n i n i i n")(_cumulative(ppmt))
scalar("ISPMT", "n n n n")(lambda rate, period, periods, present: present * rate * (period / periods - 1))


@whole("FVSCHEDULE", "n r")
def fvschedule(context: Context, principal: float, rates: Operand) -> float:
    return principal * math.prod(1 + one for one in numbers(context, [rates]))


def _fractional(value: float, base: int) -> tuple[float, float]:
    """The whole dollars, and the power of ten that the fraction's digits take."""
    if base < 1:
        fail("#DIV/0!" if base >= 0 else "#NUM!")
    return math.trunc(value), math.pow(10, math.ceil(math.log10(base)) or 1)


@scalar("DOLLARDE", "n i")
def dollarde(value: float, base: int) -> float:
    dollars, places = _fractional(value, base)
    return dollars + (value - dollars) * places / base


@scalar("DOLLARFR", "n i")
def dollarfr(value: float, base: int) -> float:
    dollars, places = _fractional(value, base)
    return dollars + (value - dollars) * base / places
