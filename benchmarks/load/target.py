"""Starts the target of a run: the platform under a Serve profile, or the same application on bare uvicorn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from serve.local.local_key import key_path
from serve.local.local_platform import free_port

_READY = "Ctrl-C stops it"
_STOP_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Target:
    """A running platform. ``root`` is the ancestor of all its processes."""

    name: str
    address: str
    api_key: str
    root: psutil.Process


def command_of(name: str, port: int, data: Path) -> list[str]:
    """``bare`` is uvicorn without Ray; anything else is a profile of ``configs/serve`` or a file."""
    if name == "bare":
        return [sys.executable, "-m", "benchmarks.load.bare", "--port", str(port), "--data", str(data)]
    return [sys.executable, "-m", "serve.cli.main", "up", "--profile", name, "--port", str(port), "--data", str(data)]


@contextmanager
def running(name: str, keep: Path | None = None) -> Iterator[Target]:
    """Start the target in a data directory of its own and stop it again; ``keep`` is that directory, to stay."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
    with nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix="iv-load-") as data:
        process = subprocess.Popen(
            command_of(name, port, Path(data)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**environment, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
        )
        try:
            _wait_until_started(process)
            key = key_path(Path(data)).read_text().strip()
            # or the target would block once the pipe is full
            threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
            address = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(address)
            yield Target(name, address, key, psutil.Process(process.pid))
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_started(process: subprocess.Popen[str]) -> None:
    printed: list[str] = []
    for line in process.stdout or ():
        printed.append(line)
        if _READY in line:
            return
    raise RuntimeError(f"the target ended with status {process.wait()}:\n{''.join(printed)[-3000:]}")


def _wait_until_it_answers(address: str, within_s: float = 30.0) -> None:
    give_up = time.monotonic() + within_s
    while True:
        try:
            if httpx.get(f"{address}/healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            if time.monotonic() > give_up:
                raise
        time.sleep(0.1)
