"""Generates open-loop traffic: each request's due time is fixed before it is sent and does not depend on replies.

Sessions arrive by a Poisson process. A session's think times are drawn at its start (seeded), which fixes the schedule
of its turns. A turn is sent when it is due and the previous reply has arrived. Its latency counts from *due*: time
spent waiting for a slow earlier reply belongs to the tail (no coordinated omission). Service time, from the actual
send, is shown next to it.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from benchmarks.load.histogram import Latency

#: A send this much later than due, with its connection free, is the generator's fault.
LATE_MS = 5.0

_STAGES = re.compile(rb'"stage_ms":(\{[^{}]*\})')
_MODEL_STAGES = ("probe", "stt", "llm", "grade", "judge", "tts")

ANSWERS = (
    "I would measure first, then change one thing and measure again, because guesses about speed are usually wrong.",
    "In my last job we moved the payment service to its own database and reduced the latency by forty percent.",
    "Option B.",
    "The answer is eighteen thousand.",
    "A deadlock is when two threads wait for each other, so I take the locks in the same order everywhere.",
    "I disagreed with a colleague about the design, we wrote both down and let the numbers decide.",
    "I am not sure about that one.",
    "We kept the old system running while the new one took a small share of the traffic, then more.",
)


class _Reply(NamedTuple):
    """``status`` 0: the connection failed."""

    status: int
    retry_after_s: float = 1.0


@dataclass(frozen=True)
class Profile:
    """The shape of the traffic. ``turns`` is the mean of a session's length; times in seconds."""

    sessions: int
    think_s: float
    warmup_s: float
    measure_s: float
    seed: int = 1
    turns: int = 12
    audio_share: float = 0.1
    hint_share: float = 0.05
    state_share: float = 0.05
    events_share: float = 0.02
    plan: str = "backend-engineer"
    ramp_s: float = 30.0

    @property
    def arrivals_per_s(self) -> float:
        """Little's law: arrivals × time in the system = sessions present."""
        return self.sessions / (self.turns * self.think_s)


@dataclass
class Recorded:
    """Figures of the measured part of the run."""

    latency: Latency = field(default_factory=Latency)
    service: Latency = field(default_factory=Latency)
    overhead: Latency = field(default_factory=Latency)
    rejected: Latency = field(default_factory=Latency)
    #: From an answer's due time until its reply or rejection: a server cannot hide a stall by rejecting.
    told: Latency = field(default_factory=Latency)
    statuses: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    sends: int = 0
    late: int = 0
    turns: int = 0
    other: int = 0
    rejected_without_retry_after: int = 0
    per_minute: dict[int, Latency] = field(default_factory=dict)
    per_tenth: dict[int, Latency] = field(default_factory=dict)


