"""The port for live sessions: load, commit by compare-and-set, follow the event log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from interview.sessions.events import Event
from interview.sessions.session import SessionState

#: The idempotency scope of recordings that are being transcribed.
HEARING = "hearing"

#: How long an erased session's key stays unusable: longer than any step, job or upload in flight takes.
ERASED_FOR_S = 3600.0


class SessionKey(Struct, frozen=True):
    """A session's address. Sessions of other tenants appear absent."""

    tenant: str
    interview_id: str


class IdempotencyRecord(Struct, frozen=True):
    """The record of one ``Idempotency-Key`` in one scope (``turn``, ``hint``, …) of a session.

    ``fingerprint`` is a hash of the request's content. While ``status`` is ``in_flight`` the lease (Unix seconds)
    excludes other workers; its worker renews it. After the lease expires, any worker may take the turn over, and
    compare-and-set lets one commit win. ``body`` is the first reply, byte for byte, once ``done``.
    """

    scope: str
    key: str
    fingerprint: str
    status: Literal["in_flight", "done"]
    lease_until: float = 0.0
    body: bytes = b""


class SessionStore(Protocol):
    @property
    def paused_ttl_s(self) -> float:
        """How long a paused session lives."""
        ...

    async def load(self, key: SessionKey) -> SessionState | None: ...

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        """Load both in one round trip, as of one moment.

        ``note`` is an in-flight record to write at that same moment. It is written if the session exists and has no
        record under ``scope`` and ``idempotency_key``; ``commit`` or ``release`` removes it.

        Raises:

            SessionEnded: the session was erased recently.
        """
        ...

    async def commit(
        self,
        key: SessionKey,
        *,
        expected_version: int,
        state: SessionState,
        events: Sequence[Event],
        idempotency: IdempotencyRecord | None = None,
        releases: IdempotencyRecord | None = None,
        snapshot: bool = True,
    ) -> None:
        """Write snapshot, events and idempotency record atomically, and wake the followers.

        ``releases`` is an in-flight record that the same commit removes, as ``release`` does.

        ``expected_version`` 0 creates the session. ``state.version`` must be ``expected_version + len(events)``.
        Refreshes the session's time to live, which is longer for a paused one. Without ``snapshot`` the stored one
        stays, which is cheaper when another commit follows at once: a load in between folds the events that the
        snapshot lacks.

        Raises:

            VersionConflict: the stored version is not ``expected_version``; nothing was written.
            SessionEnded: the session was erased recently; nothing was written.
            StorageUnavailable: the store did not answer; the commit may or may not have happened.
        """
        ...

    async def events(self, key: SessionKey, *, after: int = 0, limit: int | None = None) -> list[Event]:
        """Events with ``seq > after``, in order."""
        ...

    async def raw_events(self, key: SessionKey, *, after: int = 0) -> list[bytes]:
        """As ``events``, encoded (``interview.sessions.events.encode_event``): the stream forwards them unparsed."""
        ...

    def follow(self, key: SessionKey, *, after: int = 0) -> AsyncIterator[list[bytes]]:
        """Encoded events as they are committed, gapless from ``after``; an empty list is a heartbeat (≤ 15 s apart).

        Never ends by itself; close the iterator.
        """
        ...

    async def release(self, key: SessionKey, scope: str, idempotency_key: str) -> None:
        """Release an in-flight lease, so that a retry need not wait for it. Done records stay."""
        ...

    async def renew(self, key: SessionKey, lease: IdempotencyRecord) -> bool:
        """Write ``lease`` over the in-flight record of its scope and key. False: there is none (released, or done)."""
        ...

    async def held_until(self, key: SessionKey, scope: str) -> float:
        """When the last lease of the session's in-flight records in ``scope`` ends (Unix seconds); 0 without any."""
        ...

    async def live_count(self) -> int:
        """The number of live sessions (approximate, when many)."""
        ...

    async def expiring(self, within_s: float) -> list[SessionKey]:
        """Sessions that will expire within ``within_s`` unless they commit: the archive stores them first.

        Walks the whole key space: for a background sweep, not for a request.
        """
        ...

    async def quiet(self, at_least_s: float, at_most_s: float) -> list[SessionKey]:
        """Sessions whose last commit was between ``at_least_s`` and ``at_most_s`` seconds ago.

        Walks the whole key space, as ``expiring``.
        """
        ...

    async def delete(self, key: SessionKey) -> bool:
        """Delete a session and all its idempotency records now; False when there was none."""
        ...

    async def erase(self, key: SessionKey) -> bool:
        """As ``delete``, and reject commits under ``key`` for ``ERASED_FOR_S``, so that no work in flight restores it.

        ``commit`` and ``load_with_idempotency`` raise SessionEnded in that time. Erasing again renews it.
        """
        ...

    async def erased(self) -> list[SessionKey]:
        """Sessions erased within the last ``ERASED_FOR_S``. Walks the whole key space, as ``expiring``."""
        ...

    async def purge_log(self) -> bool:
        """Rewrite the store's own log without deleted values; False when the server refuses or fails.

        Takes as long as writing all live data once.
        """
        ...

    async def ping(self) -> None:
        """Raises StorageUnavailable when the store does not answer."""
        ...

    async def close(self) -> None: ...
