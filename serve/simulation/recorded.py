"""Holds interviews again with the words of recorded candidates, so that another prompt meets what people really say."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from deployments.agent.config import AgentConfig
from deployments.llm.config import LlmConfig
from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.session import ActionType, SessionState
from serve.simulation.campaign import EXAMPLES, GateResult, SimulationReport
from serve.simulation.canaries import Planted
from serve.simulation.candidate import THINKING_S, Said
from serve.simulation.judge import Judge
from serve.simulation.personas import Persona
from serve.simulation.run import open_troupe
from serve.simulation.stage import HeldInterview, Troupe, UnmarkedGrading, hold
from serve.simulation.word_figures import summed, word_figures

RECORDED = "recorded"

#: What a recorded candidate says to a question that was not put in the recording, and when its words are used up.
_UNKNOWN = {"de": "Das weiß ich nicht.", "fr": "Je ne sais pas.", "es": "No lo sé."}
_NOTHING_MORE = {"de": "Nein, das ist alles.", "fr": "Non, c'est tout.", "es": "No, eso es todo."}

_WORDS_PER_S = 2.4

#: A recorded candidate gave no orders, and its gates need nothing else of a persona.
_NOBODY = Persona(name=RECORDED, about="a recorded candidate", levels={}, right=0.0, more=())


class Recording(Struct, frozen=True):
    """The candidate's utterances of one interview with ``plan``, by question, in their order. Personal data: it is
    kept in memory only."""

    plan: InterviewPlan
    said: dict[str, tuple[str, ...]]


def recording_of(plan: InterviewPlan, state: SessionState) -> Recording:
    """The recording of an interview with ``plan``. Pure."""
    said: dict[str, tuple[str, ...]] = {}
    for turn in state.conversation_history:
        if turn.role == "candidate" and turn.question_id is not None and turn.content.strip():
            said[turn.question_id] = (*said.get(turn.question_id, ()), turn.content)
    return Recording(plan, said)


class RecordedCandidate:
    """Says to each question what was said to it in the recording, an utterance for each turn."""

    def __init__(self, recording: Recording) -> None:
        self._left = {question: list(said) for question, said in recording.said.items()}
        self._language = recording.plan.language.partition("-")[0]

    def reply(self, question: Question, action: ActionType) -> Said:
        if question.id not in self._left:
            text = _UNKNOWN.get(self._language, "I don't know.")
        elif self._left[question.id]:
            text = self._left[question.id].pop(0)
        else:
            text = _NOTHING_MORE.get(self._language, "No, that is all.")
        return Said(text, text, THINKING_S + len(text.split()) / _WORDS_PER_S)


async def hold_again(
    recordings: Sequence[Recording],
    *,
    seed: int,
    policies_directory: Path,
    prompts_url: str,
    llm: LlmConfig,
    agent: AgentConfig | None = None,
    at_once: int = 8,
) -> SimulationReport:
    """Hold each of ``recordings`` with a model, ``at_once`` at a time. The report's ``interviews`` are left out.

    Raises:

        InvalidInput: there are no recordings.
        ConfigError, ModelMissing: an installed file is invalid or missing.
    """
    if not recordings:
        raise InvalidInput("There are no recorded interviews to hold again.")
    began = time.monotonic()
    places = asyncio.Semaphore(at_once)
    async with open_troupe("model", policies_directory, prompts_url, llm, agent or AgentConfig()) as (troupe, model):

        async def held_again(number: int, recording: Recording) -> HeldInterview:
            plan = recording.plan
            planted = Planted(plan, f"{seed}/{plan.id}")
            grading = UnmarkedGrading([plan], troupe.grading)
            own = Troupe(grading, troupe.policies, troupe.config, troupe.prompts, troupe.model)
            async with places:
                return await hold(own, RecordedCandidate(recording), HeldInterview(plan, planted, RECORDED, number))

        held = await asyncio.gather(*(held_again(number, one) for number, one in enumerate(recordings, start=1)))
        gates = _gates(held, Judge(_NOBODY, troupe.config))
    return SimulationReport(
        ok=all(gate.ok for gate in gates.values()),
        engine="model",
        model=model,
        seed=seed,
        n=len(held),
        plans=tuple(dict.fromkeys(one.plan.id for one in held)),
        personas=(RECORDED,),
        gates=gates,
        abilities={},
        injection_lift=None,
        words=summed(word_figures(one.planted.plan, one.events) for one in held),
        interviews=(),
        wall_s=round(time.monotonic() - began, 1),
    )


def _gates(held: Sequence[HeldInterview], judge: Judge) -> dict[str, GateResult]:
    """The gates' results. Their examples name the recording by its number, and quote the interviewer only."""
    failed: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for one in held:
        for gate, problems in judge.failures(one).items():
            failed[gate] += bool(problems)
            examples.setdefault(gate, []).extend(f"{one.plan.id}/{one.number}: {problem}" for problem in problems[:1])
    return {
        gate: GateResult(len(held), failed[gate], failed[gate] == 0, tuple(found[:EXAMPLES]))
        for gate, found in examples.items()
    }
