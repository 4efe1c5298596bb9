"""A diagnosis of the Redis servers of a URL: whether they answer with the given password, and keep data."""

from __future__ import annotations

import asyncio

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from interview.errors import ConfigError, StorageUnavailable
from storage.redis.address import without_credentials
from storage.redis.cluster import ClusterConnections, NodeLimits
from storage.redis.endpoint import ClusterNodes, cluster_nodes, connection_pool

TIMEOUT_S = 2.0


class Diagnosis(Struct, frozen=True):
    """``problem`` says why the server cannot be used; ``warnings`` name settings that can lose interviews.

    A ``misconfigured`` URL stays unusable until somebody corrects it; another problem may pass.
    """

    server: str
    version: str = ""
    problem: str = ""
    misconfigured: bool = False
    warnings: tuple[str, ...] = ()


def diagnose(url: str) -> Diagnosis:
    """Ask the server of ``url``, the master that its Sentinels name, or each primary and replica of its cluster.

    Blocks for a few times ``TIMEOUT_S`` for each server at most.

    Never raises for a server's failure.
    """
    return asyncio.run(_diagnose(url))


async def _diagnose(url: str) -> Diagnosis:
    server = without_credentials(url)
    try:
        nodes = cluster_nodes(url)
        if nodes is None:
            found = [await _about(url)]
            if found[0].get("cluster_enabled"):
                return _misconfigured(
                    server, "is one node of a Redis Cluster: write redis+cluster://host:port,host:port"
                )
        else:
            found = [await _about(one) for one in await _members(nodes)]
    except ResponseError as error:
        return _misconfigured(server, f"refuses the user: {str(error).split(' ')[0]}")
    except (ConfigError, ValueError) as error:
        return _misconfigured(server, f"is not usable: {error}")
    except (RedisError, StorageUnavailable, OSError) as error:
        # redis-py raises some failures of authentication as the cause of a connection error
        if isinstance(error, AuthenticationError) or isinstance(error.__cause__, AuthenticationError):
            return _misconfigured(server, "refuses the password in the URL, or wants one")
        return Diagnosis(server, problem=f"does not answer ({type(error).__name__})")
    versions = sorted({str(about.get("valkey_version") or about.get("redis_version", "")) for about in found})
    warnings = dict.fromkeys(warning for about in found for warning in _warnings(about))
    return Diagnosis(server, ", ".join(versions), warnings=tuple(warnings))


def _misconfigured(server: str, problem: str) -> Diagnosis:
    return Diagnosis(server, problem=problem, misconfigured=True)


async def _about(url: str) -> dict[str, object]:
    """The reply of one server to INFO. Raises ConfigError, ValueError, RedisError, OSError."""
    pool = connection_pool(url, connect_timeout_s=TIMEOUT_S, timeout_s=TIMEOUT_S)
    client = Redis(connection_pool=pool)
    try:
        return dict(await client.info())
    finally:
        await client.aclose()
        await pool.disconnect()


async def _members(nodes: ClusterNodes) -> list[str]:
    """The URLs of a cluster's primaries and replicas. Raises ConfigError, RedisError, OSError."""
    connections = ClusterConnections(nodes, NodeLimits(1, TIMEOUT_S, TIMEOUT_S, TIMEOUT_S))
    try:
        servers = await connections.servers(replicas=True)
    finally:
        await connections.close()
    return [nodes.url_of(one) for one in servers if one is not None]


def _warnings(about: dict[str, object]) -> list[str]:
    found = []
    if not about.get("aof_enabled"):
        found.append("appendonly is off: a restart loses interviews")
    if about.get("maxmemory_policy", "noeviction") != "noeviction":
        found.append(f"maxmemory-policy is {about['maxmemory_policy']}: full memory evicts interviews")
    return found
