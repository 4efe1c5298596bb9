"""The session store as a step uses it: measures its time, and releases a possibly acquired lease after a failure."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.agent.journal.lease import Leases
from deployments.agent.journal.stage_times import StageTimes
from interview.errors import VersionConflict
from interview.sessions.events import Event
from interview.sessions.session import SessionState
from storage.sessions.port import IdempotencyRecord, SessionKey, SessionStore


class StepStore:
    """``storage.sessions.amend.Transactional`` for one step."""

    def __init__(self, sessions: SessionStore, leases: Leases, times: StageTimes) -> None:
        self._sessions = sessions
        self._leases = leases
        self._times = times

    async def load(self, key: SessionKey) -> SessionState | None:
        with self._times.stage("store"):
            return await self._sessions.load(key)

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        with self._times.stage("store"):
            return await self._sessions.load_with_idempotency(key, scope, idempotency_key, note)

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
        """As ``SessionStore.commit``. If the commit fails, a lease that may have been written is released."""

        async def commit() -> None:
            with self._times.stage("store"):
                await self._sessions.commit(
                    key,
                    expected_version=expected_version,
                    state=state,
                    events=events,
                    idempotency=idempotency,
                    releases=releases,
                    snapshot=snapshot,
                )

        if idempotency is None or idempotency.status == "done":
            await commit()
            return
        conflict: VersionConflict | None = None
        async with self._leases.given_up_on_failure(key, idempotency.key):
            try:
                await commit()
            except VersionConflict as error:
                conflict = error  # nothing was written: the lease in the store, if any, is another worker's
        if conflict is not None:
            raise conflict
