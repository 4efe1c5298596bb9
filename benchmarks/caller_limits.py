"""The CPU that the callers' limits cost a request: ``python -m benchmarks.caller_limits``.

Requests of one key with the default limits, against an embedded server; batches from the store are included.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from serve.http.limits.request_limits import ACCOUNT, RequestAccount, RequestLimits
from serve.http.settings import CallerLimits
from storage.embedded.server import EmbeddedRedis
from storage.limits.rates import redis_rates

REQUESTS, RUNS = 10_000, 7


class Caller(Struct, frozen=True):
    tenant: str
    key_id: str


async def _cpu_us(url: str) -> list[float]:
    """Microseconds of this process's CPU per request, for each run."""
    rates, found = redis_rates(url), []
    for run in range(RUNS):
        limits, caller = RequestLimits(rates, CallerLimits()), Caller(f"tenant-{run}", f"key-{run}")
        began = time.process_time()
        for _ in range(REQUESTS):
            account = RequestAccount()
            ACCOUNT.set(account)
            await limits.admit(caller)
            account.headers()
        found.append((time.process_time() - began) / REQUESTS * 1e6)
    await rates.close()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as data, EmbeddedRedis(Path(data)) as server:
        found = asyncio.run(_cpu_us(server.url))
    print(f"CPU per request: median {statistics.median(found):.1f} us, {min(found):.1f} to {max(found):.1f}")


if __name__ == "__main__":
    main()
