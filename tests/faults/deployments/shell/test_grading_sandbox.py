"""The sandbox outlives whatever runs in it, and says which limit ended it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.errors import EngineFailed, EngineUnavailable
from tests.support.paths import TESTS

TASKS = TESTS / "data" / "grading" / "sandbox_tasks"


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    monkeypatch.setenv("PYTHONPATH", str(TASKS))
    made = Sandbox("grading_sandbox_task", SandboxLimits(cpu_s=1, wall_s=1.5, memory_bytes=64 << 20))
    yield made
    await made.stop()


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("spin", "time"),
        ("sleep", "time"),
        ("eat", "memory"),
        ("creep", "memory"),
        ("kill", "crash"),
        ("raise", "crash"),
    ],
)
async def test_a_task_that_misbehaves_is_ended_and_the_next_one_served(sandbox: Sandbox, task: str, kind: str) -> None:
    outcome = await sandbox.run(task.encode())
    assert outcome.kind == kind
    assert outcome.peak_bytes <= 80 << 20
    assert (await sandbox.run(b"fine")).result == b"ok:fine"


async def test_what_a_task_prints_does_not_corrupt_its_result(sandbox: Sandbox) -> None:
    assert (await sandbox.run(b"print")).result == b"ok:print"


async def test_a_task_cannot_write_files(sandbox: Sandbox) -> None:
    assert (await sandbox.run(b"write")).kind == "crash"


async def test_a_killed_process_is_reported_and_replaced(sandbox: Sandbox) -> None:
    await sandbox.start()
    running = asyncio.create_task(sandbox.run(b"sleep"))
    while not sandbox.busy:
        await asyncio.sleep(0.01)
    os.kill(sandbox.pids[0], signal.SIGKILL)
    with pytest.raises(EngineUnavailable):
        await running
    assert (await sandbox.run(b"fine")).result == b"ok:fine"


async def test_a_cancelled_caller_does_not_leave_its_reply_to_the_next(sandbox: Sandbox) -> None:
    await sandbox.start()
    task = asyncio.create_task(sandbox.run(b"sleep"))
    await asyncio.sleep(0)
    while not sandbox.busy:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await sandbox.run(b"fine")).result == b"ok:fine"


async def test_many_callers_share_the_processes(sandbox: Sandbox) -> None:
    outcomes = await asyncio.gather(*(sandbox.run(str(index).encode()) for index in range(20)))
    assert [outcome.result for outcome in outcomes] == [f"ok:{index}".encode() for index in range(20)]


async def test_no_process_is_left_behind(sandbox: Sandbox) -> None:
    await sandbox.start()
    (pid,) = sandbox.pids
    await sandbox.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_module_that_does_not_import_is_a_typed_error() -> None:
    with pytest.raises(EngineFailed):
        await Sandbox("no_such_module_anywhere").run(b"")
