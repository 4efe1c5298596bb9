"""A queueing simulation of one node under the load of interviews: throughput and latency from measured service times.

``plan`` knows how busy a resource is; only a simulation knows how long requests wait for it. The node is a queueing
network in SimPy. Two cores serve all processes in slices. Each process is a station with one server, because one thread
runs its Python or its commands: an event loop for each ingress replica, HAProxy, Redis, speech-to-text and voice. A
request visits them in the order of the real one and needs a core at each. Sessions arrive, think and answer as in
``benchmarks.load``, and latency counts from the moment at which an answer was due.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import Any

import simpy
from msgspec import Struct

from interview.errors import InvalidInput
from serve.capacity.service_times import RELATIVE_COSTS, ServiceTimes

#: A core is given to a waiting process at least this often, as Linux does.
SLICE_S = 0.003

#: From the write of one process to a socket until another process, or the client, wakes. Fitted, as ``VARIATION`` is,
#: to the measured runs (docs/measurements/2026-11-30-queueing-simulation.md).
HAND_OFF_S = 0.00012

#: Coefficient of variation of a request's work on the event loop.
VARIATION = 1.2

#: Slices of a request's work on the event loop (docs/measurements/2026-11-30-load-shedding.md) and a spoken turn's
#: additional ones. The request waits for Redis after the first, third and fifth slice, and a spoken turn for
#: speech-to-text or voice after the seventh, ninth and eleventh.
LOOP_SLICES, SPOKEN_SLICES, REDIS_TRIPS = 6, 6, 3

#: Length of one piece of background work (Ray's processes, Serve's controller, export of metrics), in seconds.
BACKGROUND_S = 0.004

#: Ingress replicas and cores of the simulated node; the measured runs had these.
REPLICAS, CORES = 2, 2

#: Shape of an interview and of the requests beside its turns, as in ``benchmarks.load``.
TURNS, HINTS, STATES, EVENTS = 12, 0.05, 0.05, 0.02

_CLIENT, _SERVER = 0, 1  # the load generator runs at real-time priority

_Steps = Generator[Any, Any, None]


class Traffic(Struct, frozen=True):
    """``sessions`` interviews at once on the node, with ``think_s`` seconds from a reply to the next answer."""

    sessions: int
    think_s: float
    audio_share: float


class Simulated(Struct, frozen=True):
    """``busy`` is the mean number of busy cores, of ``CORES``; latencies are those of turns, in milliseconds."""

    turns: int
    turns_per_s: float
    busy: float
    p50_ms: float
    p90_ms: float
    p99_ms: float


def simulate(
    traffic: Traffic, times: ServiceTimes, *, measured_s: float = 20.0, warmup_s: float = 3.0, seed: int = 1
) -> Simulated:
    """The node's answers to ``traffic`` over ``measured_s`` seconds of its own time. Equal seeds give equal results.

    Raises InvalidInput for traffic out of range.
    """
    if traffic.sessions < 1 or traffic.think_s <= 0 or not 0 <= traffic.audio_share <= 1:
        raise InvalidInput("Sessions and think time must be positive, the share of audio between 0 and 1.")
    return _Node(traffic, times, warmup_s, seed).run(measured_s)


class _Node:
    def __init__(self, traffic: Traffic, times: ServiceTimes, warmup_s: float, seed: int) -> None:
        self._traffic, self._times, self._warmup_s = traffic, times, warmup_s
        self._random = random.Random(seed)  # noqa: S311 - a simulation
        self._env = env = simpy.Environment()
        self._cores = simpy.PriorityResource(env, CORES)
        self._loops = [simpy.Resource(env, 1) for _ in range(REPLICAS)]
        self._open = [0] * REPLICAS
        self._haproxy, self._redis, self._stt, self._tts = (simpy.Resource(env, 1) for _ in range(4))
        self._latencies_ms: list[float] = []
        self._busy_s = 0.0

    def run(self, measured_s: float) -> Simulated:
        traffic, env = self._traffic, self._env
        for _ in range(traffic.sessions):
            env.process(self._interview(self._rest(), under_way=True))
        env.process(self._arrivals(traffic.sessions / (TURNS * traffic.think_s), self._begin))
        env.process(self._arrivals(self._times.background_cores / BACKGROUND_S, self._background))
        env.run(self._warmup_s + measured_s)
        found = sorted(self._latencies_ms)

        def at(share: float) -> float:
            return round(found[min(len(found) - 1, int(share * len(found)))], 2) if found else 0.0

        return Simulated(
            turns=len(found),
            turns_per_s=round(len(found) / measured_s, 2),
            busy=round(self._busy_s / measured_s, 3),
            p50_ms=at(0.5),
            p90_ms=at(0.9),
            p99_ms=at(0.99),
        )

    def _arrivals(self, rate: float, make: Callable[[], _Steps]) -> _Steps:
        while True:
            yield self._env.timeout(self._random.expovariate(rate))
            self._env.process(make())

    def _begin(self) -> _Steps:
        return self._interview(self._random.choice(range(TURNS - 4, TURNS + 5)), under_way=False)

    def _rest(self) -> int:
        """Turns left of an interview at a random moment: long ones are more likely, each at any of its turns."""
        lengths = range(TURNS - 4, TURNS + 5)
        return self._random.randint(1, *self._random.choices(lengths, weights=lengths))

    def _interview(self, turns: int, *, under_way: bool) -> _Steps:
        env, draw, traffic = self._env, self._random, self._traffic
        if not under_way:
            yield env.process(self._request("start", env.now))
        due = env.now
        for _ in range(turns):
            due += draw.expovariate(1 / traffic.think_s)
            if due > env.now:
                yield env.timeout(due - env.now)
            kind = "spoken" if draw.random() < traffic.audio_share else "typed"
            yield env.process(self._request(kind, due))
            aside = draw.random()
            for name, share in (("hint", HINTS), ("state", STATES), ("events", EVENTS)):
                if aside < share:
                    yield env.process(self._request(name, env.now))
                    break
                aside -= share
        yield env.process(self._request("end", env.now))

    def _request(self, kind: str, due: float) -> _Steps:
        env, times = self._env, self._times
        yield from self._work(times.client_s / 2, _CLIENT)
        yield env.timeout(HAND_OFF_S)
        yield from self._at(self._haproxy, times.haproxy_s / 2)
        yield env.timeout(HAND_OFF_S)
        # HAProxy's leastconn
        replica = min(range(REPLICAS), key=lambda one: (self._open[one], self._random.random()))
        self._open[replica] += 1
        yield from self._on_loop(kind, self._loops[replica])
        self._open[replica] -= 1
        yield env.timeout(HAND_OFF_S)
        yield from self._at(self._haproxy, times.haproxy_s / 2)
        yield env.timeout(HAND_OFF_S)
        yield from self._work(times.client_s / 2, _CLIENT)
        if kind in ("typed", "spoken") and env.now >= self._warmup_s:
            self._latencies_ms.append((env.now - due) * 1000)

    def _on_loop(self, kind: str, loop: simpy.Resource) -> _Steps:
        env, times = self._env, self._times
        spoken = kind == "spoken"
        slices = LOOP_SLICES + (SPOKEN_SLICES if spoken else 0)
        mean_s = times.typed_s * RELATIVE_COSTS[kind]
        work_s = self._random.gammavariate(VARIATION**-2, mean_s * VARIATION**2)
        tiers = iter(((self._stt, times.stt_s / 2), (self._stt, times.stt_s / 2), (self._tts, times.tts_s)))
        for number in range(slices):
            yield from self._at(loop, work_s / slices)
            if number % 2:
                continue
            if number < 2 * REDIS_TRIPS:
                yield env.timeout(HAND_OFF_S)
                yield from self._at(self._redis, times.redis_s / REDIS_TRIPS)
                yield env.timeout(HAND_OFF_S)
            elif spoken:
                yield env.timeout(HAND_OFF_S)
                yield from self._at(*next(tiers))
                yield env.timeout(HAND_OFF_S)

    def _background(self) -> _Steps:
        yield from self._work(self._random.expovariate(1 / BACKGROUND_S), _SERVER)

    def _at(self, station: simpy.Resource, seconds: float) -> _Steps:
        with station.request() as place:
            yield place
            yield from self._work(seconds, _SERVER)

    def _work(self, seconds: float, priority: int) -> _Steps:
        """``seconds`` of a core, slice by slice."""
        while seconds > 0:
            now_s = min(seconds, SLICE_S)
            with self._cores.request(priority=priority) as core:
                yield core
                yield self._env.timeout(now_s)
            if self._env.now >= self._warmup_s:
                self._busy_s += now_s
            seconds -= now_s
