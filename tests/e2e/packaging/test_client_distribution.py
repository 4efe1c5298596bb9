"""The distribution ``interview-client`` alone is a working client: it needs no more packages than it declares."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.distributions import built_wheel, environment, held_files, requirements, tracked_files

pytestmark = pytest.mark.timeout(120)

SCRIPT = """
import sys
from interview_client import AsyncClient, Client, ConnectionFailed, Retries
assert not {"ray", "fastapi", "pydantic", "openai"} & sys.modules.keys()
with Client("http://127.0.0.1:1", "key", retries=Retries(attempts=1)) as client:
    try:
        client.state("ann-1")
    except ConnectionFailed:
        print("works")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel("interview-client", tmp_path_factory.mktemp("client-wheel"))


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    assert held_files(wheel) == tracked_files("interview_client")


def test_it_calls_a_server_with_the_packages_that_it_declares(wheel: Path, tmp_path: Path) -> None:
    assert requirements(wheel) == {"httpx", "msgspec"}
    python = environment(wheel, tmp_path / "environment")
    done = subprocess.run([str(python), "-I", "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "works", done.stderr
