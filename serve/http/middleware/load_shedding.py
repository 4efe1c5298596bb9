"""Load shedding: rejects a share of new steps while this process is overloaded, to keep the others fast.

A step mostly waits for models, so the number of steps in flight does not measure the process's load. The event loop's
lateness does, because each of a turn's few slices waits that long. A slow average of the lateness decides whether to
reject: it begins above ``standing_ms`` and ends below ``from_ms``, so that neither a burst nor a full but fast process
rejects anything. A fast average decides how many: random early detection (Floyd and Jacobson 1993) maps it to a
probability that rises with it, so that the load settles instead of oscillating.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from interview.errors import Overloaded
from serve.http.settings import SheddingSettings

#: The sampling interval of the event loop's lateness, while requests are rejected and while none is. A timer wakes the
#: process for nothing else, so the usual interval is the longer one.
SAMPLE_EVERY_S = 0.02
SAMPLE_EVERY_CALM_S = 0.05

#: The time constants of the fast and the slow average. A sample counts by the time that it covers, because a late
#: process samples less often and would notice its overload late. In the slow average, the time and the lateness of a
#: sample are bounded, so that one stall of the machine is no overload.
FAST_OVER_S = 0.065
STANDING_OVER_S = 2.0
SAMPLE_COVERS_AT_MOST_S = 0.1
LATE_AT_MOST_MS = 100.0


#: Retry-After of a rejected request, in seconds. It is random, so that rejected clients do not return together, and
#: wider at a higher rejection rate, because early retries add load.
RETRY_SOONEST_S, RETRY_SPREAD_S, RETRY_LATEST_S = 1.0, 5.0, 30.0


class LoadShedder:
    """Measures the running event loop once started. ``draw`` is uniform in [0, 1)."""

    def __init__(self, settings: SheddingSettings, draw: Callable[[], float] = random.random) -> None:
        self._settings = settings
        self._draw = draw
        #: Lateness of the event loop in milliseconds: the fast and the slow average.
        self.late_ms = 0.0
        self.standing_ms = 0.0
        self._shedding = False
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def measuring(self) -> AsyncIterator[None]:
        """Measure inside the block; does nothing when shedding is off."""
        if self._settings.from_ms == 0:
            yield
            return
        self._measure(asyncio.get_running_loop())
        try:
            yield
        finally:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    @property
    def sample_every_s(self) -> float:
        return SAMPLE_EVERY_S if self._shedding else SAMPLE_EVERY_CALM_S

    def observed(self, late_ms: float) -> None:
        """Add one lateness sample to the averages."""
        covers_s = self.sample_every_s + late_ms / 1000
        self.late_ms += _weight(covers_s, FAST_OVER_S) * (late_ms - self.late_ms)
        weight = _weight(min(covers_s, SAMPLE_COVERS_AT_MOST_S), STANDING_OVER_S)
        self.standing_ms += weight * (min(late_ms, LATE_AT_MOST_MS) - self.standing_ms)
        threshold_ms = self._settings.from_ms if self._shedding else self._settings.begins_ms
        self._shedding = self.standing_ms > threshold_ms

    def refuses(self) -> bool:
        """Whether to reject the arriving step."""
        return self._draw() < self.share_to_refuse()

    def refusal(self) -> Overloaded:
        """The error for a rejected request."""
        spread_s = RETRY_SPREAD_S / max(0.01, 1 - self.share_to_refuse())
        latest_s = min(RETRY_LATEST_S, RETRY_SOONEST_S + spread_s)
        return Overloaded(
            "Too many answers are being processed right now; try again in a moment.",
            retry_after_s=round(RETRY_SOONEST_S + (latest_s - RETRY_SOONEST_S) * self._draw(), 1),
        )

    def share_to_refuse(self) -> float:
        """The share of arriving steps to reject now, in [0, 1]."""
        settings = self._settings
        if settings.from_ms == 0 or not self._shedding or self.late_ms <= settings.from_ms:
            return 0.0
        return min(1.0, (self.late_ms - settings.from_ms) / (settings.all_ms - settings.from_ms))

    def _measure(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + self.sample_every_s

        def sample() -> None:
            self.observed(max(0.0, loop.time() - due) * 1000)
            self._measure(loop)

        self._timer = loop.call_at(due, sample)


def _weight(covers_s: float, over_s: float) -> float:
    """The weight of a sample in an exponential average with the time constant ``over_s``."""
    return 1 - math.exp(-covers_s / over_s)
