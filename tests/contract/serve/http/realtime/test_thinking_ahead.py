"""Replies that are prepared in a pause of a spoken answer, in virtual time: for which words, and their fate."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deployments.agent.contract import Agent, PreparedReply, ThinkAheadRequest, TurnPart, TurnRequest
from interview.errors import EngineFailed
from serve.simulation.virtual_time import run_virtually
from tests.support.spoken_scenarios import Stage

WORDS = "I measured both of them, and in the end the errors fell by half."


class NotingAgent:
    """The real agent, but a model would take ``seconds`` to prepare each reply."""

    def __init__(self, agent: Agent, seconds: float) -> None:
        self._agent = agent
        self._seconds = seconds
        self.fails = False
        self.asked: list[str] = []
        self.abandoned = 0
        self.turns: list[tuple[TurnRequest, float]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._agent, name)

    async def think_ahead(self, request: ThinkAheadRequest) -> PreparedReply | None:
        self.asked.append(request.transcript.text)
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.abandoned += 1
            raise
        if self.fails:
            raise EngineFailed("broken")
        return PreparedReply(f"{len(self.asked)}", {})

    async def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        self.turns.append((request, asyncio.get_running_loop().time()))
        async for part in self._agent.turn_stream(request):
            yield part


def play(
    directory: Path, *steps: dict[str, Any], seconds: float = 0.7, on: bool = True, fails: bool = False
) -> NotingAgent:
    stage = Stage(directory, "conflict")
    agent = NotingAgent(stage.ports.agent, seconds)
    agent.fails = fails
    stage.ports = dataclasses.replace(stage.ports, agent=agent)
    stage.settings = replace(stage.settings, think_ahead=on)
    run_virtually(stage.play([{"ask": 20}, *steps]))
    return agent


#: A story without its result: the answer goes on, whatever the sound says.
UNTOLD = "I measured both of them for a week."


def says(seconds: float = 4, *, finished: float, words: str = WORDS) -> dict[str, Any]:
    return {"say": seconds, "words": words, "finished": finished}


ANSWERED = {"expect": "response.done", "where": {"response": {"status": "completed"}}, "within_ms": 30_000}


def test_the_reply_to_the_last_words_is_there_when_the_answer_ends(tmp_path: Path) -> None:
    agent = play(tmp_path, says(finished=0.9), ANSWERED)
    assert agent.asked == [WORDS]
    [(request, _)] = agent.turns
    assert request.prepared == PreparedReply("1", {})
    assert request.transcript is not None
    assert request.transcript.text == WORDS


def test_a_pause_that_is_judged_no_end_prepares_a_reply_later(tmp_path: Path) -> None:
    agent = play(tmp_path, says(finished=0.1), {"silence": 1.0}, says(2, finished=0.1), ANSWERED)
    assert agent.asked == [f"{WORDS} {WORDS}"], "nothing in the short pause"
    assert agent.turns[0][0].prepared == PreparedReply("1", {})


def test_a_candidate_who_goes_on_abandons_it(tmp_path: Path) -> None:
    agent = play(tmp_path, says(finished=0.9), {"silence": 0.8}, says(3, finished=0.9), ANSWERED)
    assert (len(agent.asked), agent.abandoned) == (2, 1)
    [(request, _)] = agent.turns
    assert request.prepared == PreparedReply("2", {})


def test_a_turn_waits_only_a_while_for_it(tmp_path: Path) -> None:
    """The engine may not even have begun: a reply is prepared at a low priority."""
    slow = play(tmp_path, says(finished=0.9), ANSWERED, seconds=20)
    plain = play(tmp_path / "plain", says(finished=0.9), ANSWERED, on=False)
    assert slow.turns[0][0].prepared is None
    assert slow.abandoned == 1
    assert slow.turns[0][1] - plain.turns[0][1] == pytest.approx(0.5, abs=0.05)


def test_a_story_without_its_result_prepares_none_in_a_short_pause_and_one_in_a_long_one(tmp_path: Path) -> None:
    told = [says(finished=0.9, words=UNTOLD), {"silence": 0.8}, says(3, finished=0.9, words=UNTOLD), ANSWERED]
    agent = play(tmp_path, *told)
    assert (agent.asked, agent.abandoned) == ([f"{UNTOLD} {UNTOLD}"], 0)
    assert agent.turns[0][0].prepared == PreparedReply("1", {})


def test_a_failure_to_prepare_leaves_the_turn_alone(tmp_path: Path) -> None:
    agent = play(tmp_path, says(finished=0.9), ANSWERED, fails=True)
    assert agent.turns[0][0].prepared is None


def test_nothing_is_asked_unless_it_is_switched_on(tmp_path: Path) -> None:
    agent = play(tmp_path, says(finished=0.9), ANSWERED, on=False)
    assert agent.asked == []
    assert agent.turns[0][0].prepared is None
