"""Tables for ``spoken.py``: how signs, units, currencies and abbreviations are pronounced."""

from __future__ import annotations

from typing import NamedTuple


class Signs(NamedTuple):
    """The words of one language for signs that its speech engines misread or skip."""

    #: Longest first. Each is said where it stands between spaces, digits or identifiers.
    operators: dict[str, str]
    at: str
    dot: str
    slash: str
    percent: str
    #: Between two numbers: ``3–5``.
    to: str


_EN = Signs(
    operators={
        "<=>": "compared to",
        "===": "is identical to",
        "!==": "is not identical to",
        "<=": "less than or equal to",
        ">=": "greater than or equal to",
        "!=": "not equal to",
        "==": "equals",
        "->": "to",
        "=>": "to",
        "<-": "from",
        "&&": "and",
        "||": "or",
        "+=": "plus equals",
        "-=": "minus equals",
        "<": "less than",
        ">": "greater than",
        "≤": "less than or equal to",
        "≥": "greater than or equal to",
        "≠": "not equal to",
        "≈": "approximately",
        "±": "plus or minus",
        "→": "to",
        "⇒": "implies",
        "∞": "infinity",
        "√": "square root of",
        "∑": "the sum of",
        "π": "pi",
        "=": "equals",
        "+": "plus",
        "×": "times",
        "÷": "divided by",
        "−": "minus",
        "&": "and",
        "@": "at",
    },
    at="at",
    dot="dot",
    slash="slash",
    percent="percent",
    to="to",
)

_DE = Signs(
    operators={
        "<=": "kleiner oder gleich",
        ">=": "größer oder gleich",
        "!=": "ungleich",
        "==": "gleich",
        "->": "nach",
        "=>": "nach",
        "<": "kleiner als",
        ">": "größer als",
        "≤": "kleiner oder gleich",
        "≥": "größer oder gleich",
        "≠": "ungleich",
        "≈": "ungefähr",
        "±": "plus minus",
        "→": "nach",
        "=": "gleich",
        "+": "plus",
        "×": "mal",
        "÷": "geteilt durch",
        "−": "minus",
        "&": "und",
    },
    at="ät",
    dot="Punkt",
    slash="Schrägstrich",
    percent="Prozent",
    to="bis",
)

_FR = Signs(
    operators={
        "<=": "inférieur ou égal à",
        ">=": "supérieur ou égal à",
        "!=": "différent de",
        "==": "égal",
        "->": "vers",
        "=>": "vers",
        "<": "inférieur à",
        ">": "supérieur à",
        "≤": "inférieur ou égal à",
        "≥": "supérieur ou égal à",
        "≠": "différent de",
        "≈": "environ",
        "±": "plus ou moins",
        "→": "vers",
        "=": "égal",
        "+": "plus",
        "×": "fois",
        "÷": "divisé par",
        "−": "moins",
        "&": "et",
    },
    at="arobase",
    dot="point",
    slash="barre oblique",
    percent="pour cent",
    to="à",
)

_ES = Signs(
    operators={
        "<=": "menor o igual que",
        ">=": "mayor o igual que",
        "!=": "distinto de",
        "==": "igual a",
        "->": "a",
        "=>": "a",
        "<": "menor que",
        ">": "mayor que",
        "≤": "menor o igual que",
        "≥": "mayor o igual que",
        "≠": "distinto de",
        "≈": "aproximadamente",
        "±": "más o menos",
        "→": "a",
        "=": "igual a",
        "+": "más",
        "×": "por",
        "÷": "dividido por",
        "−": "menos",
        "&": "y",
    },
    at="arroba",
    dot="punto",
    slash="barra",
    percent="por ciento",
    to="a",
)

#: By ISO 639-1 code. A language without an entry keeps its signs as they are.
SIGNS: dict[str, Signs] = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES}

