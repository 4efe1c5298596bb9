"""The Redis servers that a URL names: one server, the master that Redis Sentinel elects, or a Redis Cluster.

``redis://``, ``rediss://`` and ``unix://`` are redis-py's own. ``redis+sentinel://[user:password@]host:26379,host:26379/NAME``
names the Sentinels and their service; the credentials are the servers'. A new connection asks the Sentinels for the
master. ``redis+cluster://[user:password@]host:6379,host:6379``, or ``rediss+cluster://`` for TLS, names some nodes of a
cluster; any of them tells the others.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

from interview.errors import ConfigError

_SCHEMES = ("redis", "rediss", "unix")
_SENTINEL = "redis+sentinel"
_SENTINEL_PORT = 26379
_CLUSTER = ("redis+cluster", "rediss+cluster")
_CLUSTER_PORT = 6379

Address = tuple[str, int]


class SentinelService(Struct, frozen=True):
    """Where the Sentinels listen, and the service that they watch."""

    sentinels: tuple[Address, ...]
    name: str
    username: str | None = None
    password: str | None = None


class ClusterNodes(Struct, frozen=True):
    """Some nodes of a Redis Cluster, and the credentials of all of them."""

    nodes: tuple[Address, ...]
    username: str | None = None
    password: str | None = None
    tls: bool = False

    def url_of(self, address: Address) -> str:
        """The URL of one node. It holds the password: never log it."""
        host, port = address
        credentials = f"{quote(self.username or '', safe='')}:{quote(self.password or '', safe='')}@"
        scheme = "rediss" if self.tls else "redis"
        bracketed = f"[{host}]" if ":" in host else host
        return f"{scheme}://{credentials if self.password or self.username else ''}{bracketed}:{port}"


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
    """The service that a Sentinel URL names; None for another URL. Raises ConfigError."""
    scheme = url.partition("://")[0]
    if scheme != _SENTINEL:
        _require_known(scheme)
        return None
    sentinels, username, password, path = _parts(url, _SENTINEL_PORT)
    if not sentinels or not path:
        raise ConfigError("REDIS_URL must read redis+sentinel://[user:password@]host:26379,host:26379/NAME.")
    return SentinelService(sentinels, path, username, password)


def cluster_nodes(url: str) -> ClusterNodes | None:
    """The nodes that the URL of a Redis Cluster names; None for another URL. Raises ConfigError."""
    scheme = url.partition("://")[0]
    if scheme not in _CLUSTER:
        _require_known(scheme)
        return None
    nodes, username, password, path = _parts(url, _CLUSTER_PORT)
    if not nodes:
        raise ConfigError("REDIS_URL must read redis+cluster://[user:password@]host:6379,host:6379.")
    if path not in ("", "0"):
        raise ConfigError("REDIS_URL names a database of a Redis Cluster, which has no other than 0.")
    return ClusterNodes(nodes, username, password, tls=scheme == "rediss+cluster")


def _require_known(scheme: str) -> None:
    known = (*_SCHEMES, _SENTINEL, *_CLUSTER)
    if scheme not in known:
        raise ConfigError(f"REDIS_URL begins with {scheme!r}; supported are {', '.join(known)}.")


def _parts(url: str, default_port: int) -> tuple[tuple[Address, ...], str | None, str | None, str]:
    """Addresses, user name, password and path of a URL that lists several hosts. Raises ConfigError."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigError("REDIS_URL lists a host that cannot be read.") from error
    if parts.query:
        raise ConfigError("REDIS_URL has options after '?', which a list of hosts does not take.")
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    addresses = tuple(_address(host, default_port) for host in hosts.split(",") if host)
    return addresses, unquote(username) or None, unquote(password) or None, unquote(parts.path.strip("/"))


def _address(host: str, default_port: int) -> Address:
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host.strip("[]"), default_port
    if not name or not port.isdigit():
        raise ConfigError(f"REDIS_URL lists the host {host!r}; it must read NAME:PORT, and PORT must be a number.")
    return name.strip("[]"), int(port)
