"""A file that a command cannot write is one sentence with the file and the reason, not a stack trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.errors import InvalidInput
from serve.cli.output_files import written


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    out = tmp_path / "missing" / "report.html"
    told = r"report\.html cannot be written: No such file or directory\."
    with pytest.raises(InvalidInput, match=told), written(out):
        out.write_text("")


def test_a_file_that_can_be_written_is(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    with written(out):
        out.write_text("done")
    assert out.read_text() == "done"
