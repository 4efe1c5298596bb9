"""Unknown query parameters are refused by name; text that is not UTF-8 is refused, never garbled."""

from __future__ import annotations

import httpx
import pytest

from serve.http.app import create_app
from tests.support.http_ports import StubAgent, filled, is_problem, stub_ports
from tests.support.openapi_document import whole_application

OWN = [
    (method, path)
    for path, methods in whole_application().openapi()["paths"].items()
    for method in methods
    if not path.startswith("/v1/")
]


def client_of(app) -> httpx.AsyncClient:
    headers = {"Authorization": "Bearer key-acme"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers)


@pytest.mark.parametrize(("method", "path"), OWN)
async def test_an_unknown_parameter_is_named_and_its_value_is_not(method, path):
    agent = StubAgent()
    async with client_of(create_app(stub_ports(agent=agent))) as client:
        reply = await client.request(method, filled(path, name="get_hint"), params={"stauts": "ik_secret"})
    assert reply.status_code == 422
    assert is_problem(reply.headers["content-type"], reply.json(), 422)
    assert [error["field"] for error in reply.json()["errors"]] == ["stauts"]
    assert "ik_secret" not in reply.text
    assert agent.requests == []


async def test_known_parameters_are_named_and_accepted():
    async with client_of(whole_application()) as client:
        refused = await client.get("/sessions", params={"stauts": "active"})
        assert "status" in refused.json()["errors"][0]["detail"]
        assert (await client.get("/sessions", params={"status": "active", "limit": 5})).status_code == 200


async def test_foreign_protocols_and_pages_ignore_other_parameters():
    async with client_of(whole_application()) as client:
        assert (await client.get("/v1/models", params={"api-version": "1"})).status_code == 200
        assert (await client.get("/room", params={"utm_source": "mail"})).status_code == 200


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="answer"\r\n\r\nIch w\xfcrde messen.',
        b'Content-Disposition: form-data; name="answ\xfcr"\r\n\r\nYes.',
    ],
)
async def test_a_text_field_that_is_not_utf_8_is_refused(part):
    agent = StubAgent()
    body = b"--b\r\n" + part + b"\r\n--b--\r\n"
    async with client_of(create_app(stub_ports(agent=agent))) as client:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        reply = await client.post("/session/turn/i-1", content=body, headers=headers)
        assert reply.status_code == 400
        assert "UTF-8" in reply.json()["detail"]
        assert agent.requests == []
        utf8 = body.replace(b"\xfc", "ü".encode()).replace("answür".encode(), b"answer")
        assert (await client.post("/session/turn/i-1", content=utf8, headers=headers)).status_code == 200


@pytest.mark.parametrize("reference", ["ats-\x00", "a\nb", "a\u200bb", "a\x7f", "a\x85"])
async def test_a_reference_with_hidden_characters_is_refused_and_not_changed(reference):
    agent = StubAgent()
    body = {"plan": "backend-engineer", "consent": True, "candidate": {"name": "Ada", "reference": reference}}
    async with client_of(create_app(stub_ports(agent=agent))) as client:
        for path in ("/session/start/i-1", "/interviews/i-1/link"):
            sent = body if path.startswith("/session") else {k: v for k, v in body.items() if k != "consent"}
            reply = await client.post(path, json=sent)
            assert reply.status_code == 422
            (error,) = reply.json()["errors"]
            assert error["field"] == "candidate.reference"
            assert "control character" in error["detail"]
    assert agent.requests == []
