"""A circuit breaker: after repeated failures, calls fail fast for a while instead of queueing on a dead server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from interview.errors import CircuitOpen

State = Literal["closed", "open", "half-open"]


class BreakerConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opens after ``failures`` consecutive failures and allows one trial after ``open_s`` seconds."""

    failures: int = 5
    open_s: float = 10.0


class CircuitBreaker:
    """Closed until ``failures`` consecutive failures; then open for ``open_s``; then half-open for one trial call.

    Every ``admit`` is followed by exactly one of ``succeeded``, ``failed`` or ``withdrawn``.
    """

    def __init__(
        self,
        config: BreakerConfig,
        clock: Callable[[], float] = time.monotonic,
        *,
        guarded: str = "The language-model server",
    ) -> None:
        """``clock`` is monotonic, in seconds; ``guarded`` names the protected server."""
        self._config = config
        self._clock = clock
        self._guarded = guarded
        self._failures = 0
        self._opened_at: float | None = None
        self._trial = False

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return "closed"
        return "half-open" if self._clock() - self._opened_at >= self._config.open_s else "open"

    def admit(self) -> None:
        """Admit a call.

        Raises:

            CircuitOpen: with the seconds until the next trial in ``retry_after_s``.
        """
        if self._opened_at is None:
            return
        wait_s = self._config.open_s - (self._clock() - self._opened_at)
        if wait_s > 0 or self._trial:
            raise CircuitOpen(
                f"{self._guarded} failed repeatedly; calls are paused while it recovers.",
                retry_after_s=max(round(wait_s, 1), 1.0),
            )
        self._trial = True

    def succeeded(self) -> None:
        self._failures = 0
        self._opened_at = None
        self._trial = False

    def failed(self) -> None:
        self._failures += 1
        if self._trial or self._failures >= self._config.failures:
            self._opened_at = self._clock()
        self._trial = False

    def withdrawn(self) -> None:
        """The call ended without evidence about the server: it was cancelled, or rejected for its own fault."""
        self._trial = False
