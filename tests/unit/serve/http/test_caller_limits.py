"""A caller at a limit gets a 429 that says which and when to return; other callers and health checks notice nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from deployments.agent.contract import StartRequest, StepReply
from interview.errors import EngineUnavailable, InterviewError, InvalidInput, Overloaded, StorageUnavailable
from interview.sessions import room
from interview.sessions.events import SessionPaused, SessionResumed
from serve.http.app import create_app
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.limits.event_streams import EventStreams
from serve.http.limits.interviews import InterviewLimits
from serve.http.limits.rates import ReplicaRate
from serve.http.settings import CallerLimits, HttpSettings
from storage.limits.port import Rate, Taken
from storage.limits.rates import local_rates
from storage.limits.slots import LocalSlots
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.http_ports import Grant, StubAgent, StubKeys, is_problem, put_session, stub_ports

KEYS = StubKeys(
    {
        "acme-1": Grant("acme", key_id="k1"),
        "acme-2": Grant("acme", key_id="k2"),
        "rival": Grant("rival", key_id="k3"),
    }
)


def as_(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def client_of(**limits: int) -> httpx.AsyncClient:
    settings = HttpSettings(callers=CallerLimits(**limits))
    app = create_app(stub_ports(agent=StubAgent(), keys=KEYS), settings)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def statuses(client: httpx.AsyncClient, key: str, count: int) -> list[int]:
    return [(await client.get("/tools", headers=as_(key))).status_code for _ in range(count)]


async def test_a_key_at_its_rate_is_refused_and_others_are_served() -> None:
    async with client_of(key_requests_per_minute=5) as client:
        assert await statuses(client, "acme-1", 7) == [200] * 5 + [429] * 2
        assert await statuses(client, "acme-2", 1) == [200]
        assert (await client.get("/healthz")).status_code == 200


async def test_a_tenants_keys_share_its_rate() -> None:
    async with client_of(tenant_requests_per_minute=5) as client:
        assert await statuses(client, "acme-1", 3) + await statuses(client, "acme-2", 3) == [200] * 5 + [429]
        assert await statuses(client, "rival", 1) == [200]


async def test_the_headers_tell_where_a_caller_stands() -> None:
    async with client_of(key_requests_per_minute=3, tenant_requests_per_minute=50) as client:
        replies = [await client.get("/tools", headers=as_("acme-1")) for _ in range(4)]
        assert [reply.headers["RateLimit-Policy"] for reply in replies[:3]] == [
            '"key";q=3;w=60, "tenant";q=50;w=60'
        ] * 3
        left = [re.match(r'"key";r=(\d+);t=\d+', reply.headers["RateLimit"]) for reply in replies[:3]]
        assert [found and found.group(1) for found in left] == ["2", "1", "0"]
        refused = replies[3]
        assert is_problem(refused.headers["content-type"], refused.json(), 429)
        assert refused.json()["context"] == {"limit": "key", "max": 3}
        assert int(refused.headers["Retry-After"]) >= 1


async def test_an_unknown_caller_learns_no_limit() -> None:
    async with client_of() as client:
        assert "RateLimit" not in (await client.get("/tools", headers=as_("nobody"))).headers


async def test_bytes_are_charged_to_the_tenant_that_sends_them() -> None:
    async with client_of(tenant_kib_per_minute=64) as client:
        body = {"answer": "word " * 3000}  # 15 KiB

        async def turns(key: str, count: int) -> list[int]:
            sent = [await client.post("/session/turn/i-1", headers=as_(key), json=body) for _ in range(count)]
            return [reply.status_code for reply in sent]

        got = await turns("acme-1", 8)
        assert got[:4] == [200] * 4
        assert 429 in got
        assert await turns("rival", 1) == [200]


async def test_a_tenant_holds_so_many_interviews_and_no_more() -> None:
    async with client_of(tenant_live_interviews=2) as client:

        async def start(interview: str, key: str = "acme-1") -> int:
            reply = await client.post(f"/session/start/{interview}", headers=as_(key), json={"plan": "p"})
            return reply.status_code

        assert [await start(one) for one in ("a", "b", "c", "a")] == [200, 200, 429, 200]
        assert await start("c", "rival") == 200
        await client.delete("/session/state/a", headers=as_("acme-1"))
        assert await start("c") == 200


@pytest.mark.parametrize("refusal", [InvalidInput("There is no such plan."), EngineUnavailable("The agent is down.")])
async def test_an_interview_that_does_not_begin_holds_no_place(refusal: InterviewError) -> None:
    agent = StubAgent()
    ports = stub_ports(agent=agent, keys=KEYS)
    app = create_app(ports, HttpSettings(callers=CallerLimits(tenant_live_interviews=1)))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:

        async def start(interview: str) -> int:
            reply = await client.post(f"/session/start/{interview}", headers=as_("acme-1"), json={"plan": "p"})
            return reply.status_code

        agent.outcomes = [refusal]
        assert await start("a") != 200
        assert await start("b") == 200
        await put_session(ports.sessions, SessionKey("acme", "b"))
        agent.outcomes = [refusal]
        assert await start("b") != 200
        assert await start("c") == 429, "the running interview is still counted"


async def test_an_interview_that_stays_paused_holds_no_place() -> None:
    agent = StubAgent()
    ports = stub_ports(agent=agent, keys=KEYS)
    app = create_app(ports, HttpSettings(callers=CallerLimits(tenant_live_interviews=1)))
    paused = SessionPaused(turn=0, reason="Another day.", by="candidate", return_by=datetime(2030, 1, 1, tzinfo=UTC))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:

        async def post(step: str, interview: str) -> int:
            body = {"plan": "p"} if step == "start" else {}
            return (await client.post(f"/session/{step}/{interview}", headers=as_("acme-1"), json=body)).status_code

        async def others_start() -> int:
            status = await post("start", "other")
            await client.delete("/session/state/other", headers=as_("acme-1"))
            return status

        await put_session(ports.sessions, SessionKey("acme", "a"))
        await amend(ports.sessions, SessionKey("acme", "a"), lambda _: [paused], now=lambda: datetime.now(UTC))
        agent.outcomes = [EngineUnavailable("The agent is down.")]
        assert await post("resume", "a") == 503
        assert await others_start() == 200
        agent.outcomes = [StepReply(agent.body, replayed=True)]
        assert await post("start", "a") == 200
        assert await others_start() == 200

        resumed = SessionResumed(turn=0, reason="")
        await amend(ports.sessions, SessionKey("acme", "a"), lambda _: [resumed], now=lambda: datetime.now(UTC))
        agent.outcomes = [EngineUnavailable("The agent is down.")]
        assert await post("resume", "a") == 503
        assert await others_start() == 429, "the running interview is still counted"


async def test_a_failing_store_does_not_hide_why_an_interview_did_not_begin(caplog: pytest.LogCaptureFixture) -> None:
    agent, sessions = StubAgent(), MemorySessionStore()

    async def no_store(_: SessionKey) -> None:
        raise StorageUnavailable("The session store is down.")

    agent.outcomes = [InvalidInput("There is no such plan.")]
    limits = InterviewLimits(LocalSlots(), local_rates(), CallerLimits(), 60.0)
    sessions.load = no_store  # type: ignore[assignment,method-assign]
    live = LiveInterviews(StepCaller(agent, max_in_flight=1), sessions, limits)
    with pytest.raises(InvalidInput):
        await live.start(StartRequest("acme", "a", "p"))
    assert "counted until" in caplog.text


class Caller:
    def __init__(self, tenant: str, key_id: str) -> None:
        self.tenant, self.key_id = tenant, key_id


async def test_streams_are_bounded_by_key_tenant_and_replica() -> None:
    limits = CallerLimits(key_event_streams=2, tenant_event_streams=3, replica_event_streams=5)
    slots = LocalSlots()
    one, other = EventStreams(slots, limits), EventStreams(slots, limits)  # two replicas
    first = await one.open(Caller("acme", "k1"))
    await other.open(Caller("acme", "k1"))
    for replica in (one, other):
        with pytest.raises(Overloaded) as refused:
            await replica.open(Caller("acme", "k1"))
        assert refused.value.detail["limit"] == "key_event_streams"
    await one.open(Caller("acme", "k2"))
    with pytest.raises(Overloaded) as refused:
        await one.open(Caller("acme", "k2"))
    assert refused.value.detail["limit"] == "tenant_event_streams"
    for number in range(3):
        await one.open(Caller(f"t{number}", f"t{number}"))
    with pytest.raises(Overloaded) as refused:
        await one.open(Caller("t9", "t9"))
    assert refused.value.detail["limit"] == "replica_event_streams"
    await first.release()
    await first.release()
    assert one.open_here == 4
    await one.open(Caller("acme", "k1"))


async def test_a_stream_whose_client_has_left_frees_its_place() -> None:
    ports = stub_ports(agent=StubAgent(), keys=KEYS)
    await put_session(ports.sessions, SessionKey("acme", "i-1"))
    app = create_app(ports, HttpSettings(callers=CallerLimits(key_event_streams=1)))
    scope = {
        "type": "http", "method": "GET", "path": "/session/events/i-1", "raw_path": b"/session/events/i-1",
        "query_string": b"", "headers": [(b"authorization", b"Bearer acme-1"), (b"accept", b"text/event-stream")],
        "http_version": "1.1", "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": "",
    }  # fmt: skip

    async def stream() -> int:
        """Open a stream, and leave after its first bytes; the status."""
        status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        left = asyncio.Event()

        async def receive() -> dict[str, object]:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                status.set_result(int(str(message["status"])))
            elif status.result() == 200:
                left.set()

        await asyncio.wait_for(app(dict(scope), receive, send), 20)
        return await status

    assert [await stream(), await stream()] == [200, 200]


class Counted:
    """``SharedRates`` that grants what is asked, and counts the questions."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False

    async def take(self, rate: Rate, *subject: str, wanted: int = 1) -> Taken:
        self.asked += 1
        if self.down:
            raise StorageUnavailable("down")
        return Taken(wanted, rate.amount - wanted, 60.0)

    async def close(self) -> None: ...


