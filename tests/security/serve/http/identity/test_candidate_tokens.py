"""Candidates' tokens: one interview, candidate routes only, void when the link is; forged ones are never accepted."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from msgspec.structs import replace

from deployments.agent.contract import EndRequest, StartRequest, TurnRequest
from interview.sessions.events import SessionConcluded
from serve.http.app import create_app
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.http.ports import IngressPorts
from storage.invitations.memory import MemoryInvitations
from storage.sessions.port import SessionKey
from tests.support.http_ports import SIGNING_KEY, StubAgent, filled, is_problem, put_session, stub_ports

KEY = SessionKey("acme", "i-1")
OPERATOR = {"Authorization": "Bearer key-acme"}
PREPARED = {"plan": "backend", "candidate": {"name": "Ada", "reference": "c-7"}, "language": "en", "voice": True}
REPLY = (
    b'{"interview_id":"i-1","turn_number":1,"interviewer_response":{"text":"Go on.","should_continue":true,'
    b'"action":{"action_type":"ask_followup","next_phase":"intro"}}}'
)


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class House:
    """An application with its agent and clock."""

    def __init__(self) -> None:
        self.time = Time()
        self.invitations = MemoryInvitations()
        self.tokens = CandidateTokens((SIGNING_KEY,), self.invitations, clock=self.time)
        self.agent = StubAgent(REPLY)
        self.ports: IngressPorts = stub_ports(agent=self.agent, candidates=self.tokens)
        self.app: FastAPI = create_app(self.ports)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    async def invited(self, interview_id: str = "i-1", **body: Any) -> str:
        """A new link's token."""
        reply = await self.client.post(f"/interviews/{interview_id}/link", json={**PREPARED, **body}, headers=OPERATOR)
        assert reply.status_code == 200, reply.text
        found = reply.json()
        assert found["url"] == f"/room#{found['token']}"
        return str(found["token"])

    async def exchanged(self, link: str) -> httpx.Response:
        return await self.client.post("/candidate/token", headers=bearer(link))

    async def admitted(self, interview_id: str = "i-1") -> str:
        """A new link's access token."""
        reply = await self.exchanged(await self.invited(interview_id))
        return str(reply.json()["access_token"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


async def test_an_operator_prepares_and_the_candidate_starts(house: House) -> None:
    link = await house.invited(resume_content="Ten years of Go.")
    admitted = (await house.exchanged(link)).json()
    assert admitted["token_type"] == "Bearer"
    assert (admitted["interview_id"], admitted["status"], admitted["expires_in"]) == ("i-1", "invited", 7200)
    headers = bearer(admitted["access_token"])
    started = await house.client.post("/session/start/i-1", json={"consent": True}, headers=headers)
    assert started.status_code == 200
    assert house.agent.requests == [
        StartRequest(
            tenant="acme",
            interview_id="i-1",
            plan="backend",
            resume_content="Ten years of Go.",
            candidate_name="Ada",
            candidate_reference="c-7",
            consent=True,
            language="en",
            voice=True,
        )
    ]


@pytest.mark.parametrize(
    "field",
    [{"plan": "easy"}, {"role_description": "x"}, {"resume_content": "x"}, {"candidate": {"name": "X"}},
     {"language": "de"}],
)  # fmt: skip
async def test_a_candidate_decides_nothing_that_the_operator_prepared(house: House, field: dict[str, Any]) -> None:
    token = await house.admitted()
    refused = await house.client.post("/session/start/i-1", json={"consent": True, **field}, headers=bearer(token))
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"field": next(iter(field)), "detail": "is decided by the invitation"}]
    assert house.agent.requests == []


async def test_an_invitation_of_an_earlier_release_starts_with_its_reference_cleaned(house: House) -> None:
    token = await house.admitted()
    invitation = await house.invitations.find(SessionKey("acme", "i-1"))
    assert invitation is not None
    earlier = replace(invitation, start=replace(invitation.start, candidate_reference="c\u200b-\x077"))
    await house.invitations.put(earlier)
    started = await house.client.post("/session/start/i-1", json={"consent": True}, headers=bearer(token))
    assert started.status_code == 200
    (request,) = house.agent.requests
    assert isinstance(request, StartRequest)
    assert request.candidate_reference == "c-7"


