"""Holds recorded interviews again with what the model wrote then, under the rules of today.

    python -m benchmarks.recorded_interviews benchmarks/results/2026-12-01-qwen-interviews-all.jsonl --json FILE

No model runs: each answer of a persona gets the output that the records have for it. Where today's rules lead to an
answer that the records do not have, or to actions without the recorded one, the model says "Thank you." and moves on
(``unknown``). ``prefix`` says, in characters, what a prompt repeats of the one before (``shared``), which of its
messages are new, which are computed again because the conversation outgrew its room, and what the open turn takes.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec
from rapidfuzz import fuzz

from deployments.agent.brief.interviewer import Interviewer
from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.model.untrusted_data import CUT
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.contract import ChatRequest, LanguageModel
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from interview.shipped import shipped_root
from serve.simulation.campaign import Campaign
from serve.simulation.personas import load_personas
from serve.simulation.records import HeldRecord, ModelTurnRecord
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.stage import Troupe
from serve.simulation.word_figures import WordFigures, summed
from storage.blobs.port import BlobStore

CONFIGS = shipped_root() / "configs"
#: That of the recorded interviews: the profile ``local-llm``, without its deadlines.
CONFIG = AgentConfig(interviewer="model", model_window_tokens=8192, reply_tokens=200, temperature=0.2)
_DATA = re.compile(r'<data kind="[^"]*"[^>]*>\n.*?\n</data>', re.DOTALL)
_ANSWER = re.compile(r'<data kind="candidate">\n(.*?)\n</data>', re.DOTALL)
#: Similarity, in percent, of an answer and one whose middle was cut out of the prompt.
_SAME_CUT = 60
_FIELDS = ("action", "reasoning", "takes_up", "utterance")


class RecordedModel:
    """Answers with the recorded output; counts the answers that it does not have, and the characters of prompts."""

    def __init__(self, turns: tuple[ModelTurnRecord, ...]) -> None:
        self._turns = [turn for turn in turns if turn.written]
        self._used: Counter[int] = Counter()
        self._before = ""
        self.unknown = 0
        self.prefix: Counter[str] = Counter()

    async def chat(self, request: ChatRequest) -> dict[str, Any]:
        prompt = "\n".join(message["content"] for message in request["messages"])
        self._measure(prompt)
        schema = request["response_format"]["json_schema"]["schema"]["properties"]
        written = self._written(html.unescape(_ANSWER.findall(prompt)[-1]), schema)
        return {"choices": [{"message": {"content": msgspec.json.encode(written).decode()}}]}

    def _written(self, answer: str, schema: dict[str, Any]) -> dict[str, str]:
        actions, parts = schema["action"]["enum"], schema["takes_up"].get("enum", [""])
        found = [number for number, turn in enumerate(self._turns) if _is_same(turn.answer, answer)]
        number = min(found, key=lambda one: self._used[one], default=None)
        if number is not None:
            self._used[number] += 1
            recorded = self._turns[number].written
            written = {name: str({**recorded, **recorded.get("own", {})}.get(name, "")) for name in _FIELDS}
            if written["action"] in actions:
                return written
        self.unknown += 1
        return {"action": actions[0], "reasoning": "", "takes_up": parts[0], "utterance": "Thank you."}

    def _measure(self, prompt: str) -> None:
        before, self._before = self._before, prompt
        if not before:
            return
        shared = next(
            (at for at, (one, other) in enumerate(zip(before, prompt, strict=False)) if one != other), len(before)
        )
        parts = _DATA.findall(prompt)
        self.prefix["all"] += len(prompt)
        self.prefix["shared"] += shared
        self.prefix["new"] += sum(len(part) for part in parts if part not in before)
        self.prefix["again"] += sum(len(part) for part in parts if part in before and prompt.find(part) >= shared)
        self.prefix["open_turn"] += len(prompt.rpartition("</data>")[2])


def _is_same(recorded: str, shown: str) -> bool:
    return recorded == shown or (CUT.strip() in shown and fuzz.ratio(recorded, shown) >= _SAME_CUT)


def _interviewer(model: RecordedModel, prompts: PromptCatalogue, blobs: BlobStore) -> Interviewer:
    return ModelInterviewer(cast("LanguageModel", model), prompts, blobs, CONFIG)


async def replayed(records: list[HeldRecord]) -> dict[str, Any]:
    """The figures by persona, and of all."""
    personas, prompts = load_personas(CONFIGS / "interviews"), PromptCatalogue(str(CONFIGS / "prompts"))
    policies = PolicyCatalogue(load_policies(CONFIGS / "policies"))
    grading = GradingService(GradingConfig(), background=NotedQueue())
    words: dict[str, list[WordFigures]] = {}
    prefix: dict[str, Counter[str]] = {}
    unknown, failed = 0, list[str]()
    try:
        for record in records:
            name, plan = record.interview.persona, load_plan(CONFIGS / "interviews" / f"{record.interview.plan}.yaml")
            model = RecordedModel(record.turns)
            troupe = Troupe(grading, policies, CONFIG, prompts, partial(_interviewer, model, prompts))
            campaign = Campaign({plan.id: plan}, {name: personas[name]}, troupe, n=1, seed=record.seed)
            report = await campaign.run(engine="recorded")
            words.setdefault(name, []).append(report.words)
            prefix.setdefault(name, Counter()).update(model.prefix)
            unknown += model.unknown
            failed += [f"{plan.id}/{name}: {gate}" for gate, result in report.gates.items() if not result.ok]
            print(f"{plan.id} {name}: {report.words.referring} of {report.words.spoken}", flush=True)
    finally:
        await grading.stop()
    figures = {name: msgspec.to_builtins(summed(found)) for name, found in words.items()}
    figures["all"] = msgspec.to_builtins(summed(one for found in words.values() for one in found))
    shares = {
        name: {kind: round(count / counts["all"], 3) for kind, count in counts.items() if kind != "all"}
        for name, counts in prefix.items()
    }
    return {"interviews": len(records), "figures": figures, "prefix": shares, "unknown": unknown, "failed": failed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    records = [msgspec.json.decode(line, type=HeldRecord) for line in given.records.read_bytes().splitlines()]
    found = asyncio.run(replayed(records))
    print(msgspec.json.format(msgspec.json.encode(found)).decode())
    if given.json is not None:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")


if __name__ == "__main__":
    main()
