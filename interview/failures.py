"""A hook that counts failed batch items; the batch continues, and a process with metrics installs a listener.

A sweep, a queued job or a merge works on many interviews, and one failure must not stop the others. Without a listener
the hook does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from interview.errors import InterviewError

#: Called with ``batch`` and ``reason``; must be cheap and must not raise.
Listener = Callable[[str, str], None]

_listener: Listener | None = None


def install(listener: Listener | None) -> None:
    """Set this process's listener; None removes it."""
    global _listener  # noqa: PLW0603 - one registry of metrics a process is the point
    _listener = listener


def item_failed(batch: str, error: BaseException) -> str:
    """Count one failed item of ``batch`` and return the reason: the error's code, else the name of its type.

    ``batch`` comes from a small fixed set of words; batch and reason become labels of a metric.
    """
    reason = error.code if isinstance(error, InterviewError) else type(error).__name__
    if _listener is not None:
        _listener(batch, reason)
    return reason
