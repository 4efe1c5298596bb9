"""All of Ray's logs of a run are kept when the platform stops, and keeping them never prevents the stop."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from serve.local.local_platform import _keep_logs


def a_run(home: Path) -> Path:
    logs = home / "session_latest" / "logs"
    (logs / "serve").mkdir(parents=True)
    (logs / "raylet.out").write_text("why a worker ended")
    (logs / "serve" / "replica.log").write_text("what it did")
    (logs / "gone").symlink_to(home / "nowhere")
    return home


def test_the_logs_of_ray_and_of_the_replicas_replace_those_of_the_run_before(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "logs"
    kept.mkdir(parents=True)
    (kept / "older.out").touch()
    _keep_logs(a_run(tmp_path / "ray"), kept)
    assert (kept / "raylet.out").read_text() == "why a worker ended"
    assert (kept / "serve" / "replica.log").exists()
    assert not (kept / "older.out").exists()


def test_logs_that_cannot_be_kept_are_said_and_do_not_stop_the_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    with caplog.at_level(logging.WARNING):
        _keep_logs(a_run(tmp_path / "ray"), tmp_path / "data" / "logs")
    assert "could not be copied" in caplog.text
