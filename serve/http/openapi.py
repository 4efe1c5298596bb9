"""The OpenAPI description: operations with shared wording, components generated from the domain's structs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from deployments.agent.contract import TurnBody
from interview.errors import (
    AudioTooLarge,
    DeadlineExceeded,
    EngineFailed,
    Forbidden,
    InternalError,
    InvalidInput,
    NotFound,
    Overloaded,
    SessionEnded,
    StorageUnavailable,
    TranscriptDeleted,
    Unauthenticated,
    UnreadableAudio,
)
from interview.limits import MAX_ANSWER_CHARS
from interview.sessions.candidate_view import CandidateState
from interview.sessions.session import GradeRecord, SessionState
from serve.http.event_schemas import event_schemas
from serve.http.problems import MEDIA_TYPE, Problem, problem_of, status_problem

REF = "#/components/schemas/{name}"

#: The structs of replies; each becomes a component under its own name.
REPLIES: tuple[type, ...] = (TurnBody, SessionState, CandidateState, GradeRecord, Problem)

#: A status's meaning, and a problem that has it.
_PROBLEMS: dict[int, tuple[str, Problem]] = {
    400: ("The request cannot be read.", status_problem(400, "A text field is not UTF-8.")),
    401: (
        "No key or token, or an invalid one.",
        problem_of(Unauthenticated("This API key or token is not valid.", detail={"reason": "invalid_token"})),
    ),
    403: (
        "The key lacks the scope, or the token is a candidate's.",
        problem_of(Forbidden("This key lacks the scope 'reports'.", detail={"scope": "reports"})),
    ),
    404: (
        "Absent, expired, or another tenant's; the response does not say which.",
        problem_of(NotFound("There is no such interview.")),
    ),
    406: ("No such format.", status_problem(406, "Choose application/json or text/html.")),
    408: ("The request body stopped arriving.", status_problem(408, "The request body stopped arriving.")),
    409: (
        "The interview has ended, or the same turn is in progress (then `retryable` is true).",
        problem_of(SessionEnded("This interview has ended.")),
    ),
    410: (
        "Deleted under the retention policy.",
        problem_of(TranscriptDeleted("The words of this interview were deleted under the retention policy.")),
    ),
    413: (
        "Too large.",
        problem_of(AudioTooLarge("The recording is larger than 25 MB. Record a shorter answer.")),
    ),
    415: (
        "An unsupported media type, or an unreadable recording.",
        problem_of(UnreadableAudio("This is no recording that can be read. Send wav, mp3, m4a, ogg, webm or flac.")),
    ),
    416: ("No such range.", status_problem(416, "The recording does not have that range.")),
    422: (
        "Wrong fields, named in `errors`; or a recording that cannot be graded.",
        problem_of(
            InvalidInput("Some fields are not valid: 'answer'.", detail={"fields": {"answer": "must not be empty"}})
        ),
    ),
    429: (
        "Too many requests; `Retry-After` says when to retry.",
        problem_of(Overloaded("Too many requests; try again shortly.", retry_after_s=2)),
    ),
    500: (
        "Internal error.",
        problem_of(InternalError("Internal error. The operator's log has details under this request id.")),
    ),
    502: ("An engine failed.", problem_of(EngineFailed("Speech recognition failed; try again."))),
    503: (
        "Temporarily unavailable.",
        problem_of(StorageUnavailable("The store does not answer; try again shortly.", retry_after_s=1)),
    ),
    504: ("Deadline exceeded.", problem_of(DeadlineExceeded("The step took too long; try again."))),
}

#: Tags in the order of the documentation. A tag with ``_`` for its spaces is the namespace of its operationIds.
TAGS: dict[str, str] = {
    "interviews": "Hold an interview: start, answer, ask for a hint, follow the events, end.",
    "plans": "Draft plans for roles, approve them, and read their consent texts.",
    "candidates": "Links for candidates, and what a candidate reads before the interview.",
    "reports": "Find interviews, read their reports, override grades.",
    "realtime": "The interview as a spoken conversation over a WebSocket, in the events of the OpenAI Realtime API.",
    "personal data": "Export and erase what is stored about a candidate.",
    "keys": "The tenant's API keys.",
    "tools": "The agent's tools.",
    "inference": "The model tiers for any OpenAI client.",
    "operations": "Health, metrics and documentation.",
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
            "description": "The words, instead of `audio`; or, with it, the corrected transcript, which counts.",
        },
        "voice": {"type": "string", "enum": ["true", "false"]},
        "stream_audio": {"type": "string", "enum": ["true", "false"]},
        "signals": {"type": "string", "description": "A flat JSON object of integrity observations."},
        "question_id": {"type": "string", "minLength": 1, "maxLength": 200, "description": "As in the JSON body."},
        "turn_number": {"type": "string", "pattern": "^[0-9]+$", "description": "As in the JSON body."},
    },
}

RECORDING_FORM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["audio"],
    "properties": {
        "audio": {"type": "string", "contentMediaType": "application/octet-stream", "description": "The recording."},
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


class Examples(NamedTuple):
    """Of one operation, by media type: the body that is sent, and the successful reply."""

    sent: Mapping[str, Any] = MappingProxyType({})
    got: Mapping[str, Any] = MappingProxyType({})


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Response descriptions of problem+json for ``statuses``."""
    return {
        status: {
            "description": _PROBLEMS[status][0],
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": REF.format(name="Problem")},
                    "examples": {"problem": {"$ref": f"#/components/examples/{_example_name(status)}"}},
                }
            },
        }
        for status in sorted(statuses)
    }


