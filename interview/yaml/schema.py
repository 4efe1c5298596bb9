"""Checks plain data against a msgspec Struct and lists every problem; msgspec itself reports only the first.

An unknown field is an error that names the nearest known field, never ignored silently.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect

from interview.yaml.source import PathKey

_KIND = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "a yes/no value",
    int: "a whole number",
    float: "a number",
}


#: Bounds the search for similar names: a request may hold a plan, and a hostile one must not make it slow.
MAX_MISFITS = 50
_MAX_WORD = 64


def nearest(word: object, known: Iterable[object]) -> str:
    """`` – did you mean 'x'?`` when a known name is close, else an empty string."""
    names = {str(name).casefold(): str(name) for name in known}
    found = difflib.get_close_matches(str(word)[:_MAX_WORD].casefold(), names, n=1, cutoff=0.6)
    return f" – did you mean {names[found[0]]!r}?" if found else ""


def misfits(data: Any, struct: type[msgspec.Struct]) -> Iterator[tuple[PathKey, str]]:
    """``(path, problem)`` for what ``msgspec.convert(data, struct)`` would refuse in ``data``; at most ``MAX_MISFITS``.

    >>> class Point(msgspec.Struct, forbid_unknown_fields=True):
    ...     x: float
    ...     note: str = ""
    >>> for problem in misfits({"X": 1, "nota": "here"}, Point):
    ...     print(*problem)
    ('X',) unknown field – did you mean 'x'?
    ('nota',) unknown field – did you mean 'note'?
    () required field 'x' is missing
    """
    found = list(islice(_walk(data, _type_info(struct), ()), MAX_MISFITS))
    if not found:
        try:
            msgspec.convert(data, struct)
        except msgspec.ValidationError as error:
            # A msgspec rule that this walk does not implement; msgspec's own message is used.
            found = [((), str(error))]
    yield from found


@lru_cache
def _type_info(struct: type[msgspec.Struct]) -> inspect.Type:
    # Cached: resolving the annotations of a question is slow, and a bank holds dozens.
    return inspect.type_info(struct)


def _walk(data: Any, expected: inspect.Type, path: PathKey) -> Iterator[tuple[PathKey, str]]:
    match expected:
        case inspect.StructType():
            yield from _struct(data, expected, path)
        case inspect.UnionType():
            yield from _union(data, expected, path)
        case inspect.VarTupleType() | inspect.ListType():
            if not isinstance(data, list):
                yield path, f"must be a list, not {_kind(data)}"
                return
            for index, item in enumerate(data):
                yield from _walk(item, expected.item_type, (*path, index))
        case inspect.DictType():
            if not isinstance(data, dict):
                yield path, f"must be a mapping, not {_kind(data)}"
                return
            for key, value in data.items():
                yield from _walk(value, expected.value_type, (*path, key))
        case inspect.LiteralType():
            if data not in expected.values:
                choices = ", ".join(str(value) for value in expected.values)
                yield path, f"{data!r} is not one of {choices}{nearest(data, expected.values)}"
        case inspect.StrType():
            if not isinstance(data, str):
                yield path, f"must be text, not {_kind(data)}{' (put it in quotes)' if _scalar(data) else ''}"
        case inspect.BoolType():
            if not isinstance(data, bool):
                yield path, f"must be true or false, not {_kind(data)}"
        case inspect.FloatType():
            if isinstance(data, bool) or not isinstance(data, int | float):
                yield path, f"must be a number, not {_kind(data)}"
        case inspect.IntType():
            if isinstance(data, bool) or not isinstance(data, int):
                yield path, f"must be a whole number, not {_kind(data)}"
        case _:
            pass  # msgspec itself reports a misfit of any other type


def _struct(data: Any, expected: inspect.StructType, path: PathKey) -> Iterator[tuple[PathKey, str]]:
    if not isinstance(data, dict):
        yield path, f"must be a mapping of fields, not {_kind(data)}"
        return
    fields = {field.encode_name: field for field in expected.fields}
    for name, value in data.items():
        if name in fields:
            yield from _walk(value, fields[name].type, (*path, name))
        elif name != expected.tag_field:
            yield (*path, name), f"unknown field{nearest(name, fields)}"
    for name, field in fields.items():
        if field.required and name not in data:
            yield path, f"required field {name!r} is missing"


def _union(data: Any, expected: inspect.UnionType, path: PathKey) -> Iterator[tuple[PathKey, str]]:
    tagged = {kind.tag: kind for kind in expected.types if isinstance(kind, inspect.StructType) and kind.tag_field}
    if tagged:
        tag_field = next(iter(tagged.values())).tag_field or ""
        if not isinstance(data, dict):
            yield path, f"must be a mapping of fields, not {_kind(data)}"
        elif tag_field not in data:
            yield path, f"required field {tag_field!r} is missing: one of {', '.join(map(str, tagged))}"
        elif data[tag_field] not in tagged:
            tag = data[tag_field]
            yield (*path, tag_field), f"{tag!r} is not one of {', '.join(map(str, tagged))}{nearest(tag, tagged)}"
        else:
            yield from _struct(data, tagged[data[tag_field]], path)
        return
    outcomes = [list(_walk(data, kind, path)) for kind in expected.types if not isinstance(kind, inspect.NoneType)]
    allows_none = any(isinstance(kind, inspect.NoneType) for kind in expected.types)
    if (data is None and allows_none) or any(not outcome for outcome in outcomes):
        return
    yield from outcomes[0]


def _scalar(data: Any) -> bool:
    return isinstance(data, bool | int | float)


def _kind(data: Any) -> str:
    return "nothing" if data is None else _KIND.get(type(data), type(data).__name__)
