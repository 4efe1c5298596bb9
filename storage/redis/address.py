"""The address of a Redis server without its credentials, for logs and for the operator."""

from __future__ import annotations

from urllib.parse import urlsplit


def without_credentials(url: str) -> str:
    """``redis://:secret@host:6379/0`` → ``redis://host:6379/0``. A Unix socket keeps its path."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
