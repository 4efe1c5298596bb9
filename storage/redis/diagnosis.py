"""A diagnosis of the Redis server of a URL: whether it answers with the given password, and whether it keeps data."""

from __future__ import annotations

import asyncio

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from interview.errors import ConfigError
from storage.redis.address import without_credentials
from storage.redis.endpoint import connection_pool

TIMEOUT_S = 2.0


class Diagnosis(Struct, frozen=True):
    """``problem`` says why the server cannot be used; ``warnings`` name settings that can lose interviews."""

    server: str
    version: str = ""
    problem: str = ""
    warnings: tuple[str, ...] = ()


def diagnose(url: str) -> Diagnosis:
    """Ask the server of ``url``, or the master that its Sentinels name; blocks for a few times ``TIMEOUT_S`` at most.

    Never raises for a server's failure.
    """
    return asyncio.run(_diagnose(url))


async def _diagnose(url: str) -> Diagnosis:
    server = without_credentials(url)
    try:
        pool = connection_pool(url, connect_timeout_s=TIMEOUT_S, timeout_s=TIMEOUT_S)
    except (ConfigError, ValueError) as error:
        return Diagnosis(server, problem=f"is not usable: {error}")
    client = Redis(connection_pool=pool)
    try:
        about = await client.info()
    except AuthenticationError:
        return Diagnosis(server, problem="refuses the password in the URL, or wants one")
    except ResponseError as error:
        return Diagnosis(server, problem=f"refuses the user: {str(error).split(' ')[0]}")
    except (RedisError, OSError) as error:
        return Diagnosis(server, problem=f"does not answer ({type(error).__name__})")
    finally:
        await client.aclose()
        await pool.disconnect()
    version = str(about.get("valkey_version") or about.get("redis_version", ""))
    return Diagnosis(server, version, warnings=tuple(_warnings(about)))


def _warnings(about: dict[str, object]) -> list[str]:
    found = []
    if not about.get("aof_enabled"):
        found.append("appendonly is off: a restart loses interviews")
    if about.get("maxmemory_policy", "noeviction") != "noeviction":
        found.append(f"maxmemory-policy is {about['maxmemory_policy']}: full memory evicts interviews")
    return found
