"""The API key of a local platform: created once per data directory, stored in a private file, then reused."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from storage.embedded.directory import write_private
from storage.keys.port import SCOPES, ApiKeys
from storage.private_directory import make_private

logger = logging.getLogger(__name__)

#: The local key has every scope that an operator needs.
LOCAL_SCOPES = SCOPES
LOCAL_TENANT = "local"


def key_path(data: Path) -> Path:
    """The file with the key of a data directory, readable by its owner only."""
    return data / "api-key"


async def local_key(keys: ApiKeys, data: Path, *, label: str) -> str:
    """The key in ``key_path(data)`` if it is valid and has every scope; else a new one, stored there.

    Raises:

        StorageUnavailable: the store does not answer.
        OSError: the file cannot be read or written.
    """
    path = key_path(data)
    kept = _kept(path)
    known = await keys.verify(kept) if kept else None
    if known is not None and known.tenant == LOCAL_TENANT and known.scopes >= LOCAL_SCOPES:
        return kept
    if kept:
        logger.warning("the local API key is revoked, expired or from another store; creating a new one: %s", path)
    created = await keys.create(tenant=LOCAL_TENANT, scopes=LOCAL_SCOPES, label=label)
    _keep(path, created.secret)
    return created.secret


def _kept(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _keep(path: Path, secret: str) -> None:
    make_private(path.parent)
    write_private(path, f"{secret}\n")


def local_key_of(redis_url: str, data: Path, *, label: str) -> str:
    """``local_key`` over the store at ``redis_url``, for callers without an event loop."""
    from serve.composition.local_stores import archive_database
    from storage.archive.audit import SqlAuditLog
    from storage.audit.keys import AuditedApiKeys
    from storage.keys.redis import RedisApiKeys

    async def found() -> str:
        database = archive_database(data)
        keys = AuditedApiKeys(RedisApiKeys(redis_url), SqlAuditLog(database))
        try:
            return await local_key(keys, data, label=label)
        finally:
            await keys.close()
            await database.close()

    return asyncio.run(found())
