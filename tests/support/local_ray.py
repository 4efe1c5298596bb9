"""A Ray node in the tests' own process."""

from __future__ import annotations

from typing import Any

import ray

_NOT_STARTED = "timed out during startup"


def start_local_ray(**options: Any) -> None:
    """``ray.init(address="local")`` without a dashboard, tried twice.

    This process has gRPC's threads from the node before. A child that is forked while one of them holds a lock may hang
    before it becomes the raylet: Ray then waits 30 s and raises a plain Exception, and the raylet has no log.
    """
    wanted: dict[str, Any] = {"address": "local", "include_dashboard": False, **options}
    try:
        ray.init(**wanted)
    except Exception as error:
        if _NOT_STARTED not in str(error):
            raise
        ray.shutdown()
        ray.init(**wanted)
