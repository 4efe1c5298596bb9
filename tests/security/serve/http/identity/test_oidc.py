"""Tokens of an OpenID provider: roles become scopes, keys rotate, and no forged token is accepted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec.structs import replace

from interview.errors import EngineUnavailable
from serve.http.app import create_app
from serve.http.auth import AGENT, INLINE_PLANS, INTERVIEWS, OPERATIONS, REPORTS
from serve.http.identity.issuer_keys import REFRESH_S, STALE_S, UNKNOWN_S, IssuerKeys
from serve.http.identity.oidc import Identities
from serve.http.identity.settings import IdentitySettings, IssuerSettings
from storage.keys.port import SCOPES
from storage.sessions.port import SessionKey
from tests.support.http_ports import SIGNING_KEY, is_problem, put_session, stub_ports
from tests.support.openid_provider import AUDIENCE, OpenIdProvider, openid_provider


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as provider:
        yield provider


def settings_of(provider: OpenIdProvider, **changes: Any) -> IssuerSettings:
    return replace(IssuerSettings(issuer=provider.issuer, audience=AUDIENCE), **changes)


@pytest.fixture
async def identities(provider: OpenIdProvider) -> AsyncIterator[Identities]:
    found = Identities(IdentitySettings((settings_of(provider),)))
    yield found
    await found.close()


@pytest.mark.parametrize(
    ("roles", "scopes"),
    [
        (["reviewer"], {REPORTS}),
        (["operator"], {INTERVIEWS, INLINE_PLANS, AGENT, OPERATIONS}),
        (["reviewer", "operator"], {REPORTS, INTERVIEWS, INLINE_PLANS, AGENT, OPERATIONS}),
        (["admin", "unknown", 7], SCOPES),
        ("reviewer", {REPORTS}),
    ],
)
async def test_roles_become_scopes(
    identities: Identities, provider: OpenIdProvider, roles: Any, scopes: set[str]
) -> None:
    person = await identities.verify(provider.token(roles=roles))
    assert person is not None
    assert (person.tenant, person.scopes, person.name, person.is_person) == ("acme", scopes, "Grace Hopper", True)
    assert person.interview_id is None


async def test_a_candidates_role_opens_the_named_interview_alone(
    identities: Identities, provider: OpenIdProvider
) -> None:
    candidate = await identities.verify(provider.token(roles=["candidate"], interview_id="i-1"))
    assert candidate is not None and candidate.is_candidate
    assert (candidate.interview_id, candidate.scopes) == ("i-1", frozenset())
    for claims in ({}, {"interview_id": "../i"}, {"interview_id": 7}):
        assert await identities.verify(provider.token(roles=["candidate"], **claims)) is None


async def test_the_presets_know_where_keys_and_roles_are(provider: OpenIdProvider) -> None:
    realm = f"{provider.issuer}/realms/hr"
    keycloak = IssuerSettings(issuer=realm, audience=AUDIENCE, preset="keycloak", roles={"hr-reviewer": "reviewer"})
    identities = Identities(IdentitySettings((keycloak,)))
    token = provider.token(iss=realm, roles=None, realm_access={"roles": ["offline_access", "hr-reviewer"]})
    person = await identities.verify(token)
    assert person is not None and person.scopes == {REPORTS}
    assert provider.served == ["/realms/hr/protocol/openid-connect/certs"]
    await identities.close()

    firebase = IssuerSettings(audience="my-project", preset="firebase")
    assert firebase.expected_issuer == "https://securetoken.google.com/my-project"
    assert firebase.known_keys_url.startswith("https://www.googleapis.com/")
    at_home = replace(firebase, keys_url=f"{provider.issuer}/keys", tenant="acme")
    identities = Identities(IdentitySettings((at_home,)))
    token = provider.token(iss=firebase.expected_issuer, aud="my-project", tenant="ignored")
    person = await identities.verify(token)
    assert person is not None and person.tenant == "acme"
    await identities.close()


async def test_keys_are_kept_rotated_and_outlive_a_short_outage(provider: OpenIdProvider) -> None:
    now = [10_000.0]
    keys = IssuerKeys(settings_of(provider), monotonic=lambda: now[0])
    assert await keys.find("rsa-1") is not None
    for _ in range(5):
        assert await keys.find("rsa-1") is not None
        assert await keys.find("invented") is None
    assert provider.served.count("/keys") == 1, "invented key ids ask the issuer nothing"
    provider.add_ec("ec-2")
    now[0] += UNKNOWN_S
    assert await keys.find("ec-2") is not None
    del provider.keys["rsa-1"]
    now[0] += REFRESH_S
    assert await keys.find("rsa-1") is None, "a key that the issuer withdrew"
    provider.down = True
    now[0] += REFRESH_S
    assert await keys.find("ec-2") is not None
    now[0] += STALE_S
    with pytest.raises(Exception, match="identity provider does not answer"):
        await keys.find("ec-2")
    provider.down = False
    now[0] += UNKNOWN_S
    assert await keys.find("ec-2") is not None
    await keys.close()


async def test_a_discovery_document_of_another_issuer_is_refused(provider: OpenIdProvider) -> None:
    provider.discovered_issuer = "https://elsewhere.example"
    identities = Identities(IdentitySettings((settings_of(provider),)))
    with pytest.raises(Exception, match="does not answer"):
        await identities.verify(provider.token())
    await identities.close()


async def test_members_of_a_key_set_that_nobody_knows_are_ignored(
    provider: OpenIdProvider, identities: Identities
) -> None:
    provider.more_members = {"issued_at": 1_790_000_000, "note": "rotated daily"}
    assert await identities.verify(provider.token()) is not None


@pytest.mark.parametrize("broken", ["no keys", "keys is text", "no address"])
async def test_a_broken_provider_is_unavailable_and_no_error_of_ours(
    provider: OpenIdProvider, identities: Identities, broken: str
) -> None:
    if broken == "no address":
        provider.key_address = "http://[no address"
    else:
        provider.key_set = lambda: {"keys": "none"} if broken == "keys is text" else {}  # type: ignore[method-assign]
    with pytest.raises(EngineUnavailable):
        await identities.verify(provider.token())


def _b64(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged_from(provider: OpenIdProvider) -> dict[str, str]:
    """Tokens that resemble a genuine one, each wrong in one way."""
    genuine = provider.token()
    head, body, signature = genuine.split(".")
    stranger = rsa.generate_private_key(65537, 2048)
    public = provider.keys["rsa-1"].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    now = int(time.time())

    def hmac_signed(secret: bytes, algorithm: str = "HS256") -> str:
        first = _b64({"alg": algorithm, "kid": "rsa-1", "typ": "JWT"})
        digest = hmac.new(secret, f"{first}.{body}".encode(), hashlib.sha256).digest()
        return f"{first}.{body}.{_b64(digest)}"

    none = _b64({"alg": "none", "kid": "rsa-1"})
    own_jwk = provider.key_set()["keys"][-1]
    return {
        "alg none": f"{none}.{body}.",
        "alg NONE": f"{_b64({'alg': 'NONE', 'kid': 'rsa-1'})}.{body}.",
        "alg none, signed": f"{none}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "truncated": genuine[:-8],
        "padded": genuine + "AAAA",
        "HS256 with the public key as PEM": hmac_signed(pem),
        "HS256 with the public key as DER": hmac_signed(der),
        "HS256 with the modulus": hmac_signed(own_jwk["n"].encode()),
        "HS256 with an empty secret": hmac_signed(b""),
        "HS256 with the candidates' key": hmac_signed(SIGNING_KEY.secret),
        "HS384": hmac_signed(pem, "HS384"),
        "a stranger's key": provider.token(key=stranger),
        "a stranger's key in the header": provider.token(key=stranger, headers={"jwk": own_jwk}),
        "a key address in the header": provider.token(key=stranger, headers={"jku": "http://127.0.0.1/keys"}),
        "a certificate address in the header": provider.token(key=stranger, headers={"x5u": "http://127.0.0.1/c"}),
        "another curve's key": provider.token(key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
        "RS384, not allowed": provider.token(algorithm="RS384"),
        "PS256, not allowed": provider.token(algorithm="PS256"),
        "unknown kid": provider.token(key=stranger, headers={"kid": "rsa-9"}),
        "kid is a path": provider.token(headers={"kid": "../../../../dev/null"}),
        "kid of a symmetric key": hmac_signed(b"k").replace("rsa-1", "oct-1"),
        "no kid": provider.token(key_id=None, headers={}),
        "typ of a candidate's token": provider.token(headers={"typ": "candidate+jwt"}),
        "typ of a logout token": provider.token(headers={"typ": "logout+jwt"}),
        "another issuer": provider.token(iss="https://elsewhere.example"),
        "issuer with a slash": provider.token(iss=f"{provider.issuer}/"),
        "issuer is a list": provider.token(iss=[provider.issuer]),
        "no issuer": provider.token(iss=None),
        "another audience": provider.token(aud="another-app"),
        "audience is a part": provider.token(aud="inter"),
        "audiences of others": provider.token(aud=["a", "b"]),
        "no audience": provider.token(aud=None),
        "expired": provider.token(exp=now - 3600),
        "expired, in milliseconds": provider.token(exp=(now - 3600) * 0.001),
        "no expiry": provider.token(exp=None),
        "expiry is text": provider.token(exp="tomorrow"),
        "not valid yet": provider.token(nbf=now + 3600),
        "issued in the future": provider.token(iat=now + 3600),
        "no issue time": provider.token(iat=None),
        "no subject": provider.token(sub=None),
        "empty subject": provider.token(sub=""),
        "no role": provider.token(roles=None),
        "an unknown role": provider.token(roles=["superuser"]),
        "roles is an object": provider.token(roles={"admin": True}),
        "no tenant": provider.token(tenant=None),
        "tenant is a list": provider.token(tenant=["acme"]),
        "tenant with a control character": provider.token(tenant="acme\x00"),
        "a critical extension": provider.token(headers={"crit": ["x"], "x": 1}),
        "another body": f"{head}.{provider.token(roles=['admin']).split('.')[1]}.{signature}",
        "claims are a list": f"{head}.{_b64([1])}.{signature}",
        "claims are no JSON": f"{head}.{_b64(b'{')}.{signature}",
        "not UTF-8": f"{_b64(bytes([0xFF]))}.{body}.{signature}",
    }


async def test_no_forged_token_is_accepted(provider: OpenIdProvider, identities: Identities) -> None:
    provider.more_keys = [{"kty": "oct", "kid": "oct-1", "k": _b64(b"k"), "use": "sig"}]
    ports = stub_ports(identities=identities)
    await put_session(ports.sessions, SessionKey("acme", "i-1"))
    transport = httpx.ASGITransport(create_app(ports))
    forged = forged_from(provider)
    assert len(forged) >= 40
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

        async def status(token: str) -> int:
            return (await client.get("/session/state/i-1", headers={"Authorization": f"Bearer {token}"})).status_code

        assert await status(provider.token()) == 200
        assert [name for name, token in forged.items() if await status(token) != 401] == []


async def test_a_reviewer_reads_and_decides_and_conducts_nothing(
    provider: OpenIdProvider, identities: Identities
) -> None:
    ports = stub_ports(identities=identities)
    await put_session(ports.sessions, SessionKey("acme", "i-1"))
    headers = {"Authorization": f"Bearer {provider.token()}", "Accept": "application/json"}
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        for path in ("/session/state/i-1", "/session/events/i-1", "/session/report/i-1"):
            assert (await client.get(path)).status_code == 200, path
        for method, path in (
            ("POST", "/session/start/i-2"),
            ("POST", "/session/turn/i-1"),
            ("DELETE", "/session/state/i-1"),
            ("POST", "/interviews/i-1/link"),
            ("GET", "/metrics"),
        ):
            refused = await client.request(method, path)
            assert is_problem(refused.headers["content-type"], refused.json(), 403), path


async def test_an_issuer_that_does_not_answer_is_a_retryable_problem(provider: OpenIdProvider) -> None:
    provider.down = True
    identities = Identities(IdentitySettings((settings_of(provider),)))
    transport = httpx.ASGITransport(create_app(stub_ports(identities=identities)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        reply = await client.get("/session/state/i-1", headers={"Authorization": f"Bearer {provider.token()}"})
        assert is_problem(reply.headers["content-type"], reply.json(), 503) and reply.json()["retryable"]
        known = await client.get("/session/state/i-1", headers={"Authorization": "Bearer key-acme"})
        assert known.status_code == 404, "API keys do not depend on the issuer"
    await identities.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://id.example"},
        {"audience": "a"},
        {"audience": "a", "issuer": "http://id.example"},
        {"audience": "a", "issuer": "https://id.example", "algorithms": ["HS256"]},
        {"audience": "a", "issuer": "https://id.example", "algorithms": ["none"]},
        {"audience": "a", "issuer": "https://id.example", "keys_url": "file:///etc/passwd"},
        {"audience": "a", "issuer": "https://id.example", "roles": {"x": "root"}},
    ],
)
def test_a_provider_that_could_not_be_trusted_is_not_configured(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"issuers": [wrong]}, IdentitySettings)
