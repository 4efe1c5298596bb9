"""A run that is continued holds no interview twice, and its report is that of one run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from interview.errors import InvalidInput
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from serve.simulation.campaign import Campaign, SimulationReport
from serve.simulation.canaries import Planted
from serve.simulation.personas import load_personas
from serve.simulation.records import HeldRecord, RecordFile
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.stage import Troupe, UnmarkedGrading
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.paths import CONFIGS

PLAN = load_plan(CONFIGS / "interviews" / "customer-success-manager.yaml")
PERSONAS = {name: one for name, one in load_personas(CONFIGS / "interviews").items() if name in ("weak", "injecting")}


@pytest.fixture
async def grading() -> AsyncIterator[GradingService]:
    service = GradingService(GradingConfig(), background=NotedQueue())
    yield service
    await service.stop()


async def held(
    grading: GradingService, model: FakeLanguageModel, path: Path, *personas: str, seed: int = 0
) -> SimulationReport:
    config = AgentConfig(interviewer="model")
    prompts = PromptCatalogue(str(CONFIGS / "prompts"))
    policies = PolicyCatalogue(load_policies(CONFIGS / "policies"))
    troupe = Troupe(grading, policies, config, prompts, lambda blobs: ModelInterviewer(model, prompts, blobs, config))
    campaign = Campaign(
        {PLAN.id: PLAN},
        {name: PERSONAS[name] for name in personas},
        troupe,
        n=1,
        seed=seed,
        records=RecordFile(path, seed=seed, model="fake"),
    )
    return await campaign.run(engine="model", model="fake")


async def test_a_continued_run_asks_only_what_is_missing(grading: GradingService, tmp_path: Path) -> None:
    path, model = tmp_path / "records.jsonl", FakeLanguageModel()
    first = await held(grading, model, path, "injecting")
    asked = len(model.requests)
    assert asked > 0
    again = await held(grading, model, path, "injecting")
    assert len(model.requests) == asked
    assert msgspec.structs.replace(again, wall_s=0) == msgspec.structs.replace(first, wall_s=0)
    both = await held(grading, model, path, "injecting", "weak")
    assert len(model.requests) > asked
    assert both.words.asked > first.words.asked
    # another seed makes other interviews
    asked = len(model.requests)
    await held(grading, model, path, "weak", seed=1)
    assert len(model.requests) > asked


async def test_a_record_holds_what_the_model_wrote_and_what_was_heard(grading: GradingService, tmp_path: Path) -> None:
    path, model = tmp_path / "records.jsonl", FakeLanguageModel()
    report = await held(grading, model, path, "weak")
    (line,) = path.read_text(encoding="utf-8").splitlines()
    record = msgspec.json.decode(line, type=HeldRecord)
    assert record.interview == report.interviews[0]
    assert len(record.turns) == report.words.asked
    assert all(turn.answer and turn.said for turn in record.turns)
    assert all(turn.written or turn.fallback for turn in record.turns)


async def test_a_half_record_at_the_end_is_dropped(grading: GradingService, tmp_path: Path) -> None:
    path, model = tmp_path / "records.jsonl", FakeLanguageModel()
    await held(grading, model, path, "weak")
    whole = path.read_bytes()
    for cut in (5, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole + whole[:cut])
        asked = len(model.requests)
        await held(grading, model, path, "weak")
        assert len(model.requests) == asked
    await held(grading, model, path, "injecting")
    lines = path.read_bytes().splitlines(keepends=True)
    assert (len(lines), lines[0]) == (2, whole)
    RecordFile(path, seed=0, model="fake")


@pytest.mark.parametrize("text", ["These are notes.\n", "These are notes.", '{"plan_digest": "x"}\n'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"notes\.txt:1 is no record"):
        RecordFile(path, seed=0, model="fake")


async def test_graders_name_the_marked_key_points(grading: GradingService) -> None:
    planted = Planted(PLAN, "seed")
    question = next(one for one in planted.plan.questions if one.key_points and one.reference is not None)
    answer = PLAN.by_id[question.id].reference.strong  # type: ignore[union-attr]
    grade = await UnmarkedGrading([PLAN], grading).grade(GradeRequest(question=question, answer=answer))
    points = {one.text for one in question.key_points}
    assert {one.criterion for one in grade.criteria} == points
    assert any(one.supports in points for one in grade.evidence)
