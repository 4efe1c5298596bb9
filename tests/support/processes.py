"""What running processes do, read while any of them may end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import psutil


def named(processes: Iterable[psutil.Process], *names: str) -> list[psutil.Process]:
    """Those with one of these names; a process that has ended has none."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name() in names:
                found.append(process)
    return found


def listening(processes: Iterable[psutil.Process]) -> set[tuple[str, Any]]:
    """(name, address) of each TCP socket on which one of them accepts connections."""
    found: set[tuple[str, Any]] = set()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            found |= {
                (process.name(), connection.laddr)
                for connection in process.net_connections("inet")
                if connection.status == psutil.CONN_LISTEN
            }
    return found
