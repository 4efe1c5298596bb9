"""`interview doctor` and `interview models list` tell which languages a speech model transcribes usefully."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from deployments.stt.config import SttConfig
from serve.cli.models import app
from serve.local.doctor import hears


@pytest.fixture
def model(tmp_path: Path) -> SttConfig:
    """Files that resolve as weights; nothing is transcribed."""
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "serving.json").write_bytes(msgspec.json.encode({"word_error_rates": {"de": 0.19, "hi": 1.0}}))
    return SttConfig(model=str(tmp_path))


@pytest.mark.parametrize(
    ("language", "heard"), [("de", True), ("de-AT", True), ("hi", False), ("hi-IN", False), ("cs", True)]
)
def test_a_language_measured_to_be_useless_is_not_heard(model: SttConfig, language: str, heard: bool) -> None:
    assert hears(model, language) is heard


def test_an_english_model_hears_english_only() -> None:
    assert hears(SttConfig(model="whisper-tiny.en"), "en-GB")
    assert not hears(SttConfig(model="whisper-tiny.en"), "de")


def test_the_list_shows_the_measured_error_rates() -> None:
    rows = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    base = next(row for row in rows if row["name"] == "whisper-base")
    assert base["word_error_rates"]["hi"] >= 0.5 > base["word_error_rates"]["de"]
    table = " ".join(CliRunner(env={"COLUMNS": "400"}).invoke(app, ["list"]).stdout.split())
    assert "hi 1.00" in table
