"""One run: a target, traffic, samples; and whether the run is valid."""

from __future__ import annotations

import contextlib
import gc
import os
import platform
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import uvloop

from benchmarks.load import idle_machine
from benchmarks.load.histogram import Latency
from benchmarks.load.locust_users import ParallelLocust
from benchmarks.load.sampling import Sampler
from benchmarks.load.target import Target, running
from benchmarks.load.traffic import Profile, Recorded, Traffic, sample_audio

#: Above these limits the run measures the generator, not the server.
LATE_SHARE_LIMIT = 0.001
GENERATOR_CPU_LIMIT = 0.8

_NEVER = 1_000_000_000


def speed() -> float:
    """Iterations of a bare Python loop per microsecond, because a virtual machine's cores vary in speed."""
    begin = time.process_time()
    for _ in range(5_000_000):
        pass
    return round(5 / (time.process_time() - begin), 1)


def machine() -> dict[str, Any]:
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),  # noqa: SIM115, PTH123
        platform.processor(),
    )
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3, 1),
        "loop_per_us": speed(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        ).stdout.strip(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def measure(
    name: str, profile: Profile, *, stall_s: float = 0.0, locust_users: int = 0, keep: Path | None = None
) -> dict[str, Any]:
    """Start ``name``, drive it with ``profile``, stop it, and return the figures.

    ``stall_s`` stops every process of the server (SIGSTOP) for that long in the middle of the measured part.
    ``locust_users`` are added to the profile's sessions. ``keep`` is the directory of the platform's data and logs.
    """
    with undisturbed():
        idle_late_share = idle_machine.late_share()
    with running(name, keep) as target:
        result = drive(target, profile, stall_s=stall_s, locust_users=locust_users)
    result["machine"]["loop_per_us_after"] = speed()
    return {**result, "idle_late_share": idle_late_share}


def drive(target: Target, profile: Profile, *, stall_s: float = 0.0, locust_users: int = 0) -> dict[str, Any]:
    """The figures of one run against a running target."""
    described = machine()  # the commit at the start of the run
    parallel_locust = ParallelLocust(target, profile, locust_users) if locust_users else None
    sampler = Sampler(target.root)
    sampler.start()
    traffic = Traffic(target.address, target.api_key, profile, sample_audio() if profile.audio_share else None)
    begin_s = profile.ramp_s + profile.warmup_s
    generator = psutil.Process()
    marks: dict[str, float] = {}

    def mark() -> None:
        marks["cpu"], marks["at"] = sum(generator.cpu_times()[:2]), time.perf_counter()
        sampler.restart()

    timers = [threading.Timer(begin_s, mark)]
    if stall_s:
        timers.append(threading.Timer(begin_s + profile.measure_s / 2, _stall, args=(target, stall_s)))
    for timer in timers:
        timer.daemon = True
        timer.start()
    with undisturbed() as scheduling:
        recorded = uvloop.run(traffic.run())
    generator_cpu = (sum(generator.cpu_times()[:2]) - marks["cpu"]) / (time.perf_counter() - marks["at"])
    generator_rss_mb = round(generator.memory_info().rss / 1024**2, 1)
    usage = sampler.stop()
    locust = {"locust": parallel_locust.figures()} if parallel_locust else {}
    result = figures(recorded, profile, generator_cpu)
    turns = max(1, recorded.turns)
    return {
        "target": target.name,
        **result,
        **locust,
        "peak_sessions": traffic.peak,
        "generator_rss_mb": generator_rss_mb,
        "rss_mb": usage.rss_mb,
        "rss_mb_by_tenth": usage.by_tenth,
        "rss_drift": usage.drift,
        "cpu_s": usage.cpu_s,
        "cpu_ms_per_turn": {kind: round(seconds * 1000 / turns, 3) for kind, seconds in usage.cpu_s.items()},
        "cpu_ms_per_turn_total": round(sum(usage.cpu_s.values()) * 1000 / turns, 3),
        "config": {**asdict(profile), "target": target.name, "stall_s": stall_s, "generator": scheduling},
        "machine": described,
        "hdr": {
            "latency": recorded.latency.encoded(),
            "service": recorded.service.encoded(),
            "overhead": recorded.overhead.encoded(),
        },
    }


@contextlib.contextmanager
def undisturbed() -> Iterator[str]:
    """Run the generator as a real-time thread without long garbage collections, so that a saturated machine delays the
    server and not the measuring clock. Yields the scheduling class, which needs root."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        scheduling = "real-time (SCHED_RR)"
    except PermissionError:
        scheduling = "ordinary"
    # A full collection over the objects of 1,000 open sessions takes longer than a send may be late. Young ones go on:
    # an answered request leaves more than 100 KB in cycles, which without any collection was 13 MB a second.
    gc.collect()
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(*thresholds[:2], _NEVER)
    try:
        yield scheduling
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        os.sched_setscheduler(0, *before)


def figures(recorded: Recorded, profile: Profile, generator_cpu: float) -> dict[str, Any]:
    late_share = recorded.late / recorded.sends if recorded.sends else 1.0
    why_void = []
    if late_share > LATE_SHARE_LIMIT:
        why_void.append(f"{late_share:.2%} of the sends were late because of the generator")
    if generator_cpu > GENERATOR_CPU_LIMIT:
        why_void.append(f"the generator used {generator_cpu:.0%} of a core")
    return {
        "valid": not why_void,
        "why_void": why_void,
        "turns": recorded.turns,
        "turns_per_s": round(recorded.turns / profile.measure_s, 2),
        "requests": recorded.sends,
        "errors": sum(recorded.failures.values()),
        "failures": dict(recorded.failures),
        "statuses": dict(recorded.statuses),
        "latency_ms": recorded.latency.figures(),
        "overhead_ms": recorded.overhead.figures(),
        "service_ms": recorded.service.figures(),
        "told_ms": recorded.told.figures(),
        "rejected": recorded.rejected.count,
        "rejected_ms": recorded.rejected.figures(),
        "rejected_without_retry_after": recorded.rejected_without_retry_after,
        "p99_ms_by_minute": _p99s(recorded.per_minute),
        "p99_ms_by_tenth": _p99s(recorded.per_tenth),
        "late_share": round(late_share, 5),
        "generator_cpu": round(generator_cpu, 3),
    }


def _p99s(parts: dict[int, Latency]) -> list[float]:
    """In chronological order; a part without answers is skipped."""
    return [parts[index].figures()["p99"] for index in sorted(parts)]


def _stall(target: Target, seconds: float) -> None:
    """Stop the server's processes for a while, as a long garbage collection or a lost disk would."""
    family = target.root.children(recursive=True)
    for process in family:
        _signal(process, stop=True)
    time.sleep(seconds)
    for process in family:
        _signal(process, stop=False)


def _signal(process: psutil.Process, *, stop: bool) -> None:
    try:
        process.suspend() if stop else process.resume()
    except psutil.NoSuchProcess:
        return  # ended between the listing and the signal
