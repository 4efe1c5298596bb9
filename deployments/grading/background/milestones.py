"""The port through which background grading announces the milestones of an interview."""

from __future__ import annotations

from typing import Protocol

from interview.sessions.session import SessionState


class Milestones(Protocol):
    """Announcements are durable once a method returned, and may be repeated. Raises StorageUnavailable."""

    async def concluded(self, state: SessionState) -> None:
        """The interview has ended."""
        ...

    async def reported(self, state: SessionState) -> None:
        """Its report is ready."""
        ...

    def start(self) -> None: ...

    def check_health(self) -> None:
        """Raises the error that ended a background task."""
        ...

    async def stop(self) -> None: ...
