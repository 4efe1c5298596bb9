"""``interview grade``, ``calibrate`` and ``audit``: JSON lines in, JSON out, and the arithmetic behind them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from deployments.grading.studies.audit import AuditedPerson, audit
from deployments.grading.studies.calibration import Comparison, calibrate, weighted_kappa
from interview.errors import ConfigError, InvalidInput, NotFound
from interview.plans.plan import PlanRef
from interview.reports.report import Report
from interview.sessions.session import Candidate, Consent
from serve.cli.grading import app, read_questions
from tests.support.paths import ROOT

BANK = """
- id: answer
  type: technical
  skill: sums
  prompt: 6 times 7?
  grader: {kind: numeric, value: 42}
- id: joins
  type: technical
  skill: sql
  prompt: Which join needs sorted inputs?
  grader:
    kind: multiple_choice
    options: [{id: a, text: Hash join}, {id: b, text: Merge join}]
    answer: b
"""
BROKEN = """
- id: now
  type: technical
  skill: sheets
  prompt: What day is it?
  grader: {kind: formula, reference: "=TODAY()", columns: [{name: A}]}
"""
ONE = "id: answer\ntype: technical\nskill: sums\nprompt: 6 times 7?\ngrader: {kind: numeric, value: 42}\n"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.yaml"
    path.write_text(BANK)
    return path


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    return path


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_json_grades_have_at_most_four_decimals(tmp_path: Path) -> None:
    bank = ROOT / "configs" / "interviews" / "backend-engineer.yaml"
    said = {"question_id": "be-idempotent-payment", "answer": "I would store a unique key for each payment."}
    code, out = run("grade", bank, lines(tmp_path / "a.jsonl", said), "--json")
    assert code == 0
    numbers = [number for number in re.findall(r"\d+\.(\d+)", out) if len(number) > 4]
    assert "be-idempotent-payment" in out and numbers == []


def test_grade_prints_one_json_grade_a_line_and_nothing_else(tmp_path: Path, bank: Path) -> None:
    answers = lines(
        tmp_path / "answers.jsonl",
        {"question_id": "answer", "answer": "forty two", "id": "p1"},
        {"question_id": "joins", "answer": "option b", "transcript_confidence": 0.3},
        {"question_id": "joins", "answer": "the first one", "hint_cost": 0.1},
    )
    code, out = run("grade", bank, answers, "--json")
    graded = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(one["line"], one["question_id"], one["grade"]["score"]) for one in graded] == [
        (1, "answer", 1.0),
        (2, "joins", 1.0),
        (3, "joins", 0.0),
    ]
    assert graded[0]["id"] == "p1"
    assert graded[1]["grade"]["needs_review"]


def test_grade_takes_a_single_question_and_bare_strings(tmp_path: Path) -> None:
    question = tmp_path / "question.yaml"
    question.write_text(ONE)
    code, out = run("grade", question, lines(tmp_path / "a.jsonl", "42", "41"), "--json")
    assert code == 0
    assert [json.loads(line)["grade"]["score"] for line in out.splitlines()] == [1.0, 0.0]


def test_a_question_whose_key_cannot_be_used_is_an_error_on_its_own_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text(BANK + BROKEN)
    answers = lines(
        tmp_path / "a.jsonl", {"question_id": "now", "answer": "=1"}, {"question_id": "answer", "answer": "42"}
    )
    code, out = run("grade", path, answers, "--json")
    broken, fine = (json.loads(line) for line in out.splitlines())
    assert code == 1
    assert broken["error"]["code"] == "invalid-input"
    assert "volatile" in broken["error"]["message"]
    assert fine["grade"]["score"] == 1.0


def test_grade_shows_a_table_to_people(tmp_path: Path, bank: Path) -> None:
    code, out = run("grade", bank, lines(tmp_path / "a.jsonl", {"question_id": "answer", "answer": "42"}))
    assert code == 0
    assert "rationale" in out


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "1:"),
        (json.dumps({"answer": "42"}), "question_id is missing"),
        (json.dumps({"answer": "x", "question_id": "no"}), "no question 'no'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, bank: Path, row: str, problem: str) -> None:
    answers = tmp_path / "a.jsonl"
    answers.write_text(row + "\n")
    with pytest.raises(InvalidInput, match=problem):
        run("grade", bank, answers)


def test_a_file_of_answers_that_cannot_be_read_is_named(tmp_path: Path, bank: Path) -> None:
    binary, empty = tmp_path / "binary.jsonl", tmp_path / "empty.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    empty.write_text("")
    with pytest.raises(NotFound, match="no file"):
        run("grade", bank, tmp_path / "missing.jsonl")
    for path, problem in ((binary, "cannot be read"), (tmp_path, "cannot be read"), (empty, "has no answers")):
        with pytest.raises(InvalidInput, match=problem):
            run("grade", bank, path)


def test_a_wrong_question_file_names_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "q.yaml"
    path.write_text(ONE + "colour: blue\n")
    with pytest.raises(ConfigError, match=r"q\.yaml:\d+: colour"):
        read_questions(path)


def test_calibrate_compares_with_people_per_question_and_grader(tmp_path: Path, bank: Path) -> None:
    labels = lines(
        tmp_path / "labels.jsonl",
        {"question_id": "answer", "answer": "42", "score": 1.0},
        {"question_id": "answer", "answer": "41", "level": "missing"},
        {"question_id": "joins", "answer": "b", "level": "strong"},
        {"question_id": "joins", "answer": "a", "score": 1.0},
    )
    code, out = run("calibrate", bank, "--labels", labels, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["overall"]["answers"] == 4
    assert result["overall"]["mean_absolute_error"] == 0.25
    assert {one["name"]: one["kappa"] for one in result["graders"]} == {"numeric": 1.0, "multiple_choice": 0.0}
    assert [one["name"] for one in result["questions"]] == ["answer", "joins"]
    assert result["overall"]["confusion"]["strong"] == {"strong": 2, "missing": 1}


def test_calibrate_without_a_label_says_which_line(tmp_path: Path, bank: Path) -> None:
    labels = lines(tmp_path / "labels.jsonl", {"question_id": "answer", "answer": "42"})
    with pytest.raises(InvalidInput, match=":1: no score"):
        run("calibrate", bank, "--labels", labels)


def test_weighted_kappa_agrees_with_a_hand_worked_example() -> None:
    """3 x 3 table 20/5/0, 5/20/5, 0/5/20 over adjacent levels: κ = 1 - 20·1/16 ÷ Σ expected."""
    table = {("weak", "weak"): 20, ("weak", "partial"): 5, ("partial", "weak"): 5, ("partial", "partial"): 20}
    table |= {("partial", "good"): 5, ("good", "partial"): 5, ("good", "good"): 20}
    pairs = [pair for pair, times in table.items() for _ in range(times)]
    expected = (2 * 25 * 30 * 1 + 2 * 30 * 25 * 1 + 2 * 25 * 25 * 4) / 80**2
    assert weighted_kappa(pairs) == pytest.approx(1 - (20 / 80) / expected)
    assert weighted_kappa([("weak", "weak")] * 5) is None
    assert weighted_kappa([("weak", "strong"), ("strong", "weak")]) == pytest.approx(-1.0)


def test_bias_shows_which_way_a_grader_errs() -> None:
    result = calibrate([Comparison("q", "g", 0.5, 0.9), Comparison("q", "g", 0.5, 0.7, needs_review=True)])
    assert result.overall.bias == pytest.approx(0.3)
    assert result.overall.review_share == 0.5


def person(index: int, score: float, selected: bool, **groups: str) -> AuditedPerson:
    return AuditedPerson(f"i{index}", score, selected, groups)


def test_impact_ratios_compare_with_the_highest_rate() -> None:
    people = [person(i, 0.9, i < 30, sex="f", race="x") for i in range(60)]
    people += [person(100 + i, 0.4, i < 20, sex="m", race="y") for i in range(80)]
    result = audit(people)
    rates = {(one.category, one.group): one for one in result.rates}
    assert rates["sex", "f"].selection_rate == 0.5
    assert rates["sex", "m"].selection_rate == 0.25
    assert rates["sex", "m"].selection_impact_ratio == 0.5
    assert rates["sex", "f"].selection_impact_ratio == 1.0
    assert rates["sex", "f"].scoring_rate == 1.0
    assert rates["sex", "m"].scoring_impact_ratio == 0.0
    assert rates["race × sex", "x × f"].count == 60
    assert not rates["sex", "f"].note


def test_small_groups_are_marked_and_set_no_mark() -> None:
    people = [person(i, i / 200, i % 2 == 0, race="many") for i in range(200)] + [person(999, 1.0, True, race="one")]
    rates = {one.group: one for one in audit(people).rates}
    assert "below 2%" in rates["one"].note
    assert rates["many"].selection_impact_ratio == 1.0
    assert "fewer than 30" in audit([person(i, 0.5, True, race="few") for i in range(5)]).rates[0].note


def test_people_without_group_data_count_in_the_median_and_in_no_group() -> None:
    result = audit([person(1, 0.2, False, sex=""), person(2, 0.4, True, sex="f"), person(3, 0.9, True, sex="Unknown")])
    assert result.unknown == {"sex": 2}
    assert result.median_score == 0.4
    assert [one.count for one in result.rates] == [1]


def report(interview_id: str, score: float | None, ended: datetime | None) -> Report:
    return Report(
        interview_id=interview_id, version=9, generated_at=datetime(2026, 11, 1, tzinfo=UTC), final=True,
        status="concluded", candidate=Candidate(), consent=Consent(True), plan=PlanRef("p", "1", "d"), language="en",
        started_at=datetime(2026, 11, 1, tzinfo=UTC), ended_at=ended, duration_s=1.0, concluded_because="",
        weighted_score=score, skills=(), strengths=(), gaps=(), ask_next=(), needs_review=(), questions=(), rules=(),
        fallbacks=(), signals=(), engines=(), notices=(), topics=(), insights=(), summary="", hints_used=0,
    )  # fmt: skip


def test_audit_joins_reports_with_the_groups_file_alone(tmp_path: Path) -> None:
    kept = tmp_path / "reports"
    kept.mkdir()
    at = datetime(2026, 11, 10, 12, tzinfo=UTC)
    made = [report("a", 0.9, at), report("b", 0.3, at), report("c", 0.7, at), report("d", None, None)]
    made.append(report("late", 0.9, datetime(2026, 12, 1, tzinfo=UTC)))
    for one in made:
        (kept / f"{one.interview_id}.json").write_bytes(msgspec.json.encode(one))
    groups = tmp_path / "groups.csv"
    groups.write_text("interview_id,sex,selected\na,f,\nb,m,yes\nc,m,\nd,f,\nlate,f,\ngone,f,\n")
    code, out = run(
        "audit", "--groups", groups, "--reports", kept, "--from", "2026-11-01", "--to", "2026-11-10", "--json"
    )
    result = json.loads(out)
    assert code == 0
    assert (result["people"], result["selected"]) == (3, 3)
    assert {one["group"]: one["count"] for one in result["rates"]} == {"f": 1, "m": 2}
    told = " ".join(result["notes"])
    assert "1 interviews: named in the groups file, but not found." in told
    assert "1 interviews: outside the period." in told
    assert "1 interviews: not ended" in told


def test_audit_needs_a_category(tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("interview_id,selected\na,yes\n")
    with pytest.raises(InvalidInput, match="at least one category"):
        run("audit", "--groups", groups, "--reports", tmp_path)
    with pytest.raises(NotFound, match="no file"):
        run("audit", "--groups", tmp_path / "missing.csv", "--reports", tmp_path)
