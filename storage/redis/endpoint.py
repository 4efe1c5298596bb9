"""The Redis server that a URL names: one server, or the master that Redis Sentinel elects.

``redis://``, ``rediss://`` and ``unix://`` are redis-py's own. ``redis+sentinel://[user:password@]host:26379,host:26379/NAME``
names the Sentinels and their service; the credentials are the servers'. A new connection asks the Sentinels for the
master.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

from interview.errors import ConfigError

_SCHEMES = ("redis", "rediss", "unix")
_SENTINEL = "redis+sentinel"
_SENTINEL_PORT = 26379


class SentinelService(Struct, frozen=True):
    """Where the Sentinels listen, and the service that they watch."""

    sentinels: tuple[tuple[str, int], ...]
    name: str
    username: str | None = None
    password: str | None = None


def connection_pool(url: str, *, connect_timeout_s: float, timeout_s: float | None) -> ConnectionPool:
    """Makes connections to the server at ``url``. Times in seconds; without ``timeout_s`` the caller has a deadline.

    Nothing is retried here: the library does not know which operations are idempotent.

    Raises:

        ConfigError: ``url`` names no server that is supported.
    """
    options: dict[str, Any] = {
        "socket_connect_timeout": connect_timeout_s,
        "socket_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
    }
    service = sentinel_service(url)
    if service is None:
        return ConnectionPool.from_url(url, **options)
    watching = Sentinel(service.sentinels, sentinel_kwargs={"socket_timeout": connect_timeout_s})  # type: ignore[no-untyped-call]
    return SentinelConnectionPool(  # type: ignore[no-untyped-call]
        service.name, watching, username=service.username, password=service.password, **options
    )


def sentinel_service(url: str) -> SentinelService | None:
    """The service that a Sentinel URL names; None for a URL of one server. Raises ConfigError."""
    scheme = url.partition("://")[0]
    if scheme in _SCHEMES:
        return None
    if scheme != _SENTINEL:
        raise ConfigError(
            f"REDIS_URL begins with {scheme!r}; supported are {', '.join((*_SCHEMES, _SENTINEL))} (no Redis Cluster)."
        )
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    name = unquote(parts.path.strip("/"))
    sentinels = tuple(_address(host) for host in hosts.split(",") if host)
    if not sentinels or not name:
        raise ConfigError("REDIS_URL must read redis+sentinel://[user:password@]host:26379,host:26379/NAME.")
    return SentinelService(sentinels, name, unquote(username) or None, unquote(password) or None)


def _address(host: str) -> tuple[str, int]:
    name, _, port = host.rpartition(":")
    if not name:
        return host, _SENTINEL_PORT
    if not port.isdigit():
        raise ConfigError(f"REDIS_URL names the Sentinel {host!r}, whose port is no number.")
    return name, int(port)