class Traffic:
    """Drives one target; ``run`` returns the records between warm-up and end."""

    def __init__(self, address: str, api_key: str, profile: Profile, audio: bytes | None) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._profile = profile
        self._audio = audio
        self._random = random.Random(profile.seed)
        # Not seeded: on a platform that has seen this seed before, its interviews would be replayed, not run.
        self._run = uuid.uuid4().hex[:8]
        self.recorded = Recorded()
        self.active = 0
        self.peak = 0
        self._measuring_from = float("inf")
        self._until = float("inf")

    async def run(self) -> Recorded:
        profile = self._profile
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=120)
        timeout = aiohttp.ClientTimeout(total=60)
        async with aiohttp.ClientSession(
            self._address, headers=self._headers, connector=connector, timeout=timeout
        ) as http:
            began = time.perf_counter()
            self._measuring_from = began + profile.ramp_s + profile.warmup_s
            self._until = self._measuring_from + profile.measure_s
            sessions: set[asyncio.Task[None]] = set()
            due = began
            started = 0
            while (now := time.perf_counter()) < self._until:
                if due > now:
                    await asyncio.sleep(min(due - now, self._until - now))
                    continue
                # the first N stand for those already running: they arrive in the ramp, each at some point of its
                # interview
                first = started < profile.sessions
                rate = profile.sessions / profile.ramp_s if first else profile.arrivals_per_s
                left = self._rest() if first else self._length()
                task = asyncio.create_task(self._session(http, due, left, self._random.getrandbits(32)))
                sessions.add(task)
                task.add_done_callback(sessions.discard)
                started += 1
                due = began + (due - began) + self._random.expovariate(rate)
                if started == profile.sessions:
                    due = max(due, time.perf_counter())
            for task in list(sessions):
                task.cancel()
            await asyncio.gather(*sessions, return_exceptions=True)
        return self.recorded

    def _length(self) -> int:
        return self._random.choice(self._lengths())

    def _rest(self) -> int:
        """Turns left of an interview at a random moment: long ones are more likely, each at any of its turns."""
        lengths = self._lengths()
        return self._random.randint(1, *self._random.choices(lengths, weights=lengths))

    def _lengths(self) -> range:
        return range(self._profile.turns - 4, self._profile.turns + 5)

    async def _session(self, http: aiohttp.ClientSession, arrival: float, turns: int, seed: int) -> None:
        own = random.Random(seed)
        interview_id = f"load-{self._run}-{uuid.UUID(int=own.getrandbits(128)).hex}"
        self.active += 1
        self.peak = max(self.peak, self.active)
        try:
            body = {"plan": self._profile.plan, "consent": True, "voice": False}
            path = f"/session/start/{interview_id}"
            reply = await self._send(http, "start", arrival, "POST", path, json=body)
            while reply.status == 429:  # the interview begins later, when the server said, with all that is due in it
                await asyncio.sleep(reply.retry_after_s)
                arrival = time.perf_counter()
                reply = await self._send(http, "start", arrival, "POST", path, json=body)
            if reply.status != 200:
                return
            due = arrival
            for _turn in range(turns):
                due += own.expovariate(1 / self._profile.think_s)
                overslept_ms = await overslept_until(due)
                if due >= self._measuring_from:
                    self.recorded.late += overslept_ms > LATE_MS
                if not await self._turn(http, interview_id, due, own):
                    return
                await self._aside(http, interview_id, own)
            await self._send(http, "end", time.perf_counter(), "DELETE", f"/session/state/{interview_id}")
        finally:
            self.active -= 1

    async def _turn(self, http: aiohttp.ClientSession, interview_id: str, due: float, own: random.Random) -> bool:
        path = f"/session/turn/{interview_id}"
        key = {"Idempotency-Key": uuid.UUID(int=own.getrandbits(128)).hex}
        if self._audio is not None and own.random() < self._profile.audio_share:
            form = aiohttp.FormData()
            form.add_field("audio", self._audio, filename="answer.wav", content_type="audio/wav")
            reply = await self._send(http, "turn", due, "POST", path, data=form, headers=key)
        else:
            body = {"answer": own.choice(ANSWERS), "voice": False}
            reply = await self._send(http, "turn", due, "POST", path, json=body, headers=key)
        # 409: the plan's end came first, which ends this candidate's interview as it should. 429: the answer is given
        # up and the next one comes when it is due, so that a refusing server is offered no less.
        return reply.status in (200, 429)

    async def _aside(self, http: aiohttp.ClientSession, interview_id: str, own: random.Random) -> None:
        now, profile, draw = time.perf_counter(), self._profile, own.random()
        if draw < profile.hint_share:
            await self._send(http, "hint", now, "POST", f"/session/hint/{interview_id}", json={"voice": False})
        elif draw < profile.hint_share + profile.state_share:
            await self._send(http, "state", now, "GET", f"/session/state/{interview_id}")
        elif draw < profile.hint_share + profile.state_share + profile.events_share:
            headers = {"Accept": "application/x-ndjson"}
            await self._send(http, "events", now, "GET", f"/session/events/{interview_id}", headers=headers)

    async def _send(
        self, http: aiohttp.ClientSession, kind: str, due: float, method: str, path: str, **options: Any
    ) -> _Reply:
        sent = time.perf_counter()
        try:
            async with http.request(method, path, **options) as reply:
                body = await reply.read()
                status = reply.status
                retry_after = reply.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError) as error:
            if sent >= self._measuring_from:
                self.recorded.failures[f"{kind}: {type(error).__name__}"] += 1
                self.recorded.sends += 1
            return _Reply(0)
        done = time.perf_counter()
        if sent >= self._measuring_from and done <= self._until:
            self._record(kind, status, body, due, sent, done, retry_after)
        return _Reply(status, float(retry_after or 1))

    def _record(
        self, kind: str, status: int, body: bytes, due: float, sent: float, done: float, retry_after: str | None
    ) -> None:
        recorded = self.recorded
        recorded.sends += 1
        recorded.statuses[f"{kind} {status}"] += 1
        service_ms, latency_ms = (done - sent) * 1000, (done - due) * 1000
        if kind == "turn" and status in (200, 429):
            recorded.told.record(latency_ms)
        if status == 429:
            recorded.rejected.record(service_ms)
            recorded.rejected_without_retry_after += retry_after is None
            return
        expected = status == 200 or (status == 409 and kind in ("turn", "hint"))
        if not expected:
            recorded.failures[f"{kind}: HTTP {status}"] += 1
            return
        if kind != "turn" or status != 200:
            recorded.other += 1
            return
        recorded.turns += 1
        recorded.latency.record(latency_ms)
        recorded.service.record(service_ms)
        recorded.overhead.record(max(0.0, latency_ms - _model_ms(body)))
        into_s = done - self._measuring_from
        recorded.per_minute.setdefault(int(into_s // 60), Latency()).record(latency_ms)
        tenth = min(9, int(10 * into_s / self._profile.measure_s))
        recorded.per_tenth.setdefault(tenth, Latency()).record(latency_ms)


async def overslept_until(due: float) -> float:
    """Wait until ``due``; returns the milliseconds that the generator itself overslept (0 when a late reply delayed
    it)."""
    delay = due - time.perf_counter()
    if delay <= 0:
        return 0.0
    await asyncio.sleep(delay)
    return (time.perf_counter() - due) * 1000


def _model_ms(body: bytes) -> float:
    """The reply's milliseconds spent inside model tiers."""
    found = _STAGES.search(body)
    if found is None:
        return 0.0
    stages = json.loads(found.group(1))
    return float(sum(stages.get(stage, 0.0) for stage in _MODEL_STAGES))


def sample_audio() -> bytes:
    """A short spoken clip of the repository."""
    path = Path(__file__).resolve().parents[2] / "deployments" / "stt" / "health_clip.wav"
    return path.read_bytes()
