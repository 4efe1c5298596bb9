"""Kills Redis repeatedly under a steady stream of commits and counts acknowledged commits that are lost.

    python -m benchmarks.store_durability --kills 100 --rate 200 --fsync always

Prints one JSON object. Each writer keeps its last acknowledged version. After every restart the stored version must not
be below it, and the stored snapshot must be the fold of the stored events.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from interview.errors import StorageUnavailable, VersionConflict
from interview.plans.plan import PlanRef
from interview.sessions.events import AnswerReceived, Event, SessionStarted
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from storage.embedded.server import EmbeddedRedis, Fsync
from storage.redis.client import RedisLimits
from storage.sessions.port import IdempotencyRecord, SessionKey
from storage.sessions.redis import RedisSessionStore

_LIMITS = RedisLimits(reply_timeout_s=1.0, connect_timeout_s=0.5, retry_pause_s=0.02)
_ANSWER = "I would first look at the query plan, then add an index on the two columns of the join. " * 4


class Writer:
    """One session and its last acknowledged version."""

    def __init__(self, store: RedisSessionStore, number: int) -> None:
        self.key = SessionKey("bench", f"session-{number}")
        self.state: SessionState | None = None
        self.commits_s: list[float] = []
        self._store = store

    async def commit(self) -> None:
        """Raises StorageUnavailable, VersionConflict."""
        version = self.state.version if self.state else 0
        data: Any = AnswerReceived(turn=version, idempotency_key=str(version), text=_ANSWER)
        if self.state is None:
            plan = PlanRef(id="bench", version="1", digest="0" * 64)
            data = SessionStarted(interview_id=self.key.interview_id, tenant=self.key.tenant, plan=plan, phase="intro")
        event = Event(seq=version + 1, time=datetime.now(UTC), data=data)
        after = fold([event], self.state)
        record = IdempotencyRecord("turn", str(version), "f", "done", body=b"x" * 500)
        began = time.perf_counter()
        await self._store.commit(self.key, expected_version=version, state=after, events=[event], idempotency=record)
        self.commits_s.append(time.perf_counter() - began)
        self.state = after

    async def check(self) -> tuple[int, int]:
        """(acknowledged versions missing, unacknowledged ones kept); continues from the stored version."""
        stored = await self._store.load(self.key)
        have = stored.version if stored else 0
        acknowledged = self.state.version if self.state else 0
        if stored is not None and fold(await self._store.events(self.key)) != stored:
            raise SystemExit("the stored snapshot is not the fold of the stored events")
        self.state = stored
        return max(0, acknowledged - have), max(0, have - acknowledged)


def _script_calls(info: bytes) -> dict[str, float]:
    """The counters of EVALSHA in the reply to ``INFO commandstats``: ``cmdstat_evalsha:calls=3,usec=120,…``."""
    line = next(line for line in info.decode().splitlines() if line.startswith("cmdstat_evalsha:"))
    return {name: float(value) for name, _, value in (pair.partition("=") for pair in line.split(":", 1)[1].split(","))}


async def run(kills: int, rate: float, writers: int, fsync: Fsync, seed: int, directory: Path) -> dict[str, Any]:
    """The counts and timings of ``kills`` rounds of write, kill, restart and check."""
    with EmbeddedRedis(directory, fsync=fsync) as server:
        return {"fsync": fsync, **await measure(server, kills, rate, writers, random.Random(seed))}


async def measure(
    server: EmbeddedRedis, kills: int, rate: float, writers: int, chance: random.Random
) -> dict[str, Any]:
    store = RedisSessionStore(server.url, limits=_LIMITS)
    fleet = [Writer(store, number) for number in range(writers)]
    missing = kept = conflicts = 0
    restarts_s: list[float] = []
    scripts: list[dict[str, float]] = []

    async def write(writer: Writer, until: asyncio.Event) -> None:
        nonlocal conflicts
        while not until.is_set():
            began = time.perf_counter()
            try:
                await writer.commit()
            except StorageUnavailable:
                return
            except VersionConflict:
                conflicts += 1
                return
            await asyncio.sleep(max(0.0, writers / rate - (time.perf_counter() - began)))

    for _ in range(kills):
        stop = asyncio.Event()
        working = [asyncio.create_task(write(writer, stop)) for writer in fleet]
        await asyncio.sleep(chance.uniform(0.2, 1.0))
        scripts.append(_script_calls(await store._link.command("INFO", "commandstats", what="bench")))
        pid = server.pid
        if pid is None:
            raise SystemExit("redis-server died by itself")
        os.kill(pid, signal.SIGKILL)
        stop.set()
        await asyncio.gather(*working)
        while server.pid is not None:  # noqa: ASYNC110 - the end of a process has no event
            await asyncio.sleep(0.001)
        began = time.perf_counter()
        await asyncio.to_thread(server.start)
        restarts_s.append(time.perf_counter() - began)
        for writer in fleet:
            lost, extra = await writer.check()
            missing, kept = missing + lost, kept + extra
    await store.close()
    commits_s = sorted(second for writer in fleet for second in writer.commits_s)
    return {
        "kills": kills,
        "acknowledged_commits": len(commits_s),
        "acknowledged_and_missing": missing,
        "unacknowledged_but_kept": kept,
        "conflicts": conflicts,
        "restart_s": {"median": sorted(restarts_s)[len(restarts_s) // 2], "max": max(restarts_s)},
        "commit_ms": {f"p{p}": commits_s[int(len(commits_s) * p / 100)] * 1000 for p in (50, 95, 99)},
        "script_us_mean": sum(script["usec"] for script in scripts) / sum(script["calls"] for script in scripts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=float, default=200.0, help="commits per second, all writers together")
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--fsync", choices=get_args(Fsync), default="always")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        result = asyncio.run(
            run(options.kills, options.rate, options.writers, options.fsync, options.seed, Path(directory))
        )
    json.dump(result, sys.stdout, indent=2)
    print()
    sys.exit(1 if result["acknowledged_and_missing"] and options.fsync == "always" else 0)


if __name__ == "__main__":
    main()
