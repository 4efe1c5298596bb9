"""An interview without infrastructure: blobs in memory, a settable clock, and a candidate that calls the agent.

For tests, persona simulations and load runs; it never serves a real candidate.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from deployments.agent.brief.interviewer import Interviewer, Policy, ThinksAhead
from deployments.agent.config import AgentConfig
from deployments.agent.contract import Agent, EndRequest, HintRequest, StartRequest, StepReply, TurnRequest
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts, Observer, Pins, SilentObserver
from deployments.agent.service import AgentService
from deployments.grading.contract import GradeRequest, Grading
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import (
    Preparation,
    PreparationRequest,
    Speech,
    SpeechPart,
    SynthesisRequest,
    TextToSpeech,
    TtsInfo,
)
from interview.errors import EngineUnavailable, NotFound
from interview.plans.plan import InterviewPlan
from interview.sessions.events import Event
from interview.sessions.session import SessionState
from storage.archive.port import Archive
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore


class MemoryBlobs:
    """``BlobStore`` in a dict; ``reads`` counts the blobs fetched."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.reads = 0

    async def put(self, path: str, data: bytes, *, durable: bool = True) -> str:
        self.blobs[path] = data
        return path

    async def copy(self, source: str, path: str) -> str:
        return await self.put(path, await self.get(source))

    async def get(self, path: str) -> bytes:
        self.reads += 1
        if path not in self.blobs:
            raise NotFound("There is no such blob.")
        return self.blobs[path]

    async def exists(self, path: str) -> bool:
        return path in self.blobs

    async def paths(self, prefix: str) -> list[str]:
        return sorted(path for path in self.blobs if path.startswith(f"{prefix}/"))

    async def delete(self, prefix: str) -> int:
        gone = [path for path in self.blobs if path == prefix or path.startswith(f"{prefix}/")]
        for path in gone:
            del self.blobs[path]
        return len(gone)


class SetClock:
    """A clock that moves only when it is set."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def unix_s(self) -> float:
        return self._now.timestamp()

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class NotedQueue:
    """The background queue of a grading tier: records queued jobs, and can be taken ``down``."""

    def __init__(self) -> None:
        self.judged: list[GradeRequest] = []
        self.evaluated: list[str] = []
        self.down = False

    async def judge(self, request: GradeRequest) -> None:
        self._check()
        self.judged.append(request)

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        self._check()
        self.evaluated.append(interview_id)

    def _check(self) -> None:
        if self.down:
            raise EngineUnavailable("The queue is down.")


class WrittenVoice:
    """``TextToSpeech`` whose audio is the text itself, and that can be taken ``down``."""

    def __init__(self) -> None:
        self.down = False
        self.prepared: tuple[str, ...] = ()

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        if self.down:
            raise EngineUnavailable("The voice is down.")
        return Speech(
            audio=request.text.encode(), content_type="audio/wav", duration_s=1.0, engine="written", voice="plain"
        )

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        speech = await self.synthesize(request)
        for word in request.text.split():
            yield SpeechPart(f"{word} ".encode(), 0.1, caption=word)
        if request.whole:
            yield SpeechPart(b"", speech=speech)

    async def prepare(self, request: PreparationRequest) -> Preparation:
        if self.down:
            raise EngineUnavailable("The voice is down.")
        self.prepared += request.texts
        return Preparation(kept=0, queued=len(request.texts))

    async def info(self) -> TtsInfo:
        return TtsInfo(name="written")


@dataclass
class RehearsalStage:
    """All dependencies of an agent; ``agent()`` is a fresh replica over them, ``rehearsal()`` a candidate with one."""

    sessions: SessionStore
    plan: InterviewPlan
    grading: Grading
    blobs: BlobStore = field(default_factory=MemoryBlobs)
    clock: SetClock = field(default_factory=SetClock)
    config: AgentConfig = field(default_factory=AgentConfig)
    stt: SpeechToText | None = None
    voice: TextToSpeech | None = None
    model: Interviewer | None = None
    ahead: ThinksAhead | None = None
    policy: Policy | None = None
    pins: Pins | None = None
    archive: Archive | None = None
    observer: Observer = field(default_factory=SilentObserver)

    def ports(self) -> AgentPorts:
        return AgentPorts(
            sessions=self.sessions,
            blobs=self.blobs,
            grading=self.grading,
            plans=InstalledPlans({self.plan.id: self.plan}),
            stt=self.stt,
            tts=self.voice,
            model=self.model,
            ahead=self.ahead,
            policy=self.policy,
            pins=self.pins,
            archive=self.archive,
            observer=self.observer,
        )

    def agent(self) -> AgentService:
        return AgentService(self.ports(), self.config, self.clock)

    def rehearsal(self, **fields: Any) -> Rehearsal:
        return Rehearsal(self.agent(), **fields)

    async def state(self, interview_id: str = "rehearsal", tenant: str = "acme") -> SessionState:
        """Raises NotFound."""
        state = await self.sessions.load(SessionKey(tenant, interview_id))
        if state is None:
            raise NotFound("There is no such interview.")
        return state

    async def log(self, interview_id: str = "rehearsal", tenant: str = "acme") -> list[Event]:
        return await self.sessions.events(SessionKey(tenant, interview_id))


@dataclass
class Rehearsal:
    """One candidate's side of an interview; ``said`` keeps the replies' bodies in order."""

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
        """A turn under ``key``, or under a new key."""
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
        body: dict[str, Any] = msgspec.json.decode(reply.encoded)
        self.said.append(body)
        return body