#: Unit after a number → (of one, of more), English.
UNITS: dict[str, tuple[str, str]] = {
    "ns": ("nanosecond", "nanoseconds"),
    "µs": ("microsecond", "microseconds"),
    "μs": ("microsecond", "microseconds"),
    "us": ("microsecond", "microseconds"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "B": ("byte", "bytes"),
    "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "PB": ("petabyte", "petabytes"),
    "KiB": ("kibibyte", "kibibytes"),
    "MiB": ("mebibyte", "mebibytes"),
    "GiB": ("gibibyte", "gibibytes"),
    "TiB": ("tebibyte", "tebibytes"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "mm": ("millimetre", "millimetres"),
    "cm": ("centimetre", "centimetres"),
    "km": ("kilometre", "kilometres"),
    "mg": ("milligram", "milligrams"),
    "kg": ("kilogram", "kilograms"),
    "ml": ("millilitre", "millilitres"),
    "mph": ("mile per hour", "miles per hour"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "ft": ("foot", "feet"),
    "mA": ("milliampere", "milliamperes"),
    "mV": ("millivolt", "millivolts"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "px": ("pixel", "pixels"),
    "dB": ("decibel", "decibels"),
    "fps": ("frame per second", "frames per second"),
    "rps": ("request per second", "requests per second"),
    "qps": ("query per second", "queries per second"),
    "req": ("request", "requests"),
    "pp": ("percentage point", "percentage points"),
    "bps": ("basis point", "basis points"),
}

#: Units of one letter, read only after a space, because ``5m`` may be millions and ``2g`` a network.
SPACED_UNITS: dict[str, tuple[str, str]] = {
    "m": ("metre", "metres"),
    "g": ("gram", "grams"),
    "l": ("litre", "litres"),
    "L": ("litre", "litres"),
    "V": ("volt", "volts"),
    "A": ("ampere", "amperes"),
}

#: After a slash: ``5 MB/s``.
PER: dict[str, str] = {
    "s": "per second",
    "sec": "per second",
    "min": "per minute",
    "h": "per hour",
    "hr": "per hour",
    "hour": "per hour",
    "day": "per day",
    "d": "per day",
    "wk": "per week",
    "week": "per week",
    "mo": "per month",
    "month": "per month",
    "yr": "per year",
    "year": "per year",
    "user": "per user",
    "GB": "per gigabyte",
}

#: Currency sign → (of one, of more, hundredth of one, of more).
CURRENCIES: dict[str, tuple[str, str, str, str]] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}

MAGNITUDES: dict[str, str] = {
    "k": "thousand",
    "K": "thousand",
    "m": "million",
    "M": "million",
    "mn": "million",
    "bn": "billion",
    "B": "billion",
    "b": "billion",
    "T": "trillion",
    "tn": "trillion",
}

#: Abbreviation, its full stop included → its spoken form. A capital at a sentence's start is kept.
ABBREVIATIONS: dict[str, str] = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "vs.": "versus",
    "approx.": "approximately",
    "resp.": "respectively",
    "incl.": "including",
    "excl.": "excluding",
    "est.": "estimated",
    "dept.": "department",
    "avg.": "average",
    "max.": "maximum",
    "min.": "minimum",
    "mr.": "mister",
    "mrs.": "missis",
    "ms.": "miz",
    "dr.": "doctor",
    "prof.": "professor",
    "jr.": "junior",
    "sr.": "senior",
    "inc.": "incorporated",
    "ltd.": "limited",
    "a.k.a.": "also known as",
    "w/o": "without",
    "w/": "with",
    "b/c": "because",
    "vs": "versus",
    "aka": "also known as",
}

#: Before a number only: ``No. 5``.
NUMBERED: dict[str, str] = {
    "no.": "number",
    "nos.": "numbers",
    "nr.": "number",
    "fig.": "figure",
    "figs.": "figures",
    "eq.": "equation",
    "ch.": "chapter",
    "sec.": "section",
    "p.": "page",
    "pp.": "pages",
    "vol.": "volume",
    "v.": "version",
    "§": "section",
    "#": "number",
    "№": "number",
}

FRACTIONS: dict[str, str] = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "1/5": "one fifth",
    "1/8": "one eighth",
    "1/10": "one tenth",
    "½": "one half",
    "⅓": "one third",
    "⅔": "two thirds",
    "¼": "one quarter",
    "¾": "three quarters",
    "24/7": "twenty-four seven",
}

MONTHS: tuple[str, ...] = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: Names whose signs are letters to the people who use them.
NAMES: dict[str, str] = {
    "C++": "C plus plus",
    "g++": "G plus plus",
    "C#": "C sharp",
    "F#": "F sharp",
    ".NET": "dot net",
    "I/O": "I O",
    "CI/CD": "C I, C D",
    "TCP/IP": "T C P, I P",
    "A/B": "A B",
    "N/A": "not applicable",
    "R&D": "R and D",
    "Q&A": "Q and A",
    "IPv4": "I P version 4",
    "IPv6": "I P version 6",
}
