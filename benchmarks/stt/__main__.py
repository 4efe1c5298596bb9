"""Speech to text, four ways on the same clips: faster-whisper alone, with threads, batched, and this tier.

    python -m benchmarks.stt --json OUT --speech DIR [--length 10] [--model whisper-tiny.en] [--clips 32] [--gpu]
                             [--short-beside 3]

Closed loop: each of N clients sends its next clip when the last was answered. Every clip is a request of its own; the
tier runs on a real Ray Serve of this machine. ``DIR`` holds recordings that ``benchmarks.stt.speak`` made; the people
of ``tests/data/speech`` are added. Clips of about ``--length`` seconds are joined from the recordings of one voice.
With ``--short-beside`` one more client sends short clips one after the other while the tier hears the others, and the
report says how long those took.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchmarks.stt.clips import Clip, clips_of_length, word_error_rate
from benchmarks.stt.corpus import people, recorded
from deployments.stt.config import SttConfig, SttReplicas

Mode = Literal["sequential", "threads", "batched", "tier"]
Hear = Callable[[Clip], Awaitable[str]]

CPU = SttConfig(device="cpu", max_queued_audio_s=1e9, replicas=SttReplicas(max_ongoing_requests=128))
GPU = msgspec.structs.replace(
    CPU,
    model="large-v3-turbo",
    device="cuda",
    compute_type="float16",
    window_policy="full",
    max_batch_audio_s=960,
    replicas=SttReplicas(max_ongoing_requests=128, num_gpus=1.0),
)
_NO_TEXT_BEFORE = {"beam_size": 1, "temperature": 0.0, "condition_on_previous_text": False, "without_timestamps": True}


class Run(msgspec.Struct, frozen=True):
    """One mode at one concurrency. ``rtf``: wall seconds per second of audio. ``wer`` in [0, 1]."""

    mode: Mode
    concurrency: int
    clips: int
    clips_per_s: float
    p50_ms: float
    p99_ms: float
    rtf: float
    wer: float
    #: Clips per second in each round; ``clips_per_s`` is their median.
    rounds: list[float]


class Beside(msgspec.Struct, frozen=True):
    """Short clips of one client beside a run of the tier."""

    concurrency: int
    clips: int
    p50_ms: float
    p95_ms: float


async def measure(mode: Mode, concurrency: int, clips: Sequence[Clip], rounds: int, hear: Hear) -> Run:
    """Play every clip once per round from ``concurrency`` clients."""
    rates: list[float] = []
    latencies_ms: list[float] = []
    texts: list[str] = []
    for _ in range(rounds):
        heard: dict[int, str] = {}
        waiting = iter(range(len(clips)))

        async def client(waiting: Any = waiting, heard: dict[int, str] = heard) -> None:
            for index in waiting:
                sent = time.perf_counter()
                heard[index] = await hear(clips[index])
                latencies_ms.append((time.perf_counter() - sent) * 1000)

        started = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(concurrency)))
        rates.append(len(clips) / (time.perf_counter() - started))
        texts = [heard[index] for index in range(len(clips))]
    rate = statistics.median(rates)
    latencies_ms.sort()
    audio_s = sum(clip.duration_s for clip in clips)
    return Run(
        mode=mode,
        concurrency=concurrency,
        clips=len(clips),
        clips_per_s=round(rate, 2),
        p50_ms=round(statistics.median(latencies_ms), 1),
        p99_ms=round(latencies_ms[min(len(latencies_ms) - 1, int(0.99 * len(latencies_ms)))], 1),
        rtf=round(len(clips) / rate / audio_s, 4),
        wer=round(word_error_rate([clip.text for clip in clips], texts), 4),
        rounds=[round(each, 2) for each in rates],
    )


async def run_bare(
    mode: Mode, config: SttConfig, levels: Sequence[int], clips: Sequence[Clip], rounds: int
) -> list[Run]:
    """faster-whisper as its README shows it: alone, shared by a thread per request, or its batched pipeline."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    from deployments.stt.engines.model_resolution import resolve_model

    cores = os.cpu_count() or 1
    # One worker with all cores is fastest alone; one worker per core is fastest for threads.
    workers, threads = (1, cores) if mode == "sequential" else (cores, 1)
    if config.device == "cuda":
        workers, threads = 1, 0
    compute_type = "int8" if config.device == "cpu" else config.compute_type
    model = WhisperModel(
        resolve_model(config).path,
        device=config.device,
        compute_type=compute_type,
        cpu_threads=threads,
        num_workers=workers,
    )
    runs = []
    for concurrency in levels:
        with ThreadPoolExecutor(concurrency) as pool:

            def transcribe(clip: Clip) -> str:
                if mode == "batched":
                    # A pipeline holds the state of one recording, so each request has its own.
                    segments, _ = BatchedInferencePipeline(model).transcribe(
                        io.BytesIO(clip.audio), language="en", batch_size=8, **_NO_TEXT_BEFORE
                    )
                else:
                    segments, _ = model.transcribe(io.BytesIO(clip.audio), language="en", **_NO_TEXT_BEFORE)
                return " ".join(segment.text.strip() for segment in segments)

            async def hear(clip: Clip, pool: ThreadPoolExecutor = pool) -> str:
                return await asyncio.get_running_loop().run_in_executor(pool, transcribe, clip)

            await hear(clips[0])
            runs.append(await measure(mode, concurrency, clips, rounds, hear))
            _say(runs[-1])
    return runs


