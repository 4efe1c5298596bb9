"""Changes a session by compare-and-set: load, decide, commit, and decide again after a conflict.

``amend`` records events that follow from the state. ``transact`` is the general form: its decision may wait (for a
model, for a voice), may carry an idempotency record, and may have nothing to commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from interview.errors import NotFound, VersionConflict
from interview.sessions.events import AnyPayload, Event
from interview.sessions.ledger import Ledger
from interview.sessions.session import SessionState
from storage.sessions.port import IdempotencyRecord, SessionKey

T = TypeVar("T")

#: The one retry policy. A commit loses only to another commit that succeeded, so the next attempt follows at once. A
#: turn commits twice; more than eight lost races in a row indicate a defect.
ATTEMPTS = 8

#: Retry-After once ``ATTEMPTS`` races are lost.
RETRY_AFTER_S = 1.0


class Transactional(Protocol):
    """The part of ``SessionStore`` that a transaction needs."""

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]: ...

    async def load(self, key: SessionKey) -> SessionState | None: ...

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
    ) -> None: ...


class Loaded(Struct, frozen=True):
    """A session and the requested idempotency record at one moment."""

    state: SessionState | None
    record: IdempotencyRecord | None = None


class Amendment(Struct, Generic[T], frozen=True):
    """The decision's result for the caller, returned once ``ledger`` and ``idempotency`` are committed; without a
    ledger nothing is committed.

    ``releases`` and ``snapshot`` as in ``SessionStore.commit``.
    """

    result: T
    ledger: Ledger | None = None
    idempotency: IdempotencyRecord | None = None
    releases: IdempotencyRecord | None = None
    snapshot: bool = True


async def transact(
    sessions: Transactional,
    key: SessionKey,
    decide: Callable[[Loaded], Awaitable[Amendment[T]]],
    *,
    record: tuple[str, str] | None = None,
    note: IdempotencyRecord | None = None,
    known: Loaded | None = None,
    on_conflict: Callable[[], None] = lambda: None,
) -> T:
    """Commit the result of ``decide`` for the session, and return it.

    Args:

        decide: is called again with the new state after each lost race, a VersionConflict of its own included; so it
            has no effect that must not happen twice.
        record: scope and key of the idempotency record to load with the session.
        note: an in-flight record to write with that load, as in ``SessionStore.load_with_idempotency``.
        known: the session, if it was just loaded or committed; the first attempt then loads nothing.
        on_conflict: is called after each lost race.

    Raises:

        VersionConflict: ``ATTEMPTS`` races were lost; nothing was written. Retryable.
        StorageUnavailable: the last commit may or may not have happened.
        Any error of ``decide``; nothing was written then.
    """
    loaded = known
    for _ in range(ATTEMPTS):
        if loaded is None:
            loaded = await _load(sessions, key, record, note)
        try:
            amendment = await decide(loaded)
            if amendment.ledger is None:
                return amendment.result
            await sessions.commit(
                key,
                expected_version=amendment.ledger.base_version,
                state=amendment.ledger.state,
                events=amendment.ledger.events,
                idempotency=amendment.idempotency,
                releases=amendment.releases,
                snapshot=amendment.snapshot,
            )
        except VersionConflict:
            on_conflict()
            loaded = None
            continue
        return amendment.result
    raise VersionConflict(
        "The interview is being updated by other requests; try again shortly.",
        retry_after_s=RETRY_AFTER_S,
        detail={"attempts": ATTEMPTS},
    )


async def amend(
    sessions: Transactional,
    key: SessionKey,
    decide: Callable[[SessionState], Sequence[AnyPayload]],
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_conflict: Callable[[], None] = lambda: None,
) -> SessionState:
    """Record the events that ``decide`` returns for the current state, and return the state after them.

    ``decide`` is pure; no events means that there is nothing to record.

    Raises:

        NotFound: there is no such session.
        VersionConflict, StorageUnavailable: as ``transact``. Any error of ``decide``.
    """

    async def decided(loaded: Loaded) -> Amendment[SessionState]:
        if loaded.state is None:
            raise NotFound("There is no such interview.")
        ledger = Ledger(loaded.state, now)
        ledger.record(*decide(loaded.state))
        return Amendment(ledger.state, ledger if ledger.events else None)

    return await transact(sessions, key, decided, on_conflict=on_conflict)


async def _load(
    sessions: Transactional, key: SessionKey, record: tuple[str, str] | None, note: IdempotencyRecord | None
) -> Loaded:
    if record is None:
        return Loaded(await sessions.load(key))
    return Loaded(*await sessions.load_with_idempotency(key, *record, note))
