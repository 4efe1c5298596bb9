"""The data directory that a first command makes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serve.cli.main import app


def test_a_data_directory_that_a_command_makes_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    data = tmp_path / "new" / "data"
    before = os.umask(0o022)
    try:
        assert CliRunner().invoke(app, ["keys", "create", "--data", str(data)]).exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
