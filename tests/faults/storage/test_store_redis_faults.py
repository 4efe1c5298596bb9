"""The session store keeps its promises while connections break, replies vanish and the server stalls or dies."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from interview.errors import StorageUnavailable, VersionConflict
from interview.plans.plan import PlanRef
from interview.sessions.events import Event, IntegrityNoted, SessionStarted, decode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from storage.embedded.server import EmbeddedRedis
from storage.redis.client import RedisLimits
from storage.sessions.port import IdempotencyRecord, SessionKey
from storage.sessions.redis import RedisSessionStore

#: `make test-faults` sets larger ones.
STORE_KILLS = int(os.environ.get("FAULT_STORE_KILLS", "5"))
STREAM_CUTS = int(os.environ.get("FAULT_STREAM_CUTS", "25"))
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
QUICK = RedisLimits(reply_timeout_s=0.3, connect_timeout_s=0.3, pool_wait_s=0.3, retry_pause_s=0.0)


class Cable:
    """A wire between client and server that a test can cut, stall, or make swallow the next reply."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.swallow_replies = 0
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(self._target)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, server_writer}
        for source, sink, is_reply in ((reader, server_writer, False), (server_reader, writer, True)):
            task = asyncio.create_task(self._pump(source, sink, is_reply))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, is_reply: bool) -> None:
        try:
            while data := await source.read(65536):
                await self.flowing.wait()
                if is_reply and self.swallow_replies and not data.startswith(b"+OK"):
                    self.swallow_replies -= 1
                    break
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            self._writers.discard(sink)
            sink.close()

    def cut(self) -> int:
        """Break every connection; returns how many there were."""
        cut = len(self._writers) // 2
        for writer in list(self._writers):
            writer.transport.abort()
        self._writers.clear()
        return cut


@pytest.fixture
async def cable(redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[Cable, str]]:
    parts = urlsplit(redis_url)
    cable = Cable(parts.path)
    path = tmp_path / "cable.sock"
    server = await asyncio.start_unix_server(cable.carry, path)
    yield cable, f"unix://:{parts.password}@{path}"
    cable.flowing.set()
    cable.cut()
    server.close()
    await asyncio.gather(*cable._tasks, return_exceptions=True)


@pytest.fixture
def prefix() -> str:
    return f"f{secrets.token_hex(4)}"


KEY = SessionKey("acme", "iv")


def started() -> Event:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    data = SessionStarted(interview_id=KEY.interview_id, tenant=KEY.tenant, plan=plan, phase="intro")
    return Event(seq=1, time=START, data=data)


async def create(store: RedisSessionStore) -> SessionState:
    state = fold([started()])
    await store.commit(KEY, expected_version=0, state=state, events=[started()])
    return state


def noted(state: SessionState, signal: str) -> Event:
    return Event(seq=state.version + 1, time=START, data=IntegrityNoted(turn=0, signal=signal))


async def append(
    store: RedisSessionStore, state: SessionState, signal: str, record: IdempotencyRecord | None = None
) -> SessionState:
    event = noted(state, signal)
    after = fold([event], state)
    await store.commit(KEY, expected_version=state.version, state=after, events=[event], idempotency=record)
    return after


async def test_a_commit_whose_reply_was_lost_counts_once(
    cable: tuple[Cable, str], prefix: str, retried: list[tuple[str, str]]
) -> None:
    wire, url = cable
    store = RedisSessionStore(url, prefix=prefix, limits=QUICK)
    state = await create(store)
    wire.swallow_replies = 1
    state = await append(store, state, "lost reply")
    assert wire.swallow_replies == 0
    assert await store.load(KEY) == state
    assert len(await store.events(KEY)) == 2
    assert retried == [("store", "connection-lost")]
    await store.close()


async def test_a_lost_conflict_is_still_a_conflict(cable: tuple[Cable, str], prefix: str) -> None:
    wire, url = cable
    store = RedisSessionStore(url, prefix=prefix, limits=QUICK)
    state = await create(store)
    winner = await append(store, state, "same instant, same words")
    wire.swallow_replies = 1
    with pytest.raises(VersionConflict):
        await append(store, state, "same instant, same words")
    assert wire.swallow_replies == 0
    assert await store.load(KEY) == winner
    await store.close()


