"""Tells a person who waits for a start which deployments are ready, and which are still awaited."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

logger = logging.getLogger(__name__)

#: Reads whether each deployment of the application is healthy, by name; empty before Serve has created them.
Healthy = Callable[[], Mapping[str, bool]]

_LOOK_EVERY_S = 1.0
#: Looks without news after which the awaited deployments are named again.
_REMIND_AFTER = 30


class DeploymentProgress:
    """Reports each deployment once, when it is first healthy."""

    def __init__(self, healthy: Healthy, report: Callable[[str], None]) -> None:
        self._healthy = healthy
        self._report = report
        self._ready: set[str] = set()
        self._without_news = 0

    def look(self) -> None:
        states = self._healthy()
        fresh = [name for name, ready in states.items() if ready and name not in self._ready]
        for name in fresh:
            self._ready.add(name)
            self._report(f"{name} is ready ({len(self._ready)} of {len(states)})")
        self._without_news = 0 if fresh else self._without_news + 1
        awaited = [name for name in states if name not in self._ready]
        if awaited and self._without_news >= _REMIND_AFTER:
            self._without_news = 0
            self._report(f"still waiting for {', '.join(awaited)}")


@contextmanager
def reported(healthy: Healthy, report: Callable[[str], None]) -> Iterator[None]:
    """Report from a thread while the body runs. If the states cannot be read, the reports end with a warning."""
    done = threading.Event()
    progress = DeploymentProgress(healthy, report)

    def watch() -> None:
        while not done.wait(_LOOK_EVERY_S):
            try:
                progress.look()
            except Exception:
                logger.warning("the states of the deployments cannot be read", exc_info=True)
                return

    thread = threading.Thread(target=watch, name="deployment-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
