"""The test session's models directory is its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from storage.weights.places import models_dir


def test_the_tests_do_not_see_the_models_of_the_user() -> None:
    assert models_dir().is_relative_to(Path(tempfile.gettempdir()).resolve())
    assert not models_dir().is_relative_to(Path.home() / ".local")
