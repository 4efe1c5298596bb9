"""The models directory: the test session's own, and not part of a data directory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from storage.weights.places import models_dir


def test_the_tests_do_not_see_the_models_of_the_user() -> None:
    assert models_dir().is_relative_to(Path(tempfile.gettempdir()).resolve())
    assert not models_dir().is_relative_to(Path.home() / ".local")


def test_a_data_directory_does_not_move_the_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("INTERVIEW_MODELS_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path / "data"))
    assert models_dir() == tmp_path / "user" / "interview-serve" / "models"
    monkeypatch.setenv("INTERVIEW_MODELS_DIR", str(tmp_path / "weights"))
    assert models_dir() == tmp_path / "weights"
