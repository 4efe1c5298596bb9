"""JSON Schemas of the events: the log as operators and candidates see it, and the stream of one turn.

OpenAPI describes a stream of server-sent events as text. These schemas describe its events: as components of the
OpenAPI document, and as a document of their own at ``/schemas/events``.
"""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Response
from msgspec import Struct

from deployments.agent.contract import TurnBody
from interview.sessions.candidate_view import VISIBLE
from interview.sessions.events import AnyPayload, Unrecognised
from serve.http.problems import Problem
from serve.http.turn_events import AudioData, SentenceData

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "/schemas/events"

_PAYLOADS: dict[str, type[Struct]] = {
    str(kind.__struct_config__.tag): kind for kind in AnyPayload.__args__ if kind is not Unrecognised
}


_TURN: dict[str, type[Struct]] = {
    "sentence": SentenceData,
    "audio": AudioData,
    "reply": TurnBody,
    "error": Problem,
}


def event_schemas(ref_template: str) -> dict[str, Any]:
    """The schemas by name: ``InterviewEvent``, ``CandidateEvent``, ``TurnStreamEvent``, and those that they refer to.

    ``ref_template`` is the address of a schema, with ``{name}`` in it.
    """
    of_log, components = _schemas(_PAYLOADS, ref_template)
    of_candidate, more = _schemas(VISIBLE, ref_template)
    of_turn, rest = msgspec.json.schema_components(tuple(_TURN.values()), ref_template=ref_template)
    components |= more | rest
    return {
        **components,
        "InterviewEvent": {
            "title": "InterviewEvent",
            "description": "An event of an interview's log. Clients ignore types that they do not know.",
            "oneOf": [_logged(kind, schema) for kind, schema in of_log.items()],
        },
        "CandidateEvent": {
            "title": "CandidateEvent",
            "description": "An event of the log as its candidate sees it; `seq` has gaps where events are left out.",
            "oneOf": [_logged(kind, schema) for kind, schema in of_candidate.items()],
        },
        "TurnStreamEvent": {
            "title": "TurnStreamEvent",
            "description": "A server-sent event of a streamed turn: `event` is its name, `data` its data as JSON.",
            "oneOf": [
                _object({"event": {"const": name}, "data": schema}, title=f"turn.{name}")
                for name, schema in zip(_TURN, of_turn, strict=True)
            ],
        },
    }


def event_document() -> dict[str, Any]:
    """The schemas as one JSON Schema document. It validates an event of the log; ``$defs`` has all of them."""
    return {
        "$schema": DIALECT,
        "$id": ADDRESS,
        "title": "Events of an interview",
        "$ref": "#/$defs/InterviewEvent",
        "$defs": event_schemas("#/$defs/{name}"),
    }


def event_schemas_router() -> APIRouter:
    router = APIRouter(tags=["operations"])
    encoded: list[bytes] = []

    @router.get(
        ADDRESS,
        name="event_schemas",
        summary="The events' JSON Schema",
        description="Every kind of event in the action stream, as reviewers and as candidates see it, and of a "
        "streamed turn.",
        response_model=None,
        response_class=Response,
        responses={
            200: {
                "description": "A JSON Schema.",
                "content": {"application/schema+json": {"schema": {"type": "object"}}},
            }
        },
    )
    async def event_schemas_document() -> Response:
        if not encoded:
            encoded.append(msgspec.json.encode(event_document()))
        return Response(encoded[0], media_type="application/schema+json")

    return router


def _schemas(kinds: dict[str, type[Struct]], ref_template: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The kinds' own schemas, and the components that they refer to."""
    _, components = msgspec.json.schema_components(tuple(kinds.values()), ref_template=ref_template)
    names = {kind: struct.__name__ for kind, struct in kinds.items()}
    own = {kind: components[name] for kind, name in names.items()}
    return own, {name: schema for name, schema in components.items() if name not in names.values()}


def _logged(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """An event of the log: the tag of the payload is the event's ``type``."""
    properties = {name: schema for name, schema in data["properties"].items() if name != "type"}
    required = [name for name in data.get("required", ()) if name != "type"]
    payload = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    return _object(
        {
            "seq": {"type": "integer", "minimum": 1},
            "time": {"type": "string", "format": "date-time"},
            "type": {"const": kind},
            "data": payload,
        },
        title=kind,
        description=data.get("description", ""),
    )


def _object(properties: dict[str, Any], *, title: str, description: str = "") -> dict[str, Any]:
    about = {"title": title, **({"description": description} if description else {})}
    return {**about, "type": "object", "required": list(properties), "properties": properties}
