"""Bodies that are not what they claim: never an internal error, on any operation."""

from __future__ import annotations

import httpx
import pytest

from serve.http.app import create_app
from serve.http.auth import INFERENCE, Authenticator
from serve.http.openai import errors
from serve.http.openai.routes import openai_router
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.http_ports import StubKeys, filled, stub_ports

JSON_BODIES = {
    "invalid start byte": b"\xff\xfe{",
    "invalid byte in a text": b'{"answer":"\xff","model":"\xff"}',
    "encoded surrogate": b'"\xed\xa0\x80"',
    "continuation byte alone": b"\x80",
    "UTF-16": '{"answer":"yes"}'.encode("utf-16"),
    "escaped surrogate": b'{"answer":"\\ud800","model":"\\ud800"}',
    "overlong": b'{"answer":"\xc0\x80"}',
    "byte order mark": b'\xef\xbb\xbf{"answer":"yes"}',
    "deep": b"[" * 50_000,
    "huge number": b'{"answer":1e999999}',
    "empty response_format": b'{"model":"m","messages":[{"role":"user","content":"a"}],"response_format":{}}',
    "nothing": b"",
}


@pytest.mark.parametrize("kind", JSON_BODIES)
async def test_a_body_in_another_encoding_is_the_clients_error(kind: str) -> None:
    router = openai_router(None, FakeLanguageModel(), None, Authenticator(StubKeys()).require(INFERENCE))
    app = create_app(stub_ports(routers=(router,)))
    errors.install(app)
    failed = []
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test", headers={"Authorization": "Bearer key-acme"}
        ) as client,
    ):
        operations = [
            (method, path) for path, methods in app.openapi()["paths"].items() for method in methods if method != "get"
        ]
        assert ("post", "/v1/chat/completions") in operations
        for method, path in [*operations, ("post", "/mcp")]:
            url = filled(path, interview_id="i-1", name="get_hint")
            headers = {"Content-Type": "application/json"}
            reply = await client.request(method, url, content=JSON_BODIES[kind], headers=headers)
            if reply.status_code in (500, 502):
                failed.append((method, path, reply.text[:200]))
    assert failed == []
