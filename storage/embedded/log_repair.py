"""Truncates a torn transaction at the end of the append-only log, which Redis's own repair gets wrong.

A server killed in the middle of a write leaves a torn last transaction: a commit that was never acknowledged. With its
default ``aof-load-truncated yes`` Redis drops only the torn *command* and keeps the ``MULTI`` before it. Later writes
land inside that open transaction, and the next load but one applies both: one event is applied twice, and the session
rejects every further commit. tests/faults/storage/test_store_embedded_redis.py shows it.

So the embedded server runs with ``aof-load-truncated no`` and refuses such a log, and this module lets
``redis-check-aof`` cut the whole transaction. That tool is the server's own program under another name.
"""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

from interview.errors import StorageUnavailable

logger = logging.getLogger(__name__)

_REFUSAL = b"Unexpected end of file reading the append only file"
#: The messages of Redis and Valkey for a snapshot in an unknown format.
_FOREIGN = (b"Can't handle RDB format version", b"Wrong signature trying to load DB")
_CHECK_TIMEOUT_S = 600.0


def refused_torn_log(server_log: Path, since_byte: int) -> bool:
    """Whether the server exited because its log's end is torn, according to its own log after ``since_byte``."""
    return _REFUSAL in _logged(server_log, since_byte)


def refused_foreign_format(server_log: Path, since_byte: int) -> bool:
    """Whether the server exited because its data have the format of another or a newer server."""
    logged = _logged(server_log, since_byte)
    return any(sentence in logged for sentence in _FOREIGN)


def _logged(server_log: Path, since_byte: int) -> bytes:
    with server_log.open("rb") as file:
        file.seek(since_byte)
        return file.read()


def cut_torn_transaction(home: Path, server_program: Path) -> None:
    """Truncate the log in ``home`` after its last whole transaction. Raises StorageUnavailable when that fails."""
    manifest = home / "appendonlydir" / "appendonly.aof.manifest"  # Redis ≥ 7
    log = manifest if manifest.exists() else home / "appendonly.aof"
    try:
        checked = subprocess.run(  # noqa: S603 - the program is found by us, the arguments are ours
            ["redis-check-aof", "--fix", str(log)],  # noqa: S607 - a name for the program below, not a path
            executable=server_program,
            input=b"y\n",
            capture_output=True,
            timeout=_CHECK_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StorageUnavailable(f"The torn log {log} could not be checked.") from error
    if checked.returncode != 0:
        raise StorageUnavailable(f"The log {log} is damaged; keep a copy and run: redis-check-aof --fix {log}")
    logger.warning("removed an unfinished, never acknowledged transaction from the end of %s", log)
