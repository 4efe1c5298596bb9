"""What the candidate hears of the words that a small model really wrote, turn by turn in one interview."""

from __future__ import annotations

from typing import Any

import yaml

from deployments.agent.config import AgentConfig
from interview.plans.files import load_plan
from interview.sessions.events import PlanMade
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.model_stage import model_stage
from tests.support.paths import ROOT, TESTS

TURNS: list[dict[str, Any]] = yaml.safe_load((TESTS / "data" / "model_turns" / "small-model-words.yaml").read_text())
PLAN = load_plan(ROOT / "configs" / "interviews" / "customer-success-manager.yaml")


async def test_fragments_repetitions_and_questions_of_its_own_are_not_heard() -> None:
    model = FakeLanguageModel([turn["written"] for turn in TURNS])
    stage = model_stage(model, PLAN, AgentConfig())
    candidate = stage.rehearsal()
    await candidate.start(PLAN.id)
    for turn in TURNS:
        await candidate.answer(turn["answer"])
        text = candidate.response["text"]
        own = text.removesuffix(PLAN.by_id[candidate.response["question"]["question_id"]].prompt).strip()
        repeated = turn.get("repeats", "")
        assert own.startswith(turn["hears"]), text
        assert (f"“{repeated}”" in own) if repeated else (own == turn["hears"]), text
    made = [event.data for event in await stage.log() if isinstance(event.data, PlanMade)]
    assert [one.source for one in made[-len(TURNS) :]] == ["model"] * len(TURNS)
