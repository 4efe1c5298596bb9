"""Measures the scheduling-latency floor of this machine: how late a timer fires when nothing else runs."""

from __future__ import annotations

import asyncio
import random
import time

import uvloop

from benchmarks.load.traffic import LATE_MS, overslept_until


def late_share(*, seconds: float = 20.0, rate: float = 70.0, seed: int = 1) -> float:
    """The share of timers, ``rate`` per second at random times, that fire later than the limit for late sends."""
    return uvloop.run(_late_share(seconds, rate, random.Random(seed)))


async def _late_share(seconds: float, rate: float, own: random.Random) -> float:
    due = time.perf_counter()
    end = due + seconds
    timers = []
    while (due := due + own.expovariate(rate)) < end:
        timers.append(asyncio.create_task(overslept_until(due)))
    overslept_ms = await asyncio.gather(*timers)
    return round(sum(late > LATE_MS for late in overslept_ms) / len(overslept_ms), 5)
