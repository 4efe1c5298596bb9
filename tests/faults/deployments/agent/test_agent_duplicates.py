"""Many interviews at once, duplicates and hang-ups among them: every answer is applied exactly once, on real Redis."""

from __future__ import annotations

import asyncio
import random
import secrets

from deployments.agent.config import AgentConfig
from deployments.agent.contract import Agent, StepReply, TurnRequest
from deployments.agent.ports import SystemClock
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import TurnInFlight, VersionConflict
from interview.plans.files import load_plan
from interview.sessions.events import AnswerReceived, ResponseSent
from interview.sessions.fold import fold
from serve.simulation.rehearsal import NotedQueue, Rehearsal, RehearsalStage
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
ANSWERS = (
    "I build the billing service of a logistics company together with four other people",
    "Every write must also update the index and it takes additional disk space",
    "42",
    "All of its changes happen or none of them does at all",
    "Please repeat the question.",
)
INTERVIEWS = 10


async def insist(agent: Agent, request: TurnRequest) -> StepReply:
    """A client that retries while it is told that the turn is in progress."""
    while True:
        try:
            return await agent.turn(request)
        except (TurnInFlight, VersionConflict):
            await asyncio.sleep(0.02)


async def interrupted(agent: Agent, request: TurnRequest, steps: int) -> None:
    """A client that hangs up after the agent has run for some steps of the event loop."""
    turn = asyncio.create_task(agent.turn(request))
    for _ in range(steps):
        await asyncio.sleep(0)
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)


async def hold(stage: RehearsalStage, number: int) -> None:
    chance = random.Random(number)
    replicas = [stage.agent() for _ in range(3)]
    candidate = Rehearsal(replicas[0], interview_id=f"busy-{number}")
    await candidate.start("short-plan")
    for turn, answer in enumerate(ANSWERS, start=1):
        request = candidate.turn_request(f"answer-{turn}", text=answer)
        if chance.random() < 0.3:
            await interrupted(chance.choice(replicas), request, chance.randrange(1, 60))
        copies = 1 + (chance.random() < 0.3) + (chance.random() < 0.3)
        replies = await asyncio.gather(*(insist(chance.choice(replicas), request) for _ in range(copies)))
        assert len({reply.encoded for reply in replies}) == 1


async def test_duplicates_and_hang_ups_leave_every_answer_applied_exactly_once(redis_url: str) -> None:
    store = RedisSessionStore(redis_url, prefix=f"busy-{secrets.token_hex(4)}")
    stage = RehearsalStage(
        sessions=store,
        plan=PLAN,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        config=AgentConfig(lease_s=3600),  # a lease that is not given up would hang the test
    )
    stage.clock = SystemClock()  # type: ignore[assignment]
    await asyncio.gather(*(hold(stage, number) for number in range(INTERVIEWS)))
    for number in range(INTERVIEWS):
        log = await stage.log(f"busy-{number}")
        turns = list(range(1, len(ANSWERS) + 1))
        assert [event.data.turn for event in log if isinstance(event.data, AnswerReceived)] == turns
        assert [event.data.turn for event in log if isinstance(event.data, ResponseSent)] == [0, *turns]
        assert fold(log) == await stage.state(f"busy-{number}")
    await store.close()
