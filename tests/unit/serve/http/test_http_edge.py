"""The rules of every request: keys and scopes, request ids, headers, unexpected errors, readiness, documentation."""

import asyncio
import logging

import httpx
import pytest

from deployments.stt.contract import EngineInfo
from interview.errors import EngineUnavailable, InterviewError, StorageUnavailable
from serve.http.app import create_app
from serve.http.auth import INTERVIEWS
from serve.http.settings import HttpSettings
from tests.support.http_ports import Grant, StubAgent, StubKeys, is_problem, stub_ports

ACME = {"Authorization": "Bearer key-acme"}


def client_of(ports, settings=None, headers=ACME):
    transport = httpx.ASGITransport(create_app(ports, settings), raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


def routes_with_keys(app):
    """Every documented operation that asks for a key, its path filled in."""
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            if operation.get("security"):
                yield method.upper(), path.replace("{interview_id}", "i-1").replace("{name}", "get_hint")


def test_only_health_and_documentation_are_open():
    app = create_app(stub_ports())
    operations = [(path, found) for path, methods in app.openapi()["paths"].items() for found in methods.values()]
    unkeyed = {path for path, found in operations if not found.get("security")}
    assert unkeyed == {"/healthz", "/readyz", "/problems/{code}", "/schemas/events"}


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic key-acme", "Bearer " + "x" * 9000]
)
async def test_every_route_refuses_a_caller_without_a_valid_key(authorization):
    agent = StubAgent()
    ports = stub_ports(agent=agent)
    headers = {} if authorization is None else {"Authorization": authorization}
    async with client_of(ports, headers=headers) as client:
        for method, path in routes_with_keys(create_app(ports)):
            reply = await client.request(method, path)
            assert reply.status_code == 401, (method, path)
            assert reply.headers["www-authenticate"].startswith("Bearer ")
            assert is_problem(reply.headers["content-type"], reply.json(), 401)
    assert agent.requests == []


async def test_a_key_without_the_scope_is_forbidden():
    keys = StubKeys({"narrow": Grant("acme", scopes=frozenset({INTERVIEWS}))})
    async with client_of(stub_ports(keys=keys), headers={"Authorization": "Bearer narrow"}) as client:
        assert (await client.post("/session/start/i-1")).status_code == 200
        for path in ("/session/report/i-1", "/status", "/metrics"):
            reply = await client.get(path)
            assert reply.status_code == 403
            assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]
            assert is_problem(reply.headers["content-type"], reply.json(), 403)


async def test_a_body_is_not_read_before_the_key_is_checked():
    read = []

    async def body():
        read.append(1)
        yield b"x"

    scope = {
        "type": "http", "method": "POST", "path": "/session/turn/i-1", "raw_path": b"/session/turn/i-1",
        "query_string": b"", "headers": [(b"content-type", b"application/json")], "http_version": "1.1",
        "scheme": "http", "server": ("test", 80), "client": ("1.2.3.4", 5), "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    sent = []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await create_app(stub_ports())(scope, receive, send)
    assert sent[0]["status"] == 401
    assert read == []


async def test_a_client_that_stalls_while_it_sends_is_let_go():
    async def stalling():
        yield b"{"
        await asyncio.Event().wait()

    async with client_of(stub_ports(), HttpSettings(body_idle_s=0.01)) as client:
        reply = await client.post("/session/turn/i-1", content=stalling(), headers={"Content-Type": "application/json"})
    assert reply.status_code == 408
    assert is_problem(reply.headers["content-type"], reply.json(), 408)


async def test_a_request_id_is_kept_when_plain_and_replaced_otherwise():
    async with client_of(stub_ports()) as client:
        kept = await client.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"})
        assert kept.headers["x-request-id"] == "abc-1.2_3"
        for forged in ("a b", "x" * 65, "a\tb", 'a"b'):
            replaced = await client.get("/healthz", headers={"X-Request-Id": forged})
            assert replaced.headers["x-request-id"] not in ("", forged)


async def test_security_headers_are_on_every_answer_and_cors_on_none():
    async with client_of(stub_ports()) as client:
        for path in ("/healthz", "/nowhere", "/session/state/unknown", "/docs"):
            reply = await client.get(path, headers={"Origin": "https://evil.example"})
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in reply.headers["content-security-policy"]
            assert "access-control-allow-origin" not in reply.headers


async def test_unknown_addresses_and_methods_are_problems():
    async with client_of(stub_ports()) as client:
        nowhere = await client.get("/nowhere")
        assert is_problem(nowhere.headers["content-type"], nowhere.json(), 404)
        wrong = await client.put("/session/turn/i-1")
        assert is_problem(wrong.headers["content-type"], wrong.json(), 405)
        assert wrong.headers["allow"] == "POST"


async def test_an_unexpected_error_is_logged_once_and_told_without_its_trace(caplog):
    agent = StubAgent()
    agent.outcomes.append(ZeroDivisionError("secret detail"))
    async with client_of(stub_ports(agent=agent)) as client:
        with caplog.at_level(logging.INFO):
            reply = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers={"X-Request-Id": "r-7"})
    assert reply.status_code == 500
    assert is_problem(reply.headers["content-type"], reply.json(), 500)
    assert "secret" not in reply.text and "ZeroDivision" not in reply.text
    assert reply.json()["instance"] == "urn:request:r-7"
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert "r-7" in errors[0].getMessage()


