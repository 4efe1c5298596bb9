"""An interview without its surroundings: blobs in memory, a clock that is set, and a candidate to talk to the agent.

For tests, persona simulations and load runs; nothing here serves a real candidate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from deployments.agent.contract import Agent, EndRequest, HintRequest, StartRequest, StepReply, TurnRequest
from interview.errors import NotFound


class MemoryBlobs:
    """``BlobStore`` in a dict; ``reads`` counts what was fetched."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.reads = 0

    async def put(self, path: str, data: bytes) -> str:
        self.blobs[path] = data
        return path

    async def get(self, path: str) -> bytes:
        self.reads += 1
        if path not in self.blobs:
            raise NotFound("There is no such blob.")
        return self.blobs[path]

    async def exists(self, path: str) -> bool:
        return path in self.blobs

    async def delete(self, prefix: str) -> int:
        gone = [path for path in self.blobs if path.startswith(prefix)]
        for path in gone:
            del self.blobs[path]
        return len(gone)


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def unix_s(self) -> float:
        return self._now.timestamp()

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class Rehearsal:
    """One candidate's side of an interview; ``said`` keeps the replies' bodies, the latest last."""

    agent: Agent
    interview_id: str = "rehearsal"
    tenant: str = "acme"
    voice: bool = False
    said: list[dict[str, Any]] = field(default_factory=list)
    _answers: int = 0

    async def start(self, plan: str | dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        request = StartRequest(
            tenant=self.tenant,
            interview_id=self.interview_id,
            plan=plan,
            **{"consent": True, "voice": self.voice, **fields},
        )
        return self._keep(await self.agent.start(request))

    async def answer(self, text: str, *, key: str | None = None, **fields: Any) -> dict[str, Any]:
        return self._keep(await self.agent.turn(self.turn_request(key, text=text, **fields)))

    async def speak(self, audio: bytes, *, key: str | None = None, **fields: Any) -> dict[str, Any]:
        fields = {"content_type": "audio/wav", **fields}
        return self._keep(await self.agent.turn(self.turn_request(key, audio=audio, **fields)))

    async def hint(self, key: str) -> dict[str, Any]:
        request = HintRequest(tenant=self.tenant, interview_id=self.interview_id, idempotency_key=key, voice=self.voice)
        return self._keep(await self.agent.hint(request))

    async def end(self, by: str = "operator") -> dict[str, Any]:
        return self._keep(await self.agent.end(EndRequest(tenant=self.tenant, interview_id=self.interview_id, by=by)))

    def turn_request(self, key: str | None = None, **fields: Any) -> TurnRequest:
        """A turn under ``key``, or under a new key of its own."""
        if key is None:
            self._answers += 1
            key = f"answer-{self._answers}"
        return TurnRequest(
            tenant=self.tenant,
            interview_id=self.interview_id,
            idempotency_key=key,
            **{"voice": self.voice, **fields},
        )

    @property
    def response(self) -> dict[str, Any]:
        """The latest ``interviewer_response``."""
        response: dict[str, Any] = self.said[-1]["interviewer_response"]
        return response

    def _keep(self, reply: StepReply) -> dict[str, Any]:
        body: dict[str, Any] = msgspec.json.decode(reply.body)
        self.said.append(body)
        return body