async def test_a_candidate_reads_the_notice_before_the_start(house: House) -> None:
    token = await house.admitted()
    reply = await house.client.get("/candidate/interview", headers=bearer(token))
    assert reply.json() == {
        "interview_id": "i-1",
        "status": "invited",
        "candidate_name": "Ada",
        "voice": True,
        "hears": False,  # the stub has no ears
        "notice": {
            "title": "Backend Engineer",
            "role": "Engineer",
            "language": "en",
            "consent_text": "This interview is recorded.",
            "time_budget_s": 1800.0,
            "hint_budget": 2,
            "extra_time_s": 0.0,
            "pauses": 0,
            "pause_days": 0.0,
            "reply_within_days": 0,
        },
    }
    assert (await house.client.get("/candidate/interview", headers=OPERATOR)).status_code == 403
    assert house.agent.requests == [], "nothing has started"


async def test_a_candidate_takes_part_in_the_own_interview(house: House) -> None:
    await put_session(house.ports.sessions, KEY)
    link = (await house.client.post("/interviews/i-1/link", headers=OPERATOR)).json()["token"]
    admitted = (await house.exchanged(link)).json()
    assert admitted["status"] == "active"
    headers = bearer(admitted["access_token"])
    for method, path, body in (
        ("POST", "/session/turn/i-1", {"answer": "Yes."}),
        ("POST", "/session/hint/i-1", {}),
        ("GET", "/session/state/i-1", None),
        ("GET", "/session/events/i-1?after=0", None),
        ("POST", "/session/signal/i-1", {"signal": "paste"}),
        ("DELETE", "/session/state/i-1", None),
    ):
        accept = {"Accept": "application/json"}
        reply = await house.client.request(method, path, json=body, headers={**headers, **accept})
        assert reply.is_success, (path, reply.text)
    turn, _, end = house.agent.requests
    assert isinstance(turn, TurnRequest) and (turn.tenant, turn.interview_id) == ("acme", "i-1")
    assert isinstance(end, EndRequest) and end.by == "candidate"


async def test_a_candidates_token_opens_nothing_else(house: House) -> None:
    """Every operation: 403 beyond the candidate's routes, and for another interview the 404 of an absent one."""
    await put_session(house.ports.sessions, SessionKey("acme", "i-2"))
    token = await house.admitted("i-1")
    own = {
        ("post", "/session/start/{interview_id}"),
        ("post", "/session/turn/{interview_id}"),
        ("post", "/session/hint/{interview_id}"),
        ("post", "/session/pause/{interview_id}"),
        ("post", "/session/resume/{interview_id}"),
        ("get", "/session/state/{interview_id}"),
        ("delete", "/session/state/{interview_id}"),
        ("get", "/session/events/{interview_id}"),
        ("get", "/session/audio/{interview_id}/{name}"),
        ("post", "/session/signal/{interview_id}"),
    }
    of_the_token = {
        "/candidate/token": 401,
        "/candidate/interview": 200,
        "/candidate/transcript": 422,  # a recording is missing
        "/candidate/formula": 400,  # no grading tier here calculates formulas
        "/v1/realtime/client_secrets": 404,  # open to a candidate where it is enabled, for the own interview
    }
    public = {"/healthz", "/readyz", "/docs", "/problems/{code}", "/openapi.json", "/schemas/events"}
    refused_by_interview = {("post", "/session/extra-time/{interview_id}")}  # 403 for the own: test_extra_time.py
    absent = (await house.client.get("/session/state/i-3", headers=OPERATOR)).content
    operations = [
        (method, path) for path, methods in house.app.openapi()["paths"].items() for method in methods
        if path not in public
    ]  # fmt: skip
    assert own <= set(operations)
    for method, path in [*operations, ("post", "/mcp")]:
        url = filled(path, interview_id="i-2", name="0-interviewer-0123456789abcdef.wav")
        reply = await house.client.request(method, url, headers=bearer(token), json={})
        if (method, path) in own | refused_by_interview:
            assert (reply.status_code, reply.content) == (404, absent), (method, path)
        elif path in of_the_token:
            assert reply.status_code == of_the_token[path]
        else:
            assert reply.status_code == 403, (method, path, reply.text)
            assert is_problem(reply.headers["content-type"], reply.json(), 403)
    assert house.agent.requests == []


