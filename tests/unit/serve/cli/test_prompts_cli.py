"""``interview prompts``: the published versions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interview.errors import InvalidInput
from serve.cli.main import app
from tests.support.paths import ROOT


def test_without_a_subcommand_the_versions_are_listed() -> None:
    result = CliRunner().invoke(app, ["prompts"])
    assert result.exit_code == 0, result.output
    rows = {cells[1]: cells[2:-1] for cells in (line.split() for line in result.output.splitlines()) if len(cells) > 4}
    for name in ("interviewer", "technical", "behavioral", "conversation"):
        published = {file.stem for file in (ROOT / "configs" / "prompts" / name).glob("*.md")}
        listed = {word.strip(",") for word in rows[name]}
        assert published <= listed, name


def test_the_list_is_also_json() -> None:
    result = CliRunner().invoke(app, ["prompts", "list", "--json"])
    found = json.loads(result.output)
    assert found["interviewer"]["labels"]["production"] in found["interviewer"]["versions"]


def test_a_directory_without_prompts_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEW_PROMPTS_URL", str(tmp_path))
    with pytest.raises(InvalidInput, match=re.escape(str(tmp_path))):
        CliRunner().invoke(app, ["prompts"], catch_exceptions=False)
