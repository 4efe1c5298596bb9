"""What preparing a reply in a candidate's pauses gains and costs, by persona, in virtual time.

    python -m benchmarks.think_ahead --model-ms 700 [--json OUT]

The candidates of ``interview simulate`` answer aloud: a pause after each sentence and clause, of random length. Turn
taking, agent, prompts, rules and graders are real; the language model is the fake with a fixed service time, speech
is recognised without errors after ``HEARD_AFTER_S``, and the end-of-turn model is right with a probability of
``RIGHT``. The clock moves to the next timer: the figures depend on no machine, and leave out the platform's own time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

from deployments.agent.config import AgentConfig
from deployments.agent.contract import PreparedReply, StartRequest, ThinkAheadRequest, TurnRequest
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.agent.ports import AgentPorts, SilentObserver
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.contract import Grading
from deployments.grading.service import GradingService
from deployments.llm.config import FakeModelConfig, LlmConfig
from deployments.llm.deployment import create_language_model
from deployments.stt.contract import EngineInfo, Transcript
from interview.plans.files import load_plan
from interview.plans.plan import InterviewPlan
from interview.plans.questions import card_of
from interview.policies.files import load_policies
from interview.turn_taking.profiles import profile_of
from interview.turn_taking.turns import MayEnd, Paused, TurnEnded, Turns
from serve.http.realtime.thinking_ahead import ThinkingAhead, in_time
from serve.simulation.candidate import Candidate
from serve.simulation.personas import Persona, load_personas
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, SetClock
from serve.simulation.virtual_time import run_virtually
from storage.sessions.memory import MemorySessionStore

CONFIGS = Path(__file__).parents[1] / "configs"
PLANS = CONFIGS / "interviews"

FRAME_MS = 32
#: Pauses within an answer, in seconds: the median after a sentence and after a clause, and the standard deviation of
#: the logarithm. Assumed, not measured.
SENTENCE_S, CLAUSE_S, SIGMA = 0.7, 0.25, 0.6
#: From the beginning of a pause until the words before it are known, and until the pause is judged.
HEARD_AFTER_S, JUDGED_AFTER_S = 0.6, 0.43
#: How often the end-of-turn model is right, about a pause within an answer and about its end.
RIGHT = 0.9

_PIECE = re.compile(r"[^.!?,;:]+[.!?,;:]*")


@dataclass
class Counts(SilentObserver):
    replies: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("made", "abandoned", "used", "stale"), 0))
    tokens: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("made", "abandoned", "used", "stale"), 0))

    def reply_prepared(self, outcome: str, tokens: int) -> None:
        self.replies[outcome] += 1
        self.tokens[outcome] += tokens


class Figures(Struct, frozen=True):
    """``reply_ms``: from the end of an answer to its whole reply, in turns in which the model is asked; ``turns`` of
    them. Tokens are the fake's, those that the model wrote."""

    persona: str
    think_ahead: bool
    turns: int
    reply_p50_ms: float
    reply_p95_ms: float
    used: int
    abandoned: int
    stale: int
    made: int
    tokens_wasted: int
    tokens_used: int


