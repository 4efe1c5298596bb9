"""One running platform for the tests that need the whole of it: ``interview up`` in a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from serve.local.local_platform import free_port
from serve.serve_file import HOME


@dataclass(frozen=True)
class RunningPlatform:
    """``welcome`` is all that ``interview up`` printed."""

    address: str
    api_key: str
    process: psutil.Process
    data: Path
    welcome: str

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=90, trust_env=False)

    def replicas(self, deployment: str) -> list[psutil.Process]:
        """The living replica processes of one deployment."""
        name = f"ServeReplica:interview:{deployment}"
        found = []
        for process in self.process.children(recursive=True):
            try:
                if any(name in part for part in process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found


def profile_with(target: Path, port: int, **sections: object) -> Path:
    """The local profile with some sections replaced, written to ``target``."""
    config = yaml.safe_load((HOME / "configs" / "serve" / "local.yaml").read_text())
    config["http_options"]["port"] = port
    arguments = config["applications"][0]["args"]
    for section, settings in sections.items():
        arguments[section] = {**arguments.get(section, {}), **settings} if isinstance(settings, dict) else settings
    target.write_text(yaml.safe_dump(config))
    return target


def run_up(profile: Path, data: Path) -> tuple[subprocess.Popen[str], str]:
    """Start ``interview up`` and read what it prints until it serves."""
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    run = subprocess.Popen(
        [sys.executable, "-m", "serve.cli.main", "up", "--profile", str(profile), "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
    )
    assert run.stdout is not None
    printed: list[str] = []
    for line in run.stdout:
        printed.append(line)
        if "Ctrl-C stops it" in line:
            return run, "".join(printed)
    raise AssertionError(f"interview up ended with {run.wait()}: {''.join(printed)}")


def key_in(printed: str) -> str:
    """The key that ``interview up`` names the file of, or that ``interview keys create`` printed."""
    kept = re.search(r'export KEY="\$\(cat (.+)\)"', printed)
    text = Path(*shlex.split(kept.group(1))).read_text() if kept else printed
    found = re.search(r"ik_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)
    assert found is not None, printed
    return found.group()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The local profile with two agent replicas, on a port and in a data directory of its own."""
    base = tmp_path_factory.mktemp("platform")
    port = free_port()
    profile = profile_with(
        base / "test.yaml", port, agent={"replicas": {"min_replicas": 2, "max_replicas": 2, "num_cpus": 0.2}}
    )
    run, printed = run_up(profile, base / "data")
    try:
        yield RunningPlatform(
            f"http://127.0.0.1:{port}", key_in(printed), psutil.Process(run.pid), base / "data", printed
        )
    finally:
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
