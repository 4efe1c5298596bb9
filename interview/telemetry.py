"""The seam for traces: code says what it is doing, and only a process that was given a tracer pays for it.

Nothing here knows a tracing library; ``deployments/shell/tracing.py`` installs one. Without it a span is one shared
object that does nothing.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

SpanKind = Literal["internal", "server", "client"]


class Tracer(Protocol):
    def span(self, name: str, kind: SpanKind, attributes: dict[str, str]) -> AbstractContextManager[object]:
        """A span around a block, child of the current one; an exception marks it as failed and goes on."""
        ...

    def traceparent(self) -> str:
        """The current span as a W3C ``traceparent`` (55 characters); empty outside any span."""
        ...

    def continue_from(self, traceparent: str) -> None:
        """Make a remote span the parent of what this task does next; a malformed one is ignored, as W3C asks."""
        ...


_NOTHING: AbstractContextManager[object] = nullcontext()
_tracer: Tracer | None = None


def install(tracer: Tracer | None) -> None:
    """Set this process's tracer; None switches tracing off."""
    global _tracer  # noqa: PLW0603 - one tracer a process is the point
    _tracer = tracer


def tracing() -> bool:
    return _tracer is not None


def span(name: str, kind: SpanKind = "internal", **attributes: str) -> AbstractContextManager[object]:
    """A span when this process traces, else nothing. Attributes never hold personal data."""
    return _NOTHING if _tracer is None else _tracer.span(name, kind, attributes)


def traceparent() -> str:
    return "" if _tracer is None else _tracer.traceparent()


def continue_from(parent: str) -> None:
    if _tracer is not None:
        _tracer.continue_from(parent)
