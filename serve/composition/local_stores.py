"""Opens the stores of a data directory for commands that run with or without the platform."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from interview.errors import ConfigError
from serve.settings import StorageSettings
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database, sqlite_url
from storage.archive.port import Archive
from storage.archive.rollouts import SqlRollouts
from storage.archive.sql import SqlArchive
from storage.audit.port import AuditLog
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.blobs.port import BlobStore
from storage.embedded.server import EmbeddedRedis, running_url
from storage.private_directory import make_private
from storage.redis.client import RedisLimits
from storage.rollouts.port import Rollouts
from storage.sessions.port import SessionStore
from storage.sessions.redis import RedisSessionStore


@dataclass(frozen=True)
class Stores:
    sessions: SessionStore
    archive: Archive
    audit: AuditLog
    blobs: BlobStore
    rollouts: Rollouts
    redis_url: str


def blob_store(settings: StorageSettings, data: Path) -> FsspecBlobStore:
    """The blob store of ``settings``: its URL, or ``blobs`` under the data directory."""
    return FsspecBlobStore(settings.blob_url or str(data / "blobs"))


def database_url(data: Path) -> str:
    """``INTERVIEW_DATABASE_URL``, which may hold a password, or SQLite in the data directory."""
    return os.environ.get("INTERVIEW_DATABASE_URL") or sqlite_url(data / "archive.db")


def archive_database(data: Path) -> Database:
    return Database(database_url(data))


def require_shared_stores(settings: StorageSettings, nodes: int) -> None:
    """Raises ConfigError on several nodes with a default store: each node would keep its own recordings or archive."""
    if nodes < 2:
        return
    if not settings.blob_url:
        raise ConfigError.at(
            "args",
            None,
            "storage.blob_url",
            f"is empty, and the cluster has {nodes} nodes: recordings would lie on the node that took them. "
            "Name an object store (s3://…, gs://…) or a directory that every node mounts.",
        )
    if not os.environ.get("INTERVIEW_DATABASE_URL"):
        raise ConfigError(
            f"INTERVIEW_DATABASE_URL is not set, and the cluster has {nodes} nodes: each would archive interviews in a "
            "SQLite file of its own. Name a PostgreSQL database."
        )


def session_store(settings: StorageSettings, redis_url: str) -> RedisSessionStore:
    return RedisSessionStore(
        redis_url,
        ttl_s=settings.session_ttl_s,
        paused_ttl_s=settings.paused_ttl_s,
        idempotency_ttl_s=settings.idempotency_ttl_s,
        limits=RedisLimits(pool_size=settings.pool_size),
        compact=settings.compact_sessions,
    )


@asynccontextmanager
async def open_stores(settings: StorageSettings, data: Path) -> AsyncIterator[Stores]:
    """The stores of ``REDIS_URL``, else of the running platform, else of the data directory, started temporarily."""
    make_private(data)
    url = os.environ.get("REDIS_URL") or running_url(data)
    embedded: EmbeddedRedis | None = None
    if url is None:
        embedded = EmbeddedRedis(data, fsync=settings.embedded_fsync)
        url = embedded.start()
    sessions = session_store(settings, url)
    database = archive_database(data)
    try:
        yield Stores(
            sessions,
            SqlArchive(database),
            SqlAuditLog(database),
            blob_store(settings, data),
            SqlRollouts(database),
            url,
        )
    finally:
        await database.close()
        await sessions.close()
        if embedded is not None:
            embedded.stop()
