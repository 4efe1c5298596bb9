"""The staff pages' server for browser tests: the whole application on a loopback port, with real keys in Redis, a real
agent, real graders and a real voice; the ears alone hear the same words in every recording. Without Ray."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deployments.stt.config import SttConfig
from deployments.stt.engines.fake import FakeRecognizer
from deployments.stt.engines.port import Part, PieceText
from deployments.stt.service import SttService
from deployments.tts.service import TtsService
from serve.composition.stored_reports import StoredReports
from serve.http.ports import IngressPorts
from serve.metrics.registry import PlatformMetrics, merge
from serve.metrics.store_state import StoreState
from storage.archive.database import Database
from storage.archive.plans import SqlTenantPlans
from storage.archive.sql import SqlArchive
from storage.archive.transfer import archive_session
from storage.keys.port import SCOPES
from storage.keys.redis import RedisApiKeys
from storage.sessions.port import SessionKey
from tests.support.paths import ROOT
from tests.support.realtime import PLANS, application, application_ports, serving

PLAN = "backend-engineer"
SPEECH = (ROOT / "tests" / "data" / "speech" / "two_cities_1.wav").read_bytes()
#: The second sentence begins at this second of every recording.
SECOND_AT_S = 1.5
HEARD = (
    "I look at the query plan and measure each query.",
    "Then I add an index on the customer column.",
)
TYPED = (
    "An index makes reads faster, and every write becomes slower because the index must be updated as well. "
    "<img src=x onerror=alert(1)> I would measure both."
)


async def heard(_: object) -> PieceText:
    parts = (Part(0.0, SECOND_AT_S, HEARD[0]), Part(SECOND_AT_S, 3.5, f" {HEARD[1]}"))
    return PieceText(parts, avg_logprob=-0.1, no_speech_prob=0.0, compression_ratio=1.0)


async def metrics() -> bytes:
    """Two replicas' worth of numbers."""
    one, other = PlatformMetrics(), PlatformMetrics()
    for seconds in (0.03, 0.05, 0.4):
        one.turn.labels("ok").observe(seconds)
        other.stage.labels("stt").observe(seconds)
    one.tokens.labels("qwen", "prompt").inc(1200)
    one.fallbacks.labels("llm", "script").inc()
    other.audio_seconds.labels("heard").inc(61)
    state = StoreState()
    for gauge, value, label in (
        ("store_up", 1, ""),
        ("store_memory_bytes", 3_500_000, ""),
        ("store_persistence_ok", 1, ""),
        ("active_sessions", 2, ""),
        ("queue_length", 1, "grading waiting"),
        ("tier_ready", 1, "stt"),
    ):
        state.set(gauge, value, label)
    return merge({"agent-1": one.exposition(), "stt-1": other.exposition()}) + state.exposition()


@dataclass
class StaffServer:
    """``address`` is ``http://127.0.0.1:PORT``; ``key`` has every scope of the tenant acme, ``rival`` of another."""

    address: str
    key: str
    rival: str
    client: httpx.Client
    ports: IngressPorts
    loop: asyncio.AbstractEventLoop

    def interview(self, interview_id: str, name: str, *, tenant: str = "acme", ended: bool = True) -> None:
        """An interview of two spoken answers and a typed one; ended, it is archived with its report."""
        headers = {"Authorization": f"Bearer {self.key if tenant == 'acme' else self.rival}"}
        start = {"plan": PLAN, "consent": True, "candidate": {"name": name, "reference": f"ref-{interview_id}"}}
        self._ok(self.client.post(f"/session/start/{interview_id}", json=start, headers=headers))
        for number in range(3):
            sent: dict[str, object] = (
                {"json": {"answer": TYPED}} if number == 2 else {"files": {"audio": ("a.wav", SPEECH, "audio/wav")}}
            )
            self._ok(self.client.post(f"/session/turn/{interview_id}", headers=headers, **sent))  # type: ignore[arg-type]
        if ended:
            self._ok(self.client.delete(f"/session/state/{interview_id}", headers=headers))
        asyncio.run_coroutine_threadsafe(self._keep(SessionKey(tenant, interview_id), ended), self.loop).result(60)

    async def _keep(self, key: SessionKey, ended: bool) -> None:
        await archive_session(self.ports.sessions, self.ports.archive, key)
        if ended:
            await self.ports.reports.renew(key)

    def _ok(self, reply: httpx.Response) -> None:
        assert reply.status_code == 200, reply.text


@contextmanager
def staff_server(directory: Path, redis_url: str) -> Iterator[StaffServer]:
    """Serves from a thread with its own event loop until the context ends."""
    started = threading.Event()
    made: list[StaffServer] = []
    stops: list[asyncio.Event] = []

    async def run() -> None:
        stop = asyncio.Event()
        keys = RedisApiKeys(redis_url, prefix=f"w{secrets.token_hex(4)}", remember_s=0.0)
        stt = SttService(SttConfig(), FakeRecognizer(), heard)
        database = Database("sqlite://")
        ports = application_ports(
            directory,
            stt=stt,
            tts=TtsService(),
            keys=keys,
            key_admin=keys,
            metrics=metrics,
            archive=SqlArchive(database),
            tenant_plans=SqlTenantPlans(database),
            installed_plans={name: plan for name in PLANS.ids() if (plan := PLANS.get(name)) is not None},
        )
        object.__setattr__(ports, "reports", StoredReports(ports.sessions, ports.archive, ports.blobs))
        acme, rival = [
            (await keys.create(tenant=tenant, scopes=SCOPES, label=f"{tenant} office")).secret
            for tenant in ("acme", "rival")
        ]
        async with serving(application(ports)) as address:
            url = f"http://{address}"
            client = httpx.Client(base_url=url, timeout=60, trust_env=False)
            made.append(StaffServer(url, acme, rival, client, ports, asyncio.get_running_loop()))
            stops.append(stop)
            started.set()
            await stop.wait()
        await keys.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert started.wait(60), "the server did not start"
    (server,) = made
    try:
        yield server
    finally:
        server.client.close()
        server.loop.call_soon_threadsafe(stops[0].set)
        thread.join(20)
