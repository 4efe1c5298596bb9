"""A pool of warm, killable processes for work on untrusted input: graded answers, uploaded documents.

Each slot is a process that has imported the heavy library and forks a limited child per task. A task ends with a
result, or with a ``SandboxOutcome`` that names the exceeded limit; it cannot affect this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import struct
import sys
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from deployments.shell.confinement.confine import Confinement
from deployments.shell.fair_pool import FairPool
from interview.errors import EngineFailed, EngineUnavailable

logger = logging.getLogger(__name__)

#: The root of this package, so that the workers run the same code.
_ROOT = str(Path(__file__).resolve().parents[2])
_HEADER = struct.Struct(">I")


class SandboxLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of one task. ``memory_bytes`` counts on top of the warm process; ``start_s`` bounds its imports.

    ``tasks_per_child``: a child that kept its limits serves this many tasks. 1 forks one for each, which costs some
    milliseconds and separates the tasks of two candidates. ``waiting_per_tenant``: callers of one tenant that may wait
    for a process; beyond: 429. ``require_confinement``: refuse to start where the kernel cannot keep tasks from files
    and the network; otherwise the log and `interview doctor` say so.
    """

    cpu_s: float = 2.0
    wall_s: float = 2.5
    memory_bytes: int = 180 * 1024 * 1024
    start_s: float = 60.0
    processes: int = 1
    tasks_per_child: int = 1
    waiting_per_tenant: int = 256
    require_confinement: bool = False


Ending = Literal["ready", "done", "time", "memory", "crash"]


class SandboxJob(Struct, frozen=True):
    payload: bytes
    cpu_s: float
    wall_s: float
    memory_bytes: int
    tasks_per_child: int = 1


class SandboxOutcome(Struct, frozen=True):
    """The end of a task. ``peak_bytes`` is its resident memory above the warm process's, ``cpu_s`` its CPU time."""

    kind: Ending
    result: bytes = b""
    peak_bytes: int = 0
    cpu_s: float = 0.0


class Sandbox:
    """Runs ``MODULE.run(payload: bytes) -> bytes`` in limited processes.

    ``start`` is optional: the first ``run`` starts the process. Use it from one event loop only.
    """

    def __init__(self, module: str, limits: SandboxLimits | None = None) -> None:
        self._limits = limits or SandboxLimits()
        self._slots = [_Slot(module, self._limits) for _ in range(max(1, self._limits.processes))]
        self._pool = FairPool(self._slots, waiting_per_tenant=self._limits.waiting_per_tenant)

    async def start(self) -> None:
        """Warm every process, so that the first candidate does not wait for imports.

        Raises:

            EngineFailed: a process did not start.
        """
        await asyncio.gather(*(slot.ensure() for slot in self._slots))

    async def run(self, payload: bytes, tenant: str = "") -> SandboxOutcome:
        """Run one task. Waits for a free process; among tenants, the one that has used least goes first.

        Raises:

            Overloaded: too many tasks of ``tenant`` wait already.
            EngineFailed: the process could not be started.
            EngineUnavailable: the process died for its own reasons; a retry may work.
        """
        async with self._pool.lend(tenant) as slot:
            return await slot.run(payload)

    async def stop(self) -> None:
        for slot in self._slots:
            await slot.stop()

    @property
    def busy(self) -> int:
        """Tasks running now."""
        return len(self._slots) - self._pool.idle

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of the living warm processes."""
        return tuple(slot.pid for slot in self._slots if slot.pid)


class _Slot:
    """One warm process, restarted when it has died."""

    def __init__(self, module: str, limits: SandboxLimits) -> None:
        self._module = module
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._starting: asyncio.Task[asyncio.subprocess.Process] | None = None

    @property
    def pid(self) -> int:
        """0 when no process is running."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def ensure(self) -> asyncio.subprocess.Process:
        """The warm process. If a caller gives up waiting, the next one continues the start."""
        if self._process is not None and self._process.returncode is None:
            return self._process
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._spawn())
        self._process = await asyncio.shield(self._starting)
        return self._process

    async def _spawn(self) -> asyncio.subprocess.Process:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(part for part in (_ROOT, os.environ.get("PYTHONPATH", "")) if part),
            "HOME": os.environ.get("HOME", ""),
            "LANG": "C.UTF-8",
            # One thread each: a fork copies only the calling thread, and a candidate gets one core.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "ignore",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing is imported from the working directory
            "-m",
            "deployments.shell.sandbox_worker",
            self._module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )
        try:
            async with asyncio.timeout(self._limits.start_s):
                ready = msgspec.msgpack.decode(await _receive(process), type=SandboxOutcome)
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            await _kill(process)
            raise EngineFailed(f"The sandbox process for {self._module} did not start.", retry_after_s=5) from error
        confinement = msgspec.msgpack.decode(ready.result, type=Confinement)
        if not confinement.whole:
            logger.warning(
                "the sandbox of %s is not fully confined: files=%s system_calls=%s; see `interview doctor`",
                self._module, confinement.files, confinement.system_calls,
            )  # fmt: skip
            if self._limits.require_confinement:
                await _kill(process)
                raise EngineFailed(f"This machine cannot confine the sandbox for {self._module} (Landlock, seccomp).")
        return process

    async def run(self, payload: bytes) -> SandboxOutcome:
        process = await self.ensure()
        limits = self._limits
        job = SandboxJob(payload, limits.cpu_s, limits.wall_s, limits.memory_bytes, limits.tasks_per_child)
        frame = msgspec.msgpack.encode(job)
        try:
            async with asyncio.timeout(self._limits.wall_s + 5.0):
                if process.stdin is None:
                    raise EngineUnavailable("The sandbox process has no input.")
                process.stdin.write(_HEADER.pack(len(frame)) + frame)
                await process.stdin.drain()
                return msgspec.msgpack.decode(await _receive(process), type=SandboxOutcome)
        except TimeoutError:
            await _kill(process)
            return SandboxOutcome("time")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await _kill(process)
            raise EngineUnavailable("The sandbox process died; try again.", retry_after_s=1) from error
        except asyncio.CancelledError:
            # A later task must not read the reply of an abandoned one.
            await asyncio.shield(_kill(process))
            raise

    async def stop(self) -> None:
        if self._starting is not None and not self._starting.done():
            with contextlib.suppress(EngineFailed):
                self._process = await self._starting
        if self._process is not None:
            await _kill(self._process)
            self._process = None


async def _receive(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise EngineUnavailable("The sandbox process has no output.")
    header = await process.stdout.readexactly(_HEADER.size)
    return await process.stdout.readexactly(_HEADER.unpack(header)[0])


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