@pytest.fixture
async def counted() -> AsyncIterator[Counted]:
    yield Counted()


async def test_the_store_is_asked_once_for_a_batch(counted: Counted) -> None:
    rate = ReplicaRate(counted, Rate(6000), name="key", unit="requests", clock=lambda: 0.0)
    await asyncio.gather(*(rate.admit("k1") for _ in range(600)))
    assert counted.asked == 10


async def test_a_flood_at_its_limit_does_not_ask_the_store() -> None:
    now = 0.0
    shared = local_rates()
    rate = ReplicaRate(shared, Rate(1), name="key", unit="requests", clock=lambda: now)
    await rate.admit("k1")
    asked = 0

    async def counting(*arguments: object, **more: object) -> Taken:
        nonlocal asked
        asked += 1
        return Taken(0, 0, 60.0)

    shared.take = counting  # type: ignore[method-assign,assignment]
    for _ in range(100):
        with pytest.raises(Overloaded):
            await rate.admit("k1")
    assert asked == 1


async def test_without_a_store_each_replica_keeps_its_own_limit(counted: Counted) -> None:
    counted.down = True
    rate = ReplicaRate(counted, Rate(6000), name="key", unit="requests", clock=lambda: 0.0)
    for _ in range(60):
        await rate.admit("k1")
    assert counted.asked == 1


