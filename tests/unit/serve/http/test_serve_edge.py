"""In front of Serve: a client steers nothing of it, and what it answers by itself is a problem."""

from __future__ import annotations

import logging
import re

import httpx
import pytest
from ray.serve._private import constants, http_util
from starlette.responses import PlainTextResponse

from deployments.shell.replica_logs import ServeLog
from serve.http.app import create_app
from serve.http.middleware.serve_edge import middlewares
from tests.support.http_ports import is_problem, stub_ports
from tests.support.replica_logs import stop_logging_through_serve

STEERING = (
    constants.SERVE_HTTP_REQUEST_TIMEOUT_S_HEADER,
    constants.SERVE_HTTP_REQUEST_DISCONNECT_DISABLED_HEADER,
    constants.SERVE_SESSION_ID,
    constants.SERVE_MULTIPLEXED_MODEL_ID,
    constants.SERVE_MULTIPLEXED_MODEL_ID.replace("_", "-"),
)


def in_front_of(app) -> httpx.AsyncClient:
    (middleware,) = middlewares()
    stop_logging_through_serve()  # in this process of tests
    transport = httpx.ASGITransport(middleware.cls(app))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_headers_that_steer_serve_do_not_reach_it() -> None:
    seen: list[dict[bytes, bytes]] = []

    async def serve(scope, receive, send) -> None:
        seen.append(dict(scope["headers"]))
        await PlainTextResponse("ok")(scope, receive, send)

    async with in_front_of(serve) as client:
        await client.get("/", headers={**{name.title(): "0" for name in STEERING}, "Authorization": "Bearer k"})
    (headers,) = seen
    assert not {name.encode().lower() for name in STEERING} & set(headers)
    assert headers[b"authorization"] == b"Bearer k"
    assert http_util.parse_request_timeout_header(headers, 120.0) == 120.0
    assert not http_util.parse_disconnect_disabled_header(headers)


def test_serve_reads_no_further_header_of_a_request() -> None:
    """A header that a new Ray reads must be considered here."""
    names = {
        value
        for name, value in vars(constants).items()
        if isinstance(value, str) and re.search("HEADER|SESSION_ID|MULTIPLEXED_MODEL_ID", name)
    }
    known = {*STEERING, constants.SERVE_HTTP_REQUEST_ID_HEADER}
    assert {name for name in names if name.startswith(("x-", "serve_"))} - known <= {
        name for name in names if name.startswith("x-serve-")
    }


@pytest.mark.parametrize(
    ("status", "path", "answered", "code", "retryable"),
    [
        (404, "/readyz", 503, "not-ready", True),
        (404, "/session/state/i-1", 503, "unavailable", True),
        (500, "/session/turn/i-1", 503, "unavailable", True),
        (503, "/session/turn/i-1", 429, "overloaded", True),
        (429, "/session/turn/i-1", 429, "overloaded", True),
        (408, "/session/turn/i-1", 504, "deadline-exceeded", True),
    ],
)
async def test_what_serve_answers_by_itself_is_a_problem(
    status: int, path: str, answered: int, code: str, retryable: bool
) -> None:
    async with in_front_of(PlainTextResponse("RayActorError at /session/turn/i-1", status)) as client:
        reply = await client.post(path)
    assert reply.status_code == answered
    assert is_problem(reply.headers["content-type"], reply.json(), answered)
    assert (reply.json()["code"], reply.json().get("retryable", False)) == (code, retryable)
    assert "Ray" not in reply.text
    assert answered == 504 or int(reply.headers["retry-after"]) >= 1


async def test_a_request_that_serve_loses_is_retryable() -> None:
    async def serve(scope, receive, send) -> None:
        raise RuntimeError("The actor died at /session/turn/i-1")

    async with in_front_of(serve) as client:
        reply = await client.post("/session/turn/i-1")
    assert is_problem(reply.headers["content-type"], reply.json(), 503) and reply.json()["retryable"]
    assert "actor" not in reply.text


@pytest.mark.parametrize("path", ["/session/turn/ann-1", "/v1/chat/completions"])
@pytest.mark.parametrize("sent", [{"X-Request-Id": "mine-1"}, {"X-Request-Id": "not a token"}, {}])
async def test_the_id_of_serves_own_answer_is_in_the_log(
    sent: dict[str, str], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with in_front_of(PlainTextResponse("lost", 500)) as client:
        reply = await client.post(path, headers=sent)
    request_id = reply.headers["x-request-id"]
    assert request_id == "mine-1" if "mine-1" in sent.values() else re.fullmatch("[0-9a-f]{32}", request_id)
    assert reply.json().get("instance", f"urn:request:{request_id}") == f"urn:request:{request_id}"
    (line,) = [record.getMessage() for record in caplog.records if request_id in record.getMessage()]
    assert f"answered 503: POST /{path.split('/')[1]} " in line and "operation=Serve's own 500 host=" in line
    assert "ann-1" not in line


async def test_the_application_gets_the_id_of_the_edge() -> None:
    seen: list[list[bytes]] = []

    async def serve(scope, receive, send) -> None:
        seen.append([value for name, value in scope["headers"] if name == b"x-request-id"])
        await PlainTextResponse("lost", 500)(scope, receive, send)

    async with in_front_of(serve) as client:
        reply = await client.get("/session/state/i-1")
    assert seen == [[reply.headers["x-request-id"].encode()]]


def test_the_edge_logs_into_serves_file_of_its_process() -> None:
    middlewares()
    try:
        handlers = logging.getLogger("serve").handlers
        assert any(isinstance(handler, ServeLog) for handler in handlers)
    finally:
        stop_logging_through_serve()


async def test_an_answer_that_breaks_off_is_cut() -> None:
    async def serve(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("The actor died")

    async with in_front_of(serve) as client:
        with pytest.raises(RuntimeError):
            await client.get("/session/events/i-1")


async def test_under_v1_it_is_openais_envelope() -> None:
    async with in_front_of(PlainTextResponse("not found", 404)) as client:
        reply = await client.post("/v1/chat/completions")
    assert (reply.status_code, reply.json()["error"]["type"]) == (503, "server_error")
    assert reply.headers["x-should-retry"] == "true"


async def test_the_applications_own_answers_pass_unchanged() -> None:
    app = create_app(stub_ports())
    async with (
        in_front_of(app) as edge,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as plain,
    ):
        for path in ("/no-such-path", "/session/state/i-1", "/healthz", "/readyz"):
            headers = {"X-Request-Id": "r-1"}
            one, other = await edge.get(path, headers=headers), await plain.get(path, headers=headers)
            assert (one.status_code, one.content, one.headers) == (other.status_code, other.content, other.headers)


async def test_serves_own_probes_stay() -> None:
    async with in_front_of(PlainTextResponse("draining", 503)) as client:
        assert (await client.get("/-/healthz")).text == "draining"
