"""A hook that counts retries: retrying code calls it, and a process with metrics installs a listener.

Retries happen in every layer (the store's connection, a model server's client, a queue's worker, the ingress), so the
hook lies below all of them. Without a listener it does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

#: Called with ``tier`` and ``reason``; must be cheap and must not raise.
Listener = Callable[[str, str], None]

_listener: Listener | None = None


def install(listener: Listener | None) -> None:
    """Set this process's listener; None removes it."""
    global _listener  # noqa: PLW0603 - one registry of metrics a process is the point
    _listener = listener


def tried_again(tier: str, reason: str) -> None:
    """Count a retried call to ``tier``. ``reason`` becomes a metric label, so it is one of few fixed words (an error's
    code), never a message."""
    if _listener is not None:
        _listener(tier, reason)
