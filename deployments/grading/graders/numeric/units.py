"""Units as people write and say them, made into pint's: a closed vocabulary, so that "in" is no inch by accident."""

from __future__ import annotations

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

_CURRENCY = {
    "USD": ("$", "usd", "dollar", "dollars", "buck", "bucks", "us$"),
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp", "quid", "sterling"),
    "JPY": ("¥", "jpy", "yen"),
    "INR": ("₹", "inr", "rupee", "rupees"),
    "CHF": ("chf", "francs", "franc"),
    "CNY": ("cny", "rmb", "yuan"),
    "CAD": ("cad",),
    "AUD": ("aud",),
    "SEK": ("sek",),
}
CURRENCIES: dict[str, Unit] = {word: Unit("currency", code) for code, words in _CURRENCY.items() for word in words} | {
    "cent": Unit("currency", "USD", 0.01),
    "cents": Unit("currency", "USD", 0.01),
    "pence": Unit("currency", "GBP", 0.01),
}

_PREFIXES = {
    "nano": ("n",),
    "micro": ("u", "µ", "μ"),
    "milli": ("m",),
    "centi": ("c",),
    "kilo": ("k",),
    "mega": ("M",),
    "giga": ("G",),
    "tera": ("T",),
    "peta": ("P",),
}
#: base → (spoken forms, symbols, prefixes that occur)
_BASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "second": (("second", "seconds"), ("s",), ("nano", "micro", "milli")),
    "byte": (("byte", "bytes"), ("B",), ("kilo", "mega", "giga", "tera", "peta")),
    "bit": (("bit", "bits"), ("bit",), ("kilo", "mega", "giga", "tera")),
    "meter": (("meter", "meters", "metre", "metres"), ("m",), ("nano", "micro", "milli", "centi", "kilo")),
    "gram": (("gram", "grams", "gramme", "grammes"), ("g",), ("micro", "milli", "kilo")),
    "liter": (("liter", "liters", "litre", "litres"), ("l", "L"), ("micro", "milli", "centi")),
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
    "second": ("sec", "secs"),
    "millisecond": ("millis", "msec", "msecs", "milli second", "milli seconds"),
    "microsecond": ("usec", "usecs", "micros"),
    "inch": ("inch", "inches"),
    "foot": ("foot", "feet", "ft"),
    "yard": ("yard", "yards"),
    "mile": ("mile", "miles", "mi"),
    "pound": ("lb", "lbs"),
    "ounce": ("ounce", "ounces", "oz"),
    "metric_ton": ("tonne", "tonnes"),
    "kilogram": ("kilo", "kilos"),
    "kilobyte": ("kb", "kilo bytes", "kilo byte"),
    "megabyte": ("mb", "meg", "megs", "mega bytes"),
    "gigabyte": ("gb", "gig", "gigs", "giga bytes"),
    "terabyte": ("tb", "tera bytes"),
    "petabyte": ("pb",),
    "kibibyte": ("kibibyte", "kibibytes", "kib"),
    "mebibyte": ("mebibyte", "mebibytes", "mib"),
    "gibibyte": ("gibibyte", "gibibytes", "gib"),
    "tebibyte": ("tebibyte", "tebibytes", "tib"),
    "kilobit / second": ("kbps", "kbit/s"),
    "megabit / second": ("mbps", "mbit/s"),
    "gigabit / second": ("gbps", "gbit/s"),
    "degC": ("celsius", "degrees celsius", "degree celsius", "°c", "degrees c", "centigrade", "degrees centigrade"),
    "degF": ("fahrenheit", "degrees fahrenheit", "degree fahrenheit", "°f", "degrees f"),
    "kelvin": ("kelvin", "kelvins"),
    "degree": ("degree", "degrees", "°", "deg"),
    "radian": ("radian", "radians", "rad"),
    "mile / hour": ("mph",),
    "kilometer / hour": ("kph", "kmh"),
    "kilowatt_hour": ("kwh", "kilowatt hours", "kilowatt hour"),
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
    for symbol, name in (("Kb", "kilobit"), ("Mb", "megabit"), ("Gb", "gigabit"), ("KB", "kilobyte")):
        cased[symbol] = Unit("physical", name)
    for name, words in _PLAIN.items():
        for word in words:
            folded[word] = Unit("physical", name)
    for symbol, unit in list(cased.items()):
        if len(symbol) > 1:
            folded.setdefault(symbol.casefold(), unit)
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
    if folded in ("%", "percent", "percents", "pct", "percentage"):
        return PERCENT
    if folded in ("bp", "bps") and (expected is None or expected.kind == "percent"):
        return BASIS_POINT
    if folded in ("pound", "pounds"):
        return Unit("currency", "GBP") if expected and expected.kind == "currency" else Unit("physical", "pound")
    if folded in CURRENCIES:
        return CURRENCIES[folded]
    if text in CASED:
        if text in ("m", "B", "T", "W", "N", "A", "V") and not (expected and expected.kind == "physical"):
            return None
        if text == "m" and expected is not None and compatible(expected, Unit("physical", "second")):
            return Unit("physical", "minute")
        return CASED[text]
    if folded == "s":
        return Unit("physical", "second")
    return FOLDED.get(folded)


def key_unit(text: str) -> Unit:
    """The unit of a question's key: ours if known, else any pint expression, else a label to count.

    Raises:
        InvalidInput: an empty unit.
    """
    stripped = text.strip()
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
    if top.kind == bottom.kind == "physical":
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

    if len(expression) > 40 or (
        "**" in expression and any(char.isdigit() for char in expression.split("**", 1)[1][1:])
    ):
        return False
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
