"""Ownership of an embedded server's directory: pid file, lock, and cleanup after a killed owner."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from interview.errors import ConfigError, StorageUnavailable

logger = logging.getLogger(__name__)

#: Words in the command line of an embedded server.
_PROGRAMS = ("redis-server", "valkey-server")

_STOP_PATIENCE_S = 15.0
_LOCK_PATIENCE_S = 3.0


class _PidFile(Struct, frozen=True):
    """The server's process and its owner. Creation times (Unix seconds) tell a process from a later one with the same
    pid."""

    pid: int
    created_s: float
    owner_pid: int
    owner_created_s: float


def home_of(data_dir: Path) -> Path:
    """The server's directory in a data directory."""
    return Path(data_dir).resolve() / "redis"


def record_server(home: Path, pid: int) -> None:
    """Write the pid file of a server started by this process."""
    record = _PidFile(
        pid=pid,
        created_s=psutil.Process(pid).create_time(),
        owner_pid=os.getpid(),
        owner_created_s=psutil.Process().create_time(),
    )
    write_private(_pid_path(home), msgspec.json.encode(record).decode())


def forget_server(home: Path) -> None:
    _pid_path(home).unlink(missing_ok=True)


def server_in(home: Path) -> psutil.Process | None:
    """The running server of ``home`` according to its pid file, verified."""
    record = _read_pid_file(home)
    server = _process(record.pid, record.created_s) if record else None
    return server if server is not None and _runs_in(server, home) else None


def end_server_in(home: Path) -> bool:
    """End the server that a dead owner left in ``home``; True when there was one.

    Raises:

        ConfigError: the server's owner is alive.
        StorageUnavailable: the server could not be ended.
    """
    record = _read_pid_file(home)
    if record is None:
        return False
    server = server_in(home)
    owner = _process(record.owner_pid, record.owner_created_s)
    if server is not None:
        if owner is not None and owner.pid != os.getpid():
            raise ConfigError(
                f"{home} is in use by another running platform (pid {owner.pid}); stop it or choose another directory.",
                detail={"directory": str(home), "pid": owner.pid},
            )
        logger.warning("ending a leftover server: pid=%d", server.pid)
        _end(server)
    forget_server(home)
    return server is not None


@contextlib.contextmanager
def locked(home: Path) -> Iterator[int]:
    """A lock on the directory as a file descriptor; every process that inherits it holds the lock while it lives.

    The pid file may be lost or late, and two servers appending to one log would destroy it. The short wait is for the
    helper process of a killed server, which finishes its temporary file.
    """
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    give_up = time.monotonic() + _LOCK_PATIENCE_S
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise ConfigError(f"Another server works in {home}; end it first.") from None
                time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically; it is readable by its owner only at all times."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _pid_path(home: Path) -> Path:
    return home / "redis.pid.json"


def _read_pid_file(home: Path) -> _PidFile | None:
    try:
        return msgspec.json.decode(_pid_path(home).read_bytes(), type=_PidFile)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        logger.warning("ignoring an unreadable pid file: %s", _pid_path(home))
        return None


def _process(pid: int, created_s: float) -> psutil.Process | None:
    """The process, unless a later one reuses its pid."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - created_s) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return process if same else None


def _runs_in(process: psutil.Process, home: Path) -> bool:
    try:
        return any(name in " ".join(process.cmdline()) for name in _PROGRAMS) and Path(process.cwd()) == home
    except psutil.Error:
        return False


def _end(process: psutil.Process) -> None:
    try:
        process.terminate()
        try:
            process.wait(_STOP_PATIENCE_S)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_STOP_PATIENCE_S)
    except psutil.NoSuchProcess:
        return
    except psutil.Error as error:
        raise StorageUnavailable(f"A leftover server (pid {process.pid}) could not be ended.") from error
