"""``python -m benchmarks.request_costs``: CPU of one request of each kind, by kind of process.

The load runs know the CPU of a process during a mixture of requests. A queueing model needs it by kind of request: this
benchmark sends one kind at a time to the same profile and divides.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from benchmarks.load.measure import machine
from benchmarks.load.sampling import Sampler
from benchmarks.load.target import Target, running
from benchmarks.load.traffic import ANSWERS, sample_audio

PLAN = "backend-engineer"

#: Turns of one interview before the next begins, and interviews under way at once.
TURNS = 8
AT_ONCE = 4

Call = Callable[[str], Awaitable[None]]


def measured(target: Target, sessions: int, seed: int) -> dict[str, Any]:
    """For each kind of request: ``requests``, and ``cpu_ms`` of one of them by kind of process."""
    return uvloop.run(_Phases(target, sessions, seed).run())


class _Phases:
    """The phases of a run; each sends one kind of request to the same interviews."""

    def __init__(self, target: Target, sessions: int, seed: int) -> None:
        self._target = target
        self._random = random.Random(seed)
        self._sessions = sessions
        self._audio = sample_audio()
        self._http: aiohttp.ClientSession

    async def run(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._target.api_key}"}
        found: dict[str, Any] = {}
        async with aiohttp.ClientSession(self._target.address, headers=headers) as self._http:
            await self._phase(self._interviews(self._sessions), self._start)  # warm-up
            found["idle"] = await self._idle(10.0)
            for kind, turn in (("typed", self._typed), ("spoken", self._spoken)):
                names = self._interviews(self._sessions)
                found[f"start_{kind}"] = await self._phase(names, self._start)
                found[kind] = await self._phase(names * TURNS, turn)
                for aside in ("hint", "state", "events", "end"):
                    found[f"{aside}_{kind}"] = await self._phase(names, getattr(self, f"_{aside}"))
        idle = {kind: ms / 10_000 for kind, ms in found["idle"]["cpu_ms"].items()}
        for kind, one in found.items():
            if kind != "idle":
                for process, ms in one["cpu_ms"].items():
                    net = ms - 1000 * idle.get(process, 0.0) * one["wall_s"]
                    one["cpu_ms"][process] = round(max(0.0, net) / one["requests"], 4)
        return found

    def _interviews(self, count: int) -> list[str]:
        return [f"cost-{uuid.UUID(int=self._random.getrandbits(128)).hex}" for _ in range(count)]

    async def _idle(self, seconds: float) -> dict[str, Any]:
        sampler = Sampler(self._target.root)
        await asyncio.to_thread(sampler.start)
        await asyncio.sleep(3)
        sampler.restart()
        await asyncio.sleep(seconds)
        usage = await asyncio.to_thread(sampler.stop)
        return {"seconds": seconds, "cpu_ms": {kind: round(s * 1000, 1) for kind, s in usage.cpu_s.items()}}

    async def _phase(self, names: list[str], call: Call) -> dict[str, Any]:
        """All ``names`` in order, ``AT_ONCE`` at a time: an interview is never asked twice at once."""
        sampler = Sampler(self._target.root)
        await asyncio.to_thread(sampler.start)
        await asyncio.sleep(3)  # the sampler's process has started and taken a first sample
        sampler.restart()
        await asyncio.sleep(1.5)
        began = time.perf_counter()
        queues = [iter(names[number::AT_ONCE]) for number in range(AT_ONCE)]

        async def worker(own: Any) -> None:
            for name in own:
                await call(name)

        await asyncio.gather(*(worker(own) for own in queues))
        wall_s = time.perf_counter() - began
        usage = await asyncio.to_thread(sampler.stop)
        return {
            "requests": len(names),
            "wall_s": round(wall_s + 1.5, 3),
            "cpu_ms": {kind: s * 1000 for kind, s in usage.cpu_s.items()},
        }

    async def _start(self, name: str) -> None:
        await self._ask("POST", f"/session/start/{name}", json={"plan": PLAN, "consent": True, "voice": False})

    async def _typed(self, name: str) -> None:
        await self._ask("POST", f"/session/turn/{name}", json={"answer": self._random.choice(ANSWERS), "voice": False})

    async def _spoken(self, name: str) -> None:
        form = aiohttp.FormData()
        form.add_field("audio", self._audio, filename="answer.wav", content_type="audio/wav")
        await self._ask("POST", f"/session/turn/{name}", data=form)

    async def _hint(self, name: str) -> None:
        await self._ask("POST", f"/session/hint/{name}", json={"voice": False})

    async def _state(self, name: str) -> None:
        await self._ask("GET", f"/session/state/{name}")

    async def _events(self, name: str) -> None:
        await self._ask("GET", f"/session/events/{name}", headers={"Accept": "application/x-ndjson"})

    async def _end(self, name: str) -> None:
        await self._ask("DELETE", f"/session/state/{name}")

    async def _ask(self, method: str, path: str, **options: Any) -> None:
        async with self._http.request(method, path, **options) as reply:
            body = await reply.read()
            if reply.status not in (200, 409):
                raise RuntimeError(f"{method} {path}: HTTP {reply.status}: {body[:300]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="load", help="a profile of configs/serve or a file")
    parser.add_argument("--sessions", type=int, default=60, help=f"interviews of each phase, of {TURNS} turns")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    described = machine()
    with running(options.target) as target:
        kinds = measured(target, options.sessions, options.seed)
    result = {
        "command": f"python -m benchmarks.request_costs {' '.join(sys.argv[1:])}",
        "machine": described,
        "kinds": kinds,
    }
    options.json.write_text(json.dumps(result, indent=2) + "\n")
    for kind, one in kinds.items():
        print(kind, one)


if __name__ == "__main__":
    main()
