"""Users that rise step by step until turns are slow, refused or failed: the rule of ``benchmarks/locust_ramp.py``."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

logger = logging.getLogger(__name__)

TURNS = ("turn (text)", "turn (audio)")
REFUSED = "refused (429)"


class Entry(Protocol):
    """Locust's statistics of one kind of request. ``response_times``: rounded milliseconds to counts."""

    response_times: dict[int, int]

    @property
    def num_requests(self) -> int: ...
    @property
    def num_failures(self) -> int: ...


class Statistics(Protocol):
    """Locust's statistics, by name and method, since ``reset_all``."""

    @property
    def entries(self) -> Mapping[tuple[str, str], Entry]: ...
    def reset_all(self) -> None: ...


class Ramp:
    """Adds ``users`` every ``step_s`` seconds, up to ``most``, while the p99 of a step's turns is at most ``p99_ms``.

    New users arrive in the first half of a step; the second half is measured.
    """

    def __init__(self, *, users: int, step_s: float, p99_ms: float, most: int) -> None:
        self._added = users
        self._step_s = step_s
        self._limit_ms = p99_ms
        self._most = most
        self._users = users
        self._step_began_s = 0.0
        self._measuring = False
        #: Users of the last step that held, and its turns a second.
        self.held: tuple[int, float] | None = None

    def tick(self, now_s: float, statistics: Statistics) -> tuple[int, float] | None:
        """Users and spawn rate (users a second) at ``now_s``; None ends the run."""
        into_s = now_s - self._step_began_s
        if into_s >= self._step_s / 2 and not self._measuring:
            self._measuring = True
            statistics.reset_all()
        elif into_s >= self._step_s:
            if not self._holds(statistics.entries):
                logger.info("saturated at %d users; the last step that held: %s", self._users, self.held)
                return None
            if self._users >= self._most:
                logger.info("not saturated at %d users: %s", self._users, self.held)
                return None
            self._users = min(self._most, self._users + self._added)
            self._step_began_s, self._measuring = now_s, False
        return self._users, max(1.0, 4 * self._added / self._step_s)

    def _holds(self, entries: Mapping[tuple[str, str], Entry]) -> bool:
        turns = [entry for (name, _), entry in entries.items() if name in TURNS]
        refused = sum(entry.num_requests for (name, _), entry in entries.items() if name == REFUSED)
        failed = sum(entry.num_failures for entry in entries.values())
        answered = sum(entry.num_requests for entry in turns)
        p99_ms = percentile_ms([entry.response_times for entry in turns], 0.99)
        per_s = round(2 * answered / self._step_s, 1)
        logger.info(
            "%d users: %.1f turns/s, p99 %.0f ms, %d refused, %d failed", self._users, per_s, p99_ms, refused, failed
        )
        if refused or failed or not answered or p99_ms > self._limit_ms:
            return False
        self.held = (self._users, per_s)
        return True


def percentile_ms(histograms: list[dict[int, int]], share: float) -> float:
    """The percentile of histograms (milliseconds to counts) together; 0 without a request."""
    merged: Counter[int] = Counter()
    for histogram in histograms:
        merged.update(histogram)
    left = share * merged.total()
    for ms in sorted(merged):
        left -= merged[ms]
        if left <= 0:
            return float(ms)
    return 0.0
