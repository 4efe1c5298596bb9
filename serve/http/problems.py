"""Errors as ``application/problem+json`` (RFC 9457): stable type, actionable sentence, no stack trace."""

from __future__ import annotations

import http
import math
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from msgspec import Struct
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from interview.errors import Forbidden, InterviewError, InvalidInput, NotFound, Unauthenticated

MEDIA_TYPE = "application/problem+json"

#: Unsafe bytes of a header value, dropped before it is echoed.
_UNSAFE_IN_HEADER = re.compile(r"[^\x20-\x7e]")


class FieldError(Struct, frozen=True):
    """One wrong field. ``field`` is its path in the request, such as ``candidate.name``."""

    field: str
    detail: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457 members, plus: ``code`` (last segment of ``type``), ``errors`` (wrong fields), ``retryable`` and
    ``retry_after_s``, ``context`` (small data for programs).

    ``instance`` names the request in the operator's log. A 404 has none, so that the body for another tenant's
    interview equals that for an unknown one byte for byte.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()
    retryable: bool = False
    retry_after_s: float | None = None
    context: dict[str, Any] = {}


def note_failure(scope: MutableMapping[str, Any], error: InterviewError) -> None:
    """Keep the error that this request is answered with, for the one log line of the request middleware."""
    scope.setdefault("state", {})["failure"] = error


def request_id_of(scope: Mapping[str, Any]) -> str:
    return str(scope.get("state", {}).get("request_id", ""))


def problem_of(error: InterviewError, request_id: str = "") -> Problem:
    """The problem that describes ``error`` to a client."""
    if isinstance(error, NotFound):
        return Problem(
            type=_uri(error.code), title=error.title, status=error.status, detail=error.message, code=error.code
        )
    context = dict(error.detail)
    fields = context.pop("fields", None)
    errors = tuple(FieldError(str(k), str(v)) for k, v in fields.items()) if isinstance(fields, Mapping) else ()
    return Problem(
        type=_uri(error.code),
        title=error.title,
        status=error.status,
        detail=error.message,
        code=error.code,
        instance=f"urn:request:{request_id}" if request_id else None,
        errors=errors,
        retryable=error.retryable,
        retry_after_s=error.retry_after_s,
        context=context,
    )


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    response = Response(content=msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE)
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after_s)))
    for name, value in (headers or {}).items():
        response.headers[name] = _UNSAFE_IN_HEADER.sub("", value)
    return response


def error_response(error: InterviewError, request_id: str = "") -> Response:
    """``error`` as a whole response, with the headers of its status."""
    return problem_response(problem_of(error, request_id), error_headers(error))


def error_headers(error: InterviewError) -> dict[str, str]:
    """``WWW-Authenticate`` (RFC 6750) for 401 and 403."""
    if isinstance(error, Unauthenticated):
        reason = error.detail.get("reason")
        return {"WWW-Authenticate": 'Bearer realm="interview"' + (f', error="{reason}"' if reason else "")}
    if isinstance(error, Forbidden) and "scope" in error.detail:
        scope = error.detail["scope"]
        return {"WWW-Authenticate": f'Bearer realm="interview", error="insufficient_scope", scope="{scope}"'}
    return {}


def status_problem(status: int, detail: str, request_id: str = "") -> Problem:
    """A problem for a plain HTTP failure outside the error tree (405, 415, 413, …)."""
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    code = re.sub(r"[^a-z]+", "-", phrase.lower()).strip("-")
    return Problem(
        type=_uri(code),
        title=phrase,
        status=status,
        detail=detail,
        code=code,
        instance=f"urn:request:{request_id}" if request_id and status != 404 else None,
    )


#: What pydantic appends to a field's place: which of its types did not fit, or that the key itself is at fault.
_OF_PYDANTIC = re.compile(r"\[key\]|none|str|int|float|bool|bytes|constrained-\w+|(dict|list|tuple)\[.*\]")


def invalid_fields(problems: Iterable[Mapping[str, Any]], *, prefix: tuple[str, ...] = ()) -> InvalidInput:
    """Pydantic's findings as one ``InvalidInput`` that names the fields and never echoes their values."""
    fields: dict[str, str] = {}
    for found in problems:
        where = [str(part) for part in (*prefix, *found.get("loc", ()))]
        if found.get("type") == "json_invalid":
            where, text = ["body"], "is not valid JSON"
        else:
            text = _sentence(found)
            if len(where) > 1 and _OF_PYDANTIC.fullmatch(where[-1]):
                where.pop()
        fields.setdefault(".".join(where) or "body", text)
    named = ", ".join(f"'{name}'" for name in list(fields)[:5])
    return InvalidInput(f"Some fields are not valid: {named}.", detail={"fields": fields})


def install(app: FastAPI) -> None:
    """Map every exception of a route to a problem."""

    async def interview_error(request: Request, error: Any) -> Response:
        note_failure(request.scope, error)
        return error_response(error, request_id_of(request.scope))

    async def validation_error(request: Request, error: Any) -> Response:
        places = {"body", "query", "path", "header", "cookie"}
        problems = [
            {**found, "loc": found["loc"][1:] if found["loc"] and found["loc"][0] in places else found["loc"]}
            for found in error.errors()
        ]
        return error_response(invalid_fields(problems), request_id_of(request.scope))

    async def http_exception(request: Request, error: Any) -> Response:
        detail = str(error.detail or "")
        if error.status_code == 404:
            detail = "There is no such URL."
        elif error.status_code == 405:
            detail = "This URL does not support that method."
        return problem_response(status_problem(error.status_code, detail, request_id_of(request.scope)), error.headers)

    app.add_exception_handler(InterviewError, interview_error)
    app.add_exception_handler(RequestValidationError, validation_error)
    app.add_exception_handler(ValidationError, validation_error)
    app.add_exception_handler(HTTPException, http_exception)


def _uri(code: str) -> str:
    return f"/problems/{code}"


def _sentence(found: Mapping[str, Any]) -> str:
    text = str(found.get("msg", "is not valid"))
    return text.removeprefix("Value error, ")