async def test_a_link_buys_tokens_and_nothing_else(house: House) -> None:
    link = await house.invited()
    assert (await house.client.post("/session/start/i-1", headers=bearer(link))).status_code == 401
    access = (await house.exchanged(link)).json()["access_token"]
    assert (await house.exchanged(access)).status_code == 401


async def test_a_revoked_link_voids_every_token_made_from_it(house: House) -> None:
    link = await house.invited()
    access = (await house.exchanged(link)).json()["access_token"]
    assert (await house.client.delete("/interviews/i-1/link", headers=OPERATOR)).status_code == 204
    assert (await house.exchanged(link)).status_code == 401
    assert (await house.client.get("/session/state/i-1", headers=bearer(access))).status_code == 401
    again = await house.client.post("/interviews/i-1/link", headers=OPERATOR)
    assert again.status_code == 200, "what was prepared is kept for a new link"
    assert (await house.exchanged(again.json()["token"])).status_code == 200


async def test_a_new_link_replaces_the_earlier_one(house: House) -> None:
    first, second = await house.invited(), await house.invited()
    assert (await house.exchanged(first)).status_code == 401
    assert (await house.exchanged(second)).status_code == 200


async def test_tokens_end_with_their_time(house: House) -> None:
    link = await house.invited(expires_in_s=3600)
    access = (await house.exchanged(link)).json()["access_token"]
    house.time.now += timedelta(seconds=3600)
    assert (await house.exchanged(link)).status_code == 401
    assert (await house.client.post("/session/start/i-1", headers=bearer(access))).status_code == 200
    house.time.now += timedelta(seconds=3600)
    assert (await house.client.post("/session/start/i-1", headers=bearer(access))).status_code == 401


async def test_a_link_to_a_running_interview_may_repeat_its_plan_and_not_change_it(house: House) -> None:
    await house.invited()
    await put_session(house.ports.sessions, KEY)
    assert (await house.exchanged(await house.invited())).json()["status"] == "active"
    changed = {**PREPARED, "plan": "another"}
    refused = await house.client.post("/interviews/i-1/link", json=changed, headers=OPERATOR)
    assert refused.status_code == 422
    assert "already started" in refused.text


async def test_an_ended_interview_invites_nobody(house: House) -> None:
    await put_session(house.ports.sessions, KEY, SessionConcluded(turn=0, by="plan", reason="Done."))
    refused = await house.client.post("/interviews/i-1/link", json=PREPARED, headers=OPERATOR)
    assert (refused.status_code, refused.json()["code"]) == (409, "session-ended")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"candidate": {"name": "Ada"}},
        {"plan": "no-such-plan"},
        {**PREPARED, "expires_in_s": 91 * 86_400},
        {**PREPARED, "extra": 1},
    ],
)
async def test_an_invitation_says_how_the_interview_is_conducted(house: House, body: dict[str, Any]) -> None:
    assert (await house.client.post("/interviews/i-1/link", json=body, headers=OPERATOR)).status_code == 422


async def test_a_foreign_tenants_link_cannot_be_replaced_or_revoked(house: House) -> None:
    link = await house.invited()
    rival = {"Authorization": "Bearer key-rival"}
    assert (await house.client.delete("/interviews/i-1/link", headers=rival)).status_code == 404
    await house.client.post("/interviews/i-1/link", json=PREPARED, headers=rival)
    assert (await house.exchanged(link)).json()["interview_id"] == "i-1"


