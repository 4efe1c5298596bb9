"""``interview config check`` finds a key of an installed plan that the graders cannot work with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interview.errors import ConfigError
from serve.cli.config import app
from tests.support.paths import ROOT

PLANS = ROOT / "configs" / "interviews"


def test_the_shipped_plans_pass() -> None:
    done = CliRunner().invoke(app, ["check"], catch_exceptions=False)
    assert done.exit_code == 0 and "data-analyst" in done.stdout


def test_a_reference_formula_that_does_not_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = shutil.copytree(PLANS, tmp_path / "plans")
    bank = plans / "banks" / "data-analyst.yaml"
    bank.write_text(bank.read_text().replace("reference: =SUMIF(", "reference: =SUMIFF(", 1))
    monkeypatch.setenv("INTERVIEW_PLANS_DIR", str(plans))
    with pytest.raises(ConfigError, match=r"data-analyst: .*: grader\.reference: .*SUMIFF"):
        CliRunner().invoke(app, ["check"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("REDIS_URL", "foo://bar", "REDIS_URL begins with 'foo'"),
        ("REDIS_URL", "redis+sentinel://host:26379", "REDIS_URL must read"),
        ("INTERVIEW_TOKEN_KEYS", "short", "INTERVIEW_TOKEN_KEYS: a signing key needs at least 32"),
        ("INTERVIEW_DATABASE_URL", "mysql://host/interviews", "not mysql"),
    ],
)
def test_an_address_or_key_in_the_environment_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=says):
        CliRunner().invoke(app, ["check"], catch_exceptions=False)
