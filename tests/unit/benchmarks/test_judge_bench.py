"""The committed records of a real model: the prompt has not changed since, and every quote is the candidate's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.judge.instructions import instruction_cases
from benchmarks.judge.records import Case, RecordedModel, graded_cases, records_in
from benchmarks.open_answers import DATA, read
from deployments.grading.judge.prompt import VERSION
from deployments.grading.judge.rubric import RubricJudge
from interview.errors import NotFound
from tests.support.paths import ROOT

RECORDS = ROOT / "benchmarks" / "results" / "2026-12-03-judge-qwen2.5-coder-1.5b.records.jsonl"


@pytest.fixture
def in_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


async def replayed(cases: list[Case]) -> list[str]:
    """The recorded requests of the cases, after their grades were checked."""
    records, found = records_in(RECORDS), []
    for case in cases:
        model = RecordedModel(records)
        try:
            grade = await RubricJudge(model).grade(case.question, case.answer)
        except NotFound:
            continue
        if model.last is None:
            continue
        found.append(model.last.request)
        assert grade.prompt == VERSION
        for one in grade.evidence:
            assert case.answer[one.start : one.end] == one.quote
        for part in grade.criteria:
            assert part.score == 0.0 or part.quote
    return found


async def test_the_recorded_requests_are_those_of_todays_prompt(in_checkout: None) -> None:
    """Fails when the prompt, the schema or the sampling changes: give the prompt a new version, and record anew."""
    found = await replayed([*graded_cases(read(DATA), 300), *instruction_cases(60)])
    assert set(found) == set(records_in(RECORDS))


async def test_a_record_file_is_resumed_where_it_ends(in_checkout: None, tmp_path: Path) -> None:
    cases = graded_cases(read(DATA), 300)
    partly = tmp_path / "some.jsonl"
    partly.write_bytes(b"".join(RECORDS.read_bytes().splitlines(keepends=True)[:10]))
    records = records_in(partly)
    assert len(records) == 10
    model = RecordedModel(records)
    missing = 0
    for case in cases[:40]:
        try:
            await RubricJudge(model).grade(case.question, case.answer)
        except NotFound:
            missing += 1
    assert missing >= 30


def test_the_cases_are_even_over_questions_and_leave_out_those_the_prompt_was_chosen_on(in_checkout: None) -> None:
    rows = read(DATA)
    cases = graded_cases(rows, 300)
    assert len({case.id for case in cases}) == 300
    counts = [sum(case.id.startswith(f"{group}/") for case in cases) for group in {row.group for row in rows}]
    assert sum(count > 0 for count in counts) == 31
    assert {count for count in counts if count} <= set(range(9, 13))