class Speaker:
    """Speaks answers with pauses, and gives them to the agent as a realtime conversation does."""

    def __init__(self, agent: AgentService, clock: SetClock, persona: Persona, seed: str, *, on: bool) -> None:
        self._agent = agent
        self._clock = clock
        self._persona = persona
        self._random = random.Random(seed)
        self._ahead = ThinkingAhead(self._think_ahead if on else None)
        self._turns = 0

    async def answer(self, text: str, turns: Turns) -> tuple[dict[str, Any], float]:
        """The reply's body, and the seconds from the answer's end to it."""
        words = await self._spoken(text, turns)
        turns.taken()
        loop = asyncio.get_running_loop()
        ended = loop.time()
        self._turns += 1
        request = TurnRequest(
            "bench", "one", f"answer-{self._turns}", audio=b"RIFF", content_type="audio/wav", voice=False,
            transcript=_transcript(words), prepared=await in_time(self._ahead.taken()),
        )  # fmt: skip
        reply = await self._agent.turn(request)
        return msgspec.json.decode(reply.encoded), loop.time() - ended

    async def _spoken(self, text: str, turns: Turns) -> str:
        """Speak until the turn is over; the words before that."""
        pieces = [piece.strip() for piece in _PIECE.findall(text) if piece.strip()] or [text]
        at_ms = 0
        for place, piece in enumerate(pieces):
            last = place == len(pieces) - 1
            spoken_ms = max(320, round(len(piece.split()) / self._persona.words_per_s * 1000))
            self._clock.advance(spoken_ms / 1000)
            for _ in range(spoken_ms // FRAME_MS):
                at_ms += FRAME_MS
                turns.heard(at_ms, FRAME_MS, speech=True)
            if place:
                self._ahead.stop()
            said = " ".join(pieces[: place + 1])
            at_ms, over = await self._paused(said, turns, at_ms, None if last else self._pause_s(piece))
            if over:
                return said
        return text

    async def _paused(self, said: str, turns: Turns, at_ms: int, pause_s: float | None) -> tuple[int, bool]:
        """Be silent for ``pause_s``, None for good; whether the turn ended."""
        begun, judged = at_ms, False
        ends = self._random.random() < (RIGHT if pause_s is None else 1 - RIGHT)
        heard = asyncio.get_running_loop().time() + HEARD_AFTER_S
        paused_at: int | None = None
        while pause_s is None or at_ms - begun < pause_s * 1000:
            await asyncio.sleep(FRAME_MS / 1000)
            self._clock.advance(FRAME_MS / 1000)
            at_ms += FRAME_MS
            if paused_at is not None and not judged and at_ms - begun >= JUDGED_AFTER_S * 1000:
                turns.judged(paused_at, 0.95 if ends else 0.05)
                judged = True
            for outcome in turns.heard(at_ms, FRAME_MS, speech=False):
                match outcome:
                    case Paused() as paused:
                        paused_at = paused.at_ms
                    case MayEnd() if self._ahead.enabled:
                        self._ahead.begin(partial(_known, said, heard))
                    case TurnEnded():
                        return at_ms, True
                    case _:
                        pass
        return at_ms, False

    def _pause_s(self, piece: str) -> float:
        median = SENTENCE_S if piece[-1] in ".!?" else CLAUSE_S
        return median * self._random.lognormvariate(0, SIGMA)

    async def _think_ahead(self, transcript: Transcript) -> PreparedReply | None:
        return await self._agent.think_ahead(ThinkAheadRequest("bench", "one", transcript))


async def _known(said: str, at: float) -> Transcript:
    await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
    return _transcript(said)


def _transcript(text: str) -> Transcript:
    return Transcript(text, "en", 1.0, (), 0.95, EngineInfo("perfect", "none"), speech_s=1.0)


async def interview(
    plan: InterviewPlan, persona: Persona, grading: Grading, seed: str, counts: Counts, *, model_ms: float, on: bool
) -> list[float]:
    """Hold one interview; the seconds of each reply for which the model was asked."""
    config, blobs, clock, sessions = AgentConfig(interviewer="model"), MemoryBlobs(), SetClock(), MemorySessionStore()
    fake = FakeModelConfig(service_time="fixed", service_ms=model_ms)
    model = create_language_model(LlmConfig(engine="fake", fake=fake))
    await model.start()
    prompts = PromptCatalogue(str(CONFIGS / "prompts"))
    policies = PolicyCatalogue(load_policies(CONFIGS / "policies"))
    interviewer = ModelInterviewer(model, prompts, blobs, config)
    ports = AgentPorts(
        sessions,
        blobs,
        grading,
        InstalledPlans({plan.id: plan}),
        model=interviewer,
        ahead=interviewer,
        policy=policies,
        pins=SessionPins(blobs, config, policies, prompts),
        observer=counts,
    )
    agent = AgentService(ports, config, clock)
    speaker = Speaker(agent, clock, persona, seed, on=on)
    candidate = Candidate(persona, seed)
    reply = await agent.start(StartRequest("bench", "one", plan.id, consent=True, voice=False))
    response = msgspec.json.decode(reply.encoded)["interviewer_response"]
    times: list[float] = []
    while response["should_continue"]:
        question = plan.by_id[response["question"]["question_id"]]
        said = candidate.reply(question, response["action"]["action_type"])
        body, seconds = await speaker.answer(said.text or "", Turns(profile_of(card_of(question))))
        response = body["interviewer_response"]
        if "llm" in body["stage_ms"]:
            times.append(seconds)
    await model.stop()
    return times


async def measure(plans: Iterable[str], personas: Iterable[str], *, model_ms: float, n: int, on: bool) -> list[Figures]:
    grading = GradingService(GradingConfig(), background=NotedQueue())
    loaded, people = [load_plan(PLANS / f"{name}.yaml") for name in plans], load_personas(PLANS)
    found = []
    for name in personas:
        counts, times = Counts(), list[float]()
        for plan in loaded:
            for number in range(n):
                seed = f"{plan.id}/{name}/{number}"
                times += await interview(plan, people[name], grading, seed, counts, model_ms=model_ms, on=on)
        found.append(_figures(name, times, counts, on=on))
    await grading.stop()
    return found


def _figures(persona: str, times: list[float], counts: Counts, *, on: bool) -> Figures:
    centiles = statistics.quantiles(times, n=20, method="inclusive")
    return Figures(
        persona=persona,
        think_ahead=on,
        turns=len(times),
        reply_p50_ms=round(centiles[9] * 1000),
        reply_p95_ms=round(centiles[18] * 1000),
        used=counts.replies["used"],
        abandoned=counts.replies["abandoned"],
        stale=counts.replies["stale"],
        made=counts.replies["made"],
        tokens_wasted=counts.tokens["made"] - counts.tokens["used"],
        tokens_used=counts.tokens["used"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--plan", default="backend-engineer,customer-success-manager")
    parser.add_argument("--persona", default="strong,average,weak,evasive,rambling,hostile")
    parser.add_argument("--model-ms", type=float, default=700.0)
    parser.add_argument("--n", type=int, default=1, help="interviews per plan and persona")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: list[Figures] = []
    for on in (False, True):
        plans, personas = asked.plan.split(","), asked.persona.split(",")
        found += run_virtually(measure(plans, personas, model_ms=asked.model_ms, n=asked.n, on=on))
    print("| persona | ahead | turns | p50 ms | p95 ms | used | made | abandoned | tokens wasted / used |")
    for one in found:
        print(
            f"| {one.persona} | {'on' if one.think_ahead else 'off'} | {one.turns} | {one.reply_p50_ms:.0f} | "
            f"{one.reply_p95_ms:.0f} | {one.used} | {one.made} | {one.abandoned} | "
            f"{one.tokens_wasted} / {one.tokens_used} |"
        )
    if asked.json:
        result = {"model_ms": asked.model_ms, "n": asked.n, "figures": to_builtins(found)}
        asked.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
