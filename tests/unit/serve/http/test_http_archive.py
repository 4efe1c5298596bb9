"""The list of interviews, archived interviews and the audit log at the HTTP edge, over a real archive in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from msgspec.structs import replace

from interview.errors import StorageUnavailable
from interview.sessions.events import DifficultyUpdated, SessionConcluded
from serve.http.app import create_app
from serve.http.audit_trail import AuditTrail
from serve.http.auth import Principal
from serve.http.ports import IngressPorts
from storage.archive.transfer import archive_session
from storage.audit.port import AuditEntry
from storage.sessions.port import SessionKey
from tests.support.http_ports import Grant, StubKeys, put_session, stub_ports
from tests.support.interviews import concluded

KEYS = StubKeys(
    {
        "key-acme": Grant("acme"),
        "key-rival": Grant("rival", key_id="key-2"),
        "key-room": Grant("acme", frozenset({"interviews"}), key_id="key-3"),
    }
)


@pytest.fixture
def ports() -> IngressPorts:
    return stub_ports(keys=KEYS)


@pytest.fixture
async def client(ports: IngressPorts) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(ports), raise_app_exceptions=True)
    headers = {"Authorization": "Bearer key-acme"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


async def hold(
    ports: IngressPorts, name: str, *, tenant: str = "acme", archived: bool = True, live: bool = True
) -> None:
    key = SessionKey(tenant, name)
    await put_session(ports.sessions, key)
    if archived:
        await archive_session(ports.sessions, ports.archive, key)
    if not live:
        await ports.sessions.delete(key)


async def listed(client: httpx.AsyncClient, **filters: Any) -> list[str]:
    reply = await client.get("/sessions", params=filters)
    assert reply.status_code == 200, reply.text
    return [row["interview_id"] for row in reply.json()["sessions"]]


async def test_the_pages_of_a_list_hold_every_interview_of_the_tenant_once(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    for name in ("i-1", "i-2", "i-3"):
        await hold(ports, name, live=name != "i-2")
    await hold(ports, "foreign", tenant="rival")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/sessions", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [row["interview_id"] for row in page["sessions"]]
        cursor = page["next"]
    assert seen == ["i-3", "i-2", "i-1"]


async def test_a_live_interview_is_listed_as_it_is_now(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    await hold(ports, "i-1")
    key = SessionKey("acme", "i-1")
    await ports.sessions.delete(key)
    await put_session(ports.sessions, key, SessionConcluded(turn=0, by="operator", reason="Done."))
    (row,) = (await client.get("/sessions")).json()["sessions"]
    assert row["status"] == "concluded"
    assert await listed(client, status="active") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"cursor": "nonsense"},
        {"cursor": "WzEsMl0"},
        {"status": "lost"},
        {"limit": 0},
        {"limit": 201},
        {"score_min": 2},
        {"candidate": "a\x00"},
        {"since": "yesterday"},
    ],
)
async def test_a_wrong_filter_is_named(client: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    reply = await client.get("/sessions", params=wrong)
    assert reply.status_code == 422
    assert next(iter(wrong)) in str(reply.json()["errors"])


async def test_the_list_needs_the_scope_of_reviewers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/sessions", headers={"Authorization": "Bearer key-room"})).status_code == 403


async def test_interviews_of_one_plan_are_compared_within_the_tenant(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    ability = DifficultyUpdated(turn=0, skill="communication", theta=0.4, standard_error=0.6, items=2)
    ended = SessionConcluded(turn=0, by="operator", reason="Done.")
    for tenant, name in (("acme", "i-1"), ("acme", "i-2"), ("rival", "foreign")):
        key = SessionKey(tenant, name)
        await put_session(ports.sessions, key, ability, ended)
        await archive_session(ports.sessions, ports.archive, key)
    compared = (await client.get("/comparison", params={"plan": "plan"})).json()
    assert compared["skills"] == ["communication"]
    assert [one["interview_id"] for one in compared["interviews"]] == ["i-2", "i-1"]
    assert compared["interviews"][0]["abilities"] == [
        {"skill": "communication", "theta": 0.4, "standard_error": 0.6, "items": 2}
    ]
    two = await client.get("/comparison", params={"plan": "plan", "interview": ["i-1", "i-1"]})
    assert [one["interview_id"] for one in two.json()["interviews"]] == ["i-1"]
    foreign = await client.get("/comparison", params={"plan": "plan", "interview": ["i-1", "foreign"]})
    assert (foreign.status_code, foreign.json()["detail"]) == (404, "There is no such interview.")
    room = {"Authorization": "Bearer key-room"}
    assert (await client.get("/comparison", params={"plan": "plan"}, headers=room)).status_code == 403
    assert ("key-1", "sessions.listed") in {(e.actor, e.action) for e in await ports.audit.entries("acme")}


async def test_state_and_events_outlive_the_live_store(client: httpx.AsyncClient, ports: IngressPorts) -> None:
    await hold(ports, "i-1")
    live = [(await client.get("/session/state/i-1")).content]
    json_log = (await client.get("/session/events/i-1", headers={"Accept": "application/json"})).json()
    await ports.sessions.delete(SessionKey("acme", "i-1"))
    assert [(await client.get("/session/state/i-1")).content] == live
    assert (await client.get("/session/events/i-1", headers={"Accept": "application/json"})).json() == json_log
    stream = await client.get("/session/events/i-1?after=1", headers={"Accept": "text/event-stream"})
    assert stream.text.startswith("id: 2\nevent: response.sent\n")
    rival = {"Authorization": "Bearer key-rival"}
    assert (await client.get("/session/state/i-1", headers=rival)).status_code == 404
    assert (await client.get("/session/events/i-1", headers=rival)).status_code == 404


async def test_deleted_words_are_gone_and_the_decision_is_listed(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    await hold(ports, "i-1", live=False)
    key = SessionKey("acme", "i-1")
    found = await ports.archive.load(key)
    assert found is not None
    await ports.archive.forget(key, "transcripts", found.state.started_at)
    reply = await client.get("/session/events/i-1")
    assert (reply.status_code, reply.json()["code"]) == (410, "transcript-deleted")
    assert await listed(client) == ["i-1"]


async def test_reads_of_personal_data_are_recorded_once_a_minute(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    await hold(ports, "i-1")
    for _ in range(3):
        await client.get("/session/state/i-1")
        await client.get("/session/report/i-1", headers={"Accept": "application/json"})
        await client.get("/session/report/i-1", headers={"Accept": "text/html"})
        await client.get("/sessions")
    await client.get("/session/state/absent")
    entries = await ports.audit.entries("acme")
    assert [(entry.actor, entry.action, entry.subject, entry.detail) for entry in reversed(entries)] == [
        ("key-1", "session.read", "i-1", {}),
        ("key-1", "report.read", "i-1", {"format": "json"}),
        ("key-1", "report.read", "i-1", {"format": "html"}),
        ("key-1", "sessions.listed", "", {}),
    ]
    assert await ports.audit.entries("rival") == []


class FullDisk:
    """``AuditLog`` that cannot be written."""

    async def record(self, entry: AuditEntry) -> None:
        raise StorageUnavailable("The archive does not answer; try again shortly.")


async def test_what_cannot_be_recorded_is_not_shown() -> None:
    ports = stub_ports(audit=FullDisk())
    await hold(ports, "i-1")
    transport = httpx.ASGITransport(create_app(ports))
    headers = {"Authorization": "Bearer key-acme"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        for path in ("/session/state/i-1", "/session/report/i-1", "/session/events/i-1", "/sessions"):
            reply = await client.get(path, headers={"Accept": "application/json"})
            assert reply.status_code == 503, path
            assert "Tell me about your work" not in reply.text


async def test_a_read_is_recorded_again_after_a_minute() -> None:
    ports, now = stub_ports(), [0.0]
    trail = AuditTrail(ports.audit, clock=lambda: now[0])
    caller = Principal("acme", frozenset(), "key-1")
    for now[0] in (0.0, 59.0, 60.0, 61.0):
        await trail.read(caller, "session.read", "i-1")
    assert len(await ports.audit.entries("acme")) == 2
    await trail.read(replace(caller, key_id="key-9"), "session.read", "i-1")
    assert len(await ports.audit.entries("acme")) == 3


async def archive_of(ports: IngressPorts, name: str, reference: str) -> None:
    key = SessionKey("acme", name)
    await concluded(ports.sessions, key, said="An index.", reference=reference, ended=datetime.now(UTC))
    await archive_session(ports.sessions, ports.archive, key)


@pytest.mark.parametrize("reference", ["cand-7", "req 12/Müller", "a%2Fb"])
async def test_a_candidates_data_is_exported_and_erased_by_reference(
    client: httpx.AsyncClient, ports: IngressPorts, reference: str
) -> None:
    await archive_of(ports, "i-1", reference)
    await archive_of(ports, "i-2", reference)
    await archive_of(ports, "other", "cand-8")
    path = f"/candidates/{quote(reference, safe='')}/data"
    exported = await client.get(path)
    assert exported.headers["content-type"] == "application/zip"
    assert exported.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(exported.content)) as found:
        assert {name.partition("/")[0] for name in found.namelist()} == {"i-1", "i-2"}
    assert (await client.delete(path)).json() == {"interviews": 2, "purged": True}
    assert (await client.delete(path)).status_code == 404
    assert (await client.get(path)).status_code == 404
    assert await listed(client) == ["other"]
    assert (await client.get("/session/state/i-1")).status_code == 404


async def test_a_candidates_data_needs_a_scope_of_its_own_and_the_tenant(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    await archive_of(ports, "i-1", "cand-7")
    for key, status in (("key-room", 403), ("key-rival", 404)):
        headers = {"Authorization": f"Bearer {key}"}
        assert (await client.get("/candidates/cand-7/data", headers=headers)).status_code == status
        assert (await client.delete("/candidates/cand-7/data", headers=headers)).status_code == status
    assert await listed(client) == ["i-1"]


@pytest.mark.parametrize("when", ["since=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59-14:00"])
async def test_a_time_outside_of_the_calendar_is_a_problem_of_the_request(client: httpx.AsyncClient, when: str) -> None:
    reply = await client.get(f"/sessions?{when}")
    assert reply.status_code == 422
    assert when.partition("=")[0] in reply.json()["detail"]
