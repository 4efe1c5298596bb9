"""A task of the sandbox reaches no file, network, process or secret; kept children and forked ones alike."""

from __future__ import annotations

import asyncio
import os
import platform
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deployments.shell.confinement import syscalls
from deployments.shell.confinement.confine import possible
from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.errors import EngineFailed
from tests.support.paths import TESTS

TASKS = TESTS / "data" / "grading" / "sandbox_tasks"
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}

pytestmark = pytest.mark.skipif(not possible().whole, reason="this kernel has no Landlock or no seccomp")


@pytest.fixture(params=[1, 1000], ids=["forked", "kept"])
async def sandbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    monkeypatch.setenv("PYTHONPATH", str(TASKS))
    monkeypatch.setenv("REDIS_URL", "redis://:CANARY@127.0.0.1/0")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "CANARY")
    limits = SandboxLimits(cpu_s=5, wall_s=10, tasks_per_child=request.param, require_confinement=True)
    made = Sandbox("hostile_task", limits)
    yield made
    await made.stop()


async def attempt(sandbox: Sandbox, text: str) -> str:
    outcome = await sandbox.run(text.encode())
    assert outcome.kind == "done", outcome
    return outcome.result.decode()


@pytest.mark.parametrize("what", ["read", "write", "append", "truncate", "delete", "rename", "chmod"])
async def test_a_file_of_the_platform_is_out_of_reach(sandbox: Sandbox, tmp_path: Path, what: str) -> None:
    secret = tmp_path / "api-key"
    secret.write_text("CANARY")
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o777)  # not the user's rights protect it
    secret.chmod(0o666)
    assert "refused" in await attempt(sandbox, f"{what} {secret}")
    assert secret.read_text() == "CANARY"
    assert secret.stat().st_mode & 0o777 == 0o666


async def test_no_directory_is_listed_made_or_filled(sandbox: Sandbox, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for text in (f"list {tmp_path}", f"mkdir {tmp_path}/new", f"write {tmp_path}/new", "list /", "list /tmp"):
        assert "refused" in await attempt(sandbox, text)
    assert list(tmp_path.iterdir()) == []


async def test_no_secret_of_the_environment_is_known(sandbox: Sandbox) -> None:
    assert "CANARY" not in await attempt(sandbox, "environment")
    for text in (f"read /proc/{os.getpid()}/environ", "read /proc/self/environ", f"read /proc/{os.getpid()}/cmdline"):
        assert "refused" in await attempt(sandbox, text)


async def test_no_server_is_reached(sandbox: Sandbox, tmp_path: Path) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"CANARY")
        writer.close()

    path = tmp_path / "socket"
    tcp = await asyncio.start_server(greet, "127.0.0.1", 0)
    unix = await asyncio.start_unix_server(greet, path)
    async with tcp, unix:
        port = tcp.sockets[0].getsockname()[1]
        for text in (f"connect 127.0.0.1:{port}", f"send-udp 127.0.0.1:{port}", f"connect-unix {path}", "listen"):
            assert "refused" in await attempt(sandbox, text)


@pytest.mark.parametrize("what", ["fork", "thread", "program", "exec"])
async def test_nothing_is_started(sandbox: Sandbox, what: str) -> None:
    assert "refused" in await attempt(sandbox, what)


async def test_no_other_process_is_touched(sandbox: Sandbox) -> None:
    await sandbox.start()
    for pid in (os.getpid(), sandbox.pids[0], 1):
        for what in ("signal", "other-memory"):
            assert "refused" in await attempt(sandbox, f"{what} {pid}")


async def test_nothing_of_the_warm_process_stays_open(sandbox: Sandbox) -> None:
    """At most the pipes of this task."""
    assert len(eval(await attempt(sandbox, "inherited"))) <= 2


async def test_no_other_user_is_become(sandbox: Sandbox) -> None:
    assert "refused" in await attempt(sandbox, "root")


async def test_the_standard_library_can_still_be_imported(sandbox: Sandbox) -> None:
    assert await attempt(sandbox, "import") == "'sqlite3'"


async def test_a_machine_without_confinement_is_refused_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen from the worker: it reports what it could not enforce."""
    monkeypatch.setenv("PYTHONPATH", str(TASKS))
    made = Sandbox("unconfined_task", SandboxLimits(require_confinement=True))
    with pytest.raises(EngineFailed, match="cannot confine"):
        await made.start()
    await made.stop()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    known = {
        name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    }
    column = ["x86_64", "aarch64"].index(machine)
    for name, numbers in {**syscalls.NUMBERS, **syscalls.SELF_NUMBERS}.items():
        if numbers[column] is not None:
            assert known.get(name, known.get(name.removeprefix("new"))) == numbers[column], name


def test_the_filter_fits_the_machine() -> None:
    assert platform.machine() in HEADERS
    assert len(syscalls.filter_of(platform.machine(), 1)) % 8 == 0
