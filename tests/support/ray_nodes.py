"""Nodes of a Ray cluster on this host, as ``ray start`` makes them, to kill and to start again.

``ray.cluster_utils.Cluster`` cannot replace its head. Here the head keeps its state in a Redis
(``RAY_REDIS_ADDRESS``), so a new head on the same port continues the cluster.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from serve.local.local_platform import PRIVATE_ENVIRONMENT, free_port
from storage.embedded.program import find_redis_server
from tests.support.paths import ROOT

_SERVES = "Ray runtime started"


class RayNodes:
    """A head without CPUs of its own and one worker node. Both are in ``environment``, and so are their replicas.

    ``head_http`` and ``worker_http`` are the ports of the two HTTP proxies.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        # Ray's sockets need a short path
        self._temp = Path(tempfile.mkdtemp(prefix="iv-nodes-"))
        self._port, self._redis_port = free_port(), free_port()
        self.head_http, self.worker_http = free_port(), free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._store: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            **PRIVATE_ENVIRONMENT,
            "PYTHONPATH": str(ROOT),
            "RAY_AUTH_MODE": "disabled",
            # at Ray's default of 15 a busy machine starves the workers that it starts
            "RAY_worker_niceness": "0",
            # a node ends itself when it has had no head for this long; KubeRay sets 600
            "RAY_gcs_rpc_server_reconnect_timeout_s": "600",
            "RAY_REDIS_ADDRESS": f"127.0.0.1:{self._redis_port}",
            "RAY_SERVE_WORKER_PROXY_HTTP_PORT": str(self.worker_http),
            **environment,
        }

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        self._start_store()
        self.start_head()
        self._start("worker", "--address", self.address, "--num-cpus", "4")

    def start_head(self) -> None:
        # `ray start --head` refuses an address that it finds here while any process of this host names it
        (self._temp / "ray_current_cluster").unlink(missing_ok=True)
        head = ["--head", "--port", str(self._port), "--num-cpus", "0", "--temp-dir", str(self._temp)]
        client = ["--include-dashboard", "false", "--ray-client-server-port", str(free_port())]
        self._start("head", *head, *client)

    def kill_head(self) -> None:
        """SIGKILL for every process of the head: the GCS, its raylet, Serve's controller and its proxy."""
        self._kill("head")

    def processes(self, name: str) -> list[psutil.Process]:
        """The living processes of the worker node whose command line contains ``name``."""
        found = []
        for process in psutil.Process(self._processes["worker"].pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if name in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def run(self, *arguments: str, timeout_s: float = 300) -> str:
        """A driver of this cluster: ``python -m tests.support.serve_driver ADDRESS …``; returns what it printed.

        It runs outside the repository, because Ray puts a driver's directory in front of its workers' modules.
        """
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.serve_driver", self.address, *arguments],
            cwd=self._folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout

    def stop(self) -> None:
        for name in list(self._processes):
            self._kill(name)
        if self._store is not None:
            self._store.kill()
            self._store.wait()
        shutil.rmtree(self._temp, ignore_errors=True)

    def _start_store(self) -> None:
        binary = find_redis_server()
        assert binary is not None
        options = ["--port", str(self._redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        with (self._folder / "gcs-store.log").open("wb") as log:
            self._store = subprocess.Popen([str(binary.path), *options], stdout=log, stderr=log)

    def _start(self, name: str, *options: str) -> None:
        common = ["--block", "--disable-usage-stats", "--object-store-memory", str(80 * 1024 * 1024)]
        ports = ["--min-worker-port", "0", "--max-worker-port", "0", "--node-ip-address", "127.0.0.1"]
        log = self._folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "ray.scripts.scripts", "start", *options, *common, *ports],
                cwd=self._folder,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._processes[name] = process
        give_up = time.monotonic() + 90
        while _SERVES not in (text := log.read_text()):
            assert process.poll() is None and time.monotonic() < give_up, text[-3000:]
            time.sleep(0.1)

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name)
        family = [process.pid]
        with contextlib.suppress(psutil.NoSuchProcess):
            family += [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def ray_nodes(folder: Path, environment: dict[str, str]) -> Iterator[RayNodes]:
    nodes = RayNodes(folder, environment)
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.stop()
