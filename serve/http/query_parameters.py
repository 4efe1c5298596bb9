"""Refuses query parameters that a route does not have: a misspelt filter would silently select everything."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from interview.errors import InvalidInput


async def refuse_unknown_parameters(request: Request) -> None:
    """A dependency of this API's own routes. Those of foreign protocols (``/v1``, ``/mcp``) do without it: their SDKs
    may add parameters.

    Raises:

        InvalidInput: names the unknown parameters, never their values.
    """
    if not request.scope["query_string"]:
        return
    known = set(_names(request.scope["route"].dependant))
    unknown = {name[:100]: _problem(known) for name in request.query_params if name not in known}
    if unknown:
        named = ", ".join(f"'{name}'" for name in list(unknown)[:5])
        raise InvalidInput(f"Some query parameters are unknown: {named}.", detail={"fields": unknown})


def _problem(known: set[str]) -> str:
    return f"unknown; this URL has {', '.join(sorted(known))}" if known else "unknown; this URL has no parameters"


def _names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _names(inner)
