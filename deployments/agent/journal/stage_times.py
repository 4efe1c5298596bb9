"""Measures the stages of one step and records its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class StageTimes:
    """Wall-clock milliseconds per stage; ``overhead`` is the time outside all stages."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._ms: dict[str, float] = {}
        #: The step's outcome for metrics: ``ok``, ``replayed`` or ``resumed``.
        self.outcome = "ok"

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds to ``name``; stages do not nest."""
        began = perf_counter()
        try:
            yield
        finally:
            self._ms[name] = self._ms.get(name, 0.0) + (perf_counter() - began) * 1000.0

    def snapshot(self) -> dict[str, float]:
        """The stages so far with ``total`` and ``overhead``, rounded to 10 µs."""
        total = (perf_counter() - self._began) * 1000.0
        stages = {name: round(ms, 2) for name, ms in self._ms.items()}
        # Concurrent stages (speaking, queueing the judge) may add up to more than the wall clock.
        stages["overhead"] = round(max(0.0, total - sum(self._ms.values())), 2)
        stages["total"] = round(total, 2)
        return stages
