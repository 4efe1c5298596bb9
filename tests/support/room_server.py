"""The web pages' server for browser tests: the whole application on a loopback port, with a real agent, real graders,
real speech recognition and a real voice, without Ray."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.stt.config import SttConfig
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.engines.port import AudioPiece, PieceText
from deployments.stt.engines.whisper import load_engine
from deployments.stt.service import SttService
from deployments.tts.service import TtsService
from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.service import TurnDetectionService
from serve.http.identity.candidate_tokens import CandidateTokens, returns_of
from serve.http.identity.realtime_secrets import RealtimeSecrets
from serve.http.settings import RealtimeSettings
from storage.invitations.memory import MemoryInvitations
from storage.sessions.memory import MemorySessionStore
from tests.support.http_ports import SIGNING_KEY
from tests.support.paths import DATA
from tests.support.realtime import KEY, application, application_ports, serving

PLAN = "every-form"


class ShiftedClock:
    """The wall clock, shifted by ``ahead``: an interview's days pass at once."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def unix(self) -> float:
        return self.now().timestamp()


class RoomServer(NamedTuple):
    """``address`` is ``http://127.0.0.1:PORT``. ``clock`` is that of the agent, the sessions and the links."""

    address: str
    operator: httpx.Client
    clock: ShiftedClock

    def invite(self, interview_id: str, **body: Any) -> str:
        """The address of the candidate's room."""
        invited = {"plan": PLAN, "candidate": {"name": "Ada"}, **body}
        reply = self.operator.post(f"/interviews/{interview_id}/link", json=invited)
        assert reply.status_code == 200, reply.text
        return f"{self.address}{reply.json()['url']}"

    def log(self, interview_id: str) -> list[dict[str, Any]]:
        """The interview's events, as an operator sees them."""
        reply = self.operator.get(f"/session/events/{interview_id}", headers={"Accept": "application/json"})
        assert reply.status_code == 200, reply.text
        events: list[dict[str, Any]] = reply.json()["events"]
        return events

    def happened(self, interview_id: str, kind: str) -> list[dict[str, Any]]:
        """The data of the events of one kind."""
        return [event["data"] for event in self.log(interview_id) if event["type"] == kind]


def _ears() -> SttService:
    """Whisper in this process."""
    config = SttConfig(workers=1)
    engine = load_engine(config, resolve_model(config))

    async def transcribed(piece: AudioPiece) -> PieceText:
        (outcome,) = await asyncio.to_thread(engine.transcribe_batch, [piece])
        if not isinstance(outcome, PieceText):
            raise outcome
        return outcome

    return SttService(config, engine, transcribed)


@contextmanager
def room_server(directory: Path) -> Iterator[RoomServer]:
    """Serves from a thread with its own event loop until the context ends."""
    started: threading.Event = threading.Event()
    found: list[str] = []
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    clock = ShiftedClock()

    async def run() -> None:
        stop = asyncio.Event()
        stt, tts = _ears(), TtsService()
        plans = InstalledPlans.from_directory(DATA / "web")
        detection = TurnDetectionService(TurnDetectionConfig(end_of_turn="silence"))
        sessions = MemorySessionStore(clock=clock.unix)
        candidates = CandidateTokens(
            (SIGNING_KEY,), MemoryInvitations(), clock=clock.now, may_return=returns_of(sessions)
        )
        ports = application_ports(
            directory,
            stt=stt,
            tts=tts,
            plans=plans,
            turn_detection=detection,
            sessions=sessions,
            candidates=candidates,
            realtime_secrets=RealtimeSecrets((SIGNING_KEY,), candidates),
            clock=clock,
        )
        async with serving(application(ports, RealtimeSettings())) as address:
            found.append(address)
            loops.append((asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert started.wait(60), "the server did not start"
    loop, stop = loops[0]
    address = f"http://{found[0]}"
    try:
        with httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {KEY}"}, timeout=60, trust_env=False
        ) as operator:
            yield RoomServer(address, operator, clock)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
