"""The words and symbols that name units, and the pint expressions they stand for."""

from __future__ import annotations

from msgspec import Struct


class Unit(Struct, frozen=True):
    """``kind`` is ``physical`` (``name`` is a pint expression), ``percent``, ``currency`` (``name`` is the ISO code),
    or ``label`` (a thing counted: "requests"). ``factor`` scales the number first: cents are 0.01 dollars."""

    kind: str
    name: str
    factor: float = 1.0


PERCENT = Unit("percent", "%")
BASIS_POINT = Unit("percent", "%", 0.01)
PERCENT_FORMS = {
    **dict.fromkeys(("%", "percent", "percents", "pct", "percentage", "pp", "％"), PERCENT),
    **dict.fromkeys(("‰", "permille", "permil"), Unit("percent", "%", 0.1)),
    **dict.fromkeys(("ppm",), Unit("percent", "%", 1e-4)),
}

CURRENCY_WORDS = {
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
CURRENCIES: dict[str, Unit] = {
    **{word: Unit("currency", code) for code, words in CURRENCY_WORDS.items() for word in words},
    **dict.fromkeys(("cent", "cents", "¢", "penny", "pennies"), Unit("currency", "USD", 0.01)),
    **dict.fromkeys(("pence",), Unit("currency", "GBP", 0.01)),
    **dict.fromkeys(("nickel", "nickels"), Unit("currency", "USD", 0.05)),
    **dict.fromkeys(("dime", "dimes"), Unit("currency", "USD", 0.1)),
    **dict.fromkeys(("paise", "paisa"), Unit("currency", "INR", 0.01)),
}
#: "MUSD", "kEUR": thousands, millions and billions of a currency, as reports write them.
CURRENCIES |= {
    f"{short}{code.casefold()}": Unit("currency", code, factor)
    for code in CURRENCY_WORDS
    for short, factor in (("k", 1e3), ("m", 1e6), ("mm", 1e6), ("bn", 1e9))
}
#: The word before "dollars", and before "$", that names the currency.
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
    "micron": ("micron", "microns"),
    "furlong": ("furlong", "furlongs"),
    "fathom": ("fathom", "fathoms"),
    "league": ("league", "leagues"),
    "parsec": ("parsec", "parsecs"),
    "carat": ("carat", "carats"),
    "oil_barrel": ("barrel", "barrels"),
    "mole": ("mol", "moles"),
    "lumen": ("lumen", "lumens"),
    "british_thermal_unit": ("btu", "btus"),
    "erg": ("ergs",),
    "dyne": ("dyne", "dynes"),
    "tesla": ("tesla", "teslas"),
    "henry": ("henries", "henrys"),
    "horsepower": ("horsepower", "hp"),
    "psi": ("psi",),
    "atmosphere": ("atm", "atmosphere", "atmospheres"),
    "revolution / minute": ("rpm",),
    "revolution": ("revolution", "revolutions"),
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
