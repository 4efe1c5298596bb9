"""Size caps of plans that come in a request. An operator's files have none of these: who writes them runs the machine.

The caps bound what one start can store and what one grade can compute. They are several times larger than anything in
the installed plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from interview.yaml.source import PathKey

#: Of the whole plan, as JSON.
MAX_PLAN_BYTES = 256 * 1024

#: Characters of a text, by its field; ``MAX_TEXT_CHARS`` for the others.
MAX_TEXT_CHARS = 1_000
TEXT_CHARS: dict[str, int] = {
    "id": 64,
    "unit": 60,
    "version": 64,
    "language": 20,
    "skill": 64,
    "name": 200,
    "prompt": 4_000,
    "greeting": 4_000,
    "closing": 4_000,
    "consent": 10_000,
    "strong": 4_000,
    "average": 4_000,
    "weak": 4_000,
    "accepted": 200,
    "expression": 300,
    "keywords": 100,
    "vocabulary": 100,
}

#: Entries of a list or a mapping, by its field; ``MAX_ENTRIES`` for the others.
MAX_ENTRIES = 32
ENTRIES: dict[str, int] = {
    "questions": 200,
    "core": 200,
    "phases": 8,
    "accepted": 16,
    "variants": 8,
    "key_points": 16,
    "criteria": 12,
    "options": 16,
    "answers": 16,
    "answer": 12,
    "columns": 12,
    "follow_ups": 8,
    "probes": 8,
    "hints": 8,
    "levels": 8,
    "keywords": 100,
    "vocabulary": 100,
    "cells": 64,
}


def oversize(plan: Any) -> Iterator[tuple[PathKey, str]]:
    """``(path, problem)`` of everything in a plan's plain data that is larger than its cap."""
    size = len(msgspec.json.encode(plan))
    if size > MAX_PLAN_BYTES:
        yield (), f"has {size} bytes, at most {MAX_PLAN_BYTES} may come in a request"
        return
    yield from _oversize(plan, (), "")


def _oversize(value: Any, path: PathKey, field: str) -> Iterator[tuple[PathKey, str]]:
    if isinstance(value, str):
        limit = TEXT_CHARS.get(field, MAX_TEXT_CHARS)
        if len(value) > limit:
            yield path, f"has {len(value)} characters, at most {limit} may come in a request"
    elif isinstance(value, (list, dict)):
        limit = ENTRIES.get(field, MAX_ENTRIES)
        if len(value) > limit:
            yield path, f"has {len(value)} entries, at most {limit} may come in a request"
            return
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield from _oversize(entry, (*path, index), field)
        else:
            for key, entry in value.items():
                if len(key) > MAX_TEXT_CHARS:
                    yield path, f"has a key of {len(key)} characters, at most {MAX_TEXT_CHARS} may come in a request"
                    return
                yield from _oversize(entry, (*path, key), key)
