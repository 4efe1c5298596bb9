"""Only its owner can enter a data directory."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from serve.local.local_platform import _ray_token
from serve.local.private_directory import private_directory


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_directory_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_directory(tmp_path / "some" / "data")
    finally:
        os.umask(before)
    assert mode(tmp_path / "some" / "data") == 0o700


def test_an_open_directory_is_closed_and_the_operator_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    private_directory(data)
    assert mode(data) == 0o700
    assert "0700" in caplog.text
    caplog.clear()
    private_directory(data)
    assert caplog.text == ""


def test_rays_token_is_private_and_kept(tmp_path: Path) -> None:
    path = _ray_token(tmp_path)
    token = path.read_text()
    assert mode(path) == 0o600
    assert len(token) == 64
    assert _ray_token(tmp_path).read_text() == token
