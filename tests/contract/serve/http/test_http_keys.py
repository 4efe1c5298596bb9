"""Keys over HTTP, on a real Redis: shown once, within the tenant, never with more scopes than their maker has."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from serve.http.app import create_app
from serve.http.identity.oidc import Identities
from serve.http.identity.settings import IdentitySettings, IssuerSettings
from serve.http.keys import PERSONS_KEY_DAYS
from serve.http.ports import IngressPorts
from storage.keys.port import KEYS, REPORTS, SCOPES
from storage.keys.redis import RedisApiKeys
from tests.support.http_ports import stub_ports
from tests.support.openid_provider import AUDIENCE, openid_provider


@dataclass
class Place:
    client: httpx.AsyncClient
    ports: IngressPorts
    keys: RedisApiKeys

    async def key(self, tenant: str, *scopes: str) -> dict[str, str]:
        made = await self.keys.create(tenant=tenant, scopes=frozenset(scopes), label="admin")
        return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture
async def place(redis_url: str) -> AsyncIterator[Place]:
    keys = RedisApiKeys(redis_url, prefix=f"k{secrets.token_hex(4)}", remember_s=0.0)
    ports = stub_ports(keys=keys, key_admin=keys)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(ports)), base_url="http://test") as client:
        yield Place(client, ports, keys)
    await keys.close()


async def test_a_key_is_shown_once_works_and_ends_when_revoked(place: Place) -> None:
    admin = await place.key("acme", *SCOPES)
    body = {"label": "Grace Hopper", "scopes": [REPORTS], "expires_in_days": 30}
    made = await place.client.post("/keys", json=body, headers=admin)
    assert made.status_code == 200, made.text
    assert made.headers["cache-control"] == "no-store"
    secret, row = made.json()["secret"], made.json()["key"]
    listed = await place.client.get("/keys", headers=admin)
    assert row in listed.json()["keys"]
    assert secret not in listed.text
    reviewer = {"Authorization": f"Bearer {secret}"}
    assert (await place.client.get("/sessions", headers=reviewer)).status_code == 200
    for _ in range(2):
        assert (await place.client.delete(f"/keys/{row['key_id']}", headers=admin)).status_code == 204
    assert (await place.client.get("/sessions", headers=reviewer)).status_code == 401
    actions = {(entry.action, entry.subject) for entry in await place.ports.audit.entries("acme")}
    assert {("key.created", row["key_id"]), ("key.revoked", row["key_id"])} <= actions


async def test_a_key_gets_no_scope_that_its_maker_lacks(place: Place) -> None:
    admin = await place.key("acme", KEYS, REPORTS)
    reply = await place.client.post("/keys", json={"label": "x", "scopes": [REPORTS, "privacy"]}, headers=admin)
    assert reply.status_code == 403
    assert "privacy" in reply.json()["detail"]
    wrong = await place.client.post("/keys", json={"label": "x", "scopes": ["report"]}, headers=admin)
    assert wrong.status_code == 422
    nameless = await place.client.post("/keys", json={"label": "", "scopes": [REPORTS]}, headers=admin)
    assert nameless.json()["errors"][0]["field"] == "label"
    reviewer = await place.key("acme", REPORTS)
    assert (await place.client.get("/keys", headers=reviewer)).status_code == 403


async def test_another_tenants_keys_are_unknown(place: Place) -> None:
    theirs = await place.key("acme", *SCOPES)
    rival = await place.key("rival", *SCOPES)
    (key,) = (await place.client.get("/keys", headers=theirs)).json()["keys"]
    foreign = await place.client.delete(f"/keys/{key['key_id']}", headers=rival)
    unknown = await place.client.delete(f"/keys/{'0' * 12}", headers=rival)
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert (await place.client.get("/keys", headers=theirs)).status_code == 200
    assert key["key_id"] not in (await place.client.get("/keys", headers=rival)).text


@pytest.mark.parametrize("asked", [{}, {"expires_in_days": 30}])
async def test_a_key_ends_with_its_makers_key(place: Place, asked: dict[str, float]) -> None:
    maker = await place.keys.create(tenant="acme", scopes=SCOPES, label="admin", expires_in=timedelta(hours=1))
    headers = {"Authorization": f"Bearer {maker.secret}"}
    made = await place.client.post("/keys", json={"label": "x", "scopes": [KEYS], **asked}, headers=headers)
    ends = datetime.fromisoformat(made.json()["key"]["expires_at"])
    assert maker.key.expires_at is not None
    assert ends - maker.key.expires_at < timedelta(minutes=1)


@pytest.mark.parametrize(("asked", "days"), [({}, PERSONS_KEY_DAYS), ({"expires_in_days": 3650}, PERSONS_KEY_DAYS)])
async def test_the_key_that_a_person_makes_always_ends(place: Place, asked: dict[str, float], days: int) -> None:
    with openid_provider() as provider:
        identities = Identities(IdentitySettings((IssuerSettings(issuer=provider.issuer, audience=AUDIENCE),)))
        ports = stub_ports(keys=place.keys, key_admin=place.keys, identities=identities)
        headers = {"Authorization": f"Bearer {provider.token(roles=['admin'])}"}
        transport = httpx.ASGITransport(create_app(ports))
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            made = await client.post("/keys", json={"label": "Grace Hopper", "scopes": [REPORTS], **asked})
        await identities.close()
    key = made.json()["key"]
    assert datetime.fromisoformat(key["expires_at"]) - datetime.fromisoformat(key["created_at"]) == timedelta(days=days)
