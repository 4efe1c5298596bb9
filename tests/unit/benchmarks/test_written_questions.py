"""The recorded questions are those of today's prompt and checks."""

from __future__ import annotations

from functools import partial

import pytest

from benchmarks.plan_coverage import shipped_questions
from benchmarks.recorded_model import ResumedModel
from benchmarks.written_questions import ENCODER, read_tasks
from deployments.drafting.question_writer import QuestionWriter, Written
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.retrieval.service import RetrievalService
from interview.drafts.role import Need, Role
from interview.policies.files import load_policies
from interview.policies.off_limits import topic_by_rules
from tests.support.paths import ROOT

RECORDS = ROOT / "benchmarks" / "results" / "2026-12-03-written-questions-qwen2.5-coder-1.5b.records.jsonl"


async def test_a_real_models_question_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the prompt or the checks change what is asked: record anew."""
    monkeypatch.chdir(ROOT)
    driver = next(one for one in read_tasks() if one.title == "Truck Driver")
    policies = load_policies(ROOT / "configs" / "policies")["default"]
    model = ResumedModel(RECORDS)
    off_limits = partial(topic_by_rules, policies)
    writer = QuestionWriter(model, GradingService(GradingConfig()), RetrievalService(ENCODER), off_limits)
    need = Need(driver.tasks[0])
    found = await writer.write(Role(driver.title, driver.level, (need,)), need, 0, shipped_questions())
    assert isinstance(found, Written), found
    assert found.question.prompt.startswith("You've just unloaded trailers from a truck.")
