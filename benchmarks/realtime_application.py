"""The application that ``benchmarks.realtime`` and ``benchmarks.realtime_load`` measure, in a process of its own.

Without Ray. With ``--fakes`` no model but Silero is loaded: speech-to-text and the voice are fakes that answer at once,
and silence alone ends a turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
from datetime import datetime

import uvicorn
from msgspec import Struct

from deployments.agent.contract import StartRequest
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.stt.config import SttConfig
from deployments.stt.engines.fake import FakeSpeechToText
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.engines.port import AudioPiece, PieceText
from deployments.stt.engines.whisper import load_engine
from deployments.stt.service import SttService
from deployments.tts.config import TtsConfig
from deployments.tts.engines.selection import build_engine
from deployments.tts.service import TtsService
from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.service import TurnDetectionService
from interview.errors import NotFound
from interview.shipped import shipped_root
from serve.http.app import create_app
from serve.http.ports import IngressPorts, ReportFormat
from serve.http.settings import HttpSettings
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database
from storage.archive.sql import SqlArchive
from storage.erasure.erasure import Erasure
from storage.erasure.personal_data import PersonalData
from storage.invitations.memory import MemoryInvitations
from storage.keys.port import INTERVIEWS
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey

KEY = "bench"


class _Grant(Struct, frozen=True):
    tenant: str = "bench"
    scopes: frozenset[str] = frozenset({INTERVIEWS})
    key_id: str = "bench"
    label: str = ""
    expires_at: datetime | None = None


class _OneKey:
    async def verify(self, presented: str) -> _Grant | None:
        return _Grant() if presented == KEY else None


class _NoReports:
    async def report(self, key: SessionKey, format: ReportFormat) -> bytes:
        raise NotFound("No reports are made here.")

    async def renew(self, key: SessionKey) -> None:
        return None


def whisper() -> SttService:
    """Whisper tiny.en on one thread. Blocking."""
    config = SttConfig(workers=1)
    engine = load_engine(config, resolve_model(config))

    async def transcribed(piece: AudioPiece) -> PieceText:
        (outcome,) = await asyncio.to_thread(engine.transcribe_batch, [piece])
        if not isinstance(outcome, PieceText):
            raise outcome
        return outcome

    return SttService(config, engine, transcribed)


async def serve(interviews: list[str], *, fakes: bool) -> None:
    """Load the models, begin the ``interviews``, print the address, and serve until terminated."""
    voice = TtsConfig(engine="fake" if fakes else "espeak", kept_bytes=0)
    stt, tts = FakeSpeechToText() if fakes else whisper(), TtsService(voice, build_engine(voice))
    detection = TurnDetectionService(TurnDetectionConfig(end_of_turn="silence") if fakes else TurnDetectionConfig())
    sessions, blobs, database, invitations = (
        MemorySessionStore(),
        MemoryBlobs(),
        Database("sqlite://"),
        MemoryInvitations(),
    )
    archive, audit = SqlArchive(database), SqlAuditLog(database)
    plans = InstalledPlans.from_directory(shipped_root() / "configs" / "interviews")
    grading = GradingService(GradingConfig(), background=NotedQueue())
    agent = AgentService(AgentPorts(sessions, blobs, grading, plans, stt, tts))
    ports = IngressPorts(
        agent=agent,
        sessions=sessions,
        archive=archive,
        audit=audit,
        blobs=blobs,
        keys=_OneKey(),
        reports=_NoReports(),
        personal_data=PersonalData(
            sessions, archive, audit, blobs, invitations, Erasure(sessions, archive, blobs, (), invitations)
        ),
        stt=stt,
        tts=tts,
        turn_detection=detection,
    )
    for interview in interviews:
        await agent.start(StartRequest("bench", interview, "backend-engineer", consent=True))
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    print(json.dumps({"address": address, "end_of_turn": detection.info().end_of_turn}), flush=True)
    await uvicorn.Server(uvicorn.Config(create_app(ports, HttpSettings()), log_level="critical")).serve([listener])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="See the module's first lines.")
    parser.add_argument("--fakes", action="store_true")
    parser.add_argument("--interviews", nargs="+", default=["bench"])
    options = parser.parse_args()
    asyncio.run(serve(options.interviews, fakes=options.fakes))
