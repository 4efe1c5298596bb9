"""Redis Sentinel by URL, on real servers: the stores find the master, and the next one after a failover."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interview.errors import ConfigError, StorageUnavailable
from interview.plans.plan import PlanRef
from interview.sessions.events import Event, SessionStarted
from interview.sessions.fold import fold
from storage.embedded.server import find_redis_server
from storage.limits.port import Rate
from storage.limits.rates import redis_rates
from storage.redis.client import RedisLink
from storage.redis.endpoint import sentinel_service
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore

PASSWORD = "s3cret"
KEY = SessionKey("acme", "iv")


@dataclass
class Watched:
    """A master, its replica and three Sentinels on loopback."""

    url: str
    master: subprocess.Popen[bytes]
    sentinels: tuple[int, ...]


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in made]


async def answer(port: int, *words: str, password: str = "") -> object:
    credentials = f":{password}@" if password else ""
    link = RedisLink(f"redis://{credentials}127.0.0.1:{port}")
    try:
        return await link.command(*words, what="test")
    finally:
        await link.close()


async def until(port: int, wanted: bytes, *words: str, password: str = "") -> None:
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(StorageUnavailable):
                if wanted in str(await answer(port, *words, password=password)).encode():
                    return
            await asyncio.sleep(0.05)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    binary = find_redis_server()
    assert binary is not None
    master, replica, *sentinels = free_ports(5)
    processes: list[subprocess.Popen[bytes]] = []

    def start(name: str, *options: str) -> subprocess.Popen[bytes]:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "server.conf").write_text("\n".join((f"dir {folder}", "bind 127.0.0.1", *options)) + "\n")
        command = [binary.path, folder / "server.conf", *(["--sentinel"] if "sentinel" in name else [])]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        processes.append(process)
        return process

    secrets = (f"requirepass {PASSWORD}", f"masterauth {PASSWORD}", "save ''")
    first = start("master", f"port {master}", *secrets)
    start("replica", f"port {replica}", f"replicaof 127.0.0.1 {master}", *secrets)
    try:
        await until(replica, b"master_link_status:up", "INFO", "replication", password=PASSWORD)
        for port in sentinels:
            start(
                f"sentinel-{port}",
                f"port {port}",
                f"sentinel monitor interviews 127.0.0.1 {master} 2",
                f"sentinel auth-pass interviews {PASSWORD}",
                "sentinel down-after-milliseconds interviews 500",
                "sentinel failover-timeout interviews 5000",
            )
        for port in sentinels:
            await until(port, b"num-other-sentinels', b'2'", "SENTINEL", "MASTER", "interviews")
            await until(port, b"num-slaves', b'1'", "SENTINEL", "MASTER", "interviews")
        hosts = ",".join(f"127.0.0.1:{port}" for port in sentinels)
        yield Watched(f"redis+sentinel://:{PASSWORD}@{hosts}/interviews", first, tuple(sentinels))
    finally:
        for process in processes:
            process.kill()
            process.wait()


def started() -> Event:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    data = SessionStarted(interview_id=KEY.interview_id, tenant=KEY.tenant, plan=plan, phase="intro")
    return Event(seq=1, time=datetime(2026, 1, 5, 9, 0, tzinfo=UTC), data=data)


async def test_sessions_and_limits_go_on_with_the_next_master(watched: Watched) -> None:
    """Nothing is promised of what the replica had not received: here it has, as ``WAIT`` says."""
    store, link, rates = RedisSessionStore(watched.url), RedisLink(watched.url), redis_rates(watched.url)
    try:
        await store.commit(KEY, expected_version=0, state=fold([started()]), events=[started()])
        assert (await rates.take(Rate(10), "key", "k")).granted == 1
        assert await link.command("WAIT", 1, 5000, what="test") == 1
        os.kill(watched.master.pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while True:
                try:
                    assert await store.load(KEY) == fold([started()])
                    await link.command("SET", "written", "after", what="test")
                    break
                except StorageUnavailable:
                    await asyncio.sleep(0.1)
        assert await link.command("GET", "written", what="test") == b"after"
        assert (await rates.take(Rate(10), "key", "k")).granted == 1
    finally:
        await store.close()
        await link.close()
        await rates.close()


def test_a_sentinel_url_names_sentinels_service_and_credentials() -> None:
    found = sentinel_service("redis+sentinel://ada:p%40ss@one:1,two/inter-views")
    assert found is not None
    assert found.sentinels == (("one", 1), ("two", 26379))
    assert (found.name, found.username, found.password) == ("inter-views", "ada", "p@ss")
    assert sentinel_service("redis://localhost") is None


@pytest.mark.parametrize(
    "url",
    ["http://a", "redis+sentinel:///name", "redis+sentinel://a:1", "redis+sentinel://a:x/n"],
)
def test_a_url_that_cannot_be_served_is_a_configuration_error_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        RedisLink(url.replace("://", "://:CANARY@"))
    assert "CANARY" not in refused.value.message