def operation_id(route: APIRoute) -> str:
    """``tag.name``: the namespace of an operation is its first tag; pages, which are not described, have none."""
    return ".".join((*(str(tag).replace(" ", "_") for tag in route.tags[:1]), route.name))


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
        "response_class": Response,
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


def install(
    app: FastAPI, *, extra: Sequence[type], examples: Mapping[str, Examples], shared_examples: Mapping[str, Any]
) -> None:
    """Add the domain's structs to ``app.openapi()`` as components, and the examples.

    ``examples`` are those of an operationId; ``shared_examples`` become components under their names.
    """

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=[{"name": name, "description": text} for name, text in TAGS.items()],
            )
            _, structs = msgspec.json.schema_components((*REPLIES, *extra), ref_template=REF)
            components = schema.setdefault("components", {})
            components.setdefault("schemas", {}).update(event_schemas(REF) | structs)
            of_problems = {_example_name(status): problem for status, (_, problem) in _PROBLEMS.items()}
            components["examples"] = {
                name: {"value": msgspec.json.decode(msgspec.json.encode(value))}
                for name, value in {**of_problems, **shared_examples}.items()
            }
            _add_examples(schema, examples)
            components["responses"] = _shared_failures(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _add_examples(schema: dict[str, Any], examples: Mapping[str, Examples]) -> None:
    for methods in schema["paths"].values():
        for operation in methods.values():
            of_operation = examples.get(operation["operationId"], Examples())
            sent = operation.get("requestBody", {}).get("content", {})
            got = operation["responses"].get("200", {}).get("content", {})
            for contents, values in ((sent, of_operation.sent), (got, of_operation.got)):
                for media, example in values.items():
                    contents[media]["example"] = example


def _shared_failures(schema: dict[str, Any]) -> dict[str, Any]:
    """Move the failures out of the operations, which then refer to them: they are the same everywhere."""
    shared: dict[str, Any] = {}
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status, reply in operation["responses"].items():
                if int(status) < 400:
                    continue
                (media,) = reply["content"]
                name = f"{'Problem' if media == MEDIA_TYPE else 'OpenAiError'}{status}"
                if shared.setdefault(name, reply) == reply:
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return shared


def _example_name(status: int) -> str:
    return f"problem-{status}"


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
