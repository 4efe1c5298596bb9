"""These tests need the environment of ``make test-models``: elsewhere they are not collected unless asked for."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = "models" in (config.option.markexpr or "")
    return None if asked or not collection_path.name.startswith("test_") else True
