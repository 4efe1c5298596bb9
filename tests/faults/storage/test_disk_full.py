"""A full disk, a real one: what was acknowledged stays, what does not fit is an error, and room makes it work again."""

from __future__ import annotations

import asyncio
import errno
import os
import queue
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview.errors import InternalError, StorageUnavailable
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database, sqlite_url
from storage.audit.port import AuditEntry
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.embedded.server import EmbeddedRedis
from storage.embedded.supervisor import RestartRules, ServerSupervisor, SupervisorState, explained
from storage.redis.client import RedisLink

SIZE = "4m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", place], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left, with the file that is returned."""
    ballast = disk / "ballast"
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    os.write(descriptor, b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    finally:
        os.close(descriptor)
    return ballast


async def test_a_recording_that_does_not_fit_is_refused_and_the_old_one_stays(disk: Path) -> None:
    blobs = FsspecBlobStore(str(disk / "blobs"))
    await blobs.put("a/b", b"old")
    ballast = fill(disk)
    with pytest.raises(StorageUnavailable):
        await blobs.put("a/b", b"new" * 10_000)
    assert await blobs.get("a/b") == b"old"
    assert [path.name for path in (disk / "blobs" / "a").iterdir()] == ["b"]
    ballast.unlink()
    await blobs.put("a/b", b"new" * 10_000)
    assert await blobs.get("a/b") == b"new" * 10_000
    await blobs.close()


async def test_every_acknowledged_archive_write_is_there_and_every_other_was_an_error(disk: Path) -> None:
    database = Database(sqlite_url(disk / "archive.db"))
    log = SqlAuditLog(database)
    await log.record(AuditEntry("acme", "test", "session.read", "before"))
    ballast = fill(disk)

    names = [f"during-{number}" for number in range(200)]
    entries = [AuditEntry("acme", "test", "session.read", name, {"note": "x" * 2000}) for name in names]
    results = await asyncio.gather(*map(log.record, entries), return_exceptions=True)
    refused = [result for result in results if result is not None]
    assert refused
    assert all(isinstance(result, StorageUnavailable | InternalError) for result in refused), refused

    ballast.unlink()
    await log.record(AuditEntry("acme", "test", "session.read", "after"))
    there = len(await log.entries("acme", limit=1000))
    assert there == 1 + results.count(None) + 1
    await database.close()


async def test_a_store_on_a_full_disk_refuses_writes_and_keeps_what_it_acknowledged(disk: Path) -> None:
    with EmbeddedRedis(disk / "store", fsync="always") as server:
        link = RedisLink(server.url)
        try:
            await link.command("SET", "kept", "yes", what="test")
            ballast = fill(disk)
            with pytest.raises(StorageUnavailable):
                for number in range(64):
                    await link.command("SET", f"during-{number}", "x" * 10_000, what="test")
        finally:
            await link.close()
        ballast.unlink()
    with EmbeddedRedis(disk / "store") as again:
        link = RedisLink(again.url)
        try:
            assert await link.command("GET", "kept", what="test") == b"yes"
            await link.command("SET", "after", "yes", what="test")
        finally:
            await link.close()


async def test_a_store_that_ended_on_a_full_disk_starts_again_when_there_is_room(disk: Path) -> None:
    states: queue.SimpleQueue[SupervisorState] = queue.SimpleQueue()
    rules = RestartRules(deaths_at_most=1, pause_s=0.0, room_every_s=0.01)
    supervisor = ServerSupervisor(EmbeddedRedis(disk, fsync="always"), rules=rules, listener=states.put)
    link = RedisLink(supervisor.start())
    assert states.get(timeout=60).status == "running"
    try:
        await link.command("SET", "kept", "yes", what="test")
        for restarts in (1, 2, 3):  # more often than a server may die for other reasons
            ballast = fill(disk)
            with pytest.raises(StorageUnavailable) as raised:
                for number in range(64):
                    await link.command("SET", f"during-{number}", "x" * 10_000, what="test")
            state = states.get(timeout=60)
            assert state.status == "disk-full"
            assert "is full" in state.reason
            assert "is full" in explained(raised.value, disk).message
            ballast.unlink()
            while (state := states.get(timeout=60)).status != "running":
                assert state.status == "restarting"
            assert state.restarts == restarts
            assert await link.command("GET", "kept", what="test") == b"yes"
            await link.command("SET", "after", "yes", what="test")
    finally:
        await link.close()
        supervisor.stop()
