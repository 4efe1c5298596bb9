"""The event stream: complete, in order, resumable, alive; and the same log in one piece."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from interview.errors import StorageUnavailable
from interview.sessions.events import Event, IntegrityNoted
from interview.sessions.fold import apply
from serve.http.app import create_app
from serve.http.settings import HttpSettings
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.http_ports import put_session, stub_ports

KEY = SessionKey("acme", "i-1")
ACME = {"Authorization": "Bearer key-acme"}


@contextlib.asynccontextmanager
async def served(ports, settings=None):
    """The application on a real uvicorn: the ASGI transport of httpx does not stream."""
    config = uvicorn.Config(create_app(ports, settings), port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=ACME, timeout=10) as client:
            yield client
    finally:
        server.should_exit = True
        await task


async def append(sessions, count=1):
    for _ in range(count):
        state = await sessions.load(KEY)
        event = Event(
            seq=state.version + 1,
            time=datetime.now(UTC),
            data=IntegrityNoted(turn=0, signal="paste", data={"n": "é\n"}),
        )
        await sessions.commit(KEY, expected_version=state.version, state=apply(state, event), events=[event])


async def frames(reply):
    """The events of an SSE reply as (id, type, data), comments left out."""
    fields = {}
    async for line in reply.aiter_lines():
        if line == "":
            if "data" in fields:
                yield fields.get("id"), fields.get("event"), json.loads(fields["data"])
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value


async def take(reply, count):
    found = []
    async for frame in frames(reply):
        found.append(frame)
        if len(found) == count:
            break
    return found


async def test_a_stream_begins_with_the_log_and_goes_on_as_events_are_committed():
    ports = stub_ports()
    await put_session(ports.sessions, KEY)
    async with served(ports) as client, client.stream("GET", "/session/events/i-1") as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        stream = frames(reply)
        assert [(await anext(stream))[:2] for _ in range(2)] == [("1", "session.started"), ("2", "response.sent")]
        await append(ports.sessions)
        number, kind, data = await anext(stream)
        assert (number, kind, data["seq"], data["data"]["data"]) == ("3", "integrity.noted", 3, {"n": "é\n"})


async def test_cut_streams_resume_without_a_gap_or_a_duplicate():
    ports = stub_ports()
    await put_session(ports.sessions, KEY)
    seen = []
    async with served(ports) as client:
        for cut in range(1, 8):
            await append(ports.sessions, cut)
            headers = {"Last-Event-ID": seen[-1]} if seen else {}
            async with client.stream("GET", "/session/events/i-1", headers=headers) as reply:
                seen += [number for number, _, _ in await take(reply, cut if seen else cut + 2)]
    assert seen == [str(number) for number in range(1, len(seen) + 1)]
    assert len(seen) == 2 + sum(range(1, 8))


async def test_last_event_id_wins_over_after():
    ports = stub_ports()
    await put_session(ports.sessions, KEY)
    await append(ports.sessions, 3)
    async with served(ports) as client:
        async with client.stream("GET", "/session/events/i-1?after=1", headers={"Last-Event-ID": "4"}) as reply:
            assert [number for number, _, _ in await take(reply, 1)] == ["5"]
        async with client.stream("GET", "/session/events/i-1?after=3") as reply:
            assert [number for number, _, _ in await take(reply, 2)] == ["4", "5"]


async def test_a_quiet_stream_beats_and_ends_in_time_for_a_reconnect():
    ports = stub_ports(sessions=MemorySessionStore(heartbeat_s=0.01))
    await put_session(ports.sessions, KEY)
    async with served(ports, HttpSettings(events_max_s=0.05)) as client:
        reply = await client.get("/session/events/i-1?after=2")
    assert reply.text.startswith("retry: 1000\n\n")
    assert ": still here" in reply.text


async def test_a_stream_ends_once_its_candidates_link_is_revoked():
    ports = stub_ports()
    await put_session(ports.sessions, KEY)
    async with served(ports) as client:
        link = (await client.post("/interviews/i-1/link")).json()["token"]
        admitted = await client.post("/candidate/token", headers={"Authorization": f"Bearer {link}"})
        candidate = {"Authorization": f"Bearer {admitted.json()['access_token']}"}
        async with client.stream("GET", "/session/events/i-1", headers=candidate) as reply:
            stream = frames(reply)
            assert [(await anext(stream))[:2] for _ in range(2)] == [("1", "session.started"), ("2", "response.sent")]
            await client.delete("/interviews/i-1/link")
            _, kind, problem = await anext(stream)
            assert (kind, problem["status"]) == ("error", 401)
            assert [frame async for frame in stream] == []


async def test_a_store_that_fails_in_mid_stream_is_said_in_the_stream():
    class Failing(MemorySessionStore):
        async def follow(self, key, *, after=0):
            yield []
            raise StorageUnavailable("The session store does not answer.")

    ports = stub_ports(sessions=Failing())
    await put_session(ports.sessions, KEY)
    async with served(ports) as client:
        reply = await client.get("/session/events/i-1")
    assert "event: error" in reply.text
    assert "storage-unavailable" in reply.text


@pytest.mark.parametrize(("accept", "media_type"), [
    ("application/json", "application/json"),
    ("application/x-ndjson", "application/x-ndjson"),
    ("text/event-stream;q=0.1, application/json;q=0.9", "application/json"),
])  # fmt: skip
async def test_the_log_so_far_ends(accept, media_type):
    ports = stub_ports()
    await put_session(ports.sessions, KEY)
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=ACME) as client:
        reply = await client.get("/session/events/i-1?after=1", headers={"Accept": accept})
    assert reply.headers["content-type"] == media_type
    if media_type == "application/json":
        events = reply.json()["events"]
    else:
        events = [json.loads(line) for line in reply.text.splitlines()]
    assert [(event["seq"], event["type"]) for event in events] == [(2, "response.sent")]


async def test_a_resume_point_that_is_none_and_a_form_not_offered_are_problems():
    ports = stub_ports()
    await put_session(ports.sessions, KEY)
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=ACME) as client:
        for headers, query, status in [
            ({"Last-Event-ID": "-1"}, "", 422),
            ({"Last-Event-ID": "x"}, "", 422),
            ({}, "?after=-1", 422),
            ({}, "?after=x", 422),
            ({"Accept": "image/png"}, "", 406),
        ]:
            reply = await client.get(f"/session/events/i-1{query}", headers=headers)
            assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
