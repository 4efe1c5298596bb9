"""The unit is one that systemd accepts, and does not restart what a restart cannot help."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from interview.errors import ConfigError
from serve.cli.exit_status import exit_status
from tests.support.paths import ROOT

UNIT = (ROOT / "ops" / "systemd" / "interview.service").read_text()


def test_a_wrong_configuration_is_not_restarted() -> None:
    assert f"RestartPreventExitStatus={exit_status(ConfigError('wrong'))}\n" in UNIT


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "interview.service"
    unit.write_text(UNIT.replace("/opt/interview/bin/interview", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
