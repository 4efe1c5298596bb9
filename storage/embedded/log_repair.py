"""Truncates a torn transaction at the end of the append-only log, which Redis's own repair gets wrong.

A server killed in the middle of a write leaves a torn last transaction: a commit that nobody was told of. With its
default ``aof-load-truncated yes`` Redis drops only the torn *command* and keeps the ``MULTI`` before it. What is
written next lands inside that open transaction, and the load after next applies both: one event twice, and a session
that no commit fits any more (measured on Redis 6.2.14 and 7.0.15;
see tests/faults/storage/test_store_embedded_redis.py).

So the embedded server runs with ``aof-load-truncated no``, refuses such a log, and this module lets ``redis-check-aof``
cut it before the whole transaction. That tool is the server's own program under another name.
"""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

from interview.errors import StorageUnavailable

logger = logging.getLogger(__name__)

_REFUSAL = b"Unexpected end of file reading the append only file"
#: How Redis and Valkey say that a snapshot is of a format that they do not know.
_FOREIGN = (b"Can't handle RDB format version", b"Wrong signature trying to load DB")
_CHECK_TIMEOUT_S = 600.0


def refused_torn_log(server_log: Path, since_byte: int) -> bool:
    """Whether the server gave up, according to what it logged after ``since_byte``, because its log's end is torn."""
    return _REFUSAL in _logged(server_log, since_byte)


def refused_foreign_format(server_log: Path, since_byte: int) -> bool:
    """Whether the server gave up because its data are in a format of another server or a newer one."""
    logged = _logged(server_log, since_byte)
    return any(sentence in logged for sentence in _FOREIGN)


def _logged(server_log: Path, since_byte: int) -> bytes:
    with server_log.open("rb") as file:
        file.seek(since_byte)
        return file.read()


def cut_torn_transaction(home: Path, server_program: Path) -> None:
    """Make the log in ``home`` end with its last whole transaction. Raises StorageUnavailable when that fails."""
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
    logger.warning("cut an unfinished transaction, never acknowledged, off the end of %s", log)
