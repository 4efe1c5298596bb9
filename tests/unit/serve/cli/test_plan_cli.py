"""``interview plan``: problems with file, line and fix; a draft from a role description, and its approval."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interview.plans.files import load_plan_file
from serve.cli.main import app
from serve.simulation.personas import load_personas
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database, sqlite_url
from storage.audit.port import AuditEntry
from tests.support.paths import ROOT

BANK = """- id: first
  type: technical
  skill: reliability
  prompt: {prompt}
  grader: {{kind: rubric}}
  key_points:
    - {{text: {point}, variants: ["{variant}"]}}
  criteria:
    - id: own
      name: Own part
      levels:
        - {{level: 0, score: 0.0, anchor: {anchor}}}
        - {{level: 1, score: 0.35, anchor: "Names a part of it."}}
        - {{level: 2, score: 0.7, anchor: "Names a part and its reason."}}
        - {{level: 3, score: 1.0, anchor: "As level 2, and what was rejected."}}
  hints: [{{text: "What changed since yesterday?"}}]
  reference: {{strong: "I would compare the metrics with yesterday.", average: "I'd look at logs.", weak: "No idea."}}
"""
GOOD = {
    "prompt": "How would you find the cause?",
    "point": "compare the metrics with yesterday",
    "variant": "look at the dashboards before the code",
    "anchor": "Names no part of it.",
}


def checked(*files: Path) -> tuple[int, list[str]]:
    found = CliRunner().invoke(app, ["plan", "check", *map(str, files)])
    return found.exit_code, found.stdout.splitlines()


def test_the_shipped_plans_and_banks_have_no_problem() -> None:
    banks = sorted((ROOT / "configs" / "interviews" / "banks").glob("*.yaml"))
    assert checked() == (0, ["7 files checked: no problems."])
    assert checked(*banks) == (0, ["4 files checked: no problems."])


def test_a_bank_in_good_style_passes(tmp_path: Path) -> None:
    bank = tmp_path / "bank.yaml"
    bank.write_text(BANK.format(**GOOD))
    assert checked(bank) == (0, ["1 file checked: no problems."])


def test_an_id_that_is_not_the_file_name_is_a_problem(tmp_path: Path) -> None:
    shipped = ROOT / "configs" / "interviews"
    shutil.copytree(shipped / "banks", tmp_path / "banks")
    plan = tmp_path / "other.yaml"
    shutil.copy(shipped / "data-analyst.yaml", plan)
    status, lines = checked(plan)
    assert status == 1
    assert "id: 'data-analyst' must be the file's name, 'other'" in lines[0]


@pytest.mark.parametrize(
    ("field", "text", "line", "words"),
    [
        ("prompt", f"{'why ' * 46}?", 4, "ask part of it as a probe"),
        ("prompt", "Is `this` it?", 4, "cannot be spoken"),
        ("prompt", "How would you find the cause", 4, "full stop or a question mark"),
        ("point", "how it ended", 7, "is a heading; write what a candidate would say"),
        ("variant", "precision", 7, "write three to six"),
        ("anchor", '"Describes only we."', 12, "describe what is missing after the follow-up"),
    ],
)
def test_each_breach_is_named_with_its_line_and_its_fix(
    tmp_path: Path, field: str, text: str, line: int, words: str
) -> None:
    bank = tmp_path / "bank.yaml"
    bank.write_text(BANK.format(**{**GOOD, field: text}))
    status, lines = checked(bank)
    assert status == 1
    assert [found for found in lines if found.startswith(f"{bank}:{line}: ") and words in found]
    assert all("[first]" in found for found in lines[:-1])


def test_every_error_of_a_plan_is_listed(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("id: plan\ntitel: Plan\nquestions:\n  - {id: a, typ: technical}\n  - {id: b}\n")
    status, lines = checked(plan)
    assert status == 1
    assert len(lines) > 6
    assert all(found.startswith(f"{plan}:") for found in lines[:-1])


def test_the_shipped_personas_answer_an_authors_own_plans(tmp_path: Path) -> None:
    assert load_personas(tmp_path).keys() == load_personas(ROOT / "configs" / "interviews").keys()


ROLE = "Engineer\n\nTasks\n- Make sure no payment is booked twice\n- Terraform\n"


def created(*options: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["plan", "create", *options])
    return found.exit_code, found.stdout


async def audited(file: Path) -> list[AuditEntry]:
    database = Database(sqlite_url(file))
    try:
        return await SqlAuditLog(database).entries("local")
    finally:
        await database.close()


def test_a_draft_is_written_checked_and_approved_by_name(tmp_path: Path) -> None:
    role, resume, out = tmp_path / "role.txt", tmp_path / "cv.md", tmp_path / "payments.yaml"
    role.write_text(ROLE)
    resume.write_text("Jo\n\nBuilt payment services.")
    status, told = created("--role", str(role), "--resume", str(resume), "--out", str(out))
    assert status == 0
    assert "be-idempotent-payment" in told
    assert "# No question: Terraform" in out.read_text()
    assert checked(out)[0] == 0
    file = load_plan_file(out)
    assert (file.is_draft, file.plan.id) == (True, "payments")

    data = tmp_path / "data"
    approved = CliRunner().invoke(app, ["plan", "approve", str(out), "--by", "Ada", "--data", str(data)])
    assert approved.exit_code == 0
    assert "You will talk to an AI" in approved.stdout
    assert not load_plan_file(out).is_draft
    (entry,) = asyncio.run(audited(data / "archive.db"))
    assert (entry.action, entry.subject, entry.detail["by"]) == ("plan.approved", "payments", "Ada")
    assert entry.detail["digest"] == load_plan_file(out).plan.digest


def test_a_file_whose_name_is_no_id_is_refused_with_a_name_that_is(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["plan", "create", "--role", ROLE, "--out", str(tmp_path / "On Call.yml")])
    assert "on-call.yaml" in str(found.exception)
    assert not list(tmp_path.iterdir())


def test_the_role_may_be_text_and_a_file_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "plan.yaml"
    assert created("--role", ROLE, "--out", str(out), "--minutes", "20")[0] == 0
    before = out.read_text()
    found = CliRunner().invoke(app, ["plan", "create", "--role", ROLE, "--out", str(out)])
    assert found.exception is not None
    assert "exists" in str(found.exception)
    assert out.read_text() == before


def test_a_role_that_names_a_file_which_is_not_there_says_so(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["plan", "create", "--role", "roles/baker.pdf", "--out", str(tmp_path / "p.yaml")])
    assert "There is no file roles/baker.pdf" in str(found.exception)


def test_a_draft_about_a_protected_topic_is_not_approved(tmp_path: Path) -> None:
    out = tmp_path / "plan.yaml"
    assert created("--role", ROLE, "--out", str(out))[0] == 0
    out.write_text(out.read_text().replace("To start, tell me", "To start, tell me your age and", 1))
    found = CliRunner().invoke(app, ["plan", "approve", str(out), "--by", "Ada", "--data", str(tmp_path / "data")])
    assert "protected topic: age" in str(found.exception)
    assert load_plan_file(out).is_draft


def test_the_first_plan_of_the_authors_guide_has_no_problem(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "plans.md").read_text()
    plan = tmp_path / "on-call.yaml"
    plan.write_text(guide.split("```yaml\n", 1)[1].split("```", 1)[0])
    assert checked(plan) == (0, ["1 file checked: no problems."])
