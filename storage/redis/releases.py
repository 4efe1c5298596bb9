"""The releases of the platform that have used a store, so that an earlier one can say what it may meet there.

``interview:releases``  sorted set: the release, by its number
"""

from __future__ import annotations

import re

from storage.redis.client import RedisLink

_KEY = "interview:releases"


def release_number(release: str) -> int:
    """``major.minor.patch`` as one number that sorts; a suffix (``rc1``) does not count.

    Raises ValueError: ``release`` does not begin with three numbers.
    """
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", release)
    if found is None:
        raise ValueError(f"{release!r} is not a release")
    major, minor, patch = map(int, found.groups())
    return (major * 1000 + minor) * 1000 + patch


async def record_release(url: str, release: str) -> str | None:
    """Record that ``release`` uses the store at ``url``; as ``later_release``. Raises StorageUnavailable."""
    link = RedisLink(url)
    try:
        await link.command("ZADD", _KEY, str(release_number(release)), release, what="releases.record")
        return await _later(link, release)
    finally:
        await link.close()


async def later_release(url: str, release: str) -> str | None:
    """The newest release that has used the store, if it is later than ``release``. Raises StorageUnavailable."""
    link = RedisLink(url)
    try:
        return await _later(link, release)
    finally:
        await link.close()


async def _later(link: RedisLink, release: str) -> str | None:
    newest = await link.command("ZREVRANGE", _KEY, "0", "0", what="releases.newest")
    name = newest[0].decode() if newest else release
    return name if release_number(name) > release_number(release) else None


def warning(later: str, release: str) -> str:
    """What an operator should know of a store that ``later`` has used."""
    return (
        f"release {later} has used this store, and this is {release}: an interview whose plan only {later} "
        f"knows is refused. Run {later} or newer"
    )
