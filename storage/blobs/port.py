"""The port for blobs: audio, résumés, pinned plans, reports, archived logs; files here or an object store by URL."""

from __future__ import annotations

from typing import Protocol


class BlobStore(Protocol):
    """Paths are relative, ``/``-separated, made by this platform only (never from a client's file name)."""

    async def put(self, path: str, data: bytes, *, durable: bool = True) -> str:
        """Store ``data``, whole or not at all, and return its ``path``.

        Without ``durable`` it may be lost when the machine fails (not when the process does): for what can be made
        again.

        Raises:
            StorageUnavailable: it could not be written.
        """
        ...

    async def get(self, path: str) -> bytes:
        """Raises NotFound, StorageUnavailable."""
        ...

    async def exists(self, path: str) -> bool: ...

    async def delete(self, prefix: str) -> int:
        """Delete everything under ``prefix``; returns how many blobs went."""
        ...
