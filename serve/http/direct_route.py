"""A route declared to FastAPI that answers ordinary requests without dependency solving.

Solving the three parameters of a turn takes a fifth of the turn's CPU in the ingress
(docs/measurements/2026-11-22-load.md). The declaration still describes the route in OpenAPI, and FastAPI answers every
unusual request (no bearer token, a malformed id or key, a query), so that errors are the same.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from serve.http.auth import Authenticator

#: The declared endpoint. It takes any of ``interview_id``, ``request``, ``caller`` and ``idempotency_key``.
Endpoint = Callable[..., Awaitable[Response]]

_BEARER = "Bearer "


def direct_route(auth: Authenticator, *also: str, interview_id: str, idempotency_key: str) -> type[APIRoute]:
    """A route class for an interview's routes whose caller may take part in it, or has a scope in ``also``.

    ``interview_id`` and ``idempotency_key`` are the patterns that the declaration requires of the path and the header.
    """
    plain_id, plain_key = re.compile(interview_id), re.compile(idempotency_key)

    class DirectRoute(APIRoute):
        def __init__(self, path: str, endpoint: Endpoint, **options: Any) -> None:
            super().__init__(path, endpoint, **options)
            declared = self.app
            takes = inspect.signature(endpoint).parameters.keys()

            async def answer(asgi: Scope, receive: Receive, send: Send) -> None:
                request = Request(asgi, receive, send)
                found, key = asgi["path_params"]["interview_id"], request.headers.get("idempotency-key")
                token = request.headers.get("authorization", "")
                plain = plain_id.fullmatch(found) and (key is None or plain_key.fullmatch(key))
                if not plain or not token.startswith(_BEARER) or asgi["query_string"]:
                    await declared(asgi, receive, send)
                    return
                caller = await auth.of_interview(found, token.removeprefix(_BEARER), *also)
                known = {"interview_id": found, "request": request, "caller": caller, "idempotency_key": key}
                response = await endpoint(**{name: known[name] for name in takes})
                await response(asgi, receive, send)

            self.app = answer

    return DirectRoute
