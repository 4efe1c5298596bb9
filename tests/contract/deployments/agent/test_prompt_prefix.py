"""From turn to turn the prompt grows at its end: an engine with a prefix cache computes only the last exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.contract import ChatRequest
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from serve.simulation.canaries import Planted
from serve.simulation.candidate import Candidate
from serve.simulation.personas import load_personas
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.stage import HeldInterview, Troupe, hold
from storage.weights.resolve import resolve_weights
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.paths import CONFIGS

PLANS = CONFIGS / "interviews"
PERSONAS = load_personas(PLANS)
#: A byte-level BPE that is installed anyway, the speech model's: GPT-2's vocabulary of 50,257 tokens.
BPE = Tokenizer.from_file(str(Path(resolve_weights("whisper-tiny.en").path) / "tokenizer.json"))

#: The least share of an interview's prompt tokens that the turn before has already computed, and of a single turn's:
#: a long question and its answer, or an exchange that the script held in between, are new at once.
SHARED = 0.88
SHARED_IN_A_TURN = 0.78


@pytest.fixture
async def grading() -> AsyncIterator[GradingService]:
    service = GradingService(GradingConfig(), background=NotedQueue())
    yield service
    await service.stop()


def interviewer(request: ChatRequest) -> dict[str, Any]:
    """Follows up where it may, in words as long as a model's."""
    actions = request["response_format"]["json_schema"]["schema"]["properties"]["action"]["enum"]
    if "ask_followup" in actions:
        return said("ask_followup", "What did you do yourself about this question, and what came of it in the end?")
    return said(actions[0], "Thank you, so you did that with your team and measured what came of it.")


def said(action: str, utterance: str) -> dict[str, Any]:
    return {"action": action, "reasoning": "It is open.", "topic": "the own part", "utterance": utterance}


async def prompts_of(grading: GradingService, plan: str, persona: str) -> list[list[int]]:
    """The token ids of every prompt of one simulated interview."""
    model = FakeLanguageModel(respond=interviewer)
    config = AgentConfig(interviewer="model")
    prompts = PromptCatalogue(str(CONFIGS / "prompts"))
    troupe = Troupe(
        grading,
        PolicyCatalogue(load_policies(CONFIGS / "policies")),
        config,
        prompts,
        lambda blobs: ModelInterviewer(model, prompts, blobs, config),
    )
    loaded = load_plan(PLANS / f"{plan}.yaml")
    held = HeldInterview(loaded, Planted(loaded, "prefix"), persona, 1)
    await hold(troupe, Candidate(PERSONAS[persona], "prefix"), held)
    assert held.over and not held.errors
    return [BPE.encode(chat_of(request), add_special_tokens=False).ids for request in model.requests]


def chat_of(request: ChatRequest) -> str:
    """The messages as a ChatML template writes them."""
    messages = "".join(f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n" for one in request["messages"])
    return f"{messages}<|im_start|>assistant\n"


def common_prefix(one: list[int], other: list[int]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@pytest.mark.parametrize("persona", ["average", "strong"])
@pytest.mark.parametrize("plan", sorted(path.stem for path in PLANS.glob("*.yaml")))
async def test_a_turn_shares_most_of_its_prompt_with_the_turn_before(
    grading: GradingService, plan: str, persona: str
) -> None:
    prompts = await prompts_of(grading, plan, persona)
    assert len(prompts) > 8
    shared = [common_prefix(before, now) for before, now in pairwise(prompts)]
    assert sum(shared) >= SHARED * sum(map(len, prompts[1:]))
    assert min(known / len(now) for known, now in zip(shared, prompts[1:], strict=True)) >= SHARED_IN_A_TURN
