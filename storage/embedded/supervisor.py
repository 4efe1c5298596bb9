"""Restarts the embedded server with its data when it dies, until it dies too often. On a full disk it waits for room.

The state is a file in the server's directory, so that a replica in another process can tell an operator why the store
does not answer: ``state_of``.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from interview.errors import InterviewError, StorageUnavailable
from storage.embedded.directory import home_of, write_private
from storage.embedded.server import EmbeddedRedis

logger = logging.getLogger(__name__)

_STATE_FILE = "supervisor.json"
#: With less free space at its data the server ends at its next write.
_ROOM_BYTES = 1 << 20


class SupervisorState(Struct, frozen=True):
    """``restarts`` counts since the platform started; ``reason`` says why the server is not running."""

    status: Literal["running", "restarting", "disk-full", "gave-up"]
    restarts: int = 0
    reason: str = ""


class RestartRules(Struct, frozen=True):
    """After more than ``deaths_at_most`` deaths within ``within_s`` the server stays down.

    A failed restart counts as a death; an end on a full disk does not. The pause after the n-th death within that time
    is ``pause_s`` · 2ⁿ⁻¹, at most ``pause_at_most_s``. A full disk is looked at every ``room_every_s``.
    """

    deaths_at_most: int = 5
    within_s: float = 600.0
    pause_s: float = 0.1
    pause_at_most_s: float = 5.0
    room_every_s: float = 2.0


Listener = Callable[[SupervisorState], None]


class ServerSupervisor:
    """Keeps ``server`` running from ``start`` to ``stop``. ``listener`` is called on each change, on another thread."""

    def __init__(
        self,
        server: EmbeddedRedis,
        *,
        rules: RestartRules | None = None,
        listener: Listener | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._rules = rules or RestartRules()
        self._listener = listener or (lambda _state: None)
        self._clock = clock
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._deaths: deque[float] = deque()
        self._restarts = 0

    def start(self) -> str:
        """Start the server and watch it; returns its address. Raises as ``EmbeddedRedis.start`` does."""
        url = self._server.start()
        self._note(SupervisorState("running"))
        self._thread = threading.Thread(target=self._watch, name="embedded-server-supervisor", daemon=True)
        self._thread.start()
        return url

    def stop(self) -> None:
        """Stop watching, then stop the server; harmless when it is not running."""
        self._stopping.set()
        with self._lock:
            self._server.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        (self._server.home / _STATE_FILE).unlink(missing_ok=True)

    def _watch(self) -> None:
        while True:
            ended = self._server.wait()
            if self._stopping.is_set():
                return
            reason = f"the embedded server ended ({ended})"
            while not self._restarted(reason):
                if self._stopping.is_set() or self._too_many_deaths():
                    return
                reason = "the embedded server could not be started"

    def _restarted(self, reason: str) -> bool:
        """Try once to restart the server after a death; False when it failed, or when the limit was reached."""
        now = self._clock()
        if not self._waited_for_room():
            self._deaths.append(now)
        while self._deaths and self._deaths[0] < now - self._rules.within_s:
            self._deaths.popleft()
        if self._too_many_deaths():
            detail = (
                f"{reason}; that was failure {len(self._deaths)} within {self._rules.within_s:g} s, and it is not "
                f"restarted any more; see {self._server.home / 'redis.log'}, then restart the platform"
            )
            logger.critical("%s", detail)
            self._note(SupervisorState("gave-up", self._restarts, detail))
            return False
        logger.error("%s; restarting it with its data: death=%d", reason, len(self._deaths))
        self._note(SupervisorState("restarting", self._restarts, reason))
        pause_s = self._rules.pause_s * 2 ** max(0, len(self._deaths) - 1)
        self._stopping.wait(min(self._rules.pause_at_most_s, pause_s))
        with self._lock:
            if self._stopping.is_set():
                return False
            try:
                self._server.start()
            except InterviewError as error:
                logger.error("the embedded server did not restart: %s", error.message)
                return False
        self._restarts += 1
        logger.warning("the embedded server is up again: restarts=%d", self._restarts)
        self._note(SupervisorState("running", self._restarts))
        return True

    def _waited_for_room(self) -> bool:
        """Wait until the disk is not full, or until ``stop``; False when it was not full."""
        home = self._server.home
        if not _is_full(home):
            return False
        reason = f"the disk of {home} is full; the embedded server starts again when there is room"
        logger.critical("%s", reason)
        self._note(SupervisorState("disk-full", self._restarts, reason))
        while _is_full(home) and not self._stopping.wait(self._rules.room_every_s):
            pass
        return True

    def _too_many_deaths(self) -> bool:
        return len(self._deaths) > self._rules.deaths_at_most

    def _note(self, state: SupervisorState) -> None:
        try:
            write_private(self._server.home / _STATE_FILE, msgspec.json.encode(state).decode())
        except OSError as error:  # such as a full disk, which may be why the server died
            logger.error("the embedded server's state could not be written: error=%s", type(error).__name__)
        self._listener(state)


def _is_full(home: Path) -> bool:
    return shutil.disk_usage(home).free < _ROOM_BYTES


def state_of(data_dir: Path) -> SupervisorState | None:
    """The state of the supervised server of ``data_dir``; None without one."""
    try:
        return msgspec.json.decode((home_of(data_dir) / _STATE_FILE).read_bytes(), type=SupervisorState)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def explained(error: StorageUnavailable, data_dir: Path) -> StorageUnavailable:
    """``error`` with the supervisor's reason for the server's silence."""
    state = state_of(data_dir)
    if state is None:
        return error
    if _is_full(home_of(data_dir)):  # then the state could not be written, either
        state = SupervisorState("disk-full", state.restarts, f"the disk of {data_dir} is full")
    if state.status == "running":
        return error
    return StorageUnavailable(
        f"The store does not answer: {state.reason}.",
        retry_after_s=error.retry_after_s,
        detail={**error.detail, "embedded_server": state.status, "restarts": state.restarts},
    )