async def test_a_commit_that_never_gets_a_reply_is_reported_unknown(cable: tuple[Cable, str], prefix: str) -> None:
    wire, url = cable
    store = RedisSessionStore(url, prefix=prefix, limits=QUICK)
    state = await create(store)
    wire.swallow_replies = 2
    with pytest.raises(StorageUnavailable) as caught:
        await append(store, state, "x")
    assert caught.value.retryable
    await store.close()


async def test_reads_survive_a_cut_connection(cable: tuple[Cable, str], prefix: str) -> None:
    wire, url = cable
    store = RedisSessionStore(url, prefix=prefix, limits=QUICK)
    state = await create(store)
    for _ in range(10):
        wire.cut()
        assert await store.load(KEY) == state
    await store.close()


async def test_a_stalled_server_costs_a_bounded_wait_and_then_works_again(
    cable: tuple[Cable, str], prefix: str, retried: list[tuple[str, str]]
) -> None:
    wire, url = cable
    store = RedisSessionStore(url, prefix=prefix, limits=QUICK)
    state = await create(store)
    wire.flowing.clear()
    with pytest.raises(StorageUnavailable):
        await store.load(KEY)
    assert retried == [("store", "overdue")]
    wire.flowing.set()
    assert await store.load(KEY) == state
    await store.close()


async def test_an_exhausted_pool_is_reported_and_recovers(cable: tuple[Cable, str], prefix: str) -> None:
    wire, url = cable
    limits = RedisLimits(pool_size=1, pool_wait_s=0.05, reply_timeout_s=5.0, retries=0)
    store = RedisSessionStore(url, prefix=prefix, limits=limits)
    state = await create(store)
    wire.flowing.clear()
    holder = asyncio.create_task(store.load(KEY))
    with pytest.raises(StorageUnavailable):
        await asyncio.gather(*(store.load(KEY) for _ in range(4)))
    wire.flowing.set()
    assert await holder == state
    await store.close()


async def test_a_server_that_forgot_its_scripts_is_told_again(redis_url: str, prefix: str) -> None:
    store = RedisSessionStore(redis_url, prefix=prefix)
    state = await create(store)
    await store._link.command("SCRIPT", "FLUSH", what="test")
    state = await append(store, state, "x")
    assert await store.load(KEY) == state
    await store.close()


async def test_a_snapshot_of_another_release_is_folded_from_its_events(redis_url: str, prefix: str) -> None:
    store = RedisSessionStore(redis_url, prefix=prefix)
    state = await append(store, await create(store), "x")
    await store._link.command("HSET", store._keys(KEY).session, "s", b"\x81\xa1x\x01", what="test")
    assert await store.load(KEY) == state
    await store.close()


