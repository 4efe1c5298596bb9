"""A load shape for ``benchmarks/locustfile.py`` that finds saturation: users rise step by step until turns are slow.

``locust -f benchmarks/locustfile.py,benchmarks/locust_ramp.py --headless --host http://127.0.0.1:8000``

A step holds when its turns have a p99 within the limit, none failed and none was refused. The first step that does not
hold ends the run, and the log names the last that did. With ``--master`` the steps apply to all workers together.

Environment: ``RAMP_USERS`` (added a step, 50), ``RAMP_STEP_S`` (a step, 30 s), ``RAMP_P99_MS`` (the limit, 100),
``RAMP_MAX_USERS`` (5,000).
"""

from __future__ import annotations

import os

from locust import LoadTestShape

from benchmarks.load.ramp import Ramp


class RampToSaturation(LoadTestShape):
    """``Ramp`` over the runner's statistics."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Locust's own
        self._ramp = Ramp(
            users=int(os.environ.get("RAMP_USERS", "50")),
            step_s=float(os.environ.get("RAMP_STEP_S", "30")),
            p99_ms=float(os.environ.get("RAMP_P99_MS", "100")),
            most=int(os.environ.get("RAMP_MAX_USERS", "5000")),
        )

    def tick(self) -> tuple[int, float] | None:
        """Users and spawn rate; None ends the run. Locust calls it about once a second."""
        assert self.runner is not None  # Locust sets it before the first tick
        now_s: float = self.get_run_time()  # type: ignore[no-untyped-call]  # Locust's own
        return self._ramp.tick(now_s, self.runner.stats)
