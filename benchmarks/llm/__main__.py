"""The language-model tier against the same engine without it: time to first token, inter-token latency, throughput.

    python -m benchmarks.llm --json OUT [--engine vllm|transformers|fake] [--model DIR] [--gpu 1.5b|7b|8b] [--rounds 3]

Closed loop: each of N clients sends its next request when its answer has ended. ``tier`` calls the deployment over its
Serve handle, with the Ray settings of the profiles with vLLM unless the environment has others; ``bare`` calls the
engine in this process. vLLM and transformers need the environment of `make test-models`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchmarks.llm.subjects import RAY_SETTINGS, SHAPES, Ask, Subject, bare, cpu_subject, gpu_subject, tier
from interview.errors import InterviewError

Mode = Literal["bare", "tier"]
STARTERS = {"bare": bare, "tier": tier}

LEVELS = (1, 16, 64, 256)

#: A prefix shared by all requests, as interviews share their system prompt, and a turn that differs.
_SHARED = "You are an interviewer. Ask one question at a time, follow up on what was said, and stay on the plan. " * 3


class Run(msgspec.Struct, frozen=True):
    """One mode at one concurrency, the median of its rounds.

    ``ttft_ms`` and ``itl_ms`` are medians over requests: time to the first text, and from the first to the last text
    divided by the tokens between. ``added_ttft_ms`` and ``throughput_ratio`` (tier only) compare with bare.
    """

    mode: Mode
    concurrency: int
    requests: int
    failures: int
    ttft_ms: float
    ttft_p99_ms: float
    itl_ms: float
    tokens_per_s: float
    #: Tokens per second of each round.
    rounds: list[float]
    added_ttft_ms: float | None = None
    throughput_ratio: float | None = None


class Round(msgspec.Struct):
    ttft_s: list[float] = []
    itl_s: list[float] = []
    tokens: int = 0
    failures: int = 0
    wall_s: float = 0.0


async def measure(ask: Ask, concurrency: int, requests: int, tokens: int) -> Round:
    """``requests`` answers of ``tokens`` tokens from ``concurrency`` clients."""
    found = Round()
    waiting = iter(range(requests))

    async def client() -> None:
        for number in waiting:
            began = time.perf_counter()
            first = last = 0.0
            made = 0
            try:
                async with aclosing(ask(f"{_SHARED} The candidate's answer number {number}.", tokens)) as pieces:
                    async for shows, count in pieces:
                        made += count
                        if shows:
                            last = time.perf_counter()
                            first = first or last
            except InterviewError as error:
                found.failures += 1
                print(f"request failed: {error.code}: {error.message}", file=sys.stderr)
                continue
            found.tokens += made
            if first:
                found.ttft_s.append(first - began)
            if made > 1:
                found.itl_s.append((last - first) / (made - 1))

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    found.wall_s = time.perf_counter() - began
    return found


def summarise(mode: Mode, concurrency: int, rounds: Sequence[Round]) -> Run:
    first = sorted(value for one in rounds for value in one.ttft_s)
    between = [value for one in rounds for value in one.itl_s]
    throughputs = [one.tokens / one.wall_s for one in rounds]
    return Run(
        mode=mode,
        concurrency=concurrency,
        requests=sum(len(one.ttft_s) + one.failures for one in rounds),
        failures=sum(one.failures for one in rounds),
        ttft_ms=_ms(statistics.median(first)) if first else 0.0,
        ttft_p99_ms=_ms(first[min(len(first) - 1, int(0.99 * len(first)))]) if first else 0.0,
        itl_ms=_ms(statistics.median(between)) if between else 0.0,
        tokens_per_s=round(statistics.median(throughputs), 1),
        rounds=[round(value, 1) for value in throughputs],
    )


def compared(runs: Sequence[Run]) -> list[Run]:
    """The runs, each of the tier's next to the bare one of the same concurrency."""
    base = {run.concurrency: run for run in runs if run.mode == "bare"}
    return [_beside(run, base.get(run.concurrency)) if run.mode == "tier" else run for run in runs]


