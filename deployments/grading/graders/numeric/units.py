"""Units as people write and say them, made into pint's: a closed vocabulary, so that "in" is no inch by accident."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from msgspec import Struct

from interview.errors import InvalidInput


class Unit(Struct, frozen=True):
    """``kind`` is ``physical`` (``name`` is a pint expression), ``percent``, ``currency`` (``name`` is the ISO code),
    or ``label`` (a thing counted: "requests"). ``factor`` scales the number first: cents are 0.01 dollars."""

    kind: str
    name: str
    factor: float = 1.0


PERCENT = Unit("percent", "%")
BASIS_POINT = Unit("percent", "%", 0.01)
_PERCENT_FORMS = {
    **dict.fromkeys(("%", "percent", "percents", "pct", "percentage", "pp", "％"), PERCENT),
    **dict.fromkeys(("‰", "permille", "permil"), Unit("percent", "%", 0.1)),
    **dict.fromkeys(("ppm",), Unit("percent", "%", 1e-4)),
}

_CURRENCY = {
    "USD": ("$", "usd", "dollar", "dollars", "buck", "bucks"),
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp", "quid", "sterling"),
    "JPY": ("¥", "jpy", "yen"),
    "INR": ("₹", "inr", "rupee", "rupees", "rs"),
    "CHF": ("chf", "francs", "franc"),
    "CNY": ("cny", "rmb", "yuan", "renminbi"),
    "CAD": ("cad",),
    "AUD": ("aud",),
    "NZD": ("nzd",),
    "HKD": ("hkd",),
    "SGD": ("sgd",),
    "MXN": ("mxn",),
    "BRL": ("brl",),
    "SEK": ("sek", "kronor", "krona"),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "PLN": ("pln", "zloty", "zlotys"),
    "CZK": ("czk",),
    "ZAR": ("zar",),
    "KRW": ("krw", "₩"),
    "TRY": ("₺", "lira"),
    "ILS": ("ils", "₪", "shekel", "shekels"),
    "THB": ("thb", "baht"),
    "MYR": ("myr", "ringgit", "ringgits"),
    "BTC": ("btc", "₿", "bitcoin", "bitcoins"),
}
CURRENCIES: dict[str, Unit] = {word: Unit("currency", code) for code, words in _CURRENCY.items() for word in words} | {
    **dict.fromkeys(("cent", "cents", "¢", "penny", "pennies"), Unit("currency", "USD", 0.01)),
    **dict.fromkeys(("pence",), Unit("currency", "GBP", 0.01)),
    **dict.fromkeys(("nickel", "nickels"), Unit("currency", "USD", 0.05)),
    **dict.fromkeys(("dime", "dimes"), Unit("currency", "USD", 0.1)),
    **dict.fromkeys(("paise", "paisa"), Unit("currency", "INR", 0.01)),
}
#: "MUSD", "kEUR": thousands, millions and billions of a currency, as reports write them.
CURRENCIES |= {
    f"{short}{code.casefold()}": Unit("currency", code, factor)
    for code in _CURRENCY
    for short, factor in (("k", 1e3), ("m", 1e6), ("mm", 1e6), ("bn", 1e9))
}
#: The word before "dollars", and before "$", that names whose dollars they are.
DOLLARS = {
    "us": "USD", "u.s": "USD", "american": "USD", "usd": "USD", "c": "CAD", "ca": "CAD", "can": "CAD", "cad": "CAD",
    "canadian": "CAD", "a": "AUD", "au": "AUD", "aud": "AUD", "australian": "AUD", "nz": "NZD", "nzd": "NZD",
    "hk": "HKD", "hkd": "HKD", "s": "SGD", "sgd": "SGD", "singapore": "SGD", "mex": "MXN", "mxn": "MXN", "r": "BRL",
}  # fmt: skip

_PREFIXES = {
    "nano": ("n",),
    "micro": ("u", "µ", "μ"),
    "milli": ("m",),
    "centi": ("c",),
    "deci": ("d",),
    "kilo": ("k",),
    "mega": ("M",),
    "giga": ("G",),
    "tera": ("T",),
    "peta": ("P",),
    "exa": ("E",),
}
#: base → (spoken forms, symbols, prefixes that occur)
_BASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "second": (("second", "seconds"), ("s",), ("nano", "micro", "milli")),
    "byte": (("byte", "bytes"), ("B",), ("kilo", "mega", "giga", "tera", "peta", "exa")),
    "bit": (("bit", "bits"), ("bit",), ("kilo", "mega", "giga", "tera")),
    "meter": (("meter", "meters", "metre", "metres"), ("m",), ("nano", "micro", "milli", "centi", "kilo")),
    "electron_volt": (("electronvolt", "electronvolts"), ("eV",), ("kilo", "mega", "giga", "tera")),
    "calorie": (("calorie", "calories"), ("cal",), ("kilo",)),
    "watt_hour": (("watthour", "watthours"), ("Wh",), ("kilo", "mega", "giga", "tera")),
    "ampere_hour": ((), ("Ah",), ("milli",)),
    "coulomb": (("coulomb", "coulombs"), (), ("micro", "milli")),
    "farad": (("farad", "farads"), (), ("micro", "nano")),
    "gram": (("gram", "grams", "gramme", "grammes"), ("g",), ("micro", "milli", "kilo")),
    "liter": (("liter", "liters", "litre", "litres"), ("l", "L"), ("micro", "milli", "centi", "deci")),
    "watt": (("watt", "watts"), ("W",), ("milli", "kilo", "mega", "giga")),
    "hertz": (("hertz",), ("Hz",), ("kilo", "mega", "giga")),
    "joule": (("joule", "joules"), ("J",), ("kilo", "mega")),
    "volt": (("volt", "volts"), ("V",), ("milli", "kilo")),
    "ampere": (("ampere", "amperes", "amp", "amps"), ("A",), ("milli", "micro")),
    "newton": (("newton", "newtons"), ("N",), ("kilo",)),
    "pascal": (("pascal", "pascals"), ("Pa",), ("kilo", "mega")),
    "ohm": (("ohm", "ohms"), ("Ω",), ("kilo", "mega")),
}
_PLAIN = {
    "minute": ("minute", "minutes", "min", "mins"),
    "hour": ("hour", "hours", "hr", "hrs", "h"),
    "day": ("day", "days"),
    "week": ("week", "weeks", "wk", "wks"),
    "month": ("month", "months"),
    "year": ("year", "years", "yr", "yrs"),
    "fortnight": ("fortnight", "fortnights"),
    "second": ("sec", "secs"),
    "millisecond": ("millis", "msec", "msecs", "milli second", "milli seconds"),
    "microsecond": ("usec", "usecs", "micros"),
    "inch": ("inch", "inches"),
    "foot": ("foot", "feet", "ft"),
    "yard": ("yard", "yards"),
    "mile": ("mile", "miles", "mi"),
    "nautical_mile": ("nautical mile", "nautical miles", "nmi"),
    "light_year": ("light year", "light years", "lightyear", "lightyears"),
    "angstrom": ("angstrom", "angstroms", "å"),
    "acre": ("acre", "acres"),
    "hectare": ("hectare", "hectares", "ha"),
    "meter ** 2": ("sqm", "sq m", "sq meters", "sq metres"),
    "foot ** 2": ("sqft", "sq ft", "sq feet"),
    "kilometer ** 2": ("sqkm", "sq km"),
    "mile ** 2": ("sq mi", "sq miles"),
    "centimeter ** 3": ("cc",),
    "gallon": ("gallon", "gallons", "gal"),
    "quart": ("quart", "quarts"),
    "cup": ("cup", "cups"),
    "fluid_ounce": ("fluid ounce", "fluid ounces", "fl oz"),
    "tablespoon": ("tablespoon", "tablespoons", "tbsp"),
    "teaspoon": ("teaspoon", "teaspoons", "tsp"),
    "stone": ("stones",),
    "ton": ("ton", "tons"),
    "knot": ("knot", "knots"),
    "horsepower": ("horsepower", "hp"),
    "psi": ("psi",),
    "atmosphere": ("atm", "atmospheres"),
    "revolution / minute": ("rpm",),
    "pound": ("lb", "lbs"),
    "ounce": ("ounce", "ounces", "oz"),
    "metric_ton": ("tonne", "tonnes"),
    "kilogram": ("kilo", "kilos"),
    "kilobyte": ("kb", "kilo bytes", "kilo byte"),
    "megabyte": ("mb", "meg", "megs", "mega bytes", "mega byte"),
    "gigabyte": ("gb", "gig", "gigs", "giga bytes", "giga byte"),
    "terabyte": ("tb", "tera bytes"),
    "petabyte": ("pb",),
    "kibibyte": ("kibibyte", "kibibytes", "kib"),
    "mebibyte": ("mebibyte", "mebibytes", "mib"),
    "gibibyte": ("gibibyte", "gibibytes", "gib"),
    "tebibyte": ("tebibyte", "tebibytes", "tib"),
    "terabit / second": ("tbps",),
    "kilobit / second": ("kbps", "kbit/s"),
    "megabit / second": ("mbps", "mbit/s"),
    "gigabit / second": ("gbps", "gbit/s"),
    "degC": (
        "celsius",
        "degrees celsius",
        "degree celsius",
        "°c",
        "degrees c",
        "degree c",
        "deg c",
        "centigrade",
        "degrees centigrade",
        "deg celsius",
        "celcius",
        "degrees celcius",
        "℃",
    ),
    "degF": (
        "fahrenheit",
        "degrees fahrenheit",
        "degree fahrenheit",
        "°f",
        "degrees f",
        "degree f",
        "deg f",
        "deg fahrenheit",
        "farenheit",
        "degrees farenheit",
        "℉",
    ),
    "kelvin": ("kelvin", "kelvins"),
    "degree": ("degree", "degrees", "°", "deg", "degs"),
    "radian": ("radian", "radians", "rad"),
    "mile / hour": ("mph",),
    "kilometer / hour": ("kph", "kmh"),
    "kilowatt_hour": ("kwh",),
    "bar": ("bars",),
    "percent": (),
}
_LABELS = (
    "request", "query", "user", "item", "row", "record", "node", "server", "replica", "machine", "core", "thread",
    "process", "connection", "token", "message", "event", "file", "page", "block", "shard", "partition", "person",
    "employee", "customer", "order", "unit", "step", "comparison", "operation", "call", "time", "piece", "point", "box",
    "car", "test", "transaction", "write", "read", "key", "vote", "instance", "worker", "packet", "error",
)  # fmt: skip
_COUNTS = {"rps": "request / second", "qps": "query / second", "tps": "transaction / second", "people": "person"}
_COUNTS |= {"fold": "time", "hits": "request", "hit": "request"}
_COUNTS |= {"req": "request", "reqs": "request", "queries": "query", "processes": "process", "boxes": "box"}


def _vocabulary() -> tuple[dict[str, Unit], dict[str, Unit]]:
    """Spoken and lower-case forms, and symbols whose case matters."""
    folded: dict[str, Unit] = {}
    cased: dict[str, Unit] = {}
    for base, (words, symbols, prefixes) in _BASES.items():
        for word in words:
            folded[word] = Unit("physical", base)
        for symbol in symbols:
            cased[symbol] = Unit("physical", base)
        for prefix in prefixes:
            unit = Unit("physical", prefix + base)
            for word in words:
                folded[prefix + word] = unit
            for symbol in symbols:
                for short in _PREFIXES[prefix]:
                    cased[short + symbol] = unit
    for symbol, name in (
        ("Kb", "kilobit"),
        ("Mb", "megabit"),
        ("Gb", "gigabit"),
        ("Tb", "terabit"),
        ("KB", "kilobyte"),
    ):
        cased[symbol] = Unit("physical", name)
    for symbol, name in (("KBps", "kilobyte"), ("MBps", "megabyte"), ("GBps", "gigabyte")):
        cased[symbol] = Unit("physical", f"{name} / second")
    for name, words in _PLAIN.items():
        for word in words:
            folded[word] = Unit("physical", name)
    for symbol, unit in list(cased.items()):
        if len(symbol) > 1:
            folded.setdefault(symbol.casefold(), unit)
    for word, years in (("decade", 10.0), ("decades", 10.0), ("century", 100.0), ("centuries", 100.0)):
        folded[word] = Unit("physical", "year", years)
    for label in _LABELS:
        folded.setdefault(label, Unit("label", label))
        folded.setdefault(f"{label}s", Unit("label", label))
    for word, name in _COUNTS.items():
        folded[word] = Unit("label", name)
    return folded, cased


FOLDED, CASED = _vocabulary()


def unit_named(text: str, *, expected: Unit | None = None) -> Unit | None:
    """The unit a word or symbol names, or None.

    ``expected`` is the key's unit: it decides what a lone "m" or "b" is, and makes "pounds" money or weight.
    """
    folded = text.casefold()
    if folded in _PERCENT_FORMS:
        return _PERCENT_FORMS[folded]
    if folded in ("bp", "bps", "bips") and (expected is None or expected.kind == "percent"):
        return BASIS_POINT
    if folded == "bps":
        return Unit("physical", "bit / second")
    if expected is not None and expected.kind == "currency" and (folded, expected.name) in _SMALL_CHANGE:
        return Unit("currency", expected.name, 0.01)
    if folded == "rpm" and expected is not None and expected.name.startswith("request / "):
        return Unit("label", "request / minute")
    if folded in ("pound", "pounds"):
        return Unit("currency", "GBP") if expected and expected.kind == "currency" else Unit("physical", "pound")
    if folded in CURRENCIES and folded != "s":
        return CURRENCIES[folded]
    if expected is not None and expected.kind == "physical":
        named = _by_key(text, folded, expected)
        if named is not None:
            return named
    if text in CASED:
        if text in ("m", "B", "T", "W", "N", "A", "V", "g", "l", "L") and not (
            expected and expected.kind == "physical"
        ):
            return None
        return CASED[text]
    if folded == "s":
        return Unit("physical", "second")
    return FOLDED.get(folded)


#: The hundredth of a currency by a letter: "43c", "50p".
_SMALL_CHANGE = frozenset({("c", "USD"), ("c", "EUR"), ("c", "CAD"), ("c", "AUD"), ("p", "GBP")})
#: Symbols that are more often a magnitude, a name or a pronoun than a unit.
_LONE_LETTERS = frozenset("mBTWNAVglL")
#: Symbols that mean a unit only beside a key of that dimension: (a unit of the dimension, symbol → unit).
_BY_DIMENSION: tuple[tuple[Unit, dict[str, str]], ...] = (
    (Unit("physical", "second"), {"m": "minute", "H": "hour", "d": "day", "D": "day", "w": "week", "y": "year"}),
    (Unit("physical", "meter"), {"in": "inch", '"': "inch", "″": "inch", "”": "inch", "'": "foot", "′": "foot"}),
    (Unit("physical", "kelvin"), {"C": "degC", "F": "degF", "K": "kelvin", "c": "degC", "f": "degF", "k": "kelvin"}),
    (Unit("physical", "bit / second"), dict.fromkeys(("gig", "gigs"), "gigabit / second")),
    (Unit("physical", "bit / second"), dict.fromkeys(("meg", "megs"), "megabit / second")),
    (Unit("physical", "kilogram"), {"stone": "stone"}),
    (Unit("physical", "byte"), {"K": "kilobyte", "k": "kilobyte", "M": "megabyte", "G": "gigabyte", "T": "terabyte"}),
)


def _by_key(text: str, folded: str, expected: Unit) -> Unit | None:
    for dimension, symbols in _BY_DIMENSION:
        name = symbols.get(text)
        if name is not None and compatible(expected, dimension):
            return Unit("physical", name)
    if folded in ("degree", "degrees", "°", "deg") and compatible(expected, Unit("physical", "kelvin")):
        return expected
    if folded in ("pt", "pint", "pints") and compatible(expected, Unit("physical", "liter")):
        return Unit("physical", "pint")
    return None


_MAX_KEY_CHARS = 60
#: An exponent above 9, or one on top of another: pint would compute "m^9^9^9".
_TOWER = re.compile(r"(?:\^|\*\*)\s*\(?\s*[-+]?\s*(?:\d{2}|\d+\.|\(|[A-Za-z])|(?:\^|\*\*)[^*/\s]*(?:\^|\*\*)|\d{16}")


def key_unit(text: str) -> Unit:
    """The unit of a question's key: ours if known, else any pint expression, else a label to count.

    Raises:
        InvalidInput: an empty unit, or one that is too long or holds a tower of exponents.
    """
    stripped = text.strip()
    if len(stripped) > _MAX_KEY_CHARS or _TOWER.search(stripped):
        raise InvalidInput(
            f"The unit may hold {_MAX_KEY_CHARS} characters and exponents of one digit.",
            detail={"fields": {"unit": "too long, or its exponents are too large"}},
        )
    if not stripped:
        raise InvalidInput("The unit is empty; leave it out for a plain number.", detail={"fields": {"unit": "empty"}})
    if stripped.upper() in _CURRENCY:
        return Unit("currency", stripped.upper())
    named = unit_named(stripped, expected=Unit("physical", "meter") if stripped in CASED else None)
    if named is not None:
        return named
    for mark in ("/", " per "):
        if mark in stripped:
            top, _, bottom = stripped.partition(mark)
            return per(key_unit(top), key_unit(bottom))
    if _pint_knows(stripped):
        return Unit("physical", stripped)
    label = stripped.casefold()
    return Unit("label", label[:-1] if label.endswith("s") and not label.endswith("ss") else label)


def per(top: Unit, bottom: Unit) -> Unit:
    """ "megabytes per second"; a label in either part makes the whole a label."""
    if top.kind == bottom.kind == "physical" and not top.name.startswith("deg"):
        return Unit("physical", f"{top.name} / {bottom.name}")
    return Unit("label", f"{top.name} / {bottom.name}", top.factor / bottom.factor)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=True)


def warm_up() -> None:
    """Read pint's definitions (about half a second) before the first answer needs them."""
    _registry()


