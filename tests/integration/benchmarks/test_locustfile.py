"""Locust's users hold whole interviews with a real server, from several processes as from several machines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.load.locust_users import LOCUSTFILE, read_statistics
from benchmarks.load.target import running
from serve.local.local_platform import free_port

pytestmark = pytest.mark.timeout(180)

USERS = 20


def test_twenty_users_of_two_workers_interview_a_real_server_without_a_failure(tmp_path: Path) -> None:
    with running("bare") as target:
        environment = {
            **os.environ,
            "INTERVIEW_API_KEY": target.api_key,
            "THINK_S": "0.2",
            "AUDIO_SHARE": "0.3",
        }
        port = str(free_port())
        locust = (sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--host", target.address)
        master = (
            *(
                *locust,
                "--master",
                "--master-bind-host",
                "127.0.0.1",
                "--master-bind-port",
                port,
                "--expect-workers",
                "2",
            ),
            *("--headless", "--users", str(USERS), "--spawn-rate", str(USERS), "--run-time", "15s"),
            *("--csv", str(tmp_path / "locust"), "--only-summary"),
        )
        worker = (*locust, "--worker", "--master-host", "127.0.0.1", "--master-port", port)
        processes = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for command in (master, worker, worker)
        ]
        try:
            printed = [process.communicate(timeout=120)[0] for process in processes]
        finally:
            for process in processes:
                process.kill()
    assert [process.returncode for process in processes] == [0, 0, 0], "\n".join(printed)
    found = read_statistics(tmp_path / "locust_stats.csv")
    assert found["all"]["failures"] == 0, printed[0]
    assert found["start"]["requests"] >= USERS
    for kind in ("turn (text)", "turn (audio)", "hint", "events", "state", "end"):
        assert found[kind]["requests"] > 0, f"no {kind}: {sorted(found)}"