async def run_tier(
    config: SttConfig, levels: Sequence[int], clips: Sequence[Clip], rounds: int, short: Sequence[Clip] = ()
) -> tuple[list[Run], list[Beside]]:
    """This tier behind a Serve handle, as the ingress and the agent call it; with ``short`` clips of a further client
    beside each run.
    """
    import ray
    from ray import serve as ray_serve

    from deployments.shell.handle_rpc import handle_caller
    from deployments.stt.contract import SpeechToTextClient, TranscribeRequest
    from deployments.stt.deployment import build

    ray.init(
        num_cpus=max(4, os.cpu_count() or 1), include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False
    )
    try:
        handle: Any = ray_serve.run(build(config), name="stt-benchmark", route_prefix=None)
        client = SpeechToTextClient(handle_caller(handle, timeout_s=300, tier="stt"))

        async def hear(clip: Clip) -> str:
            return (await client.transcribe(TranscribeRequest(clip.audio, content_type="audio/wav"))).text

        await asyncio.gather(*(hear(clip) for clip in clips[:4]))
        runs: list[Run] = []
        beside: list[Beside] = []
        for concurrency in levels:
            over = asyncio.Event()
            other = asyncio.ensure_future(_hear_in_turn(short, hear, over))
            runs.append(await measure("tier", concurrency, clips, rounds, hear))
            over.set()
            _say(runs[-1])
            if latencies_ms := await other:
                beside.append(_beside(concurrency, latencies_ms))
        return runs, beside
    finally:
        ray_serve.shutdown()  # type: ignore[no-untyped-call]
        ray.shutdown()


async def _hear_in_turn(clips: Sequence[Clip], hear: Hear, over: asyncio.Event) -> list[float]:
    """The milliseconds that each clip took, one after the other until ``over``."""
    latencies_ms: list[float] = []
    for clip in cycle(clips):
        if over.is_set():
            break
        sent = time.perf_counter()
        await hear(clip)
        latencies_ms.append((time.perf_counter() - sent) * 1000)
    return latencies_ms


def _beside(concurrency: int, latencies_ms: Sequence[float]) -> Beside:
    ordered = sorted(latencies_ms)
    found = Beside(
        concurrency=concurrency,
        clips=len(ordered),
        p50_ms=round(statistics.median(ordered), 1),
        p95_ms=round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
    )
    sys.stderr.write(
        f"    short clips beside ×{concurrency:<3} p50 {found.p50_ms:7.1f} ms  p95 {found.p95_ms:7.1f} ms\n"
    )
    return found


def verdict(runs: Sequence[Run]) -> dict[str, float]:
    """The tier at 16 against the best of the others: ratio of clips/s, and difference of word error rates."""
    others = [run for run in runs if run.mode != "tier"]
    tier = next(run for run in runs if run.mode == "tier" and run.concurrency == 16)
    best = max(others, key=lambda run: run.clips_per_s)
    return {
        "speedup_at_16": round(tier.clips_per_s / best.clips_per_s, 2),
        "wer_points_added": round(100 * (tier.wer - min(run.wer for run in others)), 2),
    }


