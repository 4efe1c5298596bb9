"""The process that serves a realtime session is killed in the middle of answers; no answer is lost or repeated."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import ROOT
from tests.support.realtime import Line, start
from tests.support.resuming_candidate import ResumingCandidate

KILLS = int(os.environ.get("FAULT_KILLS", "20"))
INTERVIEWS = 4
#: Answers of one interview: fewer than the plan has questions.
ANSWERS = 6


class Replica:
    """One replica at a time, at one address."""

    def __init__(self, program: asyncio.subprocess.Process, address: str) -> None:
        self.address = address
        self.killed = 0
        self._program = program
        self._pid = 0

    async def start(self) -> None:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(b"\n")
        self._pid = int(await self._program.stdout.readline())

    async def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        self.killed += 1
        await self.start()


@asynccontextmanager
async def replica(url: str, prefix: str, folder: Path) -> AsyncIterator[Replica]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.realtime_worker", url, prefix, str(folder),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert program.stdout is not None
        made = Replica(program, f"127.0.0.1:{int(await program.stdout.readline())}")
        await made.start()
        yield made
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        await program.wait()


@pytest.mark.timeout(900)
async def test_no_answer_is_lost_or_repeated_while_the_serving_process_dies(redis_url: str, tmp_path: Path) -> None:
    prefix, chance = f"realtime-kills-{secrets.token_hex(4)}", random.Random(5)
    store = RedisSessionStore(redis_url, prefix=prefix)
    one_kill = asyncio.Lock()
    async with replica(redis_url, prefix, tmp_path) as server:

        async def kill(_: Line) -> None:
            async with one_kill:
                if server.killed < KILLS:
                    await server.kill()

        number = 0
        while server.killed < KILLS:
            names = [f"i-{number}-{place}" for place in range(INTERVIEWS)]
            number += 1
            answers = [f"I measured part {place} of the service before I changed it." for place in range(ANSWERS)]
            for name in names:
                await start(server.address, name, voice=False)
            held = [
                ResumingCandidate(server.address, name, answers, random.Random(chance.random()), kill) for name in names
            ]
            await asyncio.gather(*(candidate.give_all() for candidate in held))
            for name in names:
                state = await store.load(SessionKey("acme", name))
                assert state is not None
                said = [turn.content for turn in state.conversation_history if turn.role == "candidate"]
                assert said == answers, "lost, repeated, or out of order"
                log = [event.type for event in await store.events(SessionKey("acme", name))]
                assert log.count("answer.received") == ANSWERS
                assert log.count("response.sent") == ANSWERS + 1
    await store.close()
