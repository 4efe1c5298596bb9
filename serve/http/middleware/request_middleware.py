"""The outermost layer: request ids, security headers, body limits, the last exception handler. Pure ASGI, no task per
request."""

from __future__ import annotations

import asyncio
import logging
import platform
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager

from opentelemetry.trace import Span, SpanKind
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from interview import telemetry
from interview.errors import AudioTooLarge, InternalError
from serve.http.limits.request_limits import ACCOUNT, RequestAccount
from serve.http.middleware.asgi import AsgiApp, Message, Receive, Scope, Send
from serve.http.middleware.load_shedding import LoadShedder
from serve.http.middleware.replica_middleware import REPLICA_MIDDLEWARE
from serve.http.middleware.request_ids import HEADER, request_id_in
from serve.http.openai.errors import is_openai_path, openai_error_response
from serve.http.ports import RequestObserver
from serve.http.problems import error_response
from serve.http.settings import HttpSettings

logger = logging.getLogger(__name__)

#: New work, rejected first under overload; ends, hints and reads of running interviews continue.
_NEW_WORK = ("/session/start/", "/session/turn/", "/candidate/transcript", "/candidate/formula")

#: Allowance for multipart boundaries and part headers around a recording.
FRAMING_BYTES = 64 * 1024

#: Sent unless the route sets the header itself. Documents (docs, HTML report) bring their own, looser CSP.
_DEFAULT_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class RequestMiddleware:
    """Wraps the application.

    Every request gets an id: the client's ``X-Request-Id`` when it is a plain token, else a new one. The id is in the
    response's header, in problems and in log lines. An exception without a handler is logged here once and answered
    with 500. Load shedding rejects new work here, before any other processing, or in the replica middleware if that is
    installed.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        settings: HttpSettings,
        shedder: LoadShedder | None = None,
        observer: RequestObserver | None = None,
    ) -> None:
        self._app = app
        self._shedder = shedder
        self._settings = settings
        self._observer = observer

    def refusal(self, scope: Scope) -> AsgiApp | None:
        """The 429 response for a request rejected by load shedding, or None if admitted. Rejections are counted."""
        if self._shedder is None or not _is_new_work(scope) or not self._shedder.refuses():
            return None
        began = time.perf_counter()
        request_id = request_id_in(scope["headers"])
        response = error_response(self._shedder.refusal(), request_id)
        response.raw_headers = _with_defaults(response.raw_headers, request_id)
        if self._observer is not None:
            seconds = time.perf_counter() - began
            route = _route_of_new_work(scope["path"])
            self._observer.observe(route=route, method=scope["method"], status=response.status_code, seconds=seconds)
        return response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        outer = scope.get(REPLICA_MIDDLEWARE)
        if outer is not None:
            outer.refusal = self.refusal
        elif (refusal := self.refusal(scope)) is not None:
            await refusal(scope, receive, send)
            return
        began = time.perf_counter()
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        request_id = request_id_in(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        telemetry.REQUEST_ID.set(request_id)
        status = 0
        account = RequestAccount()
        ACCOUNT.set(account)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                sent = [*message.get("headers", ()), *account.headers()]
                message = {**message, "headers": _with_defaults(sent, request_id)}
            await send(message)

        try:
            with _server_span(scope, headers) as span:
                try:
                    await self._app(scope, bounded(receive, headers, self._settings, account), send_with_headers)
                    span.set_attribute("http.response.status_code", status)
                finally:
                    _name_by_route(span, scope)
        except ClientDisconnect:
            logger.debug("request %s: the client disconnected while sending its body", request_id)
        except Exception:
            logger.exception("request %s failed with an unexpected error", request_id)
            if not status:
                error = InternalError("Internal error. The operator's log has details under this request id.")
                openai = is_openai_path(scope["path"])
                response = openai_error_response(error) if openai else error_response(error, request_id)
                await response(scope, receive, send_with_headers)
            # Otherwise the response is half sent: returning here makes the server cut the connection, which the client
            # notices.
        finally:
            if status >= 500:
                _log_failure(scope, request_id, status)
            if self._observer is not None:
                seconds = time.perf_counter() - began
                route = _route_of(scope) or "unmatched"
                self._observer.observe(route=route, method=scope["method"], status=status or 499, seconds=seconds)


def _log_failure(scope: Scope, request_id: str, status: int) -> None:
    """One line for each 5xx, under the id that the client has. It omits the path, which holds an interview's id."""
    failure = scope.get("state", {}).get("failure")
    code, operation = (failure.code, failure.detail.get("operation", "-")) if failure else ("-", "-")
    called = f"{scope['method']} {_route_of(scope) or 'unmatched'}"
    logger.warning(
        "request %s answered %d: %s code=%s operation=%s host=%s",
        request_id,
        status,
        called,
        code,
        operation,
        platform.node(),
    )


