"""Fuzzed requests: whatever arrives, the answer is what OpenAPI promises, and every failure is a conformant problem."""

import asyncio
import os
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from deployments.stt.engines.fake import FakeSpeechToText
from deployments.tts.config import TtsConfig
from deployments.tts.service import TtsService
from serve.http.app import create_app
from serve.http.auth import INFERENCE, Authenticator
from serve.http.openai import errors
from serve.http.openai.errors import is_openai_path
from serve.http.openai.routes import openai_router
from serve.http.openai.tenant_limits import TenantLimiter, TenantLimits
from serve.http.settings import CallerLimits, HttpSettings
from storage.sessions.port import SessionKey
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.http_ports import StubAgent, StubKeys, is_problem, put_session, stub_ports

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)

#: Cases per operation; a long run is
#: `HTTP_FUZZ_EXAMPLES=2000 pytest tests/security/serve/http/test_http_fuzz.py --timeout 0`.
EXAMPLES = int(os.environ.get("HTTP_FUZZ_EXAMPLES", "40"))

FUZZ = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)

AUDIO_PART = b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n'

TURN_BODY = (
    b'{"interview_id":"i-1","turn_number":1,"interviewer_response":{"text":"Go on.","should_continue":true,'
    b'"action":{"action_type":"ask_followup","reasoning":"Short.","next_phase":"intro"}}}'
)


def _application():
    keys = StubKeys()
    inference = openai_router(
        FakeSpeechToText(),
        FakeLanguageModel(),
        TtsService(TtsConfig(engine="fake")),
        Authenticator(keys).require(INFERENCE),
        TenantLimiter(TenantLimits(max_concurrent=100_000, requests_per_minute=1e9, burst=1_000_000)),
    )
    ports = stub_ports(agent=StubAgent(TURN_BODY), keys=keys, routers=(inference,))
    asyncio.run(put_session(ports.sessions, SessionKey("acme", "0")))
    plenty = CallerLimits(
        key_requests_per_minute=10**9,
        tenant_requests_per_minute=10**9,
        tenant_kib_per_minute=10**9,
        tenant_live_interviews=10**9,
        interview_signals=10**9,
    )
    app = create_app(ports, HttpSettings(callers=plenty))
    errors.install(app)
    return app


def conforms(path: str, content_type: str, body: dict[str, Any], status: int) -> bool:
    """A problem of this platform; under /v1 an error as OpenAI's clients read it."""
    if not is_openai_path(path):
        return is_problem(content_type, body, status)
    error = body.get("error", {})
    return bool(error.get("message")) and "type" in error and "Traceback" not in str(body)


APPLICATION = _application()

# the event stream never ends by itself, and metrics and readiness depend on the stubs: they have tests of their own
OPERATIONS = [
    found.ok()
    for found in schemathesis.openapi.from_asgi("/openapi.json", APPLICATION).get_all_operations()
    if not found.ok().path.startswith(("/session/events", "/metrics", "/readyz"))
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_openapi_promises(operation):
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]

    @FUZZ
    @hypothesis.given(case=st.one_of(operation.as_strategy(generation_mode=mode) for mode in modes))
    def holds(case):
        response = case.call(headers={"Authorization": "Bearer key-acme"})
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            sent = response.headers["content-type"][0]
            assert conforms(operation.path, sent, response.json(), response.status_code)

    holds()


@hypothesis.settings(FUZZ, max_examples=8 * EXAMPLES)
@hypothesis.given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]),
    path=st.one_of(
        st.text(min_size=1, max_size=40).map(lambda text: "/" + text),
        st.sampled_from(
            [
                "/session/turn/0",
                "/session/start/0",
                "/session/report/0/override",
                "/tools/get_hint",
                "/v1/chat/completions",
                "/v1/audio/speech",
                "/v1/audio/transcriptions",
            ]
        ),
    ),
    content_type=st.one_of(
        st.sampled_from(
            [
                "application/json",
                "multipart/form-data",
                "multipart/form-data; boundary=b",
                "multipart/form-data; boundary=b; charset=evil",
                "text/plain",
                "",
            ]
        ),
        st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    ),
    body=st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(
            lambda data: (
                b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n' + data + b"\r\n--b--"
            )
        ),
        st.binary(max_size=60).map(lambda data: b"--b\r\nContent-Disposition: " + data + b"\r\n\r\nx\r\n--b--\r\n"),
    ),
)
def test_garbage_gets_a_conformant_problem_and_never_a_server_error(method, path, content_type, body):
    async def send():
        transport = httpx.ASGITransport(APPLICATION)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = {"Authorization": "Bearer key-acme", "Content-Type": content_type}
            try:
                url = httpx.URL("http://test").copy_with(path=path)
            except httpx.InvalidURL:
                hypothesis.reject()
            return await client.request(method, url, content=body, headers=headers)

    reply = asyncio.run(send())
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400 and method != "HEAD":
        assert conforms(reply.request.url.path, reply.headers["content-type"], reply.json(), reply.status_code)


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/v1/chat/completions", "application/json", b'{"model": "\xff\xfe"}'),
        ("/v1/chat/completions", "application/json", b'{"messages": [], "response_format": {}}'),
        ("/v1/audio/speech", "application/json", b'{"input": "x", "response_format": {}}'),
        ("/v1/audio/speech", "application/json", b"\xff"),
        ("/v1/audio/transcriptions", "multipart/form-data; boundary=b", b"--b\r\n\xff"),
        ("/session/turn/0", "application/json", b'{"answer": "\xff"}'),
        ("/session/start/0", "application/json", b'{"plan": {"id": "\xff"}}'),
    ],
)
async def test_requests_that_were_server_errors_once(path, content_type, body):
    transport = httpx.ASGITransport(APPLICATION)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"Authorization": "Bearer key-acme", "Content-Type": content_type}
        reply = await client.post(path, content=body, headers=headers)
    assert 400 <= reply.status_code < 500, reply.text
    assert conforms(path, reply.headers["content-type"], reply.json(), reply.status_code)