async def test_errors_name_no_answer_and_no_password(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    store = RedisSessionStore(f"unix://:hush-hush@{tmp_path}/nobody.sock", limits=QUICK)
    state = fold([started()])
    with pytest.raises(StorageUnavailable) as caught:
        await append(store, state, "I would use a b-tree")
    said = f"{caught.value.message} {caught.value.detail} {caplog.text}"
    assert "b-tree" not in said
    assert "hush-hush" not in said
    await store.close()


async def test_a_follower_is_woken_by_each_commit_and_not_by_chance(redis_url: str, prefix: str) -> None:
    store = RedisSessionStore(redis_url, prefix=prefix, heartbeat_s=600.0)
    state = await create(store)
    async with asyncio.timeout(300), aclosing(store.follow(KEY)) as batches:
        assert len(await anext(batches)) == 1
        for _ in range(5):
            state = await append(store, state, "x")
            assert [decode_event(raw).seq for raw in await anext(batches)] == [state.version]
    await store.close()


async def test_following_is_gapless_and_free_of_duplicates_under_cuts(
    cable: tuple[Cable, str], redis_url: str, prefix: str
) -> None:
    wire, url = cable
    writer = RedisSessionStore(redis_url, prefix=prefix)
    # No heartbeat within the test's life: every wake-up must come from a notification or a new subscription.
    watcher = RedisSessionStore(url, prefix=prefix, limits=QUICK, heartbeat_s=600.0)
    state = await create(writer)
    cuts, seen = 0, []
    async with asyncio.timeout(300), aclosing(watcher.follow(KEY)) as batches:
        while cuts < STREAM_CUTS:
            seen += [decode_event(raw).seq for raw in await anext(batches)]
            cuts += bool(wire.cut())
            state = await append(writer, state, f"during outage {cuts}")
        while not seen or seen[-1] < state.version:
            seen += [decode_event(raw).seq for raw in await anext(batches)]
    assert seen == list(range(1, state.version + 1))
    await watcher.close()
    await writer.close()


async def test_a_connection_that_breaks_while_nobody_follows_is_no_error(cable: tuple[Cable, str], prefix: str) -> None:
    wire, url = cable
    store = RedisSessionStore(url, prefix=prefix, limits=QUICK, heartbeat_s=600.0)
    await create(store)
    async with asyncio.timeout(300):
        for _ in range(3):
            async with aclosing(store.follow(KEY)) as batches:
                assert len(await anext(batches)) == 1
            (reader,) = (task for task in asyncio.all_tasks() if task.get_name() == "storage-commit-feed")
            wire.cut()
            await asyncio.wait({reader})
            assert reader.exception() is None
    await store.close()


async def test_64_clients_on_hot_keys_lose_no_update(redis_url: str, prefix: str) -> None:
    """Each client adds its own marks to three sessions; every acknowledged mark is in the log exactly once."""
    store = RedisSessionStore(redis_url, prefix=prefix)
    keys = [SessionKey("acme", f"hot-{number}") for number in range(3)]
    for key in keys:
        plan = PlanRef(id="backend", version="1", digest="0" * 64)
        data = SessionStarted(interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro")
        first = Event(seq=1, time=START, data=data)
        await store.commit(key, expected_version=0, state=fold([first]), events=[first])
    acknowledged: dict[SessionKey, list[str]] = {key: [] for key in keys}
    conflicts = 0

    async def client(number: int) -> None:
        nonlocal conflicts
        for attempt in range(12):
            key = keys[(number + attempt) % len(keys)]
            state = await store.load(key)
            assert state is not None
            event = noted(state, f"{number}.{attempt}")
            try:
                await store.commit(key, expected_version=state.version, state=fold([event], state), events=[event])
            except VersionConflict:
                conflicts += 1
            else:
                acknowledged[key].append(f"{number}.{attempt}")

    await asyncio.gather(*(client(number) for number in range(64)))
    assert conflicts > 0
    for key in keys:
        log = await store.events(key)
        state = await store.load(key)
        assert state == fold(log)
        assert state.version == 1 + len(acknowledged[key])
        marks = [event.data.signal for event in log if isinstance(event.data, IntegrityNoted)]
        assert sorted(marks) == sorted(acknowledged[key])
    await store.close()


async def test_a_killed_redis_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """SIGKILL under load, ``STORE_KILLS`` times, with ``fsync=always``; clients go on as soon as it is back."""
    server = EmbeddedRedis(tmp_path, fsync="always")
    store = RedisSessionStore(server.start(), limits=QUICK)
    acknowledged = await create(store)
    try:
        for round_number in range(STORE_KILLS):
            enough = asyncio.Event()

            async def write(state: SessionState, enough: asyncio.Event) -> SessionState:
                try:
                    while True:
                        state = await append(store, state, "x")
                        if state.version % 20 == 0:
                            enough.set()
                except StorageUnavailable:
                    return state

            writing = asyncio.create_task(write(acknowledged, enough))
            await asyncio.wait_for(enough.wait(), 30)
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            acknowledged = await writing
            while server.pid is not None:
                await asyncio.sleep(0)
            await asyncio.to_thread(server.start)
            stored = await store.load(KEY)
            assert stored is not None, f"round {round_number}"
            # The commit in flight at the kill may have been kept; nothing before it may be missing.
            assert stored.version in (acknowledged.version, acknowledged.version + 1)
            assert stored == fold(await store.events(KEY))
            acknowledged = stored
    finally:
        await store.close()
        server.stop()
