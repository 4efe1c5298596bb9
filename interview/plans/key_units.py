"""Checks the unit of a numeric question's key."""

from __future__ import annotations

import re

MAX_UNIT_CHARS = 60
#: An exponent above 9, or one on top of another: a unit parser would compute "m^9^9^9".
_TOWER = re.compile(r"(?:\^|\*\*)\s*\(?\s*[-+]?\s*(?:\d{2}|\d+\.|\(|[A-Za-z])|(?:\^|\*\*)[^*/\s]*(?:\^|\*\*)|\d{16}")


def unit_problem(text: str) -> str | None:
    """The problem of ``text`` as a unit, or None: empty, too long, unprintable, or exponents out of range."""
    stripped = text.strip()
    if not stripped:
        return "is empty; leave it out for a plain number"
    if len(stripped) > MAX_UNIT_CHARS:
        return f"is longer than {MAX_UNIT_CHARS} characters"
    if not stripped.isprintable():
        return "holds characters that cannot be printed"
    if _TOWER.search(stripped):
        return "has an exponent of more than one digit, or one exponent on another"
    return None
