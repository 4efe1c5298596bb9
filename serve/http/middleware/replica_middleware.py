"""ASGI middleware around an ingress replica, outside Serve's own handling of a request.

With HAProxy in front, a replica's own HTTP server takes the requests, and Serve wraps each in ids, contexts, counts
and two tasks before the application sees it. Two things are cheaper here: refusing new work in a full process, and
telling Serve not to watch for the client's departure in a step, which ends anyway, and whose reply waits for a retry.
(docs/measurements/2026-11-22-load.md has what each is worth.)

A profile switches it on with
``RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH=serve.http.middleware.replica_middleware:middlewares``. Where that is not
set, and in Serve's own proxy, requests pass unchanged and ``Edge`` refuses.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.middleware import Middleware

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Gives the answer to a request that is refused unheard, None to one that may come in.
Refusal = Callable[[Scope], AsgiApp | None]

#: Where a request carries the front door it came through, so that the application can take over the refusing.
FRONT_DOOR = "interview.front_door"

_NO_WATCH = (b"x-request-disconnect-disabled", b"?1")  # Serve's own header


class FrontDoor:
    """Refuses what the application behind it would refuse, once a first request has told the two of each other."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        #: Set by the application; None lets everybody in.
        self.refusal: Refusal | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self.refusal is not None:
                answer = self.refusal(scope)
                if answer is not None:
                    await answer(scope, receive, send)
                    return
            scope[FRONT_DOOR] = self
            if _is_step(scope):
                scope["headers"] = [*scope["headers"], _NO_WATCH]
        await self._app(scope, receive, send)


def middlewares() -> list[Middleware]:
    """For Serve, which calls it in every process that listens for HTTP."""
    return [Middleware(FrontDoor)]


def _is_step(scope: Scope) -> bool:
    """A step of an interview that is answered whole; of one told in pieces, the pieces nobody hears are not made."""
    return (
        scope["method"] == "POST"
        and scope["path"].startswith("/session/")
        and not any(name == b"accept" and b"event-stream" in value.lower() for name, value in scope["headers"])
    )
