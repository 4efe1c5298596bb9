"""The one encoding of tenants and interview ids in stored names: blob paths, Redis keys and ids of background jobs.

Percent-encoding of UTF-8 (RFC 3986, section 2.1) that also encodes capital letters: ``Acme`` and ``acme`` stay two
directories on a case-insensitive file system. No ``/``, ``:``, ``{`` or ``}`` is left, so a name cannot change a path
or move a Redis hash tag.
"""

from __future__ import annotations

from urllib.parse import unquote

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


def encoded(name: str) -> str:
    """``name`` as a segment of a stored name: ``Acme Corp`` becomes ``%41cme%20%43orp``. Injective."""
    text = "".join(sign if sign in _PLAIN else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in name)
    # "." and ".." would be directories, and a leading dot would hide the file.
    return f"%2E{text[1:]}" if text.startswith(".") else text


def decoded(segment: str) -> str:
    """Decode a segment made by ``encoded``."""
    return unquote(segment)
