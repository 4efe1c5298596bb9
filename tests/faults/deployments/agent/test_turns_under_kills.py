"""Turns while replicas are killed at random, checked as a history; and five planted bugs, each of which is caught.

``FAULT_TURNS`` and ``FAULT_KILLS`` set the size; ``make test-faults`` runs 2,000 turns and 50 kills.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from deployments.agent.contract import StartRequest, StepReply, TurnRequest
from interview.plans.plan import encode_plan
from interview.sessions.events import Event, ResponseSent
from interview.sessions.session import SessionState
from serve.simulation.rehearsal import MemoryBlobs
from storage.blobs.layout import plan_path
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import IdempotencyRecord, SessionKey
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import ROOT
from tests.support.turn_worker import RemoteAgent, agent_over
from tests.support.turn_workload import ANSWERS, PLAN, Workload

TURNS = int(os.environ.get("FAULT_TURNS", "150"))
KILLS = int(os.environ.get("FAULT_KILLS", "12"))
REPLICAS = 3


class Replicas:
    """Killable replicas; ``send`` picks one by chance."""

    def __init__(self, program: asyncio.subprocess.Process, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._living: list[tuple[int, RemoteAgent]] = []
        self._chance = random.Random(7)
        self.killed = 0
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        async with self._starting:
            await self._start()

    async def _start(self) -> None:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        path = self._folder / secrets.token_hex(4)
        self._program.stdin.write(f"{path}\n".encode())
        pid = int(await self._program.stdout.readline())
        self._living.append((pid, RemoteAgent(str(path))))

    async def kill_one(self) -> None:
        if not self._living:
            await self.start()
        pid, _ = self._living.pop(self._chance.randrange(len(self._living)))
        os.kill(pid, signal.SIGKILL)
        self.killed += 1
        await self.start()

    async def send(self, request: StartRequest | TurnRequest) -> StepReply:
        if not self._living:
            raise ConnectionError("every replica is dead; one is starting")
        return await self._chance.choice(self._living)[1].send(request)


@asynccontextmanager
async def replicas(url: str, prefix: str, folder: Path) -> AsyncIterator[Replicas]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.turn_worker", url, prefix,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    made = Replicas(program, folder)
    try:
        for _ in range(REPLICAS):
            await made.start()
        yield made
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        await program.wait()


@pytest.mark.timeout(900)
async def test_no_acknowledged_turn_is_lost_or_applied_twice_while_replicas_die(redis_url: str, tmp_path: Path) -> None:
    prefix = f"kills-{secrets.token_hex(4)}"
    store = RedisSessionStore(redis_url, prefix=prefix)
    interviews = [f"i-{number}" for number in range(-(-TURNS // len(ANSWERS)))]
    due = random.Random(3).sample(range(1, TURNS), KILLS)
    async with replicas(redis_url, prefix, tmp_path) as processes:
        answered, kills = 0, set[asyncio.Task[None]]()

        def progress() -> None:
            nonlocal answered
            answered += 1
            if answered in due:
                kills.add(asyncio.create_task(processes.kill_one()))

        work = Workload(processes.send, store, progress)
        await work.run(interviews, clients=8)
        await asyncio.gather(*kills)
        assert processes.killed == KILLS
    assert answered == len(interviews) * len(ANSWERS)
    assert len(work.turns) > answered, "some answers were sent more than once"
    assert await work.violations() == []
    await store.close()


class LosesTurns(MemorySessionStore):
    """Loses the end of a log that it acknowledged, as a store does that replies before it writes."""

    async def events(self, key: SessionKey, *, after: int = 0) -> list[Event]:
        log = await super().events(key, after=after)
        last = max(number for number, event in enumerate(log) if isinstance(event.data, ResponseSent))
        return log[:last]


class ForgetsReplies(MemorySessionStore):
    """Keeps no idempotency record of a finished turn: a late retry is a new answer."""

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        state, record = await super().load_with_idempotency(key, scope, idempotency_key, note)
        return state, None if record is not None and record.status == "done" else record


class ChangesReplies(MemorySessionStore):
    """Replays other bytes than the first time."""

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        state, record = await super().load_with_idempotency(key, scope, idempotency_key, note)
        if record is not None and record.status == "done":
            record = replace(record, body=record.body + b" ")
        return state, record


class ReadsBackward(MemorySessionStore):
    """Serves a stale state to a reader, as a lagging replica of the store would."""

    def __init__(self) -> None:
        super().__init__()
        self._stale: dict[SessionKey, SessionState] = {}

    async def load(self, key: SessionKey) -> SessionState | None:
        state = await super().load(key)
        return None if state is None else self._stale.setdefault(key, state)

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        _, record = await super().load_with_idempotency(key, scope, idempotency_key, note)
        return await super().load(key), record


class RepeatsEvents(MemorySessionStore):
    """Applies a commit twice, as a client that retries it without a token would."""

    async def events(self, key: SessionKey, *, after: int = 0) -> list[Event]:
        log = await super().events(key, after=after)
        return [*log, *log[-2:]]


BUGS: dict[type[MemorySessionStore], str] = {
    LosesTurns: "is missing",
    ForgetsReplies: "",
    ChangesReplies: "different replies",
    ReadsBackward: "a read shows turn",
    RepeatsEvents: "replied to 2 times",
}


async def history(store: MemorySessionStore, interviews: Sequence[str] = ("i-1", "i-2", "i-3", "i-4")) -> list[str]:
    blobs = MemoryBlobs()
    await blobs.put(plan_path(PLAN.digest), encode_plan(PLAN))
    agent = agent_over(store, blobs)

    async def send(request: StartRequest | TurnRequest) -> StepReply:
        return await (agent.start(request) if isinstance(request, StartRequest) else agent.turn(request))

    work = Workload(send, store)
    await work.run(interviews, clients=2)
    return await work.violations()


async def test_the_history_of_a_sound_store_has_no_violation() -> None:
    assert await history(MemorySessionStore()) == []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
async def test_a_planted_bug_is_caught(bug: type[MemorySessionStore]) -> None:
    found = await history(bug())
    assert any(BUGS[bug] in violation for violation in found), found
