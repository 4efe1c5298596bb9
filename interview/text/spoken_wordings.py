"""Tables for ``spoken.py``: units, money, abbreviations and numbered things in the languages that plans are written in.

German, French and Spanish; English has its own tables and rules in ``spoken_tables.py``.
"""

from __future__ import annotations

from typing import NamedTuple

#: With the micro sign and with the Greek letter.
_MICRO = ("\u00b5s", "\u03bcs")


class Wording(NamedTuple):
    """The words of one language with a decimal comma.

    Pairs are the words for one and for more. ``currencies``: sign → the currency, then its hundredth. ``of`` stands
    between a magnitude and a currency, before a consonant and before a vowel. Abbreviations and numbered things include
    their full stop, in lower case; a space in them may be left out.
    """

    units: dict[str, tuple[str, str]]
    per: dict[str, str]
    currencies: dict[str, tuple[str, str, str, str]]
    magnitudes: dict[str, tuple[str, str]]
    of: tuple[str, str]
    and_: str
    abbreviations: dict[str, str]
    numbered: dict[str, str]


def _same(**words: str) -> dict[str, tuple[str, str]]:
    """Units whose word does not change with the number."""
    return {unit: (word, word) for unit, word in words.items()}


def _plural_s(**words: str) -> dict[str, tuple[str, str]]:
    """Units whose plural is formed with ``s``, behind the first word."""
    pairs = {}
    for unit, word in words.items():
        first, _, rest = word.partition(" ")
        pairs[unit] = (word, f"{first}s {rest}".rstrip())
    return pairs


_DE = Wording(
    units={
        **_same(B="Byte", kB="Kilobyte", KB="Kilobyte", MB="Megabyte", GB="Gigabyte", TB="Terabyte", PB="Petabyte"),
        **_same(KiB="Kibibyte", MiB="Mebibyte", GiB="Gibibyte", TiB="Tebibyte"),
        **_same(Hz="Hertz", kHz="Kilohertz", MHz="Megahertz", GHz="Gigahertz", dB="Dezibel", px="Pixel"),
        **_same(mm="Millimeter", cm="Zentimeter", km="Kilometer", mg="Milligramm", kg="Kilogramm", ml="Milliliter"),
        **_same(W="Watt", kW="Kilowatt", MW="Megawatt", kWh="Kilowattstunden", mA="Milliampere", mV="Millivolt"),
        **_same(kbps="Kilobit pro Sekunde", Mbps="Megabit pro Sekunde", Gbps="Gigabit pro Sekunde"),
        "°C": ("Grad Celsius", "Grad Celsius"),
        "°": ("Grad", "Grad"),
        "km/h": ("Stundenkilometer",) * 2,
        "ns": ("Nanosekunde", "Nanosekunden"),
        **dict.fromkeys(_MICRO, ("Mikrosekunde", "Mikrosekunden")),
        "ms": ("Millisekunde", "Millisekunden"),
        "s": ("Sekunde", "Sekunden"),
        "Sek.": ("Sekunde", "Sekunden"),
        "min": ("Minute", "Minuten"),
        "Min.": ("Minute", "Minuten"),
        "h": ("Stunde", "Stunden"),
        "Std.": ("Stunde", "Stunden"),
    },
    per={
        "s": "pro Sekunde",
        "min": "pro Minute",
        "h": "pro Stunde",
        "Tag": "pro Tag",
        "Monat": "pro Monat",
        "Jahr": "pro Jahr",
        "GB": "pro Gigabyte",
    },
    currencies={
        "€": ("Euro", "Euro", "Cent", "Cent"),
        "$": ("Dollar", "Dollar", "Cent", "Cent"),
        "£": ("Pfund", "Pfund", "Penny", "Pence"),
        "¥": ("Yen", "Yen", "Sen", "Sen"),
        "₹": ("Rupie", "Rupien", "Paisa", "Paise"),
    },
    magnitudes={
        "Tsd.": ("tausend", "tausend"),
        "Mio.": ("Million", "Millionen"),
        "Mrd.": ("Milliarde", "Milliarden"),
        "Million": ("Million", "Millionen"),
        "Millionen": ("Million", "Millionen"),
        "Milliarden": ("Milliarde", "Milliarden"),
    },
    of=("", ""),
    and_="und",
    abbreviations={
        "z. b.": "zum Beispiel",
        "d. h.": "das heißt",
        "u. a.": "unter anderem",
        "i. d. r.": "in der Regel",
        "bzw.": "beziehungsweise",
        "usw.": "und so weiter",
        "etc.": "et cetera",
        "ca.": "circa",
        "ggf.": "gegebenenfalls",
        "evtl.": "eventuell",
        "inkl.": "inklusive",
        "exkl.": "exklusive",
        "max.": "maximal",
        "min.": "minimal",
        "vgl.": "vergleiche",
        "sog.": "sogenannt",
        "u. u.": "unter Umständen",
        "dr.": "Doktor",
        "prof.": "Professor",
        "hr.": "Herr",
        "abt.": "Abteilung",
        "v. a.": "vor allem",
    },
    numbered={"nr.": "Nummer", "abb.": "Abbildung", "kap.": "Kapitel", "s.": "Seite", "§": "Paragraf", "#": "Nummer"},
)

