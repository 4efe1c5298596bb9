"""A grader kind that some code does not handle is a type error."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

#: Where the domain decides by grader kind; an answer key that one of them forgot could reach a candidate.
DECIDING = {
    "interview/plans/questions.py": 3,  # answer_mode, is_open, options
    "interview/plans/checks.py": 1,
    "interview/policies/secrets.py": 2,  # secret_keys, right_choices
}


@pytest.mark.timeout(300)
def test_a_new_grader_kind_must_be_handled_everywhere(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "interview", tmp_path / "interview", ignore=shutil.ignore_patterns("__pycache__"))
    questions = tmp_path / "interview" / "plans" / "questions.py"
    source = questions.read_text()
    kind = 'class Essay(GraderSpec, frozen=True, tag="essay"):\n    key: str\n\n\n'
    planted = source.replace("AnyGrader = (", f"{kind}AnyGrader = (\n    Essay |", 1)
    assert planted != source
    questions.write_text(planted)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "-p", "interview"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "MYPYPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(
        r'^(\S+?):\d+: error: Match statement has unhandled case for values of type "Essay"', done.stdout, re.M
    )
    assert {path: found.count(path) for path in set(found)} == DECIDING, done.stdout + done.stderr
