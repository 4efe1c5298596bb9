"""benchmarks/gpu.sh: its limits are within ten minutes, and the dry run takes the steps of the real one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.paths import ROOT

#: Stands for `timeout`: notes the limit, runs nothing.
NOTED = '#!/bin/sh\necho "$1" >>"$LIMITS"\n'


def steps(folder: Path, *flags: str) -> dict[str, int]:
    """Each step's name and limit in seconds. No step is run."""
    (folder / "bin").mkdir(parents=True)
    stub = folder / "bin" / "timeout"
    stub.write_text(NOTED)
    stub.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{stub.parent}:{os.environ['PATH']}",
        "LIMITS": str(folder / "limits"),
        "WHEELS": str(folder / "wheels"),
    }
    done = subprocess.run(
        ["bash", str(ROOT / "benchmarks" / "gpu.sh"), str(folder / "out"), *flags],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = [line.partition(":")[0] for line in (folder / "out" / "steps.txt").read_text().splitlines()]
    return dict(zip(names, map(int, (folder / "limits").read_text().split()), strict=True))


def test_all_steps_take_ten_minutes_at_most(tmp_path: Path) -> None:
    assert sum(steps(tmp_path).values()) <= 600


def test_the_dry_run_takes_the_same_steps(tmp_path: Path) -> None:
    real, dry = steps(tmp_path / "real"), steps(tmp_path / "dry", "--dry-run")
    assert [name for name in dry if name != "carry"] == [name for name in real if name != "card"]
    assert {"resolve", "install", "stt", "llm", "interview"} <= real.keys()
