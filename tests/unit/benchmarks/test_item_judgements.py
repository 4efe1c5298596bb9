"""The banks hold the judged medians, and a question that drifts from them is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from benchmarks import item_judgements
from benchmarks.item_judgements import BANKS, PASSES, ROOT, Judgement, apart, installed, read, write
from interview.plans.files import load_plans

JUDGED, QUESTIONS = read(), installed()
UNSCORED = {
    question.id: question
    for plan in load_plans(ROOT / "configs" / "interviews").values()
    for question in plan.questions
    if not question.is_scored
}


def test_every_scored_question_is_judged_in_three_passes() -> None:
    assert len(PASSES) == 3
    assert all(len(found.b) == len(found.a) == 3 for found in JUDGED.values())
    assert QUESTIONS.keys() == JUDGED.keys()


def test_the_banks_hold_the_medians() -> None:
    assert apart(JUDGED, QUESTIONS) == []


def test_a_provisional_parameter_that_was_changed_by_hand_is_named() -> None:
    question = QUESTIONS["be-index"]
    by_hand = {**QUESTIONS, "be-index": replace(question, difficulty=replace(question.difficulty, b=2.0))}
    assert apart(JUDGED, by_hand) == ["be-index"]
    measured = replace(question, difficulty=replace(question.difficulty, b=2.0, provisional=False))
    assert apart(JUDGED, {**QUESTIONS, "be-index": measured}) == []


def test_openings_and_closings_have_the_lowest_difficulty_and_no_judgement() -> None:
    assert len(UNSCORED) >= 8
    assert {name: question.difficulty.b for name, question in UNSCORED.items() if question.difficulty.b != -2.0} == {}
    assert UNSCORED.keys().isdisjoint(JUDGED)


def test_writing_the_medians_leaves_unscored_questions_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BANKS, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(item_judgements, "BANKS", tmp_path)
    elsewhere = JUDGED | {name: Judgement(name, (2.0,) * 3, (0.5,) * 3) for name in ("be-index", *UNSCORED)}
    assert "be-index" in write(elsewhere, QUESTIONS)
    before, after = ((path / "backend-engineer.yaml").read_text(encoding="utf-8") for path in (BANKS, tmp_path))
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [("  difficulty: {a: 1.2, b: -0.5}", "  difficulty: {a: 0.5, b: 2}")]


def test_writing_the_medians_reaches_the_translated_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BANKS, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(item_judgements, "BANKS", tmp_path)
    write(JUDGED | {"cs-nrr": Judgement("cs-nrr", (2.0,) * 3, (0.5,) * 3)}, QUESTIONS)
    for language in ("de", "es", "fr"):
        bank = (tmp_path / language / "customer-success-manager.yaml").read_text(encoding="utf-8")
        assert "  difficulty: {a: 0.5, b: 2}" in bank.partition(f"- id: cs-{language}-nrr\n")[2].partition("- id:")[0]