def _with_defaults(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    sent = list(headers)
    names = {name.lower() for name, _ in sent}
    sent.extend(header for header in _DEFAULT_HEADERS if header[0] not in names)
    sent.append((HEADER, request_id.encode()))
    return sent


def _is_new_work(scope: Scope) -> bool:
    return bool(scope["method"] == "POST" and scope["path"].startswith(_NEW_WORK))


def _server_span(scope: Scope, headers: list[tuple[bytes, bytes]]) -> AbstractContextManager[Span]:
    """The request's span, continuing the caller's trace. It has the method for a name until the route is known: the
    path is omitted, because it holds the id of an interview or a candidate."""
    parent = _header(headers, b"traceparent")
    if parent:
        telemetry.continue_from(parent.decode("latin-1"))
    return telemetry.span(scope["method"], SpanKind.SERVER, {"http.request.method": scope["method"]})


def _name_by_route(span: Span, scope: Scope) -> None:
    if route := _route_of(scope):
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.route", route)


def _route_of(scope: Scope) -> str:
    """The template of the route that answered, such as ``/session/turn/{interview_id}``; empty when none matched."""
    return getattr(scope.get("route"), "path", "")


def _route_of_new_work(path: str) -> str:
    """The template before routing: whatever follows the prefix of new work is an interview's id."""
    prefix = next(prefix for prefix in _NEW_WORK if path.startswith(prefix))
    return f"{prefix}{{interview_id}}" if prefix.endswith("/") else prefix


def bounded(
    receive: Receive, headers: list[tuple[bytes, bytes]], settings: HttpSettings, account: RequestAccount
) -> Receive:
    """``receive`` that rejects a body over its limit as soon as that is known, even if chunked or with a false length,
    and a client that stalls. The exceptions surface where the route reads its body, so they become problems there."""
    content_type = _header(headers, b"content-type").lstrip().lower()
    is_upload = content_type.startswith((b"multipart/", b"audio/", b"video/"))
    limit = settings.max_upload_bytes + FRAMING_BYTES if is_upload else settings.max_json_bytes
    declared = _header(headers, b"content-length")
    oversize = declared.isdigit() and int(declared[:20]) > limit
    taken = 0
    complete = False

    async def receive_bounded() -> Message:
        nonlocal taken, complete
        if complete:
            return await receive()
        if oversize:
            raise _too_large(is_upload, settings)
        try:
            async with asyncio.timeout(settings.body_idle_s):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, "The request body stopped arriving.") from error
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            account.received(len(message.get("body", b"")))
            complete = not message.get("more_body", False)
            if taken > limit:
                raise _too_large(is_upload, settings)
        return message

    return receive_bounded


def _too_large(is_upload: bool, settings: HttpSettings) -> Exception:
    if not is_upload:
        return HTTPException(413, f"The request is larger than {settings.max_json_bytes} bytes.")
    megabytes = settings.max_upload_bytes / 1024 / 1024
    return AudioTooLarge(
        f"The recording is larger than {megabytes:g} MB. Record a shorter answer, or send it compressed (opus, mp3).",
        detail={"max_bytes": settings.max_upload_bytes},
    )


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    for key, value in headers:
        if key == name:
            return value
    return b""