def _b64(data: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def forged_from(access: str, link: str) -> dict[str, str]:
    """Tokens that resemble a genuine access token, each wrong in one way."""
    head, body, signature = access.split(".")
    header, claims = jwt.get_unverified_header(access), jwt.decode(access, options={"verify_signature": False})
    secret = SIGNING_KEY.secret

    def signed(
        key: bytes = secret, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        made = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(made, key, headers={**header, "alg": algorithm, **(headers or {})})

    none = _b64({**header, "alg": "none"})
    return {
        "alg none": f"{none}.{body}.",
        "alg None": f"{_b64({**header, 'alg': 'None'})}.{body}.",
        "alg none, signed": f"{none}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "cut off": access[:-1],
        "longer": access + "A",
        "another signature": f"{head}.{body}.{link.split('.')[2]}",
        "another body": f"{head}.{link.split('.')[1]}.{signature}",
        "another secret": signed(b"another signing key of 32 bytes or more"),
        "empty secret": f"{head}.{body}.{_b64('')}",
        "HS384": signed(algorithm="HS384"),
        "HS512": signed(algorithm="HS512"),
        "unknown kid": signed(headers={"kid": "k2"}),
        "kid is a path": signed(headers={"kid": "../../dev/null"}),
        "kid is a number": f"{_b64({**header, 'kid': 1})}.{body}.{signature}",
        "no kid": jwt.encode(claims, secret, headers={"typ": header["typ"]}),
        "typ JWT": signed(headers={"typ": "JWT"}),
        "typ of a link": signed(headers={"typ": "candidate-link+jwt"}),
        "audience of a link": signed(aud="candidate-link+jwt"),
        "two audiences, none right": signed(aud=["a", "b"]),
        "no audience": signed(aud=None),
        "another issuer": signed(iss="elsewhere"),
        "no issuer": signed(iss=None),
        "another interview": signed(sub="i-2"),
        "no interview": signed(sub=None),
        "empty interview": signed(sub=""),
        "interview is a list": signed(sub=["i-1"]),
        "another tenant": signed(tenant="rival"),
        "no tenant": signed(tenant=None),
        "tenant is an object": signed(tenant={"$ne": ""}),
        "another link": signed(jti="0" * 16),
        "no link": signed(jti=None),
        "empty link": signed(jti=""),
        "expired": signed(exp=1),
        "never expires": signed(exp=None),
        "expiry is text": signed(exp="9999999999"),
        "not valid yet": signed(nbf=99999999999),
        "no issue time": signed(iat=None),
        "critical extension": signed(headers={"crit": ["x"], "x": 1}),
        "claims are a list": f"{head}.{_b64([1])}.{signature}",
        "link token": link,
    }


async def test_no_forged_token_is_accepted(house: House) -> None:
    await put_session(house.ports.sessions, KEY)
    link = (await house.client.post("/interviews/i-1/link", headers=OPERATOR)).json()["token"]
    access = (await house.exchanged(link)).json()["access_token"]
    assert (await house.client.get("/session/state/i-1", headers=bearer(access))).status_code == 200
    await house.invited("i-2")
    forged = forged_from(access, link)
    assert len(forged) >= 40
    accepted = [
        name for name, token in forged.items()
        if (await house.client.get("/session/state/i-1", headers=bearer(token))).status_code != 401
    ]  # fmt: skip
    assert accepted == []


async def test_tokens_are_in_no_log_line(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    link = await house.invited()
    access = (await house.exchanged(link)).json()["access_token"]
    house.agent.outcomes.append(RuntimeError("unforeseen"))
    await house.client.post("/session/start/i-1", headers=bearer(access))
    assert "unforeseen" in caplog.text
    assert not {part for part in (*link.split("."), *access.split(".")) if part in caplog.text}
    assert SIGNING_KEY.secret.decode() not in caplog.text
