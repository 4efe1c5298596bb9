"""A platform whose Ray has ended says so and stops without waiting for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from interview.errors import EngineUnavailable
from serve.local.local_platform import Platform
from serve.serve_file import profile_path, read_serve_file


def test_the_loss_of_a_vital_process_is_an_error_once(tmp_path: Path) -> None:
    platform = Platform(read_serve_file(profile_path("local")), tmp_path)
    raylet = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    platform._vital = [psutil.Process(raylet.pid)]
    platform.check_alive()
    raylet.kill()
    raylet.wait()
    with pytest.raises(EngineUnavailable, match="Ray ended"):
        platform.check_alive()
    platform.check_alive()
    platform.stop()
