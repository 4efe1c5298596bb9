"""Measures the closed-loop saturation throughput of a target, to compare targets."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import uvloop

from benchmarks.load.histogram import Latency
from benchmarks.load.sampling import Sampler
from benchmarks.load.target import Target
from benchmarks.load.traffic import ANSWERS

TURNS_A_SESSION = 8


@dataclass
class Counted:
    """What the candidates got. ``service`` and ``refused`` hold the latencies of turns and of refusals (429)."""

    turns: int = 0
    errors: int = 0
    service: Latency = field(default_factory=Latency)
    refused: Latency = field(default_factory=Latency)

    def record(self, status: int, service_ms: float) -> None:
        """One answered turn. 409 is the plan's end, which is neither a turn nor an error."""
        if status == 200:
            self.turns += 1
            self.service.record(service_ms)
        elif status == 429:
            self.refused.record(service_ms)
        elif status != 409:
            self.errors += 1


def saturate(target: Target, *, concurrency: int, warmup_s: float, measure_s: float, seed: int) -> dict[str, Any]:
    """``concurrency`` candidates answer at once, repeatedly, for ``measure_s`` after ``warmup_s``."""
    sampler = Sampler(target.root)
    sampler.start()
    count = Counted()
    uvloop.run(_drive(target, concurrency, warmup_s, measure_s, seed, sampler, count))
    usage = sampler.stop()
    turns = max(1, count.turns)
    return {
        "target": target.name,
        "concurrency": concurrency,
        "turns_per_s": round(count.turns / measure_s, 1),
        "errors": count.errors,
        "service_ms": count.service.figures(),
        "refused": count.refused.count,
        "refused_ms": count.refused.figures(),
        "cpu_ms_per_turn": round(sum(usage.cpu_s.values()) * 1000 / turns, 2),
        "cpu_ms_per_turn_by_kind": {kind: round(used * 1000 / turns, 2) for kind, used in usage.cpu_s.items()},
        "rss_mb": usage.rss_mb,
    }


async def _drive(
    target: Target,
    concurrency: int,
    warmup_s: float,
    measure_s: float,
    seed: int,
    sampler: Sampler,
    count: Counted,
) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    headers = {"Authorization": f"Bearer {target.api_key}"}
    begin = time.perf_counter() + warmup_s
    end = begin + measure_s
    async with aiohttp.ClientSession(target.address, headers=headers, connector=connector) as http:
        workers = [
            _candidate(http, random.Random(seed * 1000 + number), begin, end, count) for number in range(concurrency)
        ]
        asyncio.get_running_loop().call_later(warmup_s, sampler.restart)
        await asyncio.gather(*workers)


async def _candidate(http: aiohttp.ClientSession, own: random.Random, begin: float, end: float, count: Counted) -> None:
    while time.perf_counter() < end:
        interview_id = f"sat-{uuid.UUID(int=own.getrandbits(128)).hex}"
        start = {"plan": "backend-engineer", "consent": True, "voice": False}
        async with http.post(f"/session/start/{interview_id}", json=start) as reply:
            await reply.read()
            if reply.status == 429:
                continue
            if reply.status != 200:
                count.errors += 1
                continue
        for _turn in range(TURNS_A_SESSION):
            sent = time.perf_counter()
            body = {"answer": own.choice(ANSWERS), "voice": False}
            async with http.post(f"/session/turn/{interview_id}", json=body) as reply:
                await reply.read()
                status = reply.status
            done = time.perf_counter()
            if begin <= sent and done <= end:
                count.record(status, (done - sent) * 1000)
            if status != 200 or done > end:
                break
