"""Every malformed plan or bank is refused with the file, the line and the field that are wrong.

The cases lie in ``tests/data/malformed``; the first line of each says what must be reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from interview.errors import ConfigError
from interview.plans.checks import check_question
from interview.plans.files import load_plan, load_plans, plan_from_data, plan_from_text
from interview.plans.questions import (
    AnyGrader,
    Exact,
    Formula,
    MultipleChoice,
    MultiSelect,
    Option,
    Ordered,
    Question,
    SheetColumn,
    ShortText,
)
from interview.yaml.source import MAX_BYTES, read_yaml
from tests.support.paths import TESTS

CASES = TESTS / "data" / "malformed"
FILES = sorted(path.name for path in CASES.glob("*.yaml"))
EXPECT = re.compile(r"# expect: (?P<file>\S+):(?P<line>\d+) \| (?P<field>.*?) ?\| (?P<problem>.+)")


def test_there_are_cases() -> None:
    assert len(FILES) >= 20


@pytest.mark.parametrize("name", FILES)
def test_a_malformed_plan_names_file_line_and_field(name: str) -> None:
    path = CASES / name
    expected = EXPECT.fullmatch(path.read_text(encoding="utf-8").splitlines()[0])
    assert expected is not None, "the first line says what is expected"
    with pytest.raises(ConfigError) as caught:
        load_plan(path)
    detail = caught.value.detail
    assert detail["file"] == str(CASES / expected["file"])
    assert detail["line"] == int(expected["line"])
    assert detail["field"] == expected["field"]
    assert expected["problem"] in detail["problem"]
    assert caught.value.message.startswith(f"{CASES / expected['file']}:{expected['line']}: ")


def _good() -> str:
    """The plan all cases are variations of, made good again."""
    text = (CASES / "weight-zero.yaml").read_text(encoding="utf-8")
    return text.replace("  sql: 0\n", "  sql: 0.6\n")


def test_the_plan_the_cases_vary_is_itself_good() -> None:
    plan = plan_from_text(_good())
    assert [question.id for question in plan.questions] == ["opener", "join", "sum", "pick", "cell"]


def test_all_problems_of_a_file_are_reported_at_once() -> None:
    text = _good().replace("a: 1.2", "a: 0").replace("answer: b", "answer: z").replace("cost: 0.1", "cost: 7")
    with pytest.raises(ConfigError) as caught:
        plan_from_text(text)
    fields = set(caught.value.detail["fields"])
    assert {"questions[1].difficulty.a", "questions[1].hints[0].cost", "questions[3].grader.answer"} <= fields
    assert "more problem" in caught.value.message


@pytest.mark.parametrize("a", ["0", "-1", "4.1", "40", ".nan", ".inf"])
def test_a_discrimination_outside_the_usual_range_is_refused_with_the_range(a: str) -> None:
    with pytest.raises(ConfigError, match=r"difficulty\.a: .* must be greater than 0 and at most 4"):
        plan_from_text(_good().replace("a: 1.2", f"a: {a}"))
    plan_from_text(_good().replace("a: 1.2", "a: 4"))


def test_a_plan_in_a_request_cannot_read_files() -> None:
    with pytest.raises(ConfigError) as caught:
        plan_from_data({"id": "x", "bank": "banks/backend-engineer.yaml"})
    assert "unknown field" in caught.value.detail["fields"]["bank"]


@pytest.mark.parametrize("data", [[], "text", None, 3])
def test_what_is_no_mapping_is_no_plan(data: object) -> None:
    with pytest.raises(ConfigError):
        plan_from_data(data)  # type: ignore[arg-type]


def test_a_file_past_the_size_cap_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(ConfigError, match="larger than"):
        read_yaml(path)


def test_hostile_nesting_is_refused_before_anything_recurses(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(ConfigError, match="nested deeper"):
        read_yaml(path)


def test_a_billion_laughs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "laughs.yaml"
    path.write_text("a: &a [lol, lol]\nb: &b [*a, *a]\nc: [*b, *b]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"laughs\.yaml:2: \*a: aliases"):
        read_yaml(path)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"id: \x00", b"", b"a: 1\n---\nb: 2\n"])
def test_what_is_no_single_text_document_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match=r"odd\.yaml"):
        read_yaml(path)


def test_a_hostile_plan_in_a_request_is_refused_in_little_time_and_few_words() -> None:
    fields = {f"unknown-{number}-{'x' * 10_000}": number for number in range(2_000)}
    questions = [{"id": "y" * 100_000, "type": "z" * 100_000} for _ in range(2_000)]
    with pytest.raises(ConfigError) as caught:
        plan_from_data({**fields, "questions": questions})
    assert len(caught.value.detail["problems"]) <= 50
    assert all(len(problem) < 500 for problem in caught.value.detail["problems"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nosuch\.yaml: cannot be read"):
        load_plan(tmp_path / "nosuch.yaml")


def test_a_folder_without_plans_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no interview plan"):
        load_plans(tmp_path)


def test_a_plan_is_named_like_its_file(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(_good(), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"other\.yaml:2: id: 'sample' must be the file's name, 'other'"):
        load_plans(tmp_path)


def test_the_documented_example_is_true() -> None:
    import doctest

    from interview.yaml import schema

    outcome = doctest.testmod(schema)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize("unit", ["m^9^9^9", "m^99999999999", "", " ", "a" * 61, "m\x00"])
def test_a_unit_that_no_answer_could_be_graded_by_is_refused_with_the_plan(unit: str) -> None:
    plan = yaml.safe_load(_good())
    plan["questions"][2]["grader"]["unit"] = unit
    with pytest.raises(ConfigError) as caught:
        plan_from_data(plan)
    assert set(caught.value.detail["fields"]) == {"questions[2].grader.unit"}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("questions[2].grader.tolerance_rel", lambda plan: plan["questions"][2]["grader"].update(tolerance_rel=10)),
        ("time_budget_s", lambda plan: plan.update(time_budget_s=1e30)),
        ("policies[1]", lambda plan: plan.update(policies=["default", "default"])),
    ],
)
def test_what_no_interview_needs_is_refused_with_the_plan(field: str, change: Callable[[dict[str, Any]], None]) -> None:
    plan = yaml.safe_load(_good())
    change(plan)
    with pytest.raises(ConfigError) as caught:
        plan_from_data(plan)
    assert set(caught.value.detail["fields"]) == {field}


def test_a_reference_formula_longer_than_any_that_is_graded_is_refused() -> None:
    reference = "=" + "(" * 3000 + "1" + ")" * 3000
    question = Question("q", "technical", "s", "Sum it.", Formula(reference=reference, columns=(SheetColumn("A"),)))
    assert [path for path, _ in check_question(question)] == [("grader", "reference")]


@pytest.mark.parametrize(
    ("language", "grader", "path"),
    [
        ("de", ShortText(("Kündigung", "das")), ("accepted", 1)),
        ("fr", Exact(("le",)), ("accepted", 0)),
        ("es", MultipleChoice((Option("a", "ella"), Option("b", "contrato")), "b"), ("options", 0, "text")),
        ("de", MultipleChoice((Option("a", "die Kündigung"), Option("b", "Kündigungen")), "a"), ("options", 1, "text")),
        ("de", MultiSelect((Option("a", "der Vertrag"), Option("b", "ein Vertrag")), ("a",)), ("options", 1, "text")),
        ("de", Ordered(("den Vertrag", "die Verträge")), ("answer", 1)),
    ],
)
def test_keys_that_their_language_cannot_tell_apart_are_refused(
    language: str, grader: AnyGrader, path: tuple[str | int, ...]
) -> None:
    question = Question("q", "technical", "s", "?", grader)
    assert [found for found, _ in check_question(question, language)] == [("grader", *path)]
    assert list(check_question(question)) == []


def test_options_that_differ_in_a_preposition_are_accepted() -> None:
    options = (Option("a", "vor dem Vertragsende"), Option("b", "nach dem Vertragsende"))
    assert not list(check_question(Question("q", "technical", "s", "?", MultipleChoice(options, "b")), "de"))


def test_a_plan_checks_its_questions_in_its_language() -> None:
    plan = yaml.safe_load(_good())
    plan["language"] = "de"
    plan["questions"][2]["grader"] = {"kind": "short_text", "accepted": ["das"]}
    with pytest.raises(ConfigError) as caught:
        plan_from_data(plan)
    assert "questions[2].grader.accepted[0]" in caught.value.detail["fields"]
