"""Bounds on what one client may send: audio near real time, and events per second."""

from __future__ import annotations

import time
from collections.abc import Callable

from serve.http.realtime.faults import Fault


class Intake:
    """Token buckets of one connection; ``clock`` is monotonic, in seconds."""

    def __init__(
        self,
        *,
        audio_rate: float,
        audio_burst_s: float,
        events_per_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audio = _Bucket(audio_rate, audio_burst_s, clock)
        self._events = _Bucket(events_per_s, events_per_s, clock)

    def audio(self, seconds: float) -> None:
        """Count audio. Raises Fault: it comes faster than a person speaks; this piece is not taken."""
        if not self._audio.take(seconds):
            raise Fault(
                "rate_limit_exceeded",
                "Audio comes faster than it can have been spoken; this piece was not taken. Send it again later.",
                "audio",
            )

    def event(self) -> None:
        """Count an event. Raises Fault: too many; this one is not carried out."""
        if not self._events.take(1.0):
            raise Fault("rate_limit_exceeded", "Too many events in a second; this one was not carried out.")


class _Bucket:
    def __init__(self, per_s: float, most: float, clock: Callable[[], float]) -> None:
        self._per_s = per_s
        self._most = most
        self._clock = clock
        self._left = most
        self._at = clock()

    def take(self, amount: float) -> bool:
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True