def machine() -> dict[str, Any]:
    """The machine of the figures."""
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    return {"cpu": processor, "cores": os.cpu_count(), "load_1m_at_start": round(os.getloadavg()[0], 2), "gpu": _gpu()}


def _gpu() -> str | None:
    import shutil
    import subprocess

    if shutil.which("nvidia-smi") is None:
        return None
    asked = subprocess.run(
        ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or None


def _say(run: Run) -> None:
    sys.stderr.write(
        f"{run.mode:>10} ×{run.concurrency:<3} {run.clips_per_s:7.2f} clips/s  p50 {run.p50_ms:7.1f} ms  "
        f"p99 {run.p99_ms:7.1f} ms  rtf {run.rtf:.4f}  wer {run.wer:.4f}\n"
    )


async def benchmark(
    config: SttConfig, clips: Sequence[Clip], rounds: int, modes: Sequence[Mode], short: Sequence[Clip] = ()
) -> dict[str, Any]:
    """All modes in one run on the same clips."""
    about = machine()
    runs: list[Run] = []
    beside: list[Beside] = []
    if "sequential" in modes:
        runs += await run_bare("sequential", config, [1], clips, rounds)
    if "threads" in modes:
        runs += await run_bare("threads", config, [16], clips, rounds)
    if "batched" in modes:
        runs += await run_bare("batched", config, [16], clips, rounds)
    if "tier" in modes:
        heard, beside = await run_tier(config, [1, 16], clips, rounds, short)
        runs += heard
    report: dict[str, Any] = {
        "benchmark": "stt",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": about,
        "model": config.model,
        "audio_s": round(sum(clip.duration_s for clip in clips), 1),
        "max_batch_audio_s": config.max_batch_audio_s,
        "runs": msgspec.to_builtins(runs),
    }
    if beside:
        report["short_beside"] = msgspec.to_builtins(beside)
    if "tier" in modes and len(modes) > 1:
        report["verdict"] = verdict(runs)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True, metavar="OUT", help="where the report goes")
    parser.add_argument("--speech", type=Path, required=True, metavar="DIR", help="recordings of benchmarks.stt.speak")
    parser.add_argument("--length", type=float, default=10, metavar="SECONDS", help="of a clip (default 10)")
    parser.add_argument("--clips", type=int, default=32, help="how many clips (default 32)")
    parser.add_argument("--rounds", type=int, default=1, help="times each mode plays all clips; the median counts")
    parser.add_argument(
        "--gpu", action="store_true", help="whisper large-v3-turbo in float16 on a CUDA card, full windows"
    )
    parser.add_argument("--model", help="another model for the preset")
    parser.add_argument("--workers", type=int, help="batches side by side in the tier")
    parser.add_argument("--threads", type=int, help="threads per worker in the tier")
    parser.add_argument("--batch-audio-s", type=int, help="most seconds of encoder input in one batch")
    parser.add_argument("--short-beside", type=float, metavar="SECONDS", help="length of one more client's clips")
    parser.add_argument("--modes", default="threads,batched,tier", help="comma-separated subset")
    arguments = parser.parse_args()
    config = GPU if arguments.gpu else CPU
    changes = {
        "model": arguments.model,
        "workers": arguments.workers,
        "threads_per_worker": arguments.threads,
        "max_batch_audio_s": arguments.batch_audio_s,
    }
    config = msgspec.structs.replace(config, **{name: value for name, value in changes.items() if value is not None})
    modes: list[Any] = arguments.modes.split(",")
    recordings = [*people(), *recorded(arguments.speech)]
    clips = clips_of_length(recordings, arguments.length, arguments.clips)
    short = [] if arguments.short_beside is None else clips_of_length(recordings, arguments.short_beside, 16)
    report = asyncio.run(benchmark(config, clips, arguments.rounds, modes, short))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    sys.stderr.write(f"{report.get('verdict', '')}\nwritten to {arguments.json}\n")


if __name__ == "__main__":
    main()
