"""A script can tell by the exit status which kind of failure a command met."""

from __future__ import annotations

import json
import sys

import pytest

from interview.errors import (
    ConfigError,
    Conflict,
    DeadlineExceeded,
    EngineFailed,
    InternalError,
    InterviewError,
    InvalidInput,
    InvalidModelOutput,
    NotFound,
    Overloaded,
    TranscriptDeleted,
    Unavailable,
)
from serve.cli import main as command_line
from serve.cli.exit_status import exit_status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigError("a"), 78),
        (InvalidInput("a"), 65),
        (NotFound("a"), 66),
        (Conflict("a"), 75),
        (Unavailable("a"), 69),
        (Overloaded("a"), 75),
        (EngineFailed("a"), 76),
        (InvalidModelOutput("a"), 76),
        (DeadlineExceeded("a"), 74),
        (InternalError("a"), 70),
        (TranscriptDeleted("a"), 66),
    ],
)
def test_each_kind_of_error_has_its_status(error: InterviewError, status: int) -> None:
    assert exit_status(error) == status


def test_an_error_of_a_command_with_json_is_one_json_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["interview", "config", "show", "--profile", "lokal", "--json"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 78
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "invalid-config"
    assert "did you mean 'local'?" in error["message"]
