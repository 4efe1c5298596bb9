"""Maps errors of an OpenAI-compatible server to the platform's errors."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import msgspec

from interview.errors import (
    ContextTooLong,
    DeadlineExceeded,
    EngineFailed,
    EngineUnavailable,
    InterviewError,
    InvalidInput,
    ModelMissing,
    Overloaded,
)

_MAX_MESSAGE_CHARS = 300
_TOO_LONG = ("context length", "context_length", "maximum context", "input is too long", "exceed_context_size")


class RemoteServer(NamedTuple):
    """The names of a server in messages.

    ``kind``: "language-model server". ``model`` is the requested model, ``setting`` the operator's setting for it
    (``llm.model``), ``api_key_env`` the environment variable of its key.
    """

    kind: str
    model: str
    setting: str
    api_key_env: str = ""


def typed_error(error: BaseException, server: RemoteServer) -> InterviewError:
    """The typed error for an exception of the ``openai`` client.

    A 4xx is the caller's or the operator's fault and never retried, except 408 and 429; a 5xx or a lost connection is
    retried.
    """
    import openai

    if isinstance(error, InterviewError):
        return error
    if isinstance(error, openai.APITimeoutError | TimeoutError | asyncio.TimeoutError):
        return DeadlineExceeded(f"The {server.kind} did not answer in time.", retry_after_s=1)
    if isinstance(error, openai.APIStatusError):
        return from_status(error.status_code, _message(error.body, error.message), server, _after_s(error))
    if isinstance(error, openai.APIConnectionError):
        return EngineUnavailable(f"The {server.kind} cannot be reached.", retry_after_s=1)
    if isinstance(error, openai.APIError):
        return _from_stream(error, server)
    return EngineFailed(f"The {server.kind}'s answer could not be read ({type(error).__name__}).")


def from_status(status: int, message: str, server: RemoteServer, retry_after_s: float | None = None) -> InterviewError:
    """The typed error for an HTTP status and the server's message."""
    text = message[:_MAX_MESSAGE_CHARS]
    lower = message.lower()
    match status:
        case 413:
            return ContextTooLong(text)
        case 400 | 422 if any(sign in lower for sign in _TOO_LONG):
            return ContextTooLong(text)
        case 400 | 409 | 422:
            return InvalidInput(text)
        case 401 | 403:
            return EngineUnavailable(
                f"The {server.kind} refused this platform's key (environment variable {server.api_key_env}).",
                retry_after_s=60,
            )
        case 404:
            return ModelMissing(
                f"The {server.kind} has no model {server.model!r}. Load it there, correct {server.setting}, or fetch "
                f"weights here with `interview models pull NAME`.",
                detail={"model": server.model},
            )
        case 408 | 504:
            return DeadlineExceeded(f"The {server.kind} timed out.", retry_after_s=retry_after_s or 1)
        case 429:
            return Overloaded(f"The {server.kind} is overloaded.", retry_after_s=retry_after_s or 1)
        case 502 | 503:
            return EngineUnavailable(f"The {server.kind} is not available.", retry_after_s=retry_after_s or 1)
        case _ if status >= 500:
            return EngineFailed(f"The {server.kind} failed with status {status}.", retry_after_s=retry_after_s)
        case _:
            return InvalidInput(text)


def from_response(status: int, body: bytes, retry_after: str | None, server: RemoteServer) -> InterviewError:
    """The typed error for a failed response: its body as bytes and its ``Retry-After`` header."""
    try:
        told: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    return from_status(status, _message(told, f"The {server.kind} answered {status}."), server, _seconds(retry_after))


def from_event(error: object, server: RemoteServer) -> InterviewError:
    """The typed error for an error object sent inside a stream; its ``code`` may be an HTTP status."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if code.isdigit() else 500
    return from_status(status, _message(error, f"The {server.kind} failed."), server)


def _from_stream(error: Any, server: RemoteServer) -> InterviewError:
    body = error.body if isinstance(error.body, dict) else {}
    return from_event({"code": error.code, "message": error.message, **body}, server)


def _message(body: object, fallback: str) -> str:
    """The server's own message, from OpenAI's envelope, its ``error`` object, or problem+json."""
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            for key in ("message", "detail", "title"):
                if isinstance(inner.get(key), str):
                    return str(inner[key])
    return fallback


def _after_s(error: Any) -> float | None:
    return _seconds(error.response.headers.get("retry-after"))


def _seconds(retry_after: str | None) -> float | None:
    try:
        return float(retry_after or "")
    except ValueError:
        return None  # absent, or a date: use the back-off's own pause
