"""CPU and memory of every process of a run, by kind."""

from __future__ import annotations

import multiprocessing
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection

import psutil

_KINDS = (
    (re.compile(r"ServeReplica:\w+:(\w+)"), r"\1"),
    (re.compile(r"ProxyActor"), "proxy"),
    (re.compile(r"haproxy"), "haproxy"),
    (re.compile(r"ServeController"), "controller"),
    (re.compile(r"redis-server|valkey-server"), "redis"),
    (re.compile(r"gcs_server"), "gcs"),
    (re.compile(r"raylet"), "raylet"),
    (re.compile(r"espeak_worker"), "tts"),
    (re.compile(r"benchmarks\.load\.bare"), "bare"),
    (re.compile(r"serve\.local\.process_supervisor"), "supervisor"),
    (re.compile(r"serve\.cli"), "driver"),
    (re.compile(r"ray::|default_worker|dashboard|log_monitor|runtime_env"), "ray-other"),
)
_EVERY_S = 1.0
_MIB = 1024 * 1024


def kind_of(command: str) -> str:
    """The kind of process for a command line; Ray renames its processes, so the name is in it."""
    for pattern, kind in _KINDS:
        found = pattern.search(command)
        if found:
            return found.expand(kind)
    return "other"


@dataclass(frozen=True)
class Usage:
    """``rss_mb``: the largest sum over a kind's processes, in MiB (shared pages count in each process). ``cpu_s``: CPU
    seconds by kind. ``by_tenth``: mean of the ingress's and agent's memory in each tenth of the time. ``drift``: its
    growth from the first tenth to the last, a share."""

    rss_mb: dict[str, float]
    cpu_s: dict[str, float]
    by_tenth: list[float]

    @property
    def drift(self) -> float:
        first, *_, last = self.by_tenth
        return round(last / first - 1, 4) if first else 0.0


class Sampler:
    """Samples the descendants of a process once a second, from a separate process, because the generator must not
    stall."""

    def __init__(self, root: psutil.Process) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_sample_until_told, args=(root.pid, there), daemon=True)

    def start(self) -> None:
        """Returns after the first sample: on busy cores the process takes seconds to start."""
        self._process.start()
        self._here.recv()

    def restart(self) -> None:
        """Discard the samples of the warm-up."""
        self._here.send("restart")

    def stop(self) -> Usage:
        self._here.send("stop")
        usage: Usage = self._here.recv()
        self._process.join(timeout=10)
        return usage


def _sample_until_told(root_pid: int, pipe: Connection) -> None:
    samples = _Samples(psutil.Process(root_pid))
    samples.take()
    pipe.send("started")
    while True:
        told = pipe.recv() if pipe.poll(_EVERY_S) else "sample"
        samples.take()
        if told == "restart":
            samples.forget()
        elif told == "stop":
            pipe.send(samples.usage())
            return


class _Samples:
    def __init__(self, root: psutil.Process) -> None:
        self._root = root
        self._first: dict[int, float] = {}
        self._last: dict[int, float] = {}
        self._kinds: dict[int, str] = {}
        self._rss: list[dict[str, float]] = []

    def take(self) -> None:
        by_kind: dict[str, float] = defaultdict(float)
        for process in [self._root, *self._root.children(recursive=True)]:
            try:
                with process.oneshot():
                    kind = self._kinds.setdefault(process.pid, kind_of(" ".join(process.cmdline())))
                    times = process.cpu_times()
                    self._last[process.pid] = times.user + times.system
                    self._first.setdefault(process.pid, self._last[process.pid])
                    by_kind[kind] += process.memory_info().rss / _MIB
            except psutil.NoSuchProcess:
                continue
        self._rss.append(dict(by_kind))

    def forget(self) -> None:
        self._first = dict(self._last)
        self._rss.clear()

    def usage(self) -> Usage:
        kinds = sorted({kind for sample in self._rss for kind in sample})
        cpu_s: dict[str, float] = defaultdict(float)
        for pid, last in self._last.items():
            cpu_s[self._kinds[pid]] += last - self._first.get(pid, last)
        return Usage(
            rss_mb={kind: round(max(sample.get(kind, 0.0) for sample in self._rss), 1) for kind in kinds},
            cpu_s={kind: round(seconds, 2) for kind, seconds in sorted(cpu_s.items())},
            by_tenth=tenths([sample.get("ingress", 0.0) + sample.get("agent", 0.0) for sample in self._rss]),
        )


def tenths(series: Sequence[float]) -> list[float]:
    """The mean of each tenth of ``series``; zeros when it is empty."""
    cuts = [len(series) * tenth // 10 for tenth in range(11)]
    parts = [series[start : max(end, start + 1)] for start, end in pairwise(cuts)]
    return [round(sum(part) / len(part), 1) if part else 0.0 for part in parts]
