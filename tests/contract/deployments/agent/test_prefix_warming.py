"""When an interview starts, the engine can compute what all of its prompts begin with."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.contract import StartRequest
from deployments.agent.service import AgentService
from deployments.llm.contract import PRIORITY_BACKGROUND, PRIORITY_LIVE
from interview.errors import EngineFailed
from interview.plans.files import load_plan
from serve.simulation.rehearsal import Rehearsal
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.model_stage import model_stage
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
ANSWER = "I build the billing service of a logistics company together with four other people."
WORDS = {"action": "new_question", "reasoning": "", "takes_up": "", "utterance": "So you build the billing service."}


def staged(*, warm: bool) -> tuple[FakeLanguageModel, AgentService]:
    model = FakeLanguageModel(respond=lambda _request: WORDS)
    return model, model_stage(model, PLAN, AgentConfig(warm_prefix=warm)).agent()


async def answered(agent: AgentService, model: FakeLanguageModel, *, expecting: int) -> list[dict[str, Any]]:
    """The model's requests after a start, which brings ``expecting`` of them, and one answer."""
    rehearsal = Rehearsal(agent)
    await rehearsal.start("short-plan")
    async with asyncio.timeout(10):
        while len(model.requests) < expecting:
            await asyncio.sleep(0)
    await rehearsal.answer(ANSWER)
    return [dict(request) for request in model.requests]


async def test_the_first_turn_begins_with_what_the_start_has_asked_for() -> None:
    model, agent = staged(warm=True)
    warmed, turn = await answered(agent, model, expecting=1)
    assert warmed["messages"][0] == turn["messages"][0]
    assert warmed["session_id"] == turn["session_id"], "or another replica computes it"
    assert (warmed["max_tokens"], warmed["priority"], turn["priority"]) == (1, PRIORITY_BACKGROUND, PRIORITY_LIVE)


async def test_it_is_off_unless_the_profile_asks_for_it() -> None:
    model, agent = staged(warm=False)
    assert [request["priority"] for request in await answered(agent, model, expecting=0)] == [PRIORITY_LIVE]


async def test_a_repeated_start_asks_for_nothing() -> None:
    model, agent = staged(warm=True)
    first = await answered(agent, model, expecting=1)
    await agent.start(StartRequest("acme", "rehearsal", plan="short-plan", consent=True))
    await asyncio.sleep(0)
    assert len(model.requests) == len(first)


async def test_a_model_that_fails_is_no_concern_of_the_start(caplog: pytest.LogCaptureFixture) -> None:
    model, agent = staged(warm=True)
    model.fail(EngineFailed("down"))
    with caplog.at_level(logging.WARNING):
        _, turn = await answered(agent, model, expecting=1)
    assert turn["priority"] == PRIORITY_LIVE
    assert "not computed ahead: error=engine-failed" in caplog.text
