"""The address of the platform that runs on a data directory, for commands that make links to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serve.local.process_supervisor import pid_file_of, running


@contextmanager
def serving_at(data: Path, address: str) -> Iterator[None]:
    """Inside the block ``serving_address`` returns ``address``."""
    path = _file_of(data)
    path.write_text(address, encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def serving_address(data: Path) -> str | None:
    """``http://host:port`` of the running platform; None if none runs, or it is still starting."""
    if not running(pid_file_of(data)):
        return None  # a platform that was killed leaves its file behind
    try:
        return _file_of(data).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _file_of(data: Path) -> Path:
    return pid_file_of(data).with_name("address")