async def test_readiness_names_what_cannot_serve_and_what_is_too_slow():
    async def fine():
        return None

    async def broken():
        raise EngineUnavailable("The model is loading.")

    async def hanging():
        await asyncio.Event().wait()

    settings = HttpSettings(probe_timeout_s=0.01)
    async with client_of(stub_ports(probes={"agent": fine})) as client:
        ready = await client.get("/readyz", headers={"Authorization": ""})
        assert (ready.status_code, ready.json()["checks"].keys()) == (200, {"sessions", "agent"})
    async with client_of(stub_ports(probes={"stt": broken, "llm": hanging, "agent": fine}), settings) as client:
        reply = await client.get("/readyz")
        assert reply.status_code == 503
        assert is_problem(reply.headers["content-type"], reply.json(), 503)
        assert "llm, stt" in reply.json()["detail"]
        assert reply.headers["retry-after"] == "2"
        assert (await client.get("/healthz")).status_code == 200


async def test_status_says_which_engine_serves_and_what_is_missing():
    class EnglishOnly:
        async def info(self):
            return EngineInfo("faster-whisper", "whisper-tiny.en", notice="Understands English only.")

    async def queues():
        return {"agent": {"waiting": 3}}

    async with client_of(stub_ports(stt=EnglishOnly(), status=queues)) as client:
        status = (await client.get("/status")).json()
        assert "scripted interviewer" in status["engines"]["llm"]["detail"]["notice"]
    assert status["engines"]["stt"]["detail"]["notice"] == "Understands English only."
    assert status["engines"]["tts"]["detail"]["name"] == "none"
    assert status["queues"]["detail"] == {"agent": {"waiting": 3}}
    assert status["live_sessions"]["detail"] == 0


async def test_metrics_are_prometheus_text_or_absent():
    async def metrics():
        return b"up 1\n"

    async with client_of(stub_ports(metrics=metrics)) as client:
        reply = await client.get("/metrics")
        assert (reply.content, reply.headers["content-type"]) == (b"up 1\n", "text/plain; version=0.0.4; charset=utf-8")
    async with client_of(stub_ports()) as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_an_unavailable_store_is_a_503_to_come_back_from():
    class Down:
        async def verify(self, presented):
            raise StorageUnavailable("The session store does not answer.", retry_after_s=1)

    async with client_of(stub_ports(keys=Down())) as client:
        reply = await client.get("/session/state/i-1")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")


async def test_every_503_is_in_the_log_under_its_request_id_and_without_the_interview(caplog):
    class Down:
        async def verify(self, presented):
            raise StorageUnavailable("The store does not answer.", detail={"operation": "keys.verify"})

    async with client_of(stub_ports(keys=Down())) as client:
        with caplog.at_level(logging.WARNING):
            reply = await client.get("/session/state/ann-9", headers={"X-Request-Id": "r-503"})
    assert reply.status_code == 503
    (line,) = [record.getMessage() for record in caplog.records if "r-503" in record.getMessage()]
    assert "code=storage-unavailable operation=keys.verify" in line
    assert "ann-9" not in line


async def test_the_documentation_needs_no_network_and_names_every_operation():
    ports = stub_ports()
    async with client_of(ports) as client:
        page = (await client.get("/docs")).text
        described = (await client.get("/openapi.json")).json()
    assert "http://" not in page and "https://" not in page and "<script" not in page
    for path in described["paths"]:
        assert path in page


async def test_every_problem_type_has_an_address():
    def tree(cls):
        return [cls, *(found for sub in cls.__subclasses__() for found in tree(sub))]

    async with client_of(stub_ports()) as client:
        for error in tree(InterviewError):
            reply = await client.get(f"/problems/{error.code}")
            assert reply.json()["status"] == error.status
        assert (await client.get("/problems/no-such")).status_code == 404


async def test_the_observer_sees_the_route_and_not_the_id():
    seen = []

    class Observer:
        def observe(self, *, route, method, status, seconds):
            seen.append((route, method, status))

    async with client_of(stub_ports(observer=Observer())) as client:
        await client.get("/session/state/unknown")
        await client.get("/nowhere")
    assert seen == [("/session/state/{interview_id}", "GET", 404), ("unmatched", "GET", 404)]
