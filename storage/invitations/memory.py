"""Invitations in this process's memory, for tests and rehearsals."""

from __future__ import annotations

from datetime import datetime

from interview.sessions.invitation import Invitation
from storage.sessions.port import SessionKey


class MemoryInvitations:
    """``Invitations`` over a dictionary; nothing expires."""

    def __init__(self) -> None:
        self._kept: dict[SessionKey, Invitation] = {}

    async def put(self, invitation: Invitation) -> None:
        self._kept[SessionKey(invitation.tenant, invitation.interview_id)] = invitation

    async def find(self, key: SessionKey) -> Invitation | None:
        return self._kept.get(key)

    async def keep(self, key: SessionKey, until: datetime) -> None:
        """Nothing expires."""

    async def of_tenant(self, tenant: str) -> list[Invitation]:
        return [each for key, each in self._kept.items() if key.tenant == tenant]

    async def of_candidate(self, tenant: str, reference: str) -> list[SessionKey]:
        kept = self._kept.items()
        return [key for key, each in kept if key.tenant == tenant and each.start.candidate_reference == reference]

    async def delete(self, key: SessionKey) -> bool:
        return self._kept.pop(key, None) is not None

    async def close(self) -> None:
        """Nothing to release."""