def _beside(run: Run, bare_run: Run | None) -> Run:
    if bare_run is None or not bare_run.tokens_per_s:
        return run
    return msgspec.structs.replace(
        run,
        added_ttft_ms=round(run.ttft_ms - bare_run.ttft_ms, 2),
        throughput_ratio=round(run.tokens_per_s / bare_run.tokens_per_s, 3),
    )


async def benchmark(subject: Subject, levels: Sequence[int], rounds: int, tokens: int) -> list[Run]:
    """All concurrency levels in both modes. Interleaved subjects are both loaded and take turns, so that drift affects
    both."""
    groups: list[tuple[Mode, ...]] = [("bare", "tier")] if subject.interleaved else [("bare",), ("tier",)]
    found: dict[tuple[Mode, int], list[Round]] = {}
    for group in groups:
        async with AsyncExitStack() as started:
            asks = {mode: await started.enter_async_context(STARTERS[mode](subject.config)) for mode in group}
            for level in levels:
                for mode in group:
                    await measure(asks[mode], level, level, min(tokens, 8))  # warm at this batch size
                for number in range(rounds):
                    for mode in group if number % 2 == 0 else group[::-1]:
                        one = await measure(asks[mode], level, max(12, 2 * level), tokens)
                        found.setdefault((mode, level), []).append(one)
                for mode in group:
                    _say(summarise(mode, level, found[mode, level]))
    return compared([summarise(mode, level, kept) for (mode, level), kept in sorted(found.items(), key=_order)])


def _order(item: tuple[tuple[Mode, int], list[Round]]) -> tuple[int, str]:
    (mode, level), _ = item
    return level, mode


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _say(run: Run) -> None:
    print(
        f"{run.mode:5} x{run.concurrency:<4} first {run.ttft_ms:8.1f} ms  between {run.itl_ms:6.2f} ms  "
        f"{run.tokens_per_s:8.1f} tokens/s  failures {run.failures}",
        file=sys.stderr,
    )


def machine(gpu: bool) -> dict[str, Any]:
    card = None
    if gpu:
        import torch

        card = torch.cuda.get_device_name(0)
    return {"cpus": os.cpu_count(), "platform": platform.platform(), "python": platform.python_version(), "gpu": card}


def best_engine() -> str:
    for engine in ("vllm", "transformers"):
        if importlib.util.find_spec(engine) is not None:
            return engine
    return "fake"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.llm", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument(
        "--engine", choices=("vllm", "transformers", "fake"), default=None, help="default: the best here"
    )
    parser.add_argument("--gpu", choices=tuple(SHAPES), default=None, help="vLLM on a GPU, dummy weights of this shape")
    parser.add_argument("--model", type=Path, help="a directory of weights, in place of a tiny random model")
    parser.add_argument("--concurrency", type=int, nargs="+", default=list(LEVELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=None, help="tokens of each answer (32; 128 with --gpu)")
    arguments = parser.parse_args()
    for name, value in RAY_SETTINGS.items():
        os.environ.setdefault(name, value)  # before Ray Serve is imported, which reads them then
    tokens = arguments.tokens or (128 if arguments.gpu else 32)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        engine = arguments.engine or best_engine()
        subject = gpu_subject(arguments.gpu, path) if arguments.gpu else cpu_subject(engine, path, arguments.model)
        runs = asyncio.run(benchmark(subject, arguments.concurrency, arguments.rounds, tokens))
    report = {
        "benchmark": "llm",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(["python -m benchmarks.llm", *sys.argv[1:]]),
        "machine": machine(arguments.gpu is not None),
        "subject": subject.name,
        "ray_settings": {name: os.environ[name] for name in RAY_SETTINGS},
        "interleaved": subject.interleaved,
        "tokens_per_answer": tokens,
        "runs": [msgspec.to_builtins(run) for run in runs],
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


if __name__ == "__main__":
    main()
