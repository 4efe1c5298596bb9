"""When a call is repeated, and after which pause."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec import Struct

from interview_client.errors import ApiError, ClientError, ConnectionFailed


class Retries(Struct, frozen=True):
    """At most ``attempts`` tries.

    Pauses double from ``base_s`` to ``cap_s`` with full jitter, after the server's ``Retry-After``. A longer one than
    ``longest_s`` is not waited for.
    """

    attempts: int = 4
    base_s: float = 0.5
    cap_s: float = 8.0
    longest_s: float = 60.0

    def pause_s(self, tried: int, error: ClientError, jitter: Callable[[], float] = random.random) -> float | None:
        """Seconds until the next try after ``tried`` of them, or None: the error stands."""
        if tried >= self.attempts or not is_passing(error):
            return None
        asked = (error.retry_after_s or 0.0) if isinstance(error, ApiError) else 0.0
        if asked > self.longest_s:
            return None
        longest_s: float = min(self.cap_s, self.base_s * 2 ** (tried - 1))
        return asked + jitter() * longest_s


def is_passing(error: ClientError) -> bool:
    """Whether the same call may succeed later."""
    return isinstance(error, ConnectionFailed) or (isinstance(error, ApiError) and error.retryable)