@pytest.mark.parametrize("route", ["/session/start/i-1", "/interviews/i-1/link"])
async def test_a_large_plan_is_refused_before_it_is_kept(route: str) -> None:
    """A plan with one prompt of 3.9 MB used to be stored several times with its session."""
    async with client_of() as client:
        plan = {"id": "mine", "questions": [{"prompt": "x" * 3_900_000}]}
        reply = await client.post(route, headers=as_("acme-1"), json={"plan": plan})
        assert is_problem(reply.headers["content-type"], reply.json(), 422)
        assert "bytes" in reply.text
        long = {"id": "mine", "questions": [{"prompt": "x" * 4_001}]}
        reply = await client.post(route, headers=as_("acme-1"), json={"plan": long})
        assert reply.status_code == 422
        assert "questions[0].prompt" in reply.text


async def test_an_interview_with_as_many_events_as_it_may_have_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_EVENTS", 3)
    ports = stub_ports(agent=StubAgent(), keys=KEYS)
    await put_session(ports.sessions, SessionKey("acme", "i-1"))
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=as_("acme-1")) as client:
        sent = [await client.post("/session/signal/i-1", json={"signal": "tab_hidden"}) for _ in range(3)]
        assert [reply.status_code for reply in sent] == [204, 409, 409]
        assert "3 events" in sent[1].json()["detail"]
