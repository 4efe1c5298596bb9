"""ASGI middleware around an ingress replica, outside Serve's own handling of a request.

With HAProxy in front, a replica's own HTTP server receives the requests, and Serve wraps each in ids, contexts,
counters and two tasks before the application sees it. Two things are cheaper here: rejecting new work when overloaded,
and telling Serve not to watch for client disconnects during a step, which completes anyway so that a retry finds its
reply, or during a read of the state, which is short. (docs/measurements/2026-11-22-load.md gives both gains.)

A profile enables it with
``RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH=serve.http.middleware.replica_middleware:middlewares``. Without that,
``RequestMiddleware`` rejects. So it does with requests that come through Serve's own proxy, which answers for HAProxy
while no replica is healthy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.middleware import Middleware

from serve.http.middleware.asgi import AsgiApp, Message, Receive, Scope, Send
from serve.http.middleware.serve_edge import middlewares as edge_middlewares

#: The response for a request rejected by load shedding, or None if admitted.
Refusal = Callable[[Scope], AsgiApp | None]

#: The scope key with this middleware, through which the application installs its admission check.
REPLICA_MIDDLEWARE = "interview.replica_middleware"

_NO_WATCH = (b"x-request-disconnect-disabled", b"?1")  # Serve's own header


class ReplicaMiddleware:
    """Rejects the requests that the application behind it would reject, once a first request has connected the two."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        #: Set by the application; None admits every request.
        self.refusal: Refusal | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self.refusal is not None:
                answer = self.refusal(scope)
                if answer is not None:
                    await answer(scope, receive, send)
                    return
            scope[REPLICA_MIDDLEWARE] = self
            if _is_step(scope):
                scope["headers"] = [*scope["headers"], _NO_WATCH]
                receive = _in_this_loop(receive)
        await self._app(scope, receive, send)

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """None in another process: Serve's own proxy pickles the scope for the replica."""
        return type(None), ()


def middlewares() -> list[Middleware]:
    """Called by Serve in every process that listens for HTTP; the last one is the outermost."""
    return [Middleware(ReplicaMiddleware), *edge_middlewares()]


def _in_this_loop(receive: Receive) -> Receive:
    """``receive`` for a caller in any event loop.

    Without its watch for disconnects, Serve passes the server's own ``receive`` to the application, which by default
    runs in another thread. ``receive`` resumes reading from the socket, and that is not thread-safe: the server's loop
    does not wake up. A recording of a few hundred kilobytes took up to ten seconds to arrive.
    """
    loop = asyncio.get_running_loop()

    async def received() -> Message:
        if asyncio.get_running_loop() is loop:
            return await receive()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_received(receive), loop))

    return received


async def _received(receive: Receive) -> Message:
    return await receive()


def _is_step(scope: Scope) -> bool:
    """Whether the request is a step answered as a whole, or reads the state. A streamed step does watch for
    disconnects, to stop producing parts."""
    path = scope["path"]
    return (
        path.startswith("/session/state/") or (scope["method"] == "POST" and path.startswith("/session/"))
    ) and not any(name == b"accept" and b"event-stream" in value.lower() for name, value in scope["headers"])
