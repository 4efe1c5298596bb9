"""The wall clock of a replica jumps: an hour ahead, a day back. Answers are taken once, and the log keeps its order."""

from __future__ import annotations

import pytest

from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.sessions.events import AnswerReceived, ResponseSent
from interview.sessions.fold import fold
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import DATA

HOUR_S = 3600.0
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"


@pytest.mark.parametrize("jump_s", [-24 * HOUR_S, -HOUR_S, -1.0])
async def test_a_clock_that_is_set_back_loses_no_answer_and_no_time(jump_s: float) -> None:
    stage = RehearsalStage(
        sessions=MemorySessionStore(),
        plan=load_plan(DATA / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    stage.clock.advance(60)
    await candidate.answer(LONG, key="before")
    elapsed_s = (await stage.state()).elapsed_s(stage.clock.now())
    stage.clock.advance(jump_s)
    await candidate.answer(COST, key="after")
    again = await candidate.answer(COST, key="after")
    assert again == candidate.said[-2], "a retry gets the first reply"
    state, log = await stage.state(), await stage.log()
    assert fold(log) == state
    for kind, turns in ((AnswerReceived, [1, 2]), (ResponseSent, [0, 1, 2])):
        assert [event.data.turn for event in log if isinstance(event.data, kind)] == turns
    times = [event.time for event in log]
    assert times == sorted(times), "an event is never older than the one before"
    assert state.elapsed_s(state.last_updated) >= elapsed_s
