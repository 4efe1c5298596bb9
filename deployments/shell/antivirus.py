"""ClamAV over the socket of its daemon: an upload is scanned before anything parses or stores it.

The protocol is clamd's INSTREAM (clamd(8)): length-prefixed chunks, then one line. Only "stream: OK" passes. What clamd
does not scan in full it calls clean, unless its configuration says ``AlertExceedsMax yes``.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Protocol

from interview.errors import EngineUnavailable, UploadInfected

_CHUNK_BYTES = 1 << 16
_LENGTH = struct.Struct(">I")
_LONGEST_REPLY_BYTES = 4096
_RETRY_AFTER_S = 5.0


class UploadScanner(Protocol):
    async def scan(self, data: bytes, field: str) -> None:
        """Pass a clean upload; ``field`` names it in an error.

        Raises:

            UploadInfected: the scanner found something.
            EngineUnavailable: the scanner did not say that it is clean.
        """
        ...


class Clamd:
    """``UploadScanner`` over clamd at ``address``: ``unix:///run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``.

    It fails closed: without a clean verdict within ``timeout_s`` there is no upload.
    """

    def __init__(self, address: str, *, timeout_s: float = 20.0) -> None:
        self._address = address
        self._timeout_s = timeout_s

    async def scan(self, data: bytes, field: str) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                verdict = await self._verdict(data)
        except (OSError, asyncio.IncompleteReadError) as error:  # TimeoutError is an OSError
            raise _unavailable() from error
        if verdict == "stream: OK":
            return
        if verdict.endswith(" FOUND"):
            raise UploadInfected(
                f"The file '{field}' was refused by the virus scanner.",
                detail={"fields": {field: "refused by the virus scanner"}},
            )
        raise _unavailable()

    async def _verdict(self, data: bytes) -> str:
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            try:
                for at in range(0, len(data), _CHUNK_BYTES):
                    part = data[at : at + _CHUNK_BYTES]
                    writer.write(_LENGTH.pack(len(part)) + part)
                    await writer.drain()
                writer.write(_LENGTH.pack(0))
                await writer.drain()
            except ConnectionError:
                pass  # clamd closes at its size limit, after it has said so
            return (await reader.readuntil(b"\0"))[:_LONGEST_REPLY_BYTES].rstrip(b"\0").decode(errors="replace")
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        kind, _, place = self._address.partition("://")
        if kind == "unix":
            return await asyncio.open_unix_connection(place)
        host, _, port = place.rpartition(":")
        return await asyncio.open_connection(host, int(port))


def address_problem(address: str) -> str:
    """Why ``address`` cannot name clamd; empty when it can, or when there is none."""
    kind, _, place = address.partition("://")
    if not address or (kind == "unix" and place.startswith("/")):
        return ""
    host, _, port = place.rpartition(":")
    return "" if kind == "tcp" and host and port.isdigit() else "must be unix:///path or tcp://host:port"


def _unavailable() -> EngineUnavailable:
    return EngineUnavailable(
        "The virus scanner does not answer, so no file is taken; try again shortly.", retry_after_s=_RETRY_AFTER_S
    )
