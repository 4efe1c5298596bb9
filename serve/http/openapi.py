"""The OpenAPI description: operations with shared wording, components generated from the domain's structs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from deployments.agent.contract import TurnBody
from interview.limits import MAX_ANSWER_CHARS
from interview.sessions.candidate_view import CandidateState
from interview.sessions.events import EventRecord
from interview.sessions.session import GradeRecord, SessionState
from serve.http.problems import MEDIA_TYPE, Problem

REF = "#/components/schemas/{name}"

#: The structs of replies; each becomes a component under its own name.
REPLIES: tuple[type, ...] = (TurnBody, SessionState, CandidateState, EventRecord, GradeRecord, Problem)

_PROBLEMS: dict[int, str] = {
    400: "The request cannot be read.",
    401: "No key or token, or an invalid one.",
    403: "The key lacks the scope, or the token is a candidate's.",
    404: "Absent, expired, or another tenant's; the response does not say which.",
    406: "No such format.",
    408: "The request body stopped arriving.",
    409: "The interview has ended, or the same turn is in progress (then `retryable` is true).",
    410: "Deleted under the retention policy.",
    413: "Too large.",
    415: "An unsupported media type, or an unreadable recording.",
    416: "No such range.",
    422: "Wrong fields, named in `errors`; or a recording that cannot be graded.",
    429: "Too many requests; `Retry-After` says when to retry.",
    500: "Internal error.",
    502: "An engine failed.",
    503: "Temporarily unavailable.",
    504: "Deadline exceeded.",
}

ANSWER_FORM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "audio": {"type": "string", "contentMediaType": "application/octet-stream", "description": "The recording."},
        "answer": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_ANSWER_CHARS,
            "description": "The words, instead of `audio`.",
        },
        "voice": {"type": "string", "enum": ["true", "false"]},
        "stream_audio": {"type": "string", "enum": ["true", "false"]},
        "signals": {"type": "string", "description": "A flat JSON object of integrity observations."},
    },
}

_DOCUMENT = {"type": "string", "contentMediaType": "application/octet-stream"}

START_FORM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "request": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "The same JSON as in a start without files.",
        },
        "resume": {**_DOCUMENT, "description": "PDF, DOCX or text, instead of `resume_content`."},
        "role_description": {**_DOCUMENT, "description": "PDF, DOCX or text, instead of the field."},
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Response descriptions of problem+json for ``statuses``."""
    content = {MEDIA_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}}
    return {status: {"description": _PROBLEMS[status], "content": content} for status in sorted(statuses)}


def operation(
    *,
    reply: str | None = None,
    events: str | None = None,
    content: dict[str, Any] | None = None,
    json: type[BaseModel] | None = None,
    multipart: dict[str, Any] | None = None,
    body_required: bool = True,
    also: Sequence[int] = (),
    status: int = 200,
) -> dict[str, Any]:
    """Keyword arguments for a route decorator.

    ``reply`` names a component for the JSON reply, and ``events`` describes its form as server-sent events, if any; or
    ``content`` gives the whole map of media types. Bodies are parsed by hand (``serve.http.request_bodies``), so they
    are described here. ``also`` adds problem statuses to the usual ones.
    """
    good: dict[str, Any] = {"description": "Success."}
    if reply is not None:
        good["content"] = {"application/json": {"schema": {"$ref": REF.format(name=reply)}}}
        if events is not None:
            good["content"]["text/event-stream"] = {"schema": {"type": "string", "description": events}}
    elif content is not None:
        good["content"] = content
    usual = {400, 401, 403, 408, 413, 415, 422, 429, 500, 502, 503, 504}
    described: dict[str, Any] = {
        "response_model": None,
        "status_code": status,
        "responses": {status: good, **problems(*(usual | set(also)))},
    }
    body: dict[str, Any] = {}
    if json is not None:
        body["application/json"] = {"schema": _inline_schema(json)}
    if multipart is not None:
        body["multipart/form-data"] = {"schema": multipart}
    if body:
        described["openapi_extra"] = {"requestBody": {"required": body_required, "content": body}}
    return described


def install(app: FastAPI, *, extra: Sequence[type] = ()) -> None:
    """Add the domain's structs to ``app.openapi()`` as components."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            _, components = msgspec.json.schema_components((*REPLIES, *extra), ref_template=REF)
            schema.setdefault("components", {}).setdefault("schemas", {}).update(components)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _inline_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON Schema with its ``$defs`` inlined, for places where OpenAPI allows none."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            reference = node.get("$ref", "")
            if reference.startswith("#/$defs/"):
                return resolve(definitions[reference.removeprefix("#/$defs/")])
            return {key: resolve(value) for key, value in node.items()}
        if isinstance(node, list):
            return [resolve(item) for item in node]
        return node

    resolved: dict[str, Any] = resolve(schema)
    return resolved
