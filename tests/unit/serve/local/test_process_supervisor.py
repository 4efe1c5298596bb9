"""A supervised run is stopped by SIGINT whatever arrived, and ends before the processes that it watches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

#: As a process that started Ray: SIGTERM is not its own, SIGINT stops it.
RAY_LIKE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(15))
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
print("ready", flush=True)
while True: time.sleep(60)
"""

#: Does not stop in time, and tells when a process that it watches has died.
STUCK = """
import pathlib, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(600)"])
child.wait()
pathlib.Path(sys.argv[1]).write_text("the watched process died first")
"""


LAUNCH = """
import sys
from pathlib import Path
from serve.local.process_supervisor import supervise
sys.exit(supervise([sys.executable, *sys.argv[2:]], Path(sys.argv[1])))
"""

#: The supervisor process without patience.
GUARD = """
import sys
from serve.local import process_supervisor
process_supervisor._STOP_GRACE_S = 0
sys.exit(process_supervisor._guard(int(sys.argv[1]), [sys.executable, *sys.argv[2:]]))
"""


def started(*command: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[str]:
    run = subprocess.Popen(
        [sys.executable, "-c", *command], stdout=subprocess.PIPE, text=True, cwd=ROOT, pass_fds=pass_fds
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    return run


def test_a_service_managers_sigterm_stops_the_run_cleanly(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(RAY_LIKE)
    launcher = started(LAUNCH, str(tmp_path / "platform.json"), str(tmp_path / "run.py"))
    launcher.send_signal(signal.SIGTERM)
    assert launcher.wait(60) == 0


def test_a_run_that_does_not_stop_is_ended_before_what_it_watches(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(STUCK)
    told = tmp_path / "told"
    read, write = os.pipe()
    guard = started(GUARD, str(read), str(tmp_path / "run.py"), str(told), pass_fds=(read,))
    os.close(write)  # the launcher is dead
    os.close(read)
    assert guard.wait(60) == 128 + signal.SIGKILL
    assert not told.exists()
