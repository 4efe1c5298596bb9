"""``python -m benchmarks.gateway --json OUT``: what a gateway adds to a chat completion.

Closed loops of clients ask one fake server through this platform and, with ``--litellm PROGRAM``, through LiteLLM's
proxy (one worker), and with ``--ray-llm PYTHON`` through the ingress of ``ray.serve.llm``. ``backend`` is the server
alone. CPU is that of all processes of a gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import uvloop

from benchmarks.gateway.backend import MODEL
from benchmarks.gateway.subjects import Subject, backend, litellm, platform, ray_llm
from benchmarks.load.histogram import Latency
from benchmarks.load.measure import machine
from benchmarks.load.sampling import Sampler

PROMPT = "Ask the candidate about the consistency of a cache, in one sentence. " * 10
BODY = msgspec.json.encode(
    {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You are an interviewer."},
            {"role": "user", "content": PROMPT},
        ],
        "max_tokens": 64,
        "temperature": 0,
    }
)


@dataclass
class _Counted:
    latency: Latency = field(default_factory=Latency)
    errors: int = 0


def measured(subject: Subject, clients: int, warmup_s: float, measure_s: float) -> dict[str, Any]:
    """One closed loop of ``clients`` for ``measure_s``."""
    sampler = Sampler(subject.root)
    sampler.start()
    counted = uvloop.run(_drive(subject, clients, warmup_s, measure_s, sampler))
    usage = sampler.stop()
    requests = counted.latency.count
    return {
        "subject": subject.name,
        "clients": clients,
        "requests": requests,
        "errors": counted.errors,
        "requests_per_s": round(requests / measure_s, 1),
        "ms": counted.latency.figures(),
        "cpu_ms_per_request": round(sum(usage.cpu_s.values()) * 1000 / max(1, requests), 2),
        "cpu_ms_by_process": {kind: round(s * 1000 / max(1, requests), 2) for kind, s in usage.cpu_s.items() if s},
    }


async def _drive(subject: Subject, clients: int, warmup_s: float, measure_s: float, sampler: Sampler) -> _Counted:
    counted = _Counted()
    begin = time.perf_counter() + warmup_s
    end = begin + measure_s
    headers = {"Authorization": f"Bearer {subject.api_key}", "Content-Type": "application/json"}

    async def client(http: aiohttp.ClientSession) -> None:
        while (sent := time.perf_counter()) < end:
            async with http.post("/v1/chat/completions", data=BODY) as reply:
                body = await reply.read()
            done = time.perf_counter()
            if begin <= sent and done <= end:
                if reply.status == 200 and b'"chat.completion"' in body:
                    counted.latency.record((done - sent) * 1000)
                else:
                    counted.errors += 1

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(subject.address, headers=headers, connector=connector) as http:
        asyncio.get_running_loop().call_later(warmup_s, sampler.restart)
        await asyncio.gather(*(client(http) for _ in range(clients)))
    return counted


def table(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The median of the rounds for each subject and number of clients."""
    rows = []
    for subject, clients in dict.fromkeys((run["subject"], run["clients"]) for run in runs):
        own = [run for run in runs if (run["subject"], run["clients"]) == (subject, clients)]
        rows.append(
            {
                "subject": subject,
                "clients": clients,
                "requests_per_s": statistics.median(run["requests_per_s"] for run in own),
                "p50_ms": statistics.median(run["ms"].get("p50", 0.0) for run in own),
                "p99_ms": statistics.median(run["ms"].get("p99", 0.0) for run in own),
                "cpu_ms_per_request": statistics.median(run["cpu_ms_per_request"] for run in own),
                "errors": sum(run["errors"] for run in own),
            }
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--profiles", nargs="*", default=["local", "load"], help="Serve profiles, names or files")
    parser.add_argument("--litellm", type=Path, help="the program `litellm` of an environment that has litellm[proxy]")
    parser.add_argument("--ray-llm", type=Path, help="the Python of an environment with ray[serve,llm] and vLLM")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--warmup-s", type=float, default=2.0)
    parser.add_argument("--measure-s", type=float, default=6.0)
    given = parser.parse_args()
    runs: list[dict[str, Any]] = []
    given.json.parent.mkdir(parents=True, exist_ok=True)
    with backend() as server:
        starts: list[Callable[[], AbstractContextManager[Subject]]] = [
            *((lambda name=name: platform(name, server.address)) for name in given.profiles),
        ]
        if given.litellm:
            starts.append(lambda: litellm(given.litellm, server.address))
        if given.ray_llm:
            starts.append(lambda: ray_llm(given.ray_llm, server.address))
        for _ in range(given.rounds):
            runs += [measured(server, clients, given.warmup_s, given.measure_s) for clients in given.clients]
            for start in starts:
                with start() as subject:
                    for clients in given.clients:
                        runs.append(measured(subject, clients, given.warmup_s, given.measure_s))
                        print(json.dumps(runs[-1]), flush=True)
                result = {
                    "command": "python -m benchmarks.gateway " + " ".join(sys.argv[1:]),
                    "machine": machine(),
                    "medians": table(runs),
                    "runs": runs,
                }
                # after every subject, so that an interrupted comparison keeps its measurements
                given.json.write_text(json.dumps(result, indent=2) + "\n")
    for row in table(runs):
        print(json.dumps(row))
    return 1 if any(run["errors"] for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
