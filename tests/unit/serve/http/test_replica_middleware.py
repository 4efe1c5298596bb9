"""In front of Serve's own work on a request: refuses as the application would, and spares steps the watch."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.responses import PlainTextResponse

from serve.http.app import create_app
from serve.http.middleware.load_shedding import LoadShedder
from serve.http.middleware.replica_middleware import REPLICA_MIDDLEWARE, ReplicaMiddleware, middlewares
from serve.http.middleware.request_middleware import RequestMiddleware
from serve.http.settings import HttpSettings, SheddingSettings
from tests.support.http_ports import StubAgent, is_problem, stub_ports
from tests.support.replica_logs import stop_logging_through_serve

ALWAYS_FULL = SheddingSettings(from_ms=1e-9, all_ms=2e-9)
KEY = {"Authorization": "Bearer key-acme"}
TURN = "/session/turn/i-1"


class Behind:
    """Stands where Serve stands: sees what the middleware lets through."""

    def __init__(self, app):
        self._app = app
        self.seen = []

    async def __call__(self, scope, receive, send):
        self.seen.append(scope)
        await self._app(scope, receive, send)


@asynccontextmanager
async def served(shedding: SheddingSettings) -> AsyncIterator[tuple[Behind, httpx.AsyncClient]]:
    app = create_app(stub_ports(agent=StubAgent()), HttpSettings(shedding=shedding))
    behind = Behind(app)
    middleware = middlewares()[0]
    stop_logging_through_serve()  # in this process of tests
    transport = httpx.ASGITransport(middleware.cls(behind, *middleware.args, **middleware.kwargs))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", headers=KEY) as client,
    ):
        yield behind, client


async def test_a_step_that_runs_in_another_thread_reads_its_body_in_the_loop_of_the_server():
    """Only that loop may resume the reading of a connection."""
    loops = []

    async def receive():
        loops.append(asyncio.get_running_loop())
        return {"type": "http.request", "body": b"", "more_body": False}

    async def application(scope, receive, send):
        await asyncio.to_thread(lambda: asyncio.run(read(receive)))

    async def read(receive):
        assert (await receive())["type"] == "http.request"

    async def send(message): ...

    scope = {"type": "http", "method": "POST", "path": TURN, "headers": []}
    await ReplicaMiddleware(application)(scope, receive, send)
    assert loops == [asyncio.get_running_loop()]


async def until_refused(client: httpx.AsyncClient) -> httpx.Response:
    while True:
        reply = await client.post(TURN, json={"answer": "A queue."})
        if reply.status_code == 429:
            return reply
        await asyncio.sleep(0)  # the loop's lateness is measured between requests


async def test_a_full_process_refuses_before_anything_behind_the_door_hears_of_it():
    async with served(ALWAYS_FULL) as (behind, client):
        first = await client.get("/healthz")
        assert first.status_code == 200
        reply = await until_refused(client)
        heard = len(behind.seen)
        refused = await client.post(TURN, json={"answer": "A queue."}, headers={"X-Request-Id": "mine"})
        assert len(behind.seen) == heard
    assert is_problem(refused.headers["content-type"], refused.json(), 429)
    assert refused.json()["instance"] == "urn:request:mine"
    assert refused.headers["x-request-id"] == "mine"
    assert int(refused.headers["retry-after"]) >= 1
    assert set(refused.headers) == set(reply.headers)
    assert refused.headers["x-content-type-options"] == "nosniff"


async def test_what_ends_work_comes_in_however_full_it_is():
    async with served(ALWAYS_FULL) as (_, client):
        await until_refused(client)
        assert (await client.delete("/session/state/i-1")).status_code == 200


async def test_refusing_at_the_door_and_within_is_one_draw_not_two():
    """Else a share of a half would refuse three of four."""
    draws = []

    def draw() -> float:
        draws.append(0.75)
        return draws[-1]

    shedder = LoadShedder(SheddingSettings(from_ms=10, all_ms=50), draw)
    for _ in range(1000):
        shedder.observed(30)
    edge = RequestMiddleware(PlainTextResponse("heard"), settings=HttpSettings(), shedder=shedder)
    transport = httpx.ASGITransport(ReplicaMiddleware(edge))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=KEY) as client:
        await client.get("/healthz")
        reply = await client.post(TURN, json={"answer": "A queue."})
    assert reply.status_code == 200
    assert len(draws) == 1


def test_serve_still_has_the_two_places_that_the_middleware_needs():
    """Neither is public: a Ray without them would let requests in the old way and say nothing."""
    asked = "from ray.serve._private import constants, http_util; from ray.serve.config import HTTPOptions; "
    asked += "print(http_util.configure_http_middlewares(HTTPOptions()).middlewares[0].cls.__name__, "
    asked += "constants.SERVE_HTTP_REQUEST_DISCONNECT_DISABLED_HEADER)"
    hook = {"RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": "serve.http.middleware.replica_middleware:middlewares"}
    answer = subprocess.run(
        [sys.executable, "-c", asked], env={**os.environ, **hook}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["ReplicaMiddleware", "x-request-disconnect-disabled"]


@pytest.mark.parametrize(
    ("method", "path", "accept", "spared"),
    [
        ("POST", TURN, None, True),
        ("POST", TURN, "application/json", True),
        ("POST", TURN, "text/event-stream", False),
        ("POST", TURN, "Text/Event-Stream, application/json;q=0.5", False),
        ("GET", "/session/state/i-1", None, True),
        ("DELETE", "/session/state/i-1", None, True),
        ("GET", "/session/events/i-1", None, False),
        ("POST", "/v1/chat/completions", None, False),
    ],
)
async def test_only_steps_answered_whole_are_spared_the_watch_for_a_departure(method, path, accept, spared):
    """Serve ends the request of a client that left, which a stream wants and a step must not need."""
    async with served(SheddingSettings()) as (behind, client):
        headers = {"Accept": accept} if accept else {}
        async with client.stream(method, path, json={"answer": "A queue."}, headers=headers):
            pass
    assert ((b"x-request-disconnect-disabled", b"?1") in behind.seen[0]["headers"]) is spared


async def test_serves_own_proxy_can_send_a_request_to_a_replica() -> None:
    """It answers for HAProxy while no replica is healthy, and pickles what it was asked."""
    arrived = []

    async def proxy(scope, receive, send):
        arrived.append(pickle.loads(pickle.dumps(scope)))

    middleware = ReplicaMiddleware(proxy)
    await middleware({"type": "http", "method": "POST", "path": TURN, "headers": []}, None, None)
    assert arrived[0][REPLICA_MIDDLEWARE] is None and arrived[0]["path"] == TURN
