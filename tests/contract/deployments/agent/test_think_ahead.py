"""A reply that was prepared while the candidate still spoke: used for the same words, and for nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.contract import AgentClient, Done, PreparedReply, Sentence, ThinkAheadRequest, TurnRequest
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.agent.ports import SilentObserver
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.contract import PRIORITY_BACKGROUND, PRIORITY_LIVE
from deployments.shell.handle_rpc import serve_call
from deployments.stt.contract import EngineInfo, Transcript
from interview.errors import EngineFailed, NotFound
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from interview.sessions.events import FallbackEntered, PlanMade
from serve.replay.checks import recheck
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, Rehearsal, RehearsalStage
from storage.sessions.memory import MemorySessionStore
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
BILLING = "I build the billing service of a logistics company together with four other people"
MORE = f"{BILLING}, and I hold the pager for its database every third week."


@dataclass
class Counts(SilentObserver):
    prepared: list[tuple[str, int]] = field(default_factory=list)

    def reply_prepared(self, outcome: str, tokens: int) -> None:
        self.prepared.append((outcome, tokens))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for outcome, _ in self.prepared]


def words_of(request: dict[str, Any]) -> dict[str, str]:
    """A sound answer whose words tell which prompt it was made for."""
    more = "pager" in request["messages"][1]["content"]
    heard = "hold the pager for its database" if more else "build the billing service"
    return {"action": "new_question", "reasoning": "", "takes_up": "", "utterance": f"So you {heard}."}


def transcript(text: str, confidence: float = 0.95) -> Transcript:
    return Transcript(text, "en", 4.0, (), confidence, EngineInfo("test", "test"), speech_s=4.0)


@dataclass
class Table:
    stage: RehearsalStage
    model: FakeLanguageModel
    agent: AgentService
    counts: Counts

    async def ahead(self, text: str) -> PreparedReply | None:
        return await self.agent.think_ahead(ThinkAheadRequest("acme", "rehearsal", transcript(text)))

    def turn(self, text: str, prepared: PreparedReply | None, key: str = "k") -> TurnRequest:
        return TurnRequest(
            "acme", "rehearsal", key, audio=b"RIFF", content_type="audio/wav", voice=False,
            transcript=transcript(text), prepared=prepared,
        )  # fmt: skip

    async def said(self, text: str, prepared: PreparedReply | None = None, key: str = "k") -> str:
        body = msgspec.json.decode((await self.agent.turn(self.turn(text, prepared, key))).encoded)
        words: str = body["interviewer_response"]["text"]
        return words

    async def log(self) -> list[Any]:
        return await self.stage.log()


async def table(**config: Any) -> Table:
    agent_config, blobs = AgentConfig(**config), MemoryBlobs()
    prompts = PromptCatalogue(str(ROOT / "configs" / "prompts"))
    policies = PolicyCatalogue(load_policies(ROOT / "configs" / "policies"))
    model, counts = FakeLanguageModel(respond=words_of), Counts()
    interviewer = ModelInterviewer(model, prompts, blobs, agent_config)
    stage = RehearsalStage(
        sessions=MemorySessionStore(),
        plan=PLAN,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        blobs=blobs,
        config=agent_config,
        model=interviewer,
        ahead=interviewer,
        policy=policies,
        pins=SessionPins(blobs, agent_config, policies, prompts, review_below=GradingConfig().review_below),
        observer=counts,
    )
    agent = stage.agent()
    await Rehearsal(agent).start("short-plan")
    return Table(stage, model, agent, counts)


async def test_a_prepared_reply_is_the_reply_that_the_turn_would_have_made() -> None:
    plain, ahead = await table(), await table()
    expected = await plain.said(BILLING)
    assert "billing service" in expected

    prepared = await ahead.ahead(BILLING)
    said = await ahead.said(BILLING, prepared)

    assert said == expected
    assert [request["priority"] for request in ahead.model.requests] == [PRIORITY_BACKGROUND]
    assert ahead.counts.outcomes == ["made", "used"]
    assert ahead.counts.prepared[0][1] > 0
    made = [event.data for event in await ahead.log() if isinstance(event.data, PlanMade)][-1]
    assert (made.source, made.output["ahead"]) == ("model", True)
    _, differences = await recheck(await ahead.log(), ahead.stage.blobs)
    assert differences == []


async def test_more_words_make_it_stale() -> None:
    plain, ahead = await table(), await table()
    prepared = await ahead.ahead(BILLING)
    said = await ahead.said(MORE, prepared)
    assert said == await plain.said(MORE)
    assert "pager" in said
    assert [request["priority"] for request in ahead.model.requests] == [PRIORITY_BACKGROUND, PRIORITY_LIVE]
    assert ahead.counts.outcomes == ["made", "stale"]


async def test_an_answer_after_which_something_else_happened_makes_it_stale() -> None:
    """The same words to another question: everything that the prompt holds counts."""
    ahead = await table()
    prepared = await ahead.ahead(BILLING)
    await ahead.said(BILLING, None, "first")
    await ahead.said(BILLING, prepared, "second")
    assert ahead.counts.outcomes == ["made", "stale"]


async def test_nothing_of_it_is_committed() -> None:
    ahead = await table()
    before = await ahead.log()
    await ahead.ahead(BILLING)
    assert await ahead.log() == before
    assert (await ahead.stage.state()).pending_answer is None


@pytest.mark.parametrize("text", ["Could you repeat the question, please?", "Is this recorded?", "Let me think."])
async def test_nothing_is_prepared_where_no_model_would_be_asked(text: str) -> None:
    ahead = await table()
    assert await ahead.ahead(text) is None
    assert ahead.model.requests == []


async def test_nothing_is_prepared_for_words_that_were_not_understood() -> None:
    ahead = await table()
    request = ThinkAheadRequest("acme", "rehearsal", transcript(BILLING, confidence=0.2))
    assert await ahead.agent.think_ahead(request) is None
    assert ahead.model.requests == []


async def test_the_sentences_of_a_prepared_reply_are_streamed() -> None:
    ahead = await table()
    prepared = await ahead.ahead(BILLING)
    parts = [part async for part in ahead.agent.turn_stream(ahead.turn(BILLING, prepared))]
    assert isinstance(parts[-1], Done)
    told = " ".join(part.text for part in parts if isinstance(part, Sentence))
    assert told == parts[-1].reply.body.interviewer_response.text
    assert len(ahead.model.requests) == 1


async def test_a_candidate_who_goes_on_stops_the_model() -> None:
    ahead, asked = await table(), asyncio.Event()

    async def waits(_: float) -> None:
        asked.set()
        await asyncio.Event().wait()

    ahead.model.engine._sleep = waits
    preparing = asyncio.create_task(ahead.ahead(BILLING))
    await asked.wait()
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert ahead.model.running == 0
    assert ahead.counts.outcomes == ["abandoned"]


async def test_a_failure_to_prepare_is_no_failure_of_the_turn() -> None:
    ahead = await table(breaker_failures=1)
    ahead.model.fail(EngineFailed("broken"))
    with pytest.raises(EngineFailed):
        await ahead.ahead(BILLING)
    assert "billing service" in await ahead.said(BILLING)
    assert not [event for event in await ahead.log() if isinstance(event.data, FallbackEntered)]


async def test_an_invalid_prepared_response_has_the_script_speak() -> None:
    ahead = await table()
    prepared = await ahead.ahead(BILLING)
    assert prepared is not None
    broken = msgspec.structs.replace(prepared, response={"choices": [{"message": {"content": "Well, well."}}]})
    assert await ahead.said(BILLING, broken)
    fallbacks = [event.data for event in await ahead.log() if isinstance(event.data, FallbackEntered)]
    assert [fallback.tier for fallback in fallbacks] == ["llm"]


async def test_there_is_nothing_to_prepare_in_an_interview_that_does_not_exist_or_is_over() -> None:
    ahead = await table()
    with pytest.raises(NotFound):
        await ahead.agent.think_ahead(ThinkAheadRequest("acme", "unknown", transcript(BILLING)))
    await Rehearsal(ahead.agent).end()
    assert await ahead.ahead(BILLING) is None


async def test_it_crosses_a_handle() -> None:
    ahead = await table()

    async def call(method: str, payload: bytes, *_: object) -> bytes:
        return await serve_call(getattr(ahead.agent, method), payload, ThinkAheadRequest)

    def stream(*_: object) -> AsyncGenerator[bytes, None]:
        raise AssertionError("nothing is streamed")

    client = AgentClient(call, stream)
    nothing = ThinkAheadRequest("acme", "rehearsal", transcript("Is this recorded?"))
    assert await client.think_ahead(nothing) is None
    prepared = await client.think_ahead(ThinkAheadRequest("acme", "rehearsal", transcript(BILLING)))
    await ahead.said(BILLING, prepared)
    assert ahead.counts.outcomes == ["made", "used"]
