"""The fake's generated answers satisfy the schema they were asked for."""

from __future__ import annotations

from typing import Any

import pytest

from deployments.llm.engines.schema_instance import minimal_instance
from interview.errors import UnsupportedRequest

jsonschema = pytest.importorskip("jsonschema")

SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]},
    {"type": "string", "enum": ["x", "y"]},
    {"const": {"k": [1]}},
    {"type": "number", "minimum": 0.25, "maximum": 0.75},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "integer", "minimum": 3, "multipleOf": 5},
    {"type": "integer", "maximum": -2},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 3},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2},
    {"type": "string", "minLength": 40},
    {"type": "string", "maxLength": 3},
    {"type": ["null", "string"]},
    {"anyOf": [{"type": "null"}, {"type": "string"}]},
    {"allOf": [{"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}, {"required": ["b"]}]},
    {
        "$defs": {"Node": {"required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Node"},
                                                                                   {"type": "null"}]}}}},
        "$ref": "#/$defs/Node",
    },
    {"type": "object", "properties": {"when": {"type": "string", "format": "date-time"}}, "required": ["when"]},
]  # fmt: skip


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_the_instance_is_valid(schema: dict[str, Any]) -> None:
    jsonschema.validate(minimal_instance(schema, lambda name: f"some {name}"), schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^[0-9]{4}$"},
        {"not": {"type": "string"}},
        {"$ref": "#/$defs/Missing"},
        {"$ref": "https://elsewhere.example/schema"},
        {"type": "integer", "minimum": 1.2, "maximum": 1.8},
        {"$defs": {"N": {"properties": {"n": {"$ref": "#/$defs/N"}}, "required": ["n"]}}, "$ref": "#/$defs/N"},
    ],
    ids=str,
)  # fmt: skip
def test_a_schema_it_cannot_fill_is_refused_not_faked(schema: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedRequest):
        minimal_instance(schema)
