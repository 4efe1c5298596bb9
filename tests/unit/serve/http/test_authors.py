"""Decisions carry a name: the person who signed in, or the one a program names, with its key."""

from __future__ import annotations

import httpx
import pytest

from interview.errors import InvalidInput
from serve.http.app import create_app
from serve.http.auth import REPORTS
from serve.http.identity.principal import Principal, author_of
from tests.support.http_ports import Grant, StubKeys, is_problem, stub_ports

PERSON = Principal("acme", frozenset({REPORTS}), "u-1", name="Grace Hopper", is_person=True)
PROGRAM = Principal("acme", frozenset({REPORTS}), "0123456789ab", name="ats")
NAMELESS = Principal("acme", frozenset({REPORTS}), "0123456789ab")


@pytest.mark.parametrize(
    ("caller", "named", "author"),
    [
        (PERSON, "", "Grace Hopper"),
        (PROGRAM, "", "key ats"),
        (PROGRAM, "Ada", "Ada (key ats)"),
        (NAMELESS, "Ada", "Ada (key 0123456789ab)"),
    ],
)
def test_an_author_is_named(caller: Principal, named: str, author: str) -> None:
    assert author_of(caller, named) == author


@pytest.mark.parametrize(("caller", "named"), [(PERSON, "Somebody else"), (NAMELESS, "")])
def test_nobody_decides_in_anothers_name_or_in_none(caller: Principal, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        author_of(caller, named)
    assert list(refused.value.detail["fields"]) == ["author"]


async def test_a_key_with_a_scope_that_does_not_exist_opens_nothing() -> None:
    keys = StubKeys({"misspelt": Grant("acme", frozenset({"interviews", "report"}))})
    transport = httpx.ASGITransport(create_app(stub_ports(keys=keys)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        reply = await client.get("/session/state/i-1", headers={"Authorization": "Bearer misspelt"})
    assert is_problem(reply.headers["content-type"], reply.json(), 403)
    assert reply.json()["context"] == {"unknown_scopes": ["report"]}
