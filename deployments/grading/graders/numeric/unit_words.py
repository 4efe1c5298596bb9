"""A unit's name as it stands after a number in a rationale: "1 second", "2592 seconds"."""

from __future__ import annotations

import re

_PREFIX = "(?:nano|micro|milli|centi|deci|kilo|mega|giga|tera|peta|kibi|mebi|gibi|tebi)?"
_REGULAR = (
    "second|minute|hour|day|week|month|year|bit|byte|meter|metre|gram|liter|litre|tonne|watt|joule|volt|ampere|newton|"
    "pascal|ohm|mole|calorie|radian|degree|mile|yard|pound|ounce|gallon|request|user|row|call|message|event"
)
_COUNTED = re.compile(rf"\b({_PREFIX}(?:{_REGULAR})|inch|foot|century)\b")
_IRREGULAR = {"inch": "inches", "foot": "feet", "century": "centuries"}


def unit_words(unit: str, value: float) -> str:
    """The name of ``unit``, its first countable word in the plural unless ``value`` is 1: "bits / second".

    Abbreviations, currencies and words that are no countable unit stay as they are.
    """
    if value == 1:
        return unit
    return _COUNTED.sub(lambda found: _IRREGULAR.get(found[1], f"{found[1]}s"), unit, count=1)