@lru_cache(maxsize=512)
def _pint_knows(expression: str) -> bool:
    import pint

    try:
        _registry().parse_units(expression)
    except (pint.errors.PintError, ValueError, TypeError, AttributeError, SyntaxError, KeyError):
        return False
    return True


@lru_cache(maxsize=1024)
def compatible(one: Unit, other: Unit) -> bool:
    """Whether a quantity in ``one`` can be given in ``other``. Money is never converted between currencies."""
    if one.kind != other.kind:
        return False
    if one.kind == "physical":
        registry = _registry()
        left, right = registry.parse_units(one.name), registry.parse_units(other.name)
        return bool(left.dimensionality == right.dimensionality)
    if one.kind == "label":
        return _label_ratio(one.name, other.name) is not None
    return one.name == other.name


def convert(value: float, source: Unit, target: Unit) -> float:
    """``value`` of ``source`` expressed in ``target``; the two must be ``compatible``."""
    scaled = value * source.factor
    if source.kind == "physical":
        return float(_registry().Quantity(scaled, source.name).to(target.name).magnitude)
    if source.kind == "label":
        return scaled * (_label_ratio(source.name, target.name) or 1.0) / target.factor
    return scaled / target.factor


def _label_ratio(one: str, other: str) -> float | None:
    """How many ``other`` one ``one`` is: 1 for equal labels; rates of a label may differ in time ("request / hour")."""
    if one == other:
        return 1.0
    top, _, bottom = one.partition(" / ")
    other_top, _, other_bottom = other.partition(" / ")
    if top != other_top or not bottom or not other_bottom:
        return None
    a, b = FOLDED.get(bottom), FOLDED.get(other_bottom)
    if a is None or b is None or a.kind != "physical" or b.kind != "physical" or not compatible(a, b):
        return None
    return 1.0 / convert(1.0, a, b)
