"""The one encoding of tenants and interview ids in stored names: blob paths, Redis keys and ids of background jobs.

Percent-encoding of UTF-8 (RFC 3986, section 2.1), in which capital letters are encoded as well: ``Acme`` and ``acme``
stay two directories on a file system that does not tell them apart. No ``/``, ``:``, ``{`` or ``}`` is left, so a name
cannot leave its place in a path or move a Redis hash tag.
"""

from __future__ import annotations

from urllib.parse import unquote

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


def encoded(name: str) -> str:
    """``name`` as a segment of a stored name: ``Acme Corp`` becomes ``%41cme%20%43orp``. Differs where names differ."""
    text = "".join(sign if sign in _PLAIN else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in name)
    # "." and ".." would be directories, and a hidden file is no blob.
    return f"%2E{text[1:]}" if text.startswith(".") else text


def decoded(segment: str) -> str:
    """The name that ``encoded`` made ``segment`` from."""
    return unquote(segment)
