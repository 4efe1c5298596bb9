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


def kill_with_descendants(root: psutil.Process) -> None:
    """SIGKILL for a process and all its descendants, and wait for their end.

    They are stopped first: one that sees another end could start a third, which would live on.
    """
    stopped: dict[int, psutil.Process] = {}
    while found := [one for one in (root, *root.children(recursive=True)) if one.pid not in stopped]:
        for process in found:
            stopped[process.pid] = process
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
    for process in stopped.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stopped.values(), timeout=30)


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
