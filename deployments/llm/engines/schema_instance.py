"""Builds the smallest value that satisfies a JSON Schema: the fake engine's default answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from interview.errors import UnsupportedRequest

_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_MAX_DEPTH = 64


def minimal_instance(schema: dict[str, Any], text: Callable[[str], str] = str) -> Any:
    """A value valid under ``schema``: first alternatives, required properties, shortest arrays, numbers nearest 0.

    ``text`` maps a property's name to the content of its free string. Supported: the keywords of structured output
    (``$ref``, ``const``, ``enum``, ``anyOf``, ``oneOf``, ``allOf``, types, bounds, formats).

    Raises:

        UnsupportedRequest: ``pattern``, ``not`` or infinite recursion, which are not supported.
    """
    return _Builder(schema, text).value(schema, "answer", 0)


class _Builder:
    def __init__(self, root: dict[str, Any], text: Callable[[str], str]) -> None:
        self._root = root
        self._text = text

    def value(self, schema: Any, name: str, depth: int) -> Any:
        if schema is True or schema == {}:
            return self._text(name)
        if depth > _MAX_DEPTH:
            raise UnsupportedRequest(f"The schema at {name!r} requires an infinite value.")
        if not isinstance(schema, dict) or "not" in schema:
            raise UnsupportedRequest(f"The fake cannot build a value for the schema at {name!r}.")
        if "$ref" in schema:
            return self.value(self._resolve(schema["$ref"]), name, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                rest = {key: value for key, value in schema.items() if key != keyword}
                return self.value(self._merge([rest, self._plainest(schema[keyword])]), name, depth + 1)
        if "allOf" in schema:
            rest = {key: value for key, value in schema.items() if key != "allOf"}
            return self.value(self._merge([rest, *schema["allOf"]]), name, depth + 1)
        return self._typed(schema, name, depth)

    def _typed(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = kind[0]
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "string":
                return self._string(schema, name)
            case "integer" | "number":
                return _number(schema, whole=kind == "integer")
            case "boolean":
                return False
            case "null":
                return None
            case _:
                raise UnsupportedRequest(f"The schema at {name!r} has the unknown type {kind!r}.")

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        return {key: self.value(properties.get(key, True), key, depth + 1) for key in schema.get("required", [])}

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> list[Any]:
        prefix = [self.value(item, name, depth + 1) for item in schema.get("prefixItems", [])]
        missing = max(0, schema.get("minItems", 0) - len(prefix))
        return prefix + [self.value(schema.get("items", True), name, depth + 1) for _ in range(missing)]

    def _string(self, schema: dict[str, Any], name: str) -> str:
        if "pattern" in schema:
            raise UnsupportedRequest(f"The fake cannot build a string for the pattern at {name!r}; script an answer.")
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        text = self._text(name).ljust(schema.get("minLength", 0), ".")
        return text[: schema["maxLength"]] if "maxLength" in schema else text

    def _resolve(self, ref: str) -> Any:
        node: Any = self._root
        if not ref.startswith("#"):
            raise UnsupportedRequest(f"The reference {ref!r} points outside the schema.")
        for part in ref.lstrip("#/").split("/") if ref != "#" else []:
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise UnsupportedRequest(f"The reference {ref!r} has no target.")
            node = node[key]
        return node

    def _plainest(self, alternatives: list[Any]) -> Any:
        """The first alternative without recursion: a plain type before a reference."""
        return next((one for one in alternatives if isinstance(one, dict) and "$ref" not in one), alternatives[0])

    def _merge(self, parts: list[Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for given in parts:
            part = given
            while isinstance(part, dict) and set(part) == {"$ref"}:
                part = self._resolve(part["$ref"])
            for key, value in (part if isinstance(part, dict) else {}).items():
                if key == "properties":
                    merged[key] = {**merged.get(key, {}), **value}
                elif key == "required":
                    merged[key] = [*merged.get(key, []), *(one for one in value if one not in merged.get(key, []))]
                else:
                    merged[key] = value
        return merged


def _number(schema: dict[str, Any], *, whole: bool) -> float | int:
    step = schema.get("multipleOf", 1 if whole else None)
    low = schema.get("minimum", -math.inf)
    high = schema.get("maximum", math.inf)
    open_low = schema.get("exclusiveMinimum", -math.inf)
    open_high = schema.get("exclusiveMaximum", math.inf)

    def fits(number: float) -> bool:
        return bool(low <= number <= high and open_low < number < open_high)

    if fits(0):
        return 0
    floor, ceiling = max(low, open_low), min(high, open_high)
    if step:
        edge = floor if floor > 0 or math.isinf(ceiling) else ceiling
        base = math.floor(edge / step)
        candidates = [(base + offset) * step for offset in (0, 1, -1)]
    elif math.isinf(floor) or math.isinf(ceiling):
        candidates = [floor, floor + 1] if math.isinf(ceiling) else [ceiling, ceiling - 1]
    else:
        candidates = [floor, ceiling, (floor + ceiling) / 2]
    for number in candidates:
        if fits(number):
            return int(number) if whole else number
    raise UnsupportedRequest("The schema's number bounds allow no value.")
