"""The port of invitations: one per interview, kept a day longer than its link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from interview.sessions.invitation import Invitation
from storage.sessions.port import SessionKey

#: How long an invitation outlives its link: candidates who came in time keep their access until it ends.
KEPT_AFTER_EXPIRY = timedelta(days=1)


class Invitations(Protocol):
    async def put(self, invitation: Invitation) -> None:
        """Store an invitation in place of the interview's earlier one. Raises StorageUnavailable."""
        ...

    async def find(self, key: SessionKey) -> Invitation | None:
        """The interview's invitation; a change elsewhere is seen within a second. Raises StorageUnavailable."""
        ...

    async def keep(self, key: SessionKey, until: datetime) -> None:
        """Remember the interview's invitation, if it has one, at least until then. Its content stays: a link that was
        revoked meanwhile stays revoked. Raises StorageUnavailable."""
        ...

    async def of_tenant(self, tenant: str) -> list[Invitation]:
        """The tenant's invitations. Walks the whole key space. Raises StorageUnavailable."""
        ...

    async def of_candidate(self, tenant: str, reference: str) -> list[SessionKey]:
        """The interviews prepared for the candidate with this reference. Walks the whole key space."""
        ...

    async def delete(self, key: SessionKey) -> bool:
        """Erase an invitation; whether there was one. Raises StorageUnavailable."""
        ...

    async def close(self) -> None: ...
