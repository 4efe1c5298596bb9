"""OpenAPI schemas of the OpenAI-compatible routes, written by hand because bodies are parsed by hand."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from deployments.tts.contract import CONTENT_TYPES
from interview.errors import (
    AudioTooLarge,
    DeadlineExceeded,
    EngineFailed,
    Forbidden,
    InternalError,
    InterviewError,
    ModelMissing,
    NotFound,
    Overloaded,
    SilentAudio,
    Unauthenticated,
    UnreadableAudio,
    UnsupportedRequest,
)
from interview.sessions.ids import INTERVIEW_ID
from serve.http.openai.errors import openai_error_body
from serve.http.openai.transcripts import MEDIA_TYPES

_STRING = {"type": "string"}

_ENVELOPE: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": _STRING,
                "type": _STRING,
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}

#: A status's meaning, and an error that has it.
_FAILURES: dict[int, tuple[str, InterviewError]] = {
    400: ("The request cannot be served.", UnsupportedRequest("'response_format' must be one of wav, mp3, opus, pcm.")),
    401: ("No key, or an invalid one.", Unauthenticated("This API key or token is not valid.")),
    403: ("The key lacks the scope 'inference'.", Forbidden("This key lacks the scope 'inference'.")),
    404: ("No such model.", NotFound("There is no model 'whisper-9'.", detail={"openai_code": "model_not_found"})),
    413: ("Too large.", AudioTooLarge("The recording is larger than 25 MB.")),
    415: ("The recording cannot be read.", UnreadableAudio("This is no recording that can be read.")),
    422: ("A field is wrong, or the recording has no speech.", SilentAudio("No speech was heard.")),
    429: (
        "A limit of the tenant or of the tier; Retry-After says when to retry.",
        Overloaded("Too many requests; try again shortly."),
    ),
    500: ("Internal error.", InternalError("Internal error. The operator's log has details under this request id.")),
    502: ("An engine failed.", EngineFailed("Speech recognition failed; try again.")),
    503: ("A tier or its model is not available.", ModelMissing("No language model is configured.")),
    504: ("Deadline exceeded.", DeadlineExceeded("The engine took too long; try again.")),
}


def _example_name(status: int) -> str:
    return f"openai-error-{status}"


#: Shared by all operations: the examples of failures, by the names that ``_route`` refers to.
FAILURE_EXAMPLES: dict[str, Any] = {
    _example_name(status): openai_error_body(error) for status, (_, error) in _FAILURES.items()
}


def _route(summary: str, replies: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    failures = {
        status: {
            "description": text,
            "content": {
                "application/json": {
                    "schema": _ENVELOPE,
                    "examples": {"error": {"$ref": f"#/components/examples/{_example_name(status)}"}},
                }
            },
        }
        for status, (text, _) in _FAILURES.items()
    }
    described: dict[str, Any] = {
        "summary": summary,
        "response_model": None,
        "response_class": Response,
        "responses": {200: {"description": "Success.", "content": replies}, **failures},
    }
    if body is not None:
        described["openapi_extra"] = {"requestBody": {"required": True, "content": body}}
    return described


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_ANY_JSON = {"application/json": {"schema": {"type": "object"}}}
_EVENTS = {"text/event-stream": {"schema": _STRING}}
_BINARY = {"type": "string", "format": "binary"}

CLIENT_SECRET = _route(
    "Create an ephemeral secret that opens `/v1/realtime` for one interview",
    {
        "application/json": {
            "schema": _object(
                ["value", "expires_at", "session"],
                value=_STRING,
                expires_at={"type": "integer"},
                session={"type": "object"},
            )
        }
    },
    {
        "application/json": {
            "schema": _object(
                [],
                interview={
                    "type": ["object", "null"],
                    "properties": {"id": {"type": "string", "pattern": INTERVIEW_ID}},
                },
                expires_after={"type": ["object", "null"], "properties": {"seconds": {"type": "integer"}}},
                session={"type": "object"},
            )
        }
    },
)

MODELS = _route("The served models, and their OpenAI aliases", _ANY_JSON)
MODEL = _route("One model", _ANY_JSON)

CHAT = _route(
    "Chat completion",
    {**_ANY_JSON, **_EVENTS},
    {
        "application/json": {
            "schema": _object(
                ["messages"],
                model=_STRING,
                messages={"type": "array", "minItems": 1, "items": {"type": "object"}},
                stream={"type": "boolean"},
                max_tokens={"type": "integer", "minimum": 1},
                temperature={"type": "number", "minimum": 0, "maximum": 2},
                stop={"type": ["string", "array", "null"]},
                seed={"type": ["integer", "null"]},
                response_format={"type": "object", "description": "text, json_object or json_schema."},
                tools={"type": "array", "items": {"type": "object"}},
                priority={"type": "integer", "minimum": 0, "maximum": 10, "description": "Lower values run first."},
            )
        }
    },
)

TRANSCRIPTION = _route(
    "Speech to text",
    {**{media.partition(";")[0]: {"schema": _STRING} for media in MEDIA_TYPES.values()}, **_ANY_JSON, **_EVENTS},
    {
        "multipart/form-data": {
            "schema": _object(
                ["file", "model"],
                file={**_BINARY, "description": "wav, mp3, m4a, mp4, ogg, webm or flac."},
                model=_STRING,
                language=_STRING,
                prompt=_STRING,
                response_format={"type": "string", "enum": list(MEDIA_TYPES)},
                temperature={"type": "number", "minimum": 0, "maximum": 1},
                stream={"type": "string", "enum": ["true", "false"]},
                **{
                    "timestamp_granularities[]": {
                        "type": "array",
                        "items": {"type": "string", "enum": ["word", "segment"]},
                    },
                    "keywords[]": {"type": "array", "items": _STRING},
                },
            )
        }
    },
)

SPEECH = _route(
    "Text to speech",
    {**{media: {"schema": _BINARY} for media in CONTENT_TYPES.values()}, **_EVENTS},
    {
        "application/json": {
            "schema": _object(
                ["input", "model"],
                input=_STRING,
                model=_STRING,
                voice=_STRING,
                response_format={"type": "string", "enum": list(CONTENT_TYPES), "default": "mp3"},
                speed={"type": "number", "default": 1.0},
                stream_format={"type": "string", "enum": ["audio", "sse"]},
                language={"type": "string", "default": "en"},
            )
        }
    },
)
