"""A replica of the agent in a process of its own that a test may kill.

``python -m tests.support.turn_worker URL PREFIX`` imports everything once and forks a replica for each line of its
input, a path; the replica serves calls on a Unix socket there. So a replica is back within milliseconds of its death.
"""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import sys

import msgspec

from deployments.agent.config import AgentConfig
from deployments.agent.contract import StartRequest, StepReply, TurnRequest
from deployments.agent.ports import SystemClock
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import InterviewError, TurnInFlight, VersionConflict
from interview.plans.plan import encode_plan
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.blobs.layout import plan_path
from storage.sessions.port import SessionStore
from storage.sessions.redis import RedisSessionStore
from tests.support.turn_workload import PLAN

HEADER = struct.Struct(">I")


def agent_over(sessions: SessionStore, blobs: MemoryBlobs) -> AgentService:
    """An agent whose lease never ends by itself: a retry after a death says so (``takeover``)."""
    stage = RehearsalStage(
        sessions=sessions,
        plan=PLAN,
        blobs=blobs,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        config=AgentConfig(lease_s=3600),
    )
    stage.clock = SystemClock()  # type: ignore[assignment]
    return stage.agent()


class RemoteAgent:
    """Calls to the replica at ``path``."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def send(self, request: StartRequest | TurnRequest) -> StepReply:
        """Raises ConnectionError: the replica died. TurnInFlight, VersionConflict: as the agent."""
        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            kind = b"s" if isinstance(request, StartRequest) else b"t"
            frame = kind + msgspec.msgpack.encode(request)
            writer.write(HEADER.pack(len(frame)) + frame)
            answer = await _frame(reader)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("the replica died") from error
        finally:
            writer.close()
        if answer[:1] == b"+":
            return msgspec.msgpack.decode(answer[1:], type=StepReply)
        match answer[1:].decode():
            case TurnInFlight.code:
                raise TurnInFlight("in flight")
            case VersionConflict.code:
                raise VersionConflict("conflict")
            case code:
                raise AssertionError(f"the replica answered {code}")


async def _frame(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(HEADER.unpack(await reader.readexactly(HEADER.size))[0])


async def _serve(url: str, prefix: str, path: str) -> None:
    blobs = MemoryBlobs()
    await blobs.put(plan_path(PLAN.digest), encode_plan(PLAN))
    agent = agent_over(RedisSessionStore(url, prefix=prefix), blobs)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frame = await _frame(reader)
        try:
            if frame[:1] == b"s":
                reply = await agent.start(msgspec.msgpack.decode(frame[1:], type=StartRequest))
            else:
                reply = await agent.turn(msgspec.msgpack.decode(frame[1:], type=TurnRequest))
            body = b"+" + msgspec.msgpack.encode(reply)
        except InterviewError as error:
            body = b"-" + error.code.encode()
        writer.write(HEADER.pack(len(body)) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(answer, path)
    print(os.getpid(), flush=True)
    await server.serve_forever()


def main() -> None:
    url, prefix = sys.argv[1:]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process waits for the replicas
    while path := sys.stdin.readline().strip():
        if os.fork() == 0:
            asyncio.run(_serve(url, prefix, path))
            os._exit(0)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
