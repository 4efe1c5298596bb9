"""A written plan loads as the same plan; a draft's file is checked, never installed, and approved by a named person."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interview.errors import ConfigError, Conflict, InvalidInput
from interview.plans.approving import approve_file
from interview.plans.files import draft_ids, load_plan, load_plan_file, load_plans, plan_from_data
from interview.plans.plan import InterviewPlan
from interview.plans.plan_file import plan_data, plan_yaml
from tests.support.paths import ROOT

PLANS = load_plans(ROOT / "configs" / "interviews")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def drafted(folder: Path, *, head: dict[str, object] | None = None) -> Path:
    path = folder / "data-analyst.yaml"
    path.write_text(plan_yaml(PLANS["data-analyst"], comments=("A draft.\ndraft: true",), head=head or {"draft": True}))
    return path


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_a_written_plan_is_the_same_plan(plan: InterviewPlan, tmp_path: Path) -> None:
    path = tmp_path / f"{plan.id}.yaml"
    path.write_text(plan_yaml(plan))
    assert load_plan(path) == plan
    assert load_plan(path).digest == plan.digest
    assert "criteria: []" not in path.read_text()


def test_a_draft_is_loaded_for_its_author_and_not_installed(tmp_path: Path) -> None:
    path = drafted(tmp_path)
    assert load_plan_file(path).is_draft
    assert draft_ids(tmp_path) == {"data-analyst"}
    with pytest.raises(ConfigError, match="1 drafts wait for `interview plan approve`"):
        load_plans(tmp_path)


def test_approval_changes_one_line_and_installs_the_plan(tmp_path: Path) -> None:
    path = drafted(tmp_path)
    before = path.read_text().splitlines()
    approved = approve_file(path, 'Ada "the first"  Lovelace', NOW)
    assert approved.approved is not None
    assert approved.approved.by == 'Ada "the first" Lovelace'
    assert approved.approved.at == "2026-11-30T12:00:00+00:00"
    changed = [line for line in path.read_text().splitlines() if line not in before]
    assert len(changed) == 1
    assert load_plans(tmp_path)["data-analyst"] == PLANS["data-analyst"]
    assert draft_ids(tmp_path) == frozenset()
    with pytest.raises(Conflict):
        approve_file(path, "Ada", NOW)


@pytest.mark.parametrize("name", ["ACME\\jdoe", 'a"b\\', "Žofie", "a: {b} # c", "\U0001f984", "می\u200cرزا"])
def test_every_name_is_written_as_it_is(name: str, tmp_path: Path) -> None:
    path = drafted(tmp_path)
    approve_file(path, name, NOW)
    approval = load_plan_file(path).approved
    assert approval is not None
    assert approval.by == name
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["del\x7f", "bell\x07", "x\x9fy", "x\ud800"])
def test_a_name_with_control_characters_leaves_the_file_alone(name: str, tmp_path: Path) -> None:
    path = drafted(tmp_path)
    before = path.read_bytes()
    with pytest.raises(InvalidInput, match="control characters"):
        approve_file(path, name, NOW)
    assert path.read_bytes() == before


def test_an_approval_that_does_not_load_leaves_the_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.dumps", lambda *_args, **_options: '"\\j"')
    path = drafted(tmp_path)
    before = path.read_bytes()
    with pytest.raises(ConfigError):
        approve_file(path, "Ada", NOW)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_draft_with_a_problem_cannot_be_approved(tmp_path: Path) -> None:
    path = drafted(tmp_path)
    path.write_text(path.read_text().replace("When would you report the median and not the mean, and why?", "Median"))
    with pytest.raises(InvalidInput, match="full stop or a question mark"):
        approve_file(path, "Ada", NOW)
    assert load_plan_file(path).is_draft
    with pytest.raises(InvalidInput, match="Name the person"):
        approve_file(path, "  ", NOW)


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ({"draft": "yes"}, "draft"),
        ({"approved": {"by": "Ada"}}, "approved"),
        ({"draft": True, "approved": {"by": "Ada", "at": "2026"}}, "remove one of the two"),
    ],
)
def test_wrong_marks_are_named(tmp_path: Path, head: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        load_plan(drafted(tmp_path, head=head))


def test_a_plan_in_a_request_brings_no_marks_of_its_own() -> None:
    for mark in ({"draft": False}, {"approved": {"by": "Ada", "at": "2026"}}):
        with pytest.raises(ConfigError, match="unknown field"):
            plan_from_data({**plan_data(PLANS["data-analyst"]), **mark})


def test_a_draft_beside_installed_plans_leaves_them(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "configs" / "interviews", tmp_path, dirs_exist_ok=True)
    drafted(tmp_path)
    assert load_plans(tmp_path).keys() == PLANS.keys() - {"data-analyst"}
