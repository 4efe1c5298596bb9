"""The distribution ``interview-grading`` alone grades and calibrates with the packages that it declares."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.distributions import built_wheel, environment, held_files, requirements, tracked_files

pytestmark = pytest.mark.timeout(240)

PLATFORM = {"ray", "fastapi", "redis", "faster-whisper", "av", "typst", "openai", "pydantic"}

BANK = """
- id: downtime
  type: technical
  skill: any
  prompt: How many minutes?
  grader: {kind: numeric, value: 43.2, tolerance_abs: 1}
- id: choice
  type: technical
  skill: any
  prompt: Which one?
  grader: {kind: multiple_choice, options: [{id: a, text: A queue}, {id: b, text: A longer timeout}], answer: a}
- {id: term, type: technical, skill: any, prompt: Which word?, grader: {kind: short_text, accepted: [idempotent]}}
- id: total
  type: technical
  skill: any
  prompt: Type the sum.
  grader: {kind: formula, reference: "=SUM(A2:A11)", columns: [{name: Amount, values: integer, low: 1, high: 99}]}
- id: open
  type: technical
  skill: any
  prompt: What do you do when a service is slow?
  grader: {kind: rubric}
  key_points: [{text: look at the dashboard first, variants: [compare the graphs with yesterday]}]
  criteria:
    - id: one
      name: Measures
      levels: [{level: 0, score: 0, anchor: No.}, {level: 1, score: 1, anchor: Measures first.}]
"""
ANSWERS = {
    "downtime": "about forty three minutes",
    "choice": "put it on a queue",
    "term": "idempotent",
    "total": "=SUM(A2:A11)",
    "open": "I'd look at the dashboard first.",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel("interview-grading", tmp_path_factory.mktemp("grading-wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(wheel, tmp_path_factory.mktemp("grading") / "environment")


def _run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-I", "-m", "serve.cli.grading_program", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_it_holds_tracked_files_only_and_asks_for_no_part_of_the_platform(wheel: Path) -> None:
    held = {name.replace("interview/_shipped/models", "models") for name in held_files(wheel)}
    assert held <= tracked_files("interview", "deployments", "storage", "serve", "models")
    assert not any(name.startswith(("serve/http/", "deployments/agent/", "storage/redis/")) for name in held)
    assert not requirements(wheel) & PLATFORM


def test_the_packages_of_rarer_graders_are_declared(python: Path) -> None:
    """They are imported by worker processes: expressions, units, finance functions, and the spelling of terms."""
    packages = "math_verify, sympy, mpmath, pint, numpy_financial, symspellpy, dateutil"
    subprocess.run([str(python), "-I", "-c", f"import {packages}"], check=True)


def test_it_grades_answers_to_closed_formula_and_open_questions(python: Path, tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text(BANK, encoding="utf-8")
    lines = [json.dumps({"question_id": name, "answer": answer}) for name, answer in ANSWERS.items()]
    (tmp_path / "answers.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = _run(python, "grade", "bank.yaml", "answers.jsonl", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    graded = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["question_id"]: one["grade"]["score"] for one in graded} == dict.fromkeys(ANSWERS, 1.0)


def test_it_calibrates_with_labels(python: Path, tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text(BANK, encoding="utf-8")
    said = {"I'd look at the dashboard first.": 1, "I don't know.": 0}
    lines = [json.dumps({"question_id": "open", "answer": answer, "score": score}) for answer, score in said.items()]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = _run(python, "calibrate", "bank.yaml", "--labels", "labels.jsonl", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["overall"]["answers"] >= 1


def test_a_judge_needs_the_platform_and_the_error_says_so(python: Path, tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text(BANK, encoding="utf-8")
    (tmp_path / "answers.jsonl").write_text('{"question_id": "open", "answer": "no"}', encoding="utf-8")
    done = _run(python, "grade", "bank.yaml", "answers.jsonl", "--judge-with", "local", cwd=tmp_path)
    assert done.returncode == 78
    assert "interview-serve" in done.stderr
