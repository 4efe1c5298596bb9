"""Fuzzed requests: whatever arrives, the answer is what OpenAPI promises, and every failure is a conformant problem."""

import asyncio
import os

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

from serve.http.app import create_app
from storage.sessions.port import SessionKey
from tests.support.http_ports import StubAgent, is_problem, put_session, stub_ports

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
    ports = stub_ports(agent=StubAgent(TURN_BODY))
    asyncio.run(put_session(ports.sessions, SessionKey("acme", "0")))
    return create_app(ports)


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
            assert is_problem(response.headers["content-type"][0], response.json(), response.status_code)

    holds()


@hypothesis.settings(FUZZ, max_examples=8 * EXAMPLES)
@hypothesis.given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]),
    path=st.one_of(
        st.text(min_size=1, max_size=40).map(lambda text: "/" + text),
        st.sampled_from(["/session/turn/0", "/session/start/0", "/session/report/0/override", "/tools/get_hint"]),
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
        assert is_problem(reply.headers["content-type"], reply.json(), reply.status_code)
