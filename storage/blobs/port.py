"""The port for blobs: audio, résumés, pinned plans, reports, archived logs; local files or an object store by URL."""

from __future__ import annotations

from typing import Protocol


class BlobStore(Protocol):
    """Paths are relative, ``/``-separated, and made by this platform only (never from a client's file name)."""

    async def put(self, path: str, data: bytes, *, durable: bool = True) -> str:
        """Store ``data`` atomically and return its ``path``.

        Without ``durable`` the blob may be lost when the machine fails (not when the process does): for data that can
        be regenerated.

        Raises:

            StorageUnavailable: it could not be written.
        """
        ...

    async def copy(self, source: str, path: str) -> str:
        """Store the data of the blob ``source`` under ``path`` as well, as durably as ``source``, and return ``path``.

        The two are independent: replacing or deleting one leaves the other. Costs less than ``put``, because the data
        does not leave the store.

        Raises:

            NotFound: there is no blob ``source``.
            StorageUnavailable: it could not be written.
        """
        ...

    async def get(self, path: str) -> bytes:
        """Raises NotFound, StorageUnavailable."""
        ...

    async def exists(self, path: str) -> bool: ...

    async def paths(self, prefix: str) -> list[str]:
        """The paths under ``prefix``, in order."""
        ...

    async def delete(self, prefix: str) -> int:
        """Delete everything under ``prefix``; returns the number of blobs deleted."""
        ...