_FR = Wording(
    units={
        **_plural_s(o="octet", ko="kilooctet", Ko="kilooctet", Mo="mégaoctet", Go="gigaoctet", To="téraoctet"),
        **_plural_s(kB="kilooctet", KB="kilooctet", MB="mégaoctet", GB="gigaoctet", TB="téraoctet"),
        **_plural_s(ns="nanoseconde", ms="milliseconde", s="seconde", min="minute", h="heure"),
        **_plural_s(mm="millimètre", cm="centimètre", km="kilomètre", mg="milligramme", kg="kilogramme"),
        **_plural_s(ml="millilitre", W="watt", kW="kilowatt", MW="mégawatt", kWh="kilowattheure", dB="décibel"),
        **_same(Hz="hertz", kHz="kilohertz", MHz="mégahertz", GHz="gigahertz"),
        "°C": ("degré Celsius", "degrés Celsius"),
        "°": ("degré", "degrés"),
        **dict.fromkeys(_MICRO, ("microseconde", "microsecondes")),
        "km/h": ("kilomètre heure", "kilomètres heure"),
    },
    per={
        "s": "par seconde",
        "min": "par minute",
        "h": "par heure",
        "jour": "par jour",
        "mois": "par mois",
        "an": "par an",
        "Go": "par gigaoctet",
    },
    currencies={
        "€": ("euro", "euros", "centime", "centimes"),
        "$": ("dollar", "dollars", "cent", "cents"),
        "£": ("livre", "livres", "penny", "pence"),
        "¥": ("yen", "yens", "sen", "sens"),
        "₹": ("roupie", "roupies", "paisa", "paisas"),
    },
    magnitudes={
        "k": ("mille", "mille"),
        "M": ("million", "millions"),
        "Md": ("milliard", "milliards"),
        "million": ("million", "millions"),
        "millions": ("million", "millions"),
        "milliards": ("milliard", "milliards"),
    },
    of=("de ", "d'"),
    and_="et",
    abbreviations={
        "p. ex.": "par exemple",
        "c.-à-d.": "c'est-à-dire",
        "etc.": "et cetera",
        "env.": "environ",
        "max.": "maximum",
        "min.": "minimum",
        "mme": "madame",
        "mlle": "mademoiselle",
        "dr": "docteur",
        "cf.": "voir",
        "dép.": "département",
        "tél.": "téléphone",
    },
    numbered={"n°": "numéro", "no.": "numéro", "fig.": "figure", "p.": "page", "chap.": "chapitre", "§": "paragraphe"},
)

_ES = Wording(
    units={
        **_same(kB="kilobytes", KB="kilobytes", MB="megabytes", GB="gigabytes", TB="terabytes"),
        **_plural_s(ns="nanosegundo", ms="milisegundo", s="segundo", min="minuto", h="hora"),
        **_plural_s(mm="milímetro", cm="centímetro", km="kilómetro", mg="miligramo", kg="kilogramo", ml="mililitro"),
        **_plural_s(W="vatio", kW="kilovatio", MW="megavatio", kWh="kilovatio hora", dB="decibelio"),
        **_same(Hz="hercios", kHz="kilohercios", MHz="megahercios", GHz="gigahercios"),
        "°C": ("grado Celsius", "grados Celsius"),
        "°": ("grado", "grados"),
        **dict.fromkeys(_MICRO, ("microsegundo", "microsegundos")),
        "km/h": ("kilómetro por hora", "kilómetros por hora"),
    },
    per={
        "s": "por segundo",
        "min": "por minuto",
        "h": "por hora",
        "día": "al día",
        "mes": "al mes",
        "año": "al año",
        "GB": "por gigabyte",
    },
    currencies={
        "€": ("euro", "euros", "céntimo", "céntimos"),
        "$": ("dólar", "dólares", "centavo", "centavos"),
        "£": ("libra", "libras", "penique", "peniques"),
        "¥": ("yen", "yenes", "sen", "sen"),
        "₹": ("rupia", "rupias", "paisa", "paisas"),
    },
    magnitudes={
        "k": ("mil", "mil"),
        "M": ("millón", "millones"),
        "millón": ("millón", "millones"),
        "millones": ("millón", "millones"),
    },
    of=("de ", "de "),
    and_="con",
    abbreviations={
        "p. ej.": "por ejemplo",
        "etc.": "etcétera",
        "aprox.": "aproximadamente",
        "sr.": "señor",
        "sra.": "señora",
        "dr.": "doctor",
        "dra.": "doctora",
        "ud.": "usted",
        "uds.": "ustedes",
        "máx.": "máximo",
        "mín.": "mínimo",
        "ee. uu.": "Estados Unidos",
        "depto.": "departamento",
        "incl.": "incluido",
    },
    numbered={
        "n.º": "número",
        "nº": "número",
        "núm.": "número",
        "fig.": "figura",
        "pág.": "página",
        "cap.": "capítulo",
    },
)

#: By ISO 639-1 code.
WORDINGS: dict[str, Wording] = {"de": _DE, "fr": _FR, "es": _ES}
