"""``--data`` of the commands about what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from serve.cli.main import app


@pytest.mark.parametrize(
    "command",
    [
        ("sessions",),
        ("replay", "i-1"),
        ("report", "i-1"),
        ("keys", "list"),
        ("keys", "revoke", "k-1"),
        ("jobs", "list"),
        ("webhooks", "dead"),
        ("link", "--list"),
    ],
    ids=" ".join,
)
def test_a_misspelt_data_directory_is_named_and_not_made(command: tuple[str, ...], tmp_path: Path) -> None:
    missing = tmp_path / "dta"
    result = CliRunner().invoke(app, [*command, "--data", str(missing)])
    assert result.exit_code == 2
    assert "Invalid value for '--data'" in result.output
    assert not missing.exists()
