"""Extra time for a candidate: the deadlines move, the questions stay, and log and audit log say who granted it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from deployments.agent.brief.next_question import next_step, time_left_s
from interview.errors import StorageUnavailable
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from serve.http.auth import INTERVIEWS, OPERATIONS, REPORTS
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses
from serve.http.limits.interviews import InterviewLimits
from serve.http.mcp.interviews import ConductInterview, InterviewTools, conduct_interview
from serve.http.ports import IngressPorts
from serve.http.settings import CallerLimits, HttpSettings
from storage.archive.transfer import archive_session
from storage.audit.port import AuditEntry
from storage.sessions.port import SessionKey
from tests.support.http_ports import Grant, StubKeys
from tests.support.realtime import PLANS, START, application, application_ports, fake_ears

SESSION = SessionKey("acme", "i-1")
GRANT = {"minutes": 15, "reason": "Asked for an accommodation.", "author": "Grace Hopper"}
KEYS = {
    "reviewer": Grant("acme", frozenset({REPORTS})),
    "operator": Grant("acme", frozenset({INTERVIEWS})),
    "machinist": Grant("acme", frozenset({OPERATIONS})),
    "rival": Grant("rival", frozenset({REPORTS, INTERVIEWS})),
}


@pytest.fixture
def ports(tmp_path: Path) -> IngressPorts:
    return application_ports(tmp_path, stt=fake_ears(), tts=None, keys=StubKeys(KEYS))


@pytest.fixture
async def client(ports: IngressPorts) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        started = await client.post("/session/start/i-1", json={**START, "voice": False}, headers=bearer("operator"))
        assert started.status_code == 200, started.text
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def granted(client: httpx.AsyncClient, key: str = "reviewer", **changes: Any) -> httpx.Response:
    return await client.post("/session/extra-time/i-1", json={**GRANT, **changes}, headers=bearer(key))


async def access_token(client: httpx.AsyncClient) -> str:
    link = await client.post("/interviews/i-1/link", headers=bearer("operator"))
    bought = await client.post("/candidate/token", headers=bearer(link.json()["token"]))
    token: str = bought.json()["access_token"]
    return token


async def stored(ports: IngressPorts) -> SessionState:
    state = await ports.sessions.load(SESSION)
    assert state is not None
    return state


@pytest.mark.parametrize("key", ["reviewer", "operator"])
async def test_time_is_added_and_the_log_says_by_whom(client: httpx.AsyncClient, ports: IngressPorts, key: str) -> None:
    assert (await granted(client, key)).json() == {"extra_time_s": 900.0}
    assert (await granted(client, key, minutes=5)).json() == {"extra_time_s": 1200.0}
    events = await ports.sessions.events(SESSION)
    first = next(event.data for event in events if event.type == "time.granted")
    assert msgspec.to_builtins(first) == {
        "type": "time.granted", "turn": 0, "extra_s": 900.0, "author": first.author, "reason": GRANT["reason"]
    }  # fmt: skip
    assert "Grace Hopper" in first.author
    entries: Sequence[AuditEntry] = await ports.audit.entries("acme")
    assert [entry.detail for entry in entries if entry.action == "time.granted"] == [
        {"extra_s": 300.0, "author": first.author},
        {"extra_s": 900.0, "author": first.author},
    ]
    assert fold(events) == await stored(ports)


async def test_the_deadline_moves_and_the_next_question_stays(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    plan = PLANS.get("backend-engineer")
    assert plan is not None
    before, now = await stored(ports), datetime.now(UTC)
    await granted(client)
    after = await stored(ports)
    assert time_left_s(after, plan, now) - time_left_s(before, plan, now) == pytest.approx(900.0)
    assert next_step(after, plan, now).question == next_step(before, plan, now).question
    late = before.started_at + timedelta(seconds=plan.time_budget_s + 60)
    assert next_step(before, plan, late).by_budget
    assert not next_step(after, plan, late).by_budget


async def test_a_candidate_sees_the_minutes_and_not_the_reason(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    candidate = bearer(await access_token(client))
    await granted(client)
    assert (await client.get("/session/state/i-1", headers=candidate)).json()["extra_time_s"] == 900.0
    log = await client.get("/session/events/i-1", headers={**candidate, "Accept": "application/json"})
    shown = [event["data"] for event in log.json()["events"] if event["type"] == "time.granted"]
    assert shown == [{"turn": 0, "extra_s": 900.0}]
    own = await client.post("/session/extra-time/i-1", json=GRANT, headers=candidate)
    assert own.status_code == 403


async def keyed(client: httpx.AsyncClient, key: str, **changes: Any) -> httpx.Response:
    headers = {**bearer("reviewer"), "Idempotency-Key": key}
    return await client.post("/session/extra-time/i-1", json={**GRANT, **changes}, headers=headers)


async def test_a_repeated_request_grants_once(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    together = await asyncio.gather(*(keyed(client, "a") for _ in range(4)))
    assert {reply.status_code for reply in together} == {200}
    assert (await keyed(client, "b", minutes=5)).json() == {"extra_time_s": 1200.0}
    again = await keyed(client, "a")
    assert (again.content, {reply.content for reply in together}) == (together[0].content, {again.content})
    other = await keyed(client, "a", minutes=5)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    assert (await keyed(client, "x" * 256)).status_code == 422
    assert (await stored(ports)).extra_time_s == 1200
    await client.delete("/session/state/i-1", headers=bearer("operator"))
    assert (await keyed(client, "a")).content == again.content, "the interview has ended, the grant stands"


async def test_a_grant_that_cannot_be_audited_is_not_made(
    client: httpx.AsyncClient, ports: IngressPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(entry: AuditEntry) -> None:
        raise StorageUnavailable("The archive does not answer.")

    with monkeypatch.context() as outage:
        outage.setattr(ports.audit, "record", away)
        assert (await keyed(client, "a")).status_code == 503
        assert (await stored(ports)).extra_time_s == 0
    assert (await keyed(client, "a")).json() == {"extra_time_s": 900.0}
    entries = await ports.audit.entries("acme")
    assert len([entry for entry in entries if entry.action == "time.granted"]) == 1


async def test_refusals_change_nothing(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    assert (await granted(client, "machinist")).status_code == 403
    assert (await granted(client, "rival")).status_code == 404
    assert (await granted(client, minutes=0)).status_code == 422
    assert (await granted(client, minutes=1e9)).status_code == 422
    assert (await granted(client, reason="")).status_code == 422
    assert (await stored(ports)).extra_time_s == 0
    assert (await granted(client, minutes=240)).status_code == 200
    assert (await granted(client, minutes=240)).status_code == 200
    assert (await granted(client, minutes=1)).status_code == 422
    await client.delete("/session/state/i-1", headers=bearer("operator"))
    assert (await granted(client)).status_code == 409
    assert (await stored(ports)).extra_time_s == 28_800


async def test_time_is_granted_before_the_start_and_counts_from_it(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    body = {"plan": "backend-engineer", "candidate": {"name": "Bo"}, "extra_time": GRANT}
    link = await client.post("/interviews/i-2/link", json=body, headers=bearer("operator"))
    assert link.status_code == 200, link.text
    kept = await client.post("/interviews/i-2/link", headers=bearer("operator"))
    bought = await client.post("/candidate/token", headers=bearer(kept.json()["token"]))
    candidate = bearer(bought.json()["access_token"])
    notice = (await client.get("/candidate/interview", headers=candidate)).json()["notice"]
    assert notice["extra_time_s"] == 900.0
    started = await client.post("/session/start/i-2", json={"consent": True, "voice": False}, headers=candidate)
    assert started.json()["session_state"]["extra_time_s"] == 900.0
    assert started.json()["interviewer_response"]["time_left_s"] == pytest.approx(notice["time_budget_s"] + 900, abs=60)
    events = await ports.sessions.events(SessionKey("acme", "i-2"))
    (granted_event,) = [event.data for event in events if event.type == "time.granted"]
    assert "Grace Hopper" in msgspec.to_builtins(granted_event)["author"]
    entries = [entry for entry in await ports.audit.entries("acme") if entry.action == "time.granted"]
    assert [(entry.subject, entry.detail["extra_s"]) for entry in entries] == [("i-2", 900.0)]
    late = await client.post("/interviews/i-2/link", json={"extra_time": GRANT}, headers=bearer("operator"))
    assert (late.status_code, "extra_time" in str(late.json()["errors"])) == (422, True)


@pytest.mark.parametrize("way_in", ["http", "mcp"])
async def test_the_invitations_time_counts_also_when_the_operator_starts(
    client: httpx.AsyncClient, ports: IngressPorts, way_in: str
) -> None:
    body = {"plan": "backend-engineer", "candidate": {"name": "Bo"}, "extra_time": GRANT}
    link = await client.post("/interviews/i-2/link", json=body, headers=bearer("operator"))
    assert link.status_code == 200, link.text
    if way_in == "http":
        started = await client.post("/session/start/i-2", json={**START, "voice": False}, headers=bearer("operator"))
        assert started.status_code == 200, started.text
    else:
        steps = StepCaller(ports.agent, max_in_flight=1)
        limits = InterviewLimits(ports.slots, ports.rates, CallerLimits(), ports.session_ttl_s)
        live = LiveInterviews(steps, ports.sessions, limits)
        desk = InterviewTools(ports, HttpSettings(), steps, live, Pauses(live, ports.candidates))
        asked = ConductInterview(user_session_id="i-2", plan="backend-engineer", consent=True)
        assert (await conduct_interview(desk, "acme", asked)).status == "active"
    events = await ports.sessions.events(SessionKey("acme", "i-2"))
    (granted_event,) = [event.data for event in events if event.type == "time.granted"]
    assert msgspec.to_builtins(granted_event)["extra_s"] == 900.0
    assert fold(events).extra_time_s == 900.0


async def test_invitations_that_were_not_started_are_listed_until_they_are(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    async def listed(key: str = "operator") -> list[tuple[str, bool]]:
        found = (await client.get("/interviews", headers=bearer(key))).json()["invitations"]
        return [(one["interview_id"], one["revoked"]) for one in found]

    for interview in ("i-2", "i-3"):
        body = {"plan": "backend-engineer", "candidate": {"name": interview}}
        await client.post(f"/interviews/{interview}/link", json=body, headers=bearer("operator"))
    assert await listed() == [("i-3", False), ("i-2", False)]
    assert await listed("rival") == []
    assert (await client.get("/interviews", headers=bearer("reviewer"))).status_code == 403
    await client.delete("/interviews/i-2/link", headers=bearer("operator"))
    assert await listed() == [("i-3", False), ("i-2", True)]
    started = await client.post("/session/start/i-3", json={**START, "voice": False}, headers=bearer("operator"))
    assert started.status_code == 200
    await archive_session(ports.sessions, ports.archive, SessionKey("acme", "i-3"))
    assert await listed() == [("i-2", True)]


async def test_a_repeated_decision_is_made_once(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    question = (await stored(ports)).questions_asked[0].question_id
    body = {"question_id": question, "score": 0.5, "reason": "Said in other words.", "author": "Grace Hopper"}

    async def decided(**changes: Any) -> httpx.Response:
        headers = {**bearer("reviewer"), "Idempotency-Key": "d-1"}
        return await client.post("/session/report/i-1/override", json={**body, **changes}, headers=headers)

    first, again = await decided(), await decided()
    assert (first.status_code, again.content) == (200, first.content), first.text
    assert (await decided(score=0.9)).json()["code"] == "idempotency-mismatch"
    grades = [event for event in await ports.sessions.events(SESSION) if event.type == "grade.recorded"]
    assert len(grades) == 1
    entries = [entry for entry in await ports.audit.entries("acme") if entry.action == "grade.overridden"]
    assert len(entries) == 1
