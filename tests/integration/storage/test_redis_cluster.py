"""Redis Cluster by URL, on real nodes: slots that move, a primary that dies, erasure and metrics on every node.

The contract suites of the stores run on a cluster of three nodes as well.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.crc import key_slot
from redis.exceptions import RedisError

from interview.errors import ConfigError, StorageUnavailable
from interview.plans.plan import PlanRef
from interview.sessions.events import Event, SessionStarted
from interview.sessions.fold import fold
from storage.metrics.redis import RedisMetricsBoard
from storage.redis.client import RedisLink
from storage.redis.diagnosis import diagnose
from storage.redis.endpoint import cluster_nodes
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueuedJob
from storage.work_queue.redis import RedisWorkQueue
from tests.support.redis_cluster import Cluster, Node, running_cluster, until

CANARY = "CANARY-quokka"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path) as running:
        yield running


def started(key: SessionKey) -> Event:
    plan = PlanRef(id=f"{CANARY}-{key.interview_id}", version="1", digest="0" * 64)
    data = SessionStarted(interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro")
    return Event(seq=1, time=datetime(2026, 1, 5, 9, 0, tzinfo=UTC), data=data)


async def start(store: RedisSessionStore, key: SessionKey) -> None:
    await store.commit(key, expected_version=0, state=fold([started(key)]), events=[started(key)])


def begin_move(cluster: Cluster, slot: int) -> tuple[Node, Node]:
    """Open the slot for its move to another node; returns both."""
    source = cluster.owner(slot)
    target = next(node for node in cluster.nodes if node is not source)
    target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
    source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
    return source, target


def move_keys(source: Node, target: Node, slot: int) -> None:
    keys = source.ask("CLUSTER", "GETKEYSINSLOT", slot, 1000)
    source.ask("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "AUTH", source.password, "KEYS", *keys)


def end_move(cluster: Cluster, source: Node, target: Node, slot: int) -> None:
    for node in (target, source, *(one for one in cluster.nodes if one not in (source, target))):
        node.ask("CLUSTER", "SETSLOT", slot, "NODE", target.id)


async def test_an_interview_goes_on_where_its_slot_has_moved(cluster: Cluster) -> None:
    """While the slot is open, some keys are on either node: the store answers 503 or the truth, and loses nothing."""
    store, key = RedisSessionStore(cluster.url), SessionKey("acme", "iv")
    slot = key_slot(b"acme/iv")
    try:
        await start(store, key)
        source, target = begin_move(cluster, slot)
        with pytest.raises(StorageUnavailable):
            await store.load(key)
        move_keys(source, target, slot)
        with pytest.raises(StorageUnavailable):
            await store.load(key)
        end_move(cluster, source, target, slot)
        assert await store.load(key) == fold([started(key)])
        async with aclosing(store.follow(key)) as batches:
            assert len(await anext(batches)) == 1
    finally:
        await store.close()


async def test_a_single_key_is_found_on_either_node_of_an_open_slot(cluster: Cluster) -> None:
    link = RedisLink(cluster.url)
    try:
        await link.pipeline([("SET", "{s}:there", "1"), ("SET", "{s}:gone", "2")], what="test")
        slot = key_slot(b"s")
        source, target = begin_move(cluster, slot)
        source.ask("MIGRATE", "127.0.0.1", target.port, "{s}:gone", 0, 5000, "AUTH", source.password)
        found = await link.pipeline([("GET", "{s}:there"), ("GET", "{s}:gone"), ("SET", "{s}:new", "3")], what="test")
        assert found == [b"1", b"2", b"OK"]
        assert target.ask("CLUSTER", "COUNTKEYSINSLOT", slot) == 2
    finally:
        await link.close()


async def test_a_queue_loses_no_job_while_its_slot_moves(cluster: Cluster) -> None:
    queue = RedisWorkQueue(cluster.url, "q")
    slot = key_slot(b"queue:q")
    try:
        for name in ("a", "b"):
            await queue.enqueue(QueuedJob(name, "judge", b""), delay_s=0.001)
        source, target = begin_move(cluster, slot)
        # the hash of one due job has moved, and all keys that the claim declares are still here
        job = "interview:{queue:q}:job:b"
        source.ask("MIGRATE", "127.0.0.1", target.port, job, 0, 5000, "AUTH", source.password)
        with pytest.raises(StorageUnavailable):
            await queue.claim("w", limit=9)
        move_keys(source, target, slot)
        end_move(cluster, source, target, slot)
        assert sorted(claim.job.id for claim in await queue.claim("w", limit=9, wait_s=5)) == ["a", "b"]
    finally:
        await queue.close()


async def test_interviews_go_on_when_a_primary_dies(cluster: Cluster) -> None:
    """Nothing is promised of what the replica had not received: here it has."""
    key = SessionKey("acme", "iv")
    primary = cluster.owner(key_slot(b"acme/iv"))
    cluster.add_replica(primary)
    store, link = RedisSessionStore(cluster.url), RedisLink(cluster.url)
    try:
        await start(store, key)
        cluster.await_replicated(primary)
        os.kill(primary.process.pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while True:
                try:
                    assert await store.load(key) == fold([started(key)])
                    break
                except StorageUnavailable:
                    await asyncio.sleep(0.05)
        assert await store.live_count() == 1
        assert primary.port not in [server[1] for server in await link._connections.servers() if server]
    finally:
        await store.close()
        await link.close()


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Cluster]:
    """One node that serves no slot."""
    cluster = Cluster(tmp_path)
    try:
        cluster.start_node()
        yield cluster
    finally:
        cluster.stop()


async def test_a_cluster_without_slots_is_not_ready_and_serves_once_it_is_created(lone: Cluster) -> None:
    store, link, key = RedisSessionStore(lone.url), RedisLink(lone.url), SessionKey("acme", "iv")
    try:
        for _ in range(2):
            with pytest.raises(StorageUnavailable):
                await store.load(key)
            with pytest.raises(StorageUnavailable):
                await store.ping()
            with pytest.raises(RedisError):  # the commit feed tries again
                await link.pubsub()
            with pytest.raises(StorageUnavailable):
                await link.command("GET", "k", what="test")
        lone.form()
        assert await link.command("GET", "k", what="test") is None
        await link.pubsub()
        await start(store, key)
        await store.ping()
    finally:
        await store.close()
        await link.close()


async def test_a_slot_that_is_assigned_later_is_found(lone: Cluster) -> None:
    link, node, slot = RedisLink(lone.url), lone.nodes[0], key_slot(b"k")
    node.ask("CLUSTER", "ADDSLOTS", *(one for one in range(16384) if one != slot))
    try:
        with pytest.raises(StorageUnavailable):
            await link.command("GET", "k", what="test")
        node.ask("CLUSTER", "ADDSLOTS", slot)
        lone.await_ok()
        assert await link.command("GET", "k", what="test") is None
    finally:
        await link.close()


async def test_a_forgotten_node_among_the_seeds_is_passed_over(cluster: Cluster) -> None:
    outsider = cluster.start_node()
    seeds = ",".join(f"127.0.0.1:{node.port}" for node in (outsider, *cluster.nodes[:3]))
    url = f"redis+cluster://:{cluster.password}@{seeds}"
    store, link = RedisSessionStore(url), RedisLink(url)
    try:
        subscribed = {await link._connections.url_for_subscriptions() for _ in range(4)}
        assert len(subscribed) == 3
        assert not any(str(outsider.port) in one for one in subscribed)
        await start(store, SessionKey("acme", "iv"))
        assert len(await link.each_server("PING", what="test")) == 3
    finally:
        await store.close()
        await link.close()


async def test_an_erased_interview_is_in_no_log_of_any_node(cluster: Cluster, tmp_path: Path) -> None:
    store, kept, gone = RedisSessionStore(cluster.url), SessionKey("acme", "kept"), SessionKey("acme", "gone")
    primary = cluster.owner(key_slot(b"acme/gone"))
    replica = cluster.add_replica(primary)
    try:
        for key in (kept, gone):
            await start(store, key)

        def holding(key: SessionKey) -> set[int]:
            word = f"{CANARY}-{key.interview_id}".encode()
            return {
                node.port
                for node in cluster.nodes
                if any(word in log.read_bytes() for log in (tmp_path / str(node.port)).rglob("*.*"))
            }

        cluster.await_replicated(primary)
        assert holding(gone) == {primary.port, replica.port}
        await store.erase(gone)
        assert await store.purge_log()
        until(lambda: not holding(gone) or None)  # the server removes a rewritten log's file in the background
        assert holding(kept)
        assert await store.erased() == [gone]
    finally:
        await store.close()


async def test_the_store_is_as_full_as_its_fullest_node(cluster: Cluster) -> None:
    for node, limit_mb in zip(cluster.nodes, (900, 100, 500), strict=True):
        node.ask("CONFIG", "SET", "maxmemory", f"{limit_mb}mb")
    board = RedisMetricsBoard(cluster.url)
    try:
        await board.put("replica", b"metrics", ttl_s=60)
        assert await board.all() == {"replica": b"metrics"}
        assert (await board.server()).max_memory_bytes == 100 * 1024 * 1024
    finally:
        await board.close()


async def test_a_url_of_the_other_kind_is_a_configuration_error(cluster: Cluster) -> None:
    single = RedisLink(f"redis://:{cluster.password}@127.0.0.1:{cluster.nodes[0].port}")
    try:
        with pytest.raises(ConfigError, match=r"redis\+cluster://"):
            await single.pipeline([("GET", f"k{number}") for number in range(20)], what="test")
    finally:
        await single.close()


def test_every_node_is_diagnosed(cluster: Cluster) -> None:
    cluster.nodes[2].ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    one_node = f"redis://:{cluster.password}@127.0.0.1:{cluster.nodes[0].port}"
    whole, one = diagnose(cluster.url), diagnose(one_node)
    assert not whole.problem
    assert any("allkeys-lru" in warning for warning in whole.warnings)
    assert "redis+cluster://" in one.problem
    assert cluster.password not in f"{whole}{one}"


def test_a_cluster_url_names_nodes_and_credentials() -> None:
    found = cluster_nodes("rediss+cluster://ada:p%40ss@one:1,[::1]:2,two/0")
    assert found is not None
    assert found.nodes == (("one", 1), ("::1", 2), ("two", 6379))
    assert (found.username, found.password, found.tls) == ("ada", "p@ss", True)
    assert found.url_of(("::1", 2)) == "rediss://ada:p%40ss@[::1]:2"
    assert cluster_nodes("redis://localhost") is None


@pytest.mark.parametrize(
    "url", ["redis+cluster://", "redis+cluster://a/1", "redis+cluster://a:x", "redis+cluster://a?b=c"]
)
def test_a_cluster_url_that_cannot_be_served_is_a_configuration_error_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        RedisLink(url.replace("://", "://:CANARY@"))
    assert "CANARY" not in refused.value.message
