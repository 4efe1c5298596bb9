"""Clients that answer interviews while replicas die, and the history of what they saw."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from deployments.agent.contract import StartRequest, StepReply, TurnRequest
from interview.errors import InterviewError, TurnInFlight, VersionConflict
from interview.plans.files import load_plan
from storage.sessions.port import SessionKey, SessionStore
from tests.support.history import ReadCall, TurnCall, violations
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
ANSWERS = (
    "I build the billing service of a logistics company together with four other people",
    "Every write must also update the index and it takes additional disk space",
    "42",
    "All of its changes happen or none of them does at all",
    "Please repeat the question.",
)
TENANT = "acme"

#: Sends a request to any replica. Raises ConnectionError when that replica died: the outcome is unknown.
Send = Callable[[StartRequest | TurnRequest], Awaitable[StepReply]]


@dataclass
class Workload:
    """Logical turns with duplicates (30 %) and concurrent pairs; ``progress`` is told of every acknowledged turn."""

    send: Send
    sessions: SessionStore
    progress: Callable[[], None] = lambda: None
    turns: list[TurnCall] = field(default_factory=list)
    reads: list[ReadCall] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _clock: itertools.count[int] = field(default_factory=itertools.count)

    async def run(self, interviews: Sequence[str], clients: int, seed: int = 1) -> None:
        """All answers of all interviews, ``clients`` interviews at a time."""
        waiting = list(interviews)

        async def client(number: int) -> None:
            chance = random.Random(seed * 1000 + number)
            while waiting:
                await self._interview(waiting.pop(), chance)

        await asyncio.gather(*(client(number) for number in range(clients)))

    async def violations(self) -> list[str]:
        logs = {
            interview: await self.sessions.events(SessionKey(TENANT, interview))
            for interview in {turn.interview for turn in self.turns}
        }
        return [*self.refused, *violations(self.turns, self.reads, logs)]

    async def _interview(self, interview: str, chance: random.Random) -> None:
        start = StartRequest(tenant=TENANT, interview_id=interview, plan=PLAN.id, consent=True, voice=False)
        await self._insisted(start)
        for number, text in enumerate(ANSWERS, start=1):
            request = TurnRequest(
                tenant=TENANT, interview_id=interview, idempotency_key=f"{interview}-{number}", text=text, voice=False
            )
            copies = 1 + (chance.random() < 0.3)
            await asyncio.gather(*(self._turn(request) for _ in range(copies)))
            if chance.random() < 0.3:
                await self._turn(request)  # a retry that comes late
            await self._read(interview)
            self.progress()

    async def _turn(self, request: TurnRequest) -> None:
        began = next(self._clock)
        try:
            reply = await self._insisted(request)
        except InterviewError as error:
            self.refused.append(f"{request.interview_id}: the answer {request.idempotency_key} got {error.code}")
            return
        turn = msgspec.json.decode(reply.encoded)["turn_number"]
        call = TurnCall(request.interview_id, request.idempotency_key, began, next(self._clock), reply.encoded, turn)
        self.turns.append(call)

    async def _read(self, interview: str) -> None:
        began = next(self._clock)
        state = await self.sessions.load(SessionKey(TENANT, interview))
        answered = [said.turn for said in state.conversation_history if said.role == "interviewer"] if state else [0]
        self.reads.append(ReadCall(interview, began, next(self._clock), max(answered)))

    async def _insisted(self, request: StartRequest | TurnRequest) -> StepReply:
        """As a client behind the ingress: again while the turn is in progress, and to another replica when one dies."""
        while True:
            try:
                return await self.send(request)
            except (TurnInFlight, VersionConflict):
                await asyncio.sleep(0.02)
            except ConnectionError:
                if isinstance(request, TurnRequest):
                    request = replace(request, takeover=True)
                await asyncio.sleep(0.02)
