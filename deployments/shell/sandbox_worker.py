"""The sandbox's worker program: a warm process that forks one resource-limited child per task.

Run as ``python -m deployments.shell.sandbox_worker MODULE``. It imports MODULE once (the heavy library takes seconds),
then serves tasks from stdin. A forked child has the library at once and its own CPU and memory limits; damage by a
hostile input ends with the child.
"""

from __future__ import annotations

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
    _write(sink, msgspec.msgpack.encode(SandboxOutcome("ready")))
    while (frame := _read(source)) is not None:
        job = msgspec.msgpack.decode(frame, type=SandboxJob)
        _write(sink, msgspec.msgpack.encode(_run(task.run, job)))


def _run(run: Task, job: SandboxJob) -> SandboxOutcome:
    """Fork, wait at most the job's wall-clock limit, and report how it ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _child(run, job, writer)
    os.close(writer)
    result, expired = _collect(reader, job.wall_s)
    os.close(reader)
    if expired:
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    peak_bytes = max(0, usage.ru_maxrss - _resident_kib()) * 1024
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
        _die_with_parent()
        _limit(job)
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


def _limit(job: SandboxJob) -> None:
    """CPU seconds, address space on top of what is already mapped, no files, no core."""
    soft = max(1, int(job.cpu_s + 0.999))
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 1))
    ceiling = _mapped_bytes() + job.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


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


def _mapped_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a proc file, read on every task
        return int(statm.read().split()[0]) * resource.getpagesize()


def _resident_kib() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a proc file, read on every task
        return int(statm.read().split()[1]) * resource.getpagesize() // 1024


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
