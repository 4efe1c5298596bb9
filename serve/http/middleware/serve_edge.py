"""ASGI middleware in front of Ray Serve: clients steer nothing of Serve, and its own errors become problems.

Serve reads timeouts, routing hints and its disconnect policy from request headers, meant for a trusted proxy before it;
a client could cut its own turns short or hold a replica for ever. They are dropped here. Serve also answers by itself,
as plain text, when no application is deployed yet, when a replica is lost in the middle of a request, when all are
busy, and on its timeout. Those answers become ``application/problem+json``, most of them retryable, with the request's
id, under which each has a log line. The application behind gets the same id.

``interview up`` enables it with ``RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH``, in the environment of Serve's proxy;
``replica_middleware`` includes it.
"""

from __future__ import annotations

import logging
import platform

from msgspec.structs import replace
from starlette.middleware import Middleware
from starlette.responses import Response

from deployments.shell.json_logs import install_from_environment
from deployments.shell.replica_logs import log_through_serve
from interview.errors import DeadlineExceeded, InterviewError, Overloaded, Unavailable
from serve.http.middleware.asgi import AsgiApp, Message, Receive, Scope, Send
from serve.http.middleware.request_ids import HEADER, request_id_in
from serve.http.openai.errors import is_openai_path, openai_error_response
from serve.http.problems import error_headers, problem_of, problem_response

logger = logging.getLogger(__name__)

#: The import path for ``RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH``.
IMPORT_PATH = "serve.http.middleware.serve_edge:middlewares"

#: Headers by which a caller steers Serve (ray/serve/_private/http_util.py and constants.py, Ray 2.60), normalized.
_STEERING = frozenset(
    {
        b"x-request-timeout-seconds",
        b"x-request-disconnect-disabled",
        b"x-session-id",
        b"serve-multiplexed-model-id",
    }
)
_STEERING_PREFIX = b"x-serve-"

#: In every response of the application (``RequestMiddleware``), and in none of Serve's own.
_OURS = b"x-content-type-options"

#: Serve's own routes for probes.
_SERVES_ROUTES = "/-/"


class ServeEdge:
    """Wraps Serve's HTTP server."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = request_id_in(scope["headers"])
        passed = [header for header in scope["headers"] if header[0] != HEADER and not _steers(header[0])]
        scope["headers"] = [*passed, (HEADER, request_id.encode())]
        if scope["type"] == "websocket" or scope["path"].startswith(_SERVES_ROUTES):
            await self._app(scope, receive, send)
            return
        replaced = started = False

        async def send_ours(message: Message) -> None:
            nonlocal replaced, started
            started = True
            if message["type"] == "http.response.start" and _is_serves_error(message):
                replaced = True
                error = _error_of(message["status"])
                _log(scope, request_id, error, f"Serve's own {message['status']}")
                await _answer(scope, error, request_id)(scope, receive, send)
            elif not replaced:
                await send(message)

        try:
            await self._app(scope, receive, send_ours)
        except Exception:
            if started:
                raise  # the server cuts the connection, which the client notices
            error = _error_of(500)
            _log(scope, request_id, error, "lost by Serve", exc_info=True)
            await _answer(scope, error, request_id)(scope, receive, send)


def middlewares() -> list[Middleware]:
    """Called by Serve in every process that listens for HTTP."""
    install_from_environment()
    log_through_serve()
    return [Middleware(ServeEdge)]


def _steers(name: bytes) -> bool:
    plain = name.lower().replace(b"_", b"-")
    return plain in _STEERING or plain.startswith(_STEERING_PREFIX)


def _is_serves_error(message: Message) -> bool:
    return message["status"] >= 400 and all(name.lower() != _OURS for name, _ in message.get("headers", ()))


def _answer(scope: Scope, error: InterviewError, request_id: str) -> Response:
    identified = {HEADER.decode(): request_id}
    if is_openai_path(scope["path"]):
        response = openai_error_response(error)
        response.headers.update(identified)
        return response
    problem = problem_of(error, request_id)
    if isinstance(error, Unavailable) and scope["path"] == "/readyz":
        problem = replace(problem, type="/problems/not-ready", code="not-ready", title="Not ready")
    return problem_response(problem, {**error_headers(error), "Cache-Control": "no-store", **identified})


def _log(scope: Scope, request_id: str, error: InterviewError, cause: str, *, exc_info: bool = False) -> None:
    """One line in the form of the request middleware's, under the id that the client gets."""
    called = f"{scope['method']} {_route(scope['path'])}"
    logger.warning(
        "request %s answered %d: %s code=%s operation=%s host=%s",
        request_id,
        error.status,
        called,
        error.code,
        cause,
        platform.node(),
        exc_info=exc_info,
    )


def _error_of(status: int) -> InterviewError:
    """What a status of Serve's own means to a client. 404: no application is deployed at any path."""
    if status == 404:
        return Unavailable("The platform is starting; try again shortly.", retry_after_s=2.0)
    if status == 408:
        return DeadlineExceeded("The request took too long. Send it again with the same Idempotency-Key.")
    if status in (429, 503):  # 429 where a deployment's backpressure_config says so
        return Overloaded("Too many requests are being processed right now; try again in a moment.", retry_after_s=1.0)
    return Unavailable(
        "The worker of this request was lost. Send it again with the same Idempotency-Key.", retry_after_s=1.0
    )


def _route(path: str) -> str:
    """The first part of a path; the rest may hold an interview's id."""
    return "/" + path.split("/")[1][:40]
