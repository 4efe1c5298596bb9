"""A grader kind or question type that some code does not handle is a type error."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.paths import ROOT

#: Where the domain decides by grader kind or question type: (path, unhandled value) → how often.
#: An answer key of a kind that was forgotten could reach a candidate.
DECIDING = {
    ("interview/plans/questions.py", "Essay"): 3,  # answer_mode, is_open, options
    ("interview/plans/checks.py", "Essay"): 1,
    ("interview/policies/secrets.py", "Essay"): 2,  # secret_keys, right_choices
    ("interview/turn_taking/pace.py", "Literal['case_study']"): 1,
}


@pytest.mark.timeout(300)
def test_a_new_grader_kind_and_a_new_question_type_must_be_handled_everywhere(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "interview", tmp_path / "interview", ignore=shutil.ignore_patterns("__pycache__"))
    questions = tmp_path / "interview" / "plans" / "questions.py"
    source = questions.read_text()
    kind = 'class Essay(GraderSpec, frozen=True, tag="essay"):\n    key: str\n\n\n'
    for old, new in (
        ("AnyGrader = (", f"{kind}AnyGrader = (\n    Essay |"),
        ('"clarification"]', '"clarification", "case_study"]'),
    ):
        assert source.count(old) == 1
        source = source.replace(old, new)
    questions.write_text(source)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "-p", "interview"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "MYPYPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    pattern = r'^(\S+?):\d+: error: Match statement has unhandled case for values of type "(.+?)"'
    assert Counter(re.findall(pattern, done.stdout, re.M)) == DECIDING, done.stdout + done.stderr
