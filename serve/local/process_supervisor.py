"""Supervises a run and ends all its processes, even after the run itself was killed.

``supervise`` (the process a person starts) holds a pipe to the supervisor process. That process is a child subreaper
(prctl(2), PR_SET_CHILD_SUBREAPER), so every process of the run stays its descendant, even a detached one. When the run
ends or the pipe closes, it ends its descendants by their own ids and exits.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36
_STOP_GRACE_S = 25.0
_TERM_GRACE_S = 3.0


def supervise(command: list[str], pid_file: Path, env: dict[str, str] | None = None) -> int:
    """Run ``command`` under a supervisor process and return its exit status (128 + n when signal n ended it).

    SIGINT and SIGTERM reach the run as SIGINT, and it stops cleanly; ``pid_file`` names both processes while they run.
    """
    read_fd, write_fd = os.pipe()
    supervisor = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "serve.local.process_supervisor", str(read_fd), "--", *command],
        pass_fds=(read_fd,),
        start_new_session=True,
        env=env,
    )
    os.close(read_fd)
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    pid_file.write_text(json.dumps({"launcher": _identity(os.getpid()), "supervisor": _identity(supervisor.pid)}))

    def forward(signum: int, _frame: object) -> None:
        supervisor.send_signal(signum)

    previous = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        status = supervisor.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        os.close(write_fd)
        pid_file.unlink(missing_ok=True)
    return status if status >= 0 else 128 - status


def pid_file_of(data: Path) -> Path:
    """The file that names the processes of the platform that runs on a data directory."""
    return data / "run" / "platform.json"


def running(pid_file: Path) -> bool:
    """Whether the launcher named in ``pid_file`` is alive."""
    return _alive(_read(pid_file).get("launcher")) is not None


def end_leftover(pid_file: Path, grace_s: float = _STOP_GRACE_S) -> list[int]:
    """End a run whose launcher is dead but whose supervisor process is alive; returns the ids of the ended processes.

    A process is ended only if both its id and its start time match the file.
    """
    written = _read(pid_file)
    supervisor = _alive(written.get("supervisor") or written.get("guardian"))  # the key of earlier releases
    if supervisor is None:
        pid_file.unlink(missing_ok=True)
        return []
    family = [supervisor, *supervisor.children(recursive=True)]
    ids = [process.pid for process in family]
    _signal(supervisor, signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=grace_s)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=_TERM_GRACE_S)
    pid_file.unlink(missing_ok=True)
    return ids


def _identity(pid: int) -> dict[str, float]:
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def _read(pid_file: Path) -> dict[str, dict[str, float]]:
    try:
        found: dict[str, dict[str, float]] = json.loads(pid_file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def _alive(identity: dict[str, float] | None) -> psutil.Process | None:
    if identity is None:
        return None
    try:
        process = psutil.Process(int(identity["pid"]))
        # create_time is computed from a clock tick count; a reused id differs by far more than this
        same = abs(process.create_time() - identity["started"]) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _guard(pipe_fd: int, command: list[str]) -> int:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    run = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - the launcher's own command
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    asked: list[int] = []

    def note(signum: int, _frame: object) -> None:
        asked.append(signum)

    signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGCHLD, lambda _signum, _frame: None)
    deadline: float | None = None
    watched = [pipe_fd, wake_read]
    while run.poll() is None and (deadline is None or time.monotonic() < deadline):
        readable, _, _ = select.select(watched, [], [], 0.5)
        if wake_read in readable:
            os.read(wake_read, 4096)
        if pipe_fd in readable and not os.read(pipe_fd, 1):
            watched.remove(pipe_fd)  # the launcher is dead
            asked.append(signal.SIGTERM)
        if asked:
            asked.clear()
            # SIGINT in any case: Ray replaces the handler of SIGTERM in the process that starts it
            run.send_signal(signal.SIGINT)
            deadline = deadline or time.monotonic() + _STOP_GRACE_S
    if run.poll() is None:
        # first, so that it does not take the end of its Redis for a crash and start it again
        run.kill()
        run.wait()
    _end_descendants()
    status = run.poll()
    return 1 if status is None else status if status >= 0 else 128 - status


def _end_descendants() -> None:
    """Terminate, then kill; repeat while new ones appear, since a dying parent may have just started a child."""
    for _ in range(5):
        family = psutil.Process().children(recursive=True)
        if not family:
            return
        for process in family:
            _signal(process, signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=_TERM_GRACE_S)
        for process in alive:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=_TERM_GRACE_S)


def _signal(process: psutil.Process, signum: int) -> None:
    try:
        process.send_signal(signum)
    except psutil.NoSuchProcess:
        return  # it has already ended


if __name__ == "__main__":
    sys.exit(_guard(int(sys.argv[1]), sys.argv[sys.argv.index("--") + 1 :]))
