"""Runs Locust next to the benchmark: a few users of ``benchmarks/locustfile.py`` on the same platform, with their
figures.

Locust is a closed model: its users wait for a stalled server, so their tail looks better than the open-loop one. Both
are shown for comparison.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.load.target import Target
from benchmarks.load.traffic import Profile

LOCUSTFILE = Path(__file__).resolve().parents[1] / "locustfile.py"

_STOP_TIMEOUT_S = 20.0

#: Columns of Locust's statistics and their names here.
_FIGURES = {"50%": "p50", "90%": "p90", "99%": "p99", "99.9%": "p999", "Max Response Time": "max"}


class ParallelLocust:
    """``users`` Locust users from the ramp to the end; its statistics begin when all of them have started."""

    def __init__(self, target: Target, profile: Profile, users: int) -> None:
        self.users = users
        self._directory = tempfile.TemporaryDirectory(prefix="iv-locust-")
        self._prefix = Path(self._directory.name) / "locust"
        seconds = profile.ramp_s + profile.warmup_s + profile.measure_s
        command = [
            *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--host", target.address),
            *("--users", str(users), "--spawn-rate", f"{users / max(1.0, profile.ramp_s):.4f}", "--reset-stats"),
            *("--run-time", f"{round(seconds)}s", "--csv", str(self._prefix), "--only-summary"),
        ]
        self._log = (Path(self._directory.name) / "locust.log").open("w+")
        self._process = subprocess.Popen(
            command,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "INTERVIEW_API_KEY": target.api_key,
                "THINK_S": str(profile.think_s),
                "PLAN": profile.plan,
                "AUDIO_SHARE": str(profile.audio_share),
                "SEED": str(profile.seed),
            },
        )

    def figures(self) -> dict[str, Any]:
        """Stop Locust and return, per kind of request, its count, failures and percentiles in milliseconds."""
        try:
            self._process.wait(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait(timeout=_STOP_TIMEOUT_S)
        stats = self._prefix.with_name(f"{self._prefix.name}_stats.csv")
        try:
            return {"users": self.users, **read_statistics(stats)} if stats.exists() else self._what_it_said()
        finally:
            self._log.close()
            self._directory.cleanup()

    def _what_it_said(self) -> dict[str, Any]:
        self._log.seek(0)
        return {"users": self.users, "failed": self._log.read()[-2000:]}


def read_statistics(path: Path) -> dict[str, Any]:
    """Locust's ``*_stats.csv``: ``{kind: {requests, failures, p50, …}}``, the sum of all kinds as ``all``."""
    found: dict[str, Any] = {}
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            requests = int(row["Request Count"])
            latency = {name: round(float(row[column]), 1) for column, name in _FIGURES.items()} if requests else {}
            kind = "all" if row["Name"] == "Aggregated" else row["Name"]
            found[kind] = {"requests": requests, "failures": int(row["Failure Count"]), **latency}
    return found
