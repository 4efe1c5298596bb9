"""The platform's errors in OpenAI's envelope, so that an SDK raises its own typed errors.

``{"error": {"message", "type", "param", "code"}}`` for every path under ``/v1``. ``x-should-retry`` tells the official
SDKs whether to retry: by status alone they would also retry a missing model.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from interview.errors import InterviewError
from serve.http.problems import error_headers, invalid_fields, note_failure

PREFIX = "/v1"

#: The logged status of a request whose client disconnected before the response.
CLIENT_CLOSED_REQUEST = 499

#: Codes that OpenAI applications compare with; every other error keeps the platform's own code.
OPENAI_CODES: Mapping[str, str] = {
    "unauthenticated": "invalid_api_key",
    "overloaded": "rate_limit_exceeded",
    "context-too-long": "context_length_exceeded",
}

Handler = Callable[[Request, Exception], Awaitable[Response]]


def is_openai_path(path: str) -> bool:
    """Whether errors of ``path`` use OpenAI's envelope."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def openai_error_body(error: InterviewError) -> dict[str, Any]:
    """The envelope of ``error``; also the end of a failed stream."""
    fields = error.detail.get("fields")
    named = {str(name): str(text) for name, text in fields.items()} if isinstance(fields, Mapping) else {}
    message = error.message
    # The SDK shows only the message, so it must describe each field's problem.
    told = [f"{name}: {text}" for name, text in named.items() if name not in message or text not in message]
    if told and message.startswith("Some fields"):
        message = f"{message} ({'; '.join(told)})"
    code = error.detail.get("openai_code") or OPENAI_CODES.get(error.code, error.code)
    return _envelope(message, _type_of(error.status), next(iter(named), None), str(code))


def openai_error_response(error: InterviewError) -> Response:
    """``error`` as a whole response with the headers of its status."""
    headers = error_headers(error)
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    headers["x-should-retry"] = "true" if error.retryable else "false"
    return _response(error.status, openai_error_body(error), headers)


def openai_status_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A plain HTTP failure outside the error tree: no such path, no such method, too large."""
    body = _envelope(message, _type_of(status), None, {404: "unknown_url", 405: "method_not_allowed"}.get(status))
    return _response(status, body, headers)


def install(app: FastAPI) -> None:
    """Answer failures under ``/v1`` in OpenAI's envelope; other paths keep the handlers installed before."""

    async def interview_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, InterviewError)  # noqa: S101 - what it is registered for
        note_failure(request.scope, error)
        return openai_error_response(error)

    async def validation_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return openai_error_response(invalid_fields(error.errors()))

    async def http_exception(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        message = str(error.detail)
        if error.status_code in (404, 405):
            problem = "Not found:" if error.status_code == 404 else "Method not allowed for"
            message = f"{problem} {request.method} {request.url.path}."
        return openai_status_response(error.status_code, message, error.headers)

    async def client_left(request: Request, error: Exception) -> Response:
        return Response(status_code=CLIENT_CLOSED_REQUEST)

    ours: dict[type[Exception], Handler] = {
        InterviewError: interview_error,
        RequestValidationError: validation_error,
        HTTPException: http_exception,
        ClientDisconnect: client_left,
    }
    for kind, handler in ours.items():
        app.add_exception_handler(kind, _by_path(handler, app.exception_handlers.get(kind)))


def _by_path(ours: Handler, others: Any) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        if is_openai_path(request.url.path):
            return await ours(request, error)
        if others is None:
            raise error
        response: Response = await others(request, error)
        return response

    return handle


def _type_of(status: int) -> str:
    if status == 403:
        return "permission_error"
    if status == 429:
        return "rate_limit_error"
    return "server_error" if status >= 500 else "invalid_request_error"


def _envelope(message: str, type_: str, param: str | None, code: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "type": type_, "param": param, "code": code}}


def _response(status: int, body: dict[str, Any], headers: Mapping[str, str] | None) -> Response:
    return Response(
        content=msgspec.json.encode(body),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/json",
    )
