"""The share of each prompt that the turn before has already computed, by token ids, over simulated interviews.

    python -m benchmarks.prompt_prefix --persona average,strong [--json OUT]

The candidate and the graders are those of ``interview simulate``; the interviewer's words are as long as a model's. The
tokenizer is GPT-2's byte-level BPE, installed with the speech model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncGenerator
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins
from tokenizers import Tokenizer

from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.grading.config import GradingConfig
from deployments.grading.contract import Grading
from deployments.grading.service import GradingService
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from serve.simulation.canaries import Planted
from serve.simulation.candidate import Candidate
from serve.simulation.personas import load_personas
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.stage import HeldInterview, Troupe, hold
from storage.weights.resolve import resolve_weights

CONFIGS = Path(__file__).parents[1] / "configs"
PLANS = CONFIGS / "interviews"


class PrefixShare(Struct, frozen=True):
    """Tokens of one interview's prompts, from the second on, and of their prefixes that the prompt before has."""

    plan: str
    persona: str
    prompts: int
    tokens: int
    shared: int
    least_share: float

    @property
    def share(self) -> float:
        return self.shared / self.tokens


class WordyModel:
    """A ``LanguageModel`` that follows up where it may; it keeps its prompts."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def chat(self, request: ChatRequest) -> ChatResponse:
        self.prompts.append(_chatml(request))
        actions = request["response_format"]["json_schema"]["schema"]["properties"]["action"]["enum"]
        return {"model": "wordy", "choices": [{"message": {"content": json.dumps(_decided(actions))}}]}

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """As ``chat``, in one chunk."""
        response = await self.chat(request)
        yield {"model": "wordy", "choices": [{"index": 0, "delta": response["choices"][0]["message"]}]}

    async def info(self) -> LlmInfo:
        return LlmInfo(engine="wordy", models=("wordy",))


def _decided(actions: list[str]) -> dict[str, str]:
    action, words = actions[0], "Thank you, so you did that with your team and measured what came of it."
    if "ask_followup" in actions:
        action = "ask_followup"
        words = "What did you do yourself about this question, and what came of it in the end?"
    return {"action": action, "reasoning": "It is open.", "takes_up": "the own part", "utterance": words}


def _chatml(request: ChatRequest) -> str:
    messages = "".join(f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n" for one in request["messages"])
    return f"{messages}<|im_start|>assistant\n"


async def prefix_share(plan: str, persona: str, grading: Grading) -> PrefixShare:
    """Hold one interview and compare the token ids of consecutive prompts."""
    model, config = WordyModel(), AgentConfig(interviewer="model")
    prompts = PromptCatalogue(str(CONFIGS / "prompts"))
    policies = PolicyCatalogue(load_policies(CONFIGS / "policies"))
    troupe = Troupe(grading, policies, config, prompts, lambda blobs: ModelInterviewer(model, prompts, blobs, config))
    loaded = load_plan(PLANS / f"{plan}.yaml")
    held = HeldInterview(loaded, Planted(loaded, "prefix"), persona, 1)
    await hold(troupe, Candidate(load_personas(PLANS)[persona], "prefix"), held)
    if not held.over or held.errors:
        raise RuntimeError(f"The interview {plan} with {persona} did not end: {held.errors}")
    tokenizer = Tokenizer.from_file(str(resolve_weights("whisper-tiny.en").path / "tokenizer.json"))
    ids = [tokenizer.encode(prompt, add_special_tokens=False).ids for prompt in model.prompts]
    shared = [_common_prefix(before, now) for before, now in pairwise(ids)]
    return PrefixShare(
        plan=plan,
        persona=persona,
        prompts=len(ids),
        tokens=sum(map(len, ids[1:])),
        shared=sum(shared),
        least_share=min(known / len(now) for known, now in zip(shared, ids[1:], strict=True)),
    )


def _common_prefix(one: list[int], other: list[int]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


async def measure(plans: list[str], personas: list[str]) -> list[PrefixShare]:
    grading = GradingService(GradingConfig(), background=NotedQueue())
    try:
        return [await prefix_share(plan, persona, grading) for plan in plans for persona in personas]
    finally:
        await grading.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", default=",".join(sorted(path.stem for path in PLANS.glob("*.yaml"))))
    parser.add_argument("--persona", default="average,strong")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = asyncio.run(measure(options.plan.split(","), options.persona.split(",")))
    for one in found:
        new = (one.tokens - one.shared) / (one.prompts - 1)
        print(
            f"{one.plan:28}{one.persona:10}{one.prompts:3} prompts  shared {one.share:.3f}  least {one.least_share:.3f}"
            f"  new tokens a turn {new:.0f}"
        )
    if options.json:
        data: list[dict[str, Any]] = [to_builtins(one) for one in found]
        options.json.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
