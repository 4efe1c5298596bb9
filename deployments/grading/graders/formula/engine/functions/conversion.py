"""CONVERT: lengths, masses, times, volumes, temperatures, information, energies."""

from __future__ import annotations

from deployments.grading.graders.formula.engine.registry import scalar
from deployments.grading.graders.formula.engine.values import fail

#: Each unit's size in the first unit of its group (NIST SP 811).
_GROUPS: tuple[dict[str, float], ...] = (
    {"m": 1.0, "mi": 1609.344, "Nmi": 1852.0, "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "ang": 1e-10},
    {"g": 1.0, "lbm": 453.59237, "ozm": 28.349523125, "ton": 907184.74, "stone": 6350.29318, "u": 1.66053906660e-24},
    {"sec": 1.0, "s": 1.0, "mn": 60.0, "min": 60.0, "hr": 3600.0, "day": 86400.0, "d": 86400.0, "yr": 31557600.0},
    {"l": 1.0, "L": 1.0, "lt": 1.0, "tsp": 0.00492892159375, "tbs": 0.01478676478125, "oz": 0.0295735295625,
     "cup": 0.2365882365, "pt": 0.473176473, "qt": 0.946352946, "gal": 3.785411784, "m3": 1000.0, "ft3": 28.316846592},
    {"bit": 1.0, "byte": 8.0},
    {"J": 1.0, "cal": 4.1868, "c": 4.184, "Wh": 3600.0, "wh": 3600.0, "eV": 1.602176634e-19, "BTU": 1055.05585262},
    {"Pa": 1.0, "p": 1.0, "atm": 101325.0, "at": 101325.0, "mmHg": 133.322, "psi": 6894.757293168},
    {"W": 1.0, "w": 1.0, "HP": 745.69987158227022, "h": 745.69987158227022},
    {"m/s": 1.0, "m/sec": 1.0, "m/h": 1 / 3600, "mph": 0.44704, "kn": 1852 / 3600},
    {"m2": 1.0, "m^2": 1.0, "ft2": 0.09290304, "ft^2": 0.09290304, "ha": 10000.0, "ar": 100.0, "uk_acre": 4046.8564224},
)  # fmt: skip
_PREFIXES = {
    "T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "h": 1e2, "e": 1e1, "d": 1e-1, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9,
}  # fmt: skip
_BINARY = {"ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
_PREFIXED = frozenset(
    {"m", "g", "sec", "s", "l", "L", "bit", "byte", "J", "cal", "Wh", "wh", "eV", "Pa", "p", "W", "w", "m/s"}
)


def _size(unit: str) -> tuple[int, float]:
    """The group of a unit and its size."""
    for at, group in enumerate(_GROUPS):
        if unit in group:
            return at, group[unit]
    for at, group in enumerate(_GROUPS):
        for prefix, factor in (*_BINARY.items(), *_PREFIXES.items()):
            base = unit.removeprefix(prefix)
            if base != unit and base in group and base in _PREFIXED:
                return at, group[base] * factor
    return fail("#N/A")


def _kelvin(value: float, unit: str) -> float | None:
    match unit:
        case "C" | "cel":
            return value + 273.15
        case "F" | "fah":
            return (value + 459.67) * 5 / 9
        case "K" | "kel":
            return value
        case _:
            return None


@scalar("CONVERT", "n t t")
def convert(value: float, given: str, wanted: str) -> float:
    kelvin = _kelvin(value, given)
    if kelvin is not None:
        if wanted in ("F", "fah"):
            return kelvin * 9 / 5 - 459.67
        return kelvin - 273.15 if wanted in ("C", "cel") else kelvin if wanted in ("K", "kel") else fail("#N/A")
    one, other = _size(given), _size(wanted)
    return value * one[1] / other[1] if one[0] == other[0] else fail("#N/A")
