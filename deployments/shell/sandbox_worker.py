"""The sandbox's worker program: a warm process that forks one resource-limited child per task.

Run as ``python -m deployments.shell.sandbox_worker MODULE``. It imports MODULE once (the heavy library takes seconds),
then serves tasks from stdin. A forked child has the library at once and its own CPU and memory limits; damage by a
hostile input ends with the child.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import IO

import msgspec

from deployments.shell.confinement import syscalls
from deployments.shell.confinement.confine import confine_warm_process
from deployments.shell.sandbox import Ending, SandboxJob, SandboxOutcome

#: The ``run`` function of a sandboxed module.
Task = Callable[[bytes], bytes]

_HEADER = struct.Struct(">I")
_PR_SET_PDEATHSIG = 1
_MAX_RESULT_BYTES = 1 << 20


def main(module: str) -> None:
    """Serve until stdin closes, which signals that the parent has died."""
    _die_with_parent()
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # library output must not corrupt the frames
    task = importlib.import_module(module)
    warm_up = getattr(task, "warm_up", None)
    if warm_up is not None:
        warm_up()
    confinement = confine_warm_process()
    _die_with_parent()  # a new user loses it
    _write(sink, msgspec.msgpack.encode(SandboxOutcome("ready", msgspec.msgpack.encode(confinement))))
    kept = KeptChild(task.run)
    while (frame := _read(source)) is not None:
        job = msgspec.msgpack.decode(frame, type=SandboxJob)
        outcome = kept.run(job) if job.tasks_per_child > 1 else _run(task.run, job)
        _write(sink, msgspec.msgpack.encode(outcome))


class _Memory:
    """This process's memory, from a file opened before files are out of reach; a child reads its parent's."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)

    def mapped_bytes(self) -> int:
        return self._pages(0) * resource.getpagesize()

    def resident_bytes(self) -> int:
        return self._pages(1) * resource.getpagesize()

    def _pages(self, column: int) -> int:
        return int(os.pread(self._statm, 256, 0).split()[column])


_MEMORY = _Memory()


class KeptChild:
    """A limited child that serves one task after another, and is replaced when it breaks a limit or has served enough.

    It saves the fork of each task. Its tasks share a process, so it is for the platform's own code on hostile input,
    never for code that the input brings.
    """

    def __init__(self, run: Task) -> None:
        self._run = run
        self._pid = 0
        self._served = 0
        self._to_child: IO[bytes] | None = None
        self._from_child = -1

    def run(self, job: SandboxJob) -> SandboxOutcome:
        if self._pid and self._served >= job.tasks_per_child:
            self._end()
        if not self._pid:
            self._fork(job)
        self._served += 1
        try:
            if self._to_child is not None:
                _write(self._to_child, msgspec.msgpack.encode(job))
        except BrokenPipeError:
            return SandboxOutcome(self._end(expired=False))
        frame, expired = _collect_frame(self._from_child, job.wall_s)
        if frame is not None:
            return msgspec.msgpack.decode(frame, type=SandboxOutcome)
        return SandboxOutcome(self._end(expired=expired))

    def _fork(self, job: SandboxJob) -> None:
        requests, to_child = os.pipe()
        from_child, replies = os.pipe()
        pid = os.fork()
        if pid == 0:
            _serving_child(self._run, job, requests, replies)
        os.close(requests)
        os.close(replies)
        self._pid, self._served = pid, 0
        self._to_child, self._from_child = os.fdopen(to_child, "wb"), from_child

    def _end(self, *, expired: bool = True) -> Ending:
        """Kill and reap the child; how it ended."""
        if expired:
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        if self._to_child is not None:
            with contextlib.suppress(BrokenPipeError):
                self._to_child.close()
        os.close(self._from_child)
        self._pid, self._to_child = 0, None
        return _ending(status, expired)


