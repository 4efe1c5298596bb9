"""API keys whose creation and revocation are in the audit log."""

from __future__ import annotations

from datetime import timedelta

from storage.audit.port import COMMAND_LINE, Action, AuditEntry, AuditLog
from storage.keys.port import ApiKey, ApiKeys, CreatedKey


class AuditedApiKeys:
    """``ApiKeys`` over ``keys``. Changes are recorded under ``actor``, before the caller gets the key."""

    def __init__(self, keys: ApiKeys, audit: AuditLog, actor: str = COMMAND_LINE) -> None:
        self._keys = keys
        self._audit = audit
        self._actor = actor

    async def create(
        self, *, tenant: str, scopes: frozenset[str], label: str = "", expires_in: timedelta | None = None
    ) -> CreatedKey:
        made = await self._keys.create(tenant=tenant, scopes=scopes, label=label, expires_in=expires_in)
        await self._record("key.created", made.key)
        return made

    async def list(self, tenant: str) -> list[ApiKey]:
        return await self._keys.list(tenant)

    async def revoke(self, key_id: str) -> ApiKey:
        revoked = await self._keys.revoke(key_id)
        await self._record("key.revoked", revoked)
        return revoked

    async def verify(self, presented: str) -> ApiKey | None:
        return await self._keys.verify(presented)

    async def close(self) -> None:
        await self._keys.close()

    async def _record(self, action: Action, key: ApiKey) -> None:
        detail = {"scopes": sorted(key.scopes)}
        await self._audit.record(AuditEntry(key.tenant, self._actor, action, key.key_id, detail))
