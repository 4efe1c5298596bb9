"""``interview up``: what it says of its start, for a person and for a program, and a start that is interrupted."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from serve.cli.main import app
from serve.local.local_platform import Platform


@pytest.fixture(autouse=True)
def in_the_supervised_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("INTERVIEW_GUARDED", "1")
    monkeypatch.delenv("REDIS_URL", raising=False)
    for name in ("INTERVIEW_HOME", "INTERVIEW_DATA_DIR", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.setenv(name, "")  # restored after the test: the platform sets them for its replicas
    monkeypatch.setattr(Platform, "_check", lambda self: None)
    monkeypatch.setattr(Platform, "_start_ray", lambda self, directory: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def up(data: Path, *words: str) -> Result:
    (data / "run").mkdir()  # by the launcher
    return CliRunner().invoke(app, ["up", "--data", str(data), *words])


def interrupt(_platform: Platform) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_start_that_is_interrupted_says_so_and_has_a_status_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Platform, "_deploy", interrupt)
    done = up(tmp_path)
    assert done.exit_code == 130
    assert done.stdout.splitlines()[-1] == "· the start was interrupted; everything that it started has ended"
    assert "restarting" not in done.output
    assert not (tmp_path / "redis" / "redis.pid").exists()


def test_a_program_reads_each_stage_and_then_the_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Platform, "_deploy", lambda self: None)
    monkeypatch.setattr(Platform, "check_alive", interrupt)
    monkeypatch.setattr("serve.cli.run._ALIVE_EVERY_S", 0)
    done = up(tmp_path, "--json")
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    stages = [line["stage"] for line in lines if "stage" in line]
    assert stages == [
        "checking the configuration",
        "starting the embedded Redis",
        "starting Ray",
        "loading the engines",
        "stopping",
    ]
    (serving,) = [line for line in lines if "stage" not in line]
    assert serving["address"] == "http://127.0.0.1:8000"
    assert Path(serving["key_file"]).read_text().strip().startswith("ik_")