def _serving_child(run: Task, first: SandboxJob, reads_from: int, writes_to: int) -> None:
    """The child of ``KeptChild``; never returns."""
    code = 70
    try:
        _confine_child(first, reads_from, writes_to)
        requests, replies = os.fdopen(reads_from, "rb"), os.fdopen(writes_to, "wb")
        while (frame := _read(requests)) is not None:
            job = msgspec.msgpack.decode(frame, type=SandboxJob)
            began = _cpu_s()
            _limit_cpu(began + job.cpu_s)
            result: bytes = run(job.payload)
            done = SandboxOutcome("done", result[:_MAX_RESULT_BYTES], cpu_s=_cpu_s() - began)
            _write(replies, msgspec.msgpack.encode(done))
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    finally:
        os._exit(code)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _run(run: Task, job: SandboxJob) -> SandboxOutcome:
    """Fork, wait at most the job's wall-clock limit, and report how it ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(run, job, writer)
    os.close(writer)
    result, expired = _collect(reader, job.wall_s)
    os.close(reader)
    if expired:
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    peak_bytes = max(0, usage.ru_maxrss - _MEMORY.resident_bytes() // 1024) * 1024
    return SandboxOutcome(_ending(status, expired), result, peak_bytes, usage.ru_utime + usage.ru_stime)


def _ending(status: int, expired: bool) -> Ending:
    if expired:
        return "time"
    if os.WIFSIGNALED(status):
        return "time" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "crash"
    exited = os.WEXITSTATUS(status)
    return "done" if exited == 0 else "memory" if exited == _OUT_OF_MEMORY else "crash"


_OUT_OF_MEMORY = 12


def _child(run: Task, job: SandboxJob, writer: int) -> None:
    """The limited child; never returns."""
    code = 70
    try:
        _limit_cpu(job.cpu_s, for_good=True)
        _confine_child(job, writer)
        result: bytes = run(job.payload)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(result[:_MAX_RESULT_BYTES])
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - the child's last words; some libraries raise BaseException on time-out
        try:
            os.write(writer, f"{type(error).__name__}: {error}"[:500].encode())
        except OSError:
            code = 71
    finally:
        os._exit(code)


def _confine_child(job: SandboxJob, *keep: int) -> None:
    """The limits of a child, for good: nothing of the warm process but ``keep`` stays open, so that it can neither read
    another candidate's answer nor forge a result."""
    _die_with_parent()
    _limit(job)
    os.dup2(2, 0)
    opened = 3
    for descriptor in sorted(keep):
        os.closerange(opened, descriptor)
        opened = descriptor + 1
    os.closerange(opened, 256)
    if syscalls.supported():
        syscalls.install()


def _limit(job: SandboxJob) -> None:
    """Address space on top of what is already mapped, no files, no processes, no core."""
    ceiling = _MEMORY.mapped_bytes() + job.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _limit_cpu(cpu_s: float, *, for_good: bool = False) -> None:
    """End this process once it has used so much CPU time in all. Unless ``for_good``, it may raise the limit again."""
    soft = max(1, int(cpu_s + 0.999))
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 1 if for_good else resource.RLIM_INFINITY))


def _collect_frame(reader: int, wall_s: float) -> tuple[bytes | None, bool]:
    """One frame of a kept child. None without one: True when the wall-clock limit passed first, else the child died."""
    until = time.monotonic() + wall_s
    taken = b""
    while len(taken) < _HEADER.size or len(taken) < _HEADER.size + _HEADER.unpack(taken[: _HEADER.size])[0]:
        left = until - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return None, True
        part = os.read(reader, 1 << 16)
        if not part:
            return None, False
        taken += part
    return taken[_HEADER.size :], False


def _collect(reader: int, wall_s: float) -> tuple[bytes, bool]:
    """The child's bytes until it closes the pipe; True when the wall-clock limit passed first."""
    until = time.monotonic() + wall_s
    parts: list[bytes] = []
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return b"".join(parts), True
        part = os.read(reader, 1 << 16)
        if not part:
            return b"".join(parts), False
        parts.append(part)


def _die_with_parent() -> None:
    """Linux: SIGKILL this process when its parent dies, so that no orphan is left."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _read(source: IO[bytes]) -> bytes | None:
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    return source.read(_HEADER.unpack(header)[0])


def _write(sink: IO[bytes], frame: bytes) -> None:
    sink.write(_HEADER.pack(len(frame)) + frame)
    sink.flush()


if __name__ == "__main__":
    main(sys.argv[1])
