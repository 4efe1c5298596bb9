"""SIGKILL a real process around each commit of a turn, on a real Redis: the turn is completed exactly once."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys

import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.contract import TurnRequest
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.plans.plan import encode_plan
from interview.sessions.events import AnswerReceived, GradeRecorded, ResponseSent
from interview.sessions.fold import fold
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import ROOT, TESTS

DATA = TESTS / "data" / "agent"
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"

#: Takes one turn and kills itself, without any chance to clean up, before or after its n-th commit.
WORKER = """
import asyncio, os, signal, sys
from storage.blobs.layout import plan_path
from deployments.agent.config import AgentConfig
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.plans.plan import encode_plan
from storage.sessions.redis import RedisSessionStore

url, prefix, plan_file, answer, die_at, when = sys.argv[1:]

class Doomed(RedisSessionStore):
    commits = 0
    async def commit(self, *args, **kwargs):
        self.commits += 1
        if self.commits == int(die_at) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await super().commit(*args, **kwargs)
        if self.commits == int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

async def work():
    plan = load_plan(plan_file)
    blobs = MemoryBlobs()
    await blobs.put(plan_path(plan.digest), encode_plan(plan))
    stage = RehearsalStage(
        sessions=Doomed(url, prefix=prefix), plan=plan, blobs=blobs, config=AgentConfig(lease_s=60),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )
    await stage.rehearsal().answer(answer, key="the-one")

asyncio.run(work())
"""


@pytest.mark.parametrize(("die_at", "when"), [(1, "before"), (1, "after"), (2, "before"), (2, "after")])
async def test_a_worker_killed_around_a_commit_loses_nothing_and_repeats_nothing(
    redis_url: str, die_at: int, when: str
) -> None:
    plan = load_plan(DATA / "short-plan.yaml")
    prefix = f"kill-{secrets.token_hex(4)}"
    store = RedisSessionStore(redis_url, prefix=prefix)
    blobs = MemoryBlobs()
    stage = RehearsalStage(
        sessions=store,
        plan=plan,
        blobs=blobs,
        config=AgentConfig(lease_s=60),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    assert encode_plan(plan) in blobs.blobs.values()

    worker = subprocess.run(
        [sys.executable, "-c", WORKER, redis_url, prefix, str(DATA / "short-plan.yaml"), COST, str(die_at), when],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert worker.returncode == -signal.SIGKILL, worker.stderr.decode()

    request = TurnRequest(
        tenant="acme", interview_id="rehearsal", idempotency_key="the-one", text=COST, voice=False, takeover=True
    )
    reply = await stage.agent().turn(request)
    assert (await stage.agent().turn(request)).encoded == reply.encoded
    log = await stage.log()
    for kind, turns in ((AnswerReceived, [1, 2]), (ResponseSent, [0, 1, 2]), (GradeRecorded, [2])):
        assert [event.data.turn for event in log if isinstance(event.data, kind)] == turns
    assert fold(log) == await stage.state()
    await store.close()
