"""An ingress replica in virtual time: one event loop that works off slices of turns, with a load shedder measuring it.

A turn is ``SLICES`` pieces of work with an exchange with Redis between them. Work is done first in, first out, as on an
asyncio loop. Times are in milliseconds unless a name says otherwise.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from serve.http.middleware.load_shedding import LoadShedder

SLICES, SLICE_MS, REDIS_MS, REFUSAL_MS, NETWORK_MS = 6, 0.6, 0.5, 0.1, 1.0
CAPACITY_PER_S = 1000 / (SLICES * SLICE_MS)

#: Work on the loop; returns how long it holds the loop.
Work = Callable[[], float]


@dataclass
class Seen:
    """Latencies of the accepted turns and of the refusals."""

    turns_ms: list[float] = field(default_factory=list)
    refusals_ms: list[float] = field(default_factory=list)

    @property
    def p99_ms(self) -> float:
        return _p99(self.turns_ms)

    @property
    def refusals_p99_ms(self) -> float:
        return _p99(self.refusals_ms)


def _p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))] if values else 0.0


class Replica:
    """``run`` advances the virtual clock."""

    def __init__(self, shedder: LoadShedder, seed: int = 1) -> None:
        self._shedder = shedder
        self._random = random.Random(seed)
        self._now = 0.0
        self._seen = Seen()
        self._ready: deque[Work] = deque()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._clients = 0
        self._rate_per_s = 0.0
        self._sample(0.0)

    def closed_loop(self, clients: int) -> None:
        """Set the number of clients that send again as soon as they have an answer, a refusal included."""
        added, self._clients = clients - self._clients, clients
        for number in range(added):
            self._at(self._now + number, self._ask)

    def open_loop(self, per_s: float) -> None:
        """Set the rate of turns that arrive by a Poisson process, whatever the server does."""
        idle, self._rate_per_s = self._rate_per_s == 0, per_s
        if idle:
            self._at(self._now, self._arrive)

    def run(self, seconds: float) -> Seen:
        """What the clients see in the next ``seconds``."""
        self._seen = Seen()
        end = self._now + seconds * 1000
        while self._now < end:
            while self._due and self._due[0][0] <= self._now:
                heapq.heappop(self._due)[2]()
            if self._ready:
                self._now += self._ready.popleft()()
            else:
                self._now = self._due[0][0]
        return self._seen

    def _at(self, due: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._due, (due, next(self._order), event))

    def _sample(self, due: float) -> None:
        def observe() -> float:
            self._shedder.observed(self._now - due)
            self._sample(self._now + self._shedder.sample_every_s * 1000)
            return 0.0

        self._at(due, lambda: self._ready.append(observe))

    def _arrive(self) -> None:
        if self._rate_per_s:
            self._ready.append(self._request(self._now, lambda: None))
            self._at(self._now + self._random.expovariate(self._rate_per_s) * 1000, self._arrive)

    def _ask(self) -> None:
        self._ready.append(self._request(self._now, self._asked))

    def _asked(self) -> None:
        """A closed-loop client has its answer."""
        if self._clients:
            self._at(self._now + NETWORK_MS, self._ask)

    def _request(self, sent: float, answered: Callable[[], None]) -> Work:
        def accept() -> float:
            if not self._shedder.refuses():
                return work(SLICES)
            self._seen.refusals_ms.append(self._now + REFUSAL_MS - sent)
            answered()
            return REFUSAL_MS

        def work(left: int) -> float:
            done = self._now + SLICE_MS
            if left > 1:
                self._at(done + REDIS_MS, lambda: self._ready.append(lambda: work(left - 1)))
            else:
                self._seen.turns_ms.append(done - sent)
                answered()
            return SLICE_MS

        return accept
