"""Object stores on this machine: moto's S3 server and an emulator of Google Cloud Storage (`make test-objects`)."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from serve.local.local_platform import free_port

BUCKET = "interviews"
_STARTS_WITHIN_S = 60.0


@contextmanager
def object_store(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The URL of an empty bucket of ``s3`` or ``gcs`` and fsspec's options for it; skips without their packages."""
    module = {"s3": "moto", "gcs": "gcp_storage_emulator"}[kind]
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed: run `make test-objects`")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = {
        "s3": ["-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        "gcs": ["-c", _EMULATOR, str(port), BUCKET],
    }[kind]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([sys.executable, *command], stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_until_it_answers(server, address)
            if kind == "s3":
                _request(f"{address}/{BUCKET}", "PUT")
                yield f"s3://{BUCKET}", {"endpoint_url": address, "key": "key", "secret": "secret"}
            else:
                yield f"gs://{BUCKET}", {"endpoint_url": address, "token": "anon"}
        finally:
            server.terminate()
            server.wait(30)


_EMULATOR = """
import sys
from gcp_storage_emulator.server import create_server
create_server("127.0.0.1", int(sys.argv[1]), in_memory=True, default_bucket=sys.argv[2]).run()
"""


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            _request(address, "GET")
        except urllib.error.HTTPError:
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _request(url: str, method: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10):
        pass
