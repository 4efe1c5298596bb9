"""The readiness probe of the session store; it reports why an embedded server does not answer."""

from __future__ import annotations

from pathlib import Path

from interview.errors import StorageUnavailable
from serve.http.ports import Probe
from storage.embedded.supervisor import explained
from storage.sessions.port import SessionStore


def store_probe(sessions: SessionStore, data: Path) -> Probe:
    """Ping the store. Its StorageUnavailable includes the state of the supervised server on ``data``."""

    async def ask() -> None:
        try:
            await sessions.ping()
        except StorageUnavailable as error:
            raise explained(error, data) from error

    return ask
