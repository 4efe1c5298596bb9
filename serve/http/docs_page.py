"""``/docs``: the OpenAPI description as one plain page without scripts, and the problem types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastapi
import msgspec
from fastapi import APIRouter, Response
from jinja2 import Environment

from interview.errors import InterviewError, NotFound
from serve.http import openapi

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

_TEMPLATE = Path(__file__).parent / "templates" / "docs.html.j2"


def docs_router(description: Callable[[], dict[str, Any]]) -> APIRouter:
    """``description`` yields the OpenAPI document; the page is rendered once, at the first request."""
    router = APIRouter(tags=["operations"])
    rendered: list[bytes] = []

    @router.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        if not rendered:
            rendered.append(render(description()))
        return Response(rendered[0], media_type="text/html", headers={"Content-Security-Policy": _POLICY})

    @router.get(
        "/problems/{code}",
        summary="Explain a problem type",
        description="The URL in a problem's `type`.",
        response_model=None,
        responses={
            200: {"description": "It.", "content": {"application/json": {"schema": {"type": "object"}}}},
            **openapi.problems(404, 422),
        },
    )
    async def problem_type(code: str = fastapi.Path(pattern=r"^[a-z][a-z-]{0,63}$")) -> Response:
        found = _PROBLEM_TYPES.get(code)
        if found is None:
            raise NotFound("There is no such problem type.")
        about = {
            "code": found.code,
            "status": found.status,
            "title": found.title,
            "retryable": found.retryable,
        }
        return Response(msgspec.json.encode(about), media_type="application/json")

    return router


def render(api: dict[str, Any]) -> bytes:
    """The page for one OpenAPI document."""
    environment = Environment(autoescape=True)
    environment.filters["pretty"] = lambda value: msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    environment.filters["compact"] = lambda value: msgspec.json.encode(_bounds(value)).decode()
    environment.filters["named"] = lambda schema: schema.get("$ref", "").rpartition("/")[2]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            groups.setdefault((operation.get("tags") or ["other"])[0], []).append(
                {
                    "id": operation.get("operationId", f"{method}-{path}"),
                    "method": method,
                    "path": path,
                    "summary": operation.get("summary", ""),
                    "description": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "bodies": list(operation.get("requestBody", {}).get("content", {}).items()),
                    "responses": [
                        (status, {"content": {}, **_resolved(reply, api)})
                        for status, reply in operation["responses"].items()
                    ],
                }
            )
    return environment.from_string(_TEMPLATE.read_text()).render(api=api, groups=groups).encode()


def _resolved(reply: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    """A reply, or the shared one that it refers to."""
    name = reply.get("$ref", "").rpartition("/")[2]
    shared: dict[str, Any] = api["components"]["responses"][name] if name else reply
    return shared


def _bounds(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in ("title", "description")}


def _all_errors(cls: type[InterviewError]) -> list[type[InterviewError]]:
    return [cls, *(found for sub in cls.__subclasses__() for found in _all_errors(sub))]


_PROBLEM_TYPES = {found.code: found for found in reversed(_all_errors(InterviewError))}
