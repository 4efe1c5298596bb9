"""Realtime sessions in tests: the whole application on a real socket, and a client that checks every event."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import av
import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from openai.types.realtime.realtime_server_event import RealtimeServerEvent
from pydantic import Discriminator, TypeAdapter
from websockets.asyncio.client import ClientConnection, connect

from deployments.agent.config import AgentConfig
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.stt.config import SttConfig
from deployments.stt.contract import SpeechToText
from deployments.stt.engines.fake import FakeRecognizer
from deployments.stt.engines.port import Part, PieceText
from deployments.stt.service import SttService
from deployments.tts.contract import TextToSpeech
from serve.http.app import create_app
from serve.http.identity.candidate_tokens import CandidateTokens, returns_of
from serve.http.identity.realtime_secrets import RealtimeSecrets
from serve.http.openai import errors
from serve.http.ports import IngressPorts
from serve.http.settings import HttpSettings, RealtimeSettings
from serve.simulation.rehearsal import NotedQueue
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.invitations.memory import MemoryInvitations
from storage.sessions.memory import MemorySessionStore
from tests.support.archives import memory_archive
from tests.support.http_ports import SIGNING_KEY, stub_ports
from tests.support.paths import ROOT

PLANS = InstalledPlans.from_directory(ROOT / "configs" / "interviews")
START = {"plan": "backend-engineer", "consent": True, "candidate": {"name": "Ada"}, "voice": True}
KEY = "key-acme"
#: Speech is sent as fast as it is made: no test waits for it to be played.
AT_ONCE = RealtimeSettings(lead_s=1e9, audio_rate=1e6, audio_burst_s=1e6, events_per_s=1e6)

_EVENT: TypeAdapter[Any] = TypeAdapter(Annotated[RealtimeServerEvent.__origin__, Discriminator("type")])  # type: ignore[attr-defined]


def checked(event: dict[str, Any]) -> dict[str, Any]:
    """``event``, which is valid by the SDK's own types. Raises pydantic.ValidationError."""
    _EVENT.validate_python(event)
    return event


async def words(_: object) -> PieceText:
    """A recognizer that hears the same words in every piece of speech."""
    part = Part(0.0, 1.0, "I would measure it first and then add an index.")
    return PieceText((part,), avg_logprob=-0.1, no_speech_prob=0.0, compression_ratio=1.0)


def fake_ears() -> SttService:
    return SttService(SttConfig(), FakeRecognizer(), words)


def application_ports(
    directory: Path, *, stt: SpeechToText | None, tts: TextToSpeech | None, **more: Any
) -> IngressPorts:
    """A real agent with real graders and blobs; the models are the caller's."""
    sessions, blobs = more.pop("sessions", None) or MemorySessionStore(), FsspecBlobStore(str(directory))
    grading = GradingService(GradingConfig(), background=NotedQueue())
    plans, clock, config = more.pop("plans", PLANS), more.pop("clock", None), more.pop("config", AgentConfig())
    agent = AgentService(AgentPorts(sessions, blobs, grading, plans, stt, tts), config, clock)
    candidates = CandidateTokens((SIGNING_KEY,), MemoryInvitations(), may_return=returns_of(sessions))
    ports: dict[str, Any] = {
        "agent": agent,
        "sessions": sessions,
        "archive": memory_archive(),
        "blobs": blobs,
        "stt": stt,
        "tts": tts,
        "candidates": candidates,
        "formulas": grading,
        "realtime_secrets": RealtimeSecrets((SIGNING_KEY,), candidates),
    }
    return stub_ports(**{**ports, **more})


def application(ports: IngressPorts, realtime: RealtimeSettings = AT_ONCE) -> FastAPI:
    app = create_app(ports, HttpSettings(realtime=realtime))
    errors.install(app)
    return app


@asynccontextmanager
async def serving(app: FastAPI, *, certificate: tuple[Path, Path] | None = None) -> AsyncIterator[str]:
    """``app`` on a loopback port, with TLS if there is a ``certificate`` (and its key); yields ``127.0.0.1:PORT``."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="critical",
            timeout_graceful_shutdown=1,
            ssl_certfile=certificate[0] if certificate else None,
            ssl_keyfile=certificate[1] if certificate else None,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


def http_client(address: str, key: str = KEY) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://{address}", headers={"Authorization": f"Bearer {key}"}, timeout=60)


async def start(address: str, interview_id: str = "i-1", **more: Any) -> dict[str, Any]:
    async with http_client(address) as client:
        reply = await client.post(f"/session/start/{interview_id}", json={**START, **more})
        assert reply.status_code == 200, reply.text
        body: dict[str, Any] = reply.json()
        return body


class Line:
    """A client on a socket; every event it receives is checked and kept in ``seen``."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[dict[str, Any]] = []

    async def send(self, type_: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": type_, **fields}))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(60):
            event = checked(json.loads(await self.socket.recv()))
        self.seen.append(event)
        return event

    async def until(self, type_: str, where: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """The next event of a type; every event before it is kept in ``seen``."""
        while True:
            event = await self.next()
            if event["type"] == type_ and where(event):
                return event

    async def settings(self, **audio_input: Any) -> dict[str, Any]:
        await self.send("session.update", session={"type": "realtime", "audio": {"input": audio_input}})
        return await self.until("session.updated")

    async def say(self, samples: np.ndarray, piece: int = 4800) -> None:
        """Send samples at 24 kHz."""
        data = samples.astype("<i2").tobytes()
        for start_ in range(0, len(data), 2 * piece):
            await self.send(
                "input_audio_buffer.append", audio=base64.b64encode(data[start_ : start_ + 2 * piece]).decode()
            )

    async def g711(self, kind: str, samples: np.ndarray) -> None:
        """Send samples at 8 kHz as G.711, encoded by FFmpeg."""
        codec: Any = av.CodecContext.create({"audio/pcmu": "pcm_mulaw", "audio/pcma": "pcm_alaw"}[kind], "w")
        codec.sample_rate, codec.layout, codec.format = 8_000, "mono", "s16"
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 8_000
        data = b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
        await self.send("input_audio_buffer.append", audio=base64.b64encode(data).decode())

    async def type(self, text: str, **item: Any) -> None:
        content = [{"type": "input_text", "text": text}]
        await self.send(
            "conversation.item.create", item={"type": "message", "role": "user", "content": content, **item}
        )

    async def answer(self, text: str) -> dict[str, Any]:
        """Type an answer and return the finished response."""
        await self.type(text)
        await self.send("response.create")
        return await self.until("response.done")

    def kinds(self, since: int = 0) -> list[str]:
        """The types of the events seen, without repetitions of deltas."""
        kinds = [event["type"] for event in self.seen[since:]]
        return [
            kind
            for place, kind in enumerate(kinds)
            if not kind.endswith(".delta") or kind not in kinds[max(0, place - 2) : place]
        ]


@asynccontextmanager
async def line(address: str, *, key: str | None = KEY, **query: Any) -> AsyncIterator[Line]:
    """A connected client, whose session has been created."""
    query = {"model": "gpt-realtime", "interview": "i-1", **query}
    url = f"ws://{address}/v1/realtime?{httpx.QueryParams({k: v for k, v in query.items() if v is not None})}"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with connect(url, additional_headers=headers, max_size=None) as socket:
        yield Line(socket)
