"""The seam for counting items that a batch could not do: the batch goes on, and a process that keeps metrics listens.

A sweep, a queue's job or a merge works on many interviews, and one that fails must not stop the others. Without a
listener the seam does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from interview.errors import InterviewError

#: Called with ``batch`` and ``reason``; must be cheap and must not raise.
Listener = Callable[[str, str], None]

_listener: Listener | None = None


def install(listener: Listener | None) -> None:
    """Set this process's listener; None for nobody."""
    global _listener  # noqa: PLW0603 - one registry of metrics a process is the point
    _listener = listener


def item_failed(batch: str, error: BaseException) -> str:
    """Count one item of ``batch`` that failed, and return the reason: an error's code, else the name of its type.

    ``batch`` is one of few fixed words; batch and reason become labels of a metric.
    """
    reason = error.code if isinstance(error, InterviewError) else type(error).__name__
    if _listener is not None:
        _listener(batch, reason)
    return reason
