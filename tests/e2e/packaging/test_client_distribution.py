"""The distribution ``interview-client`` alone is a working client: it needs no more packages than it declares."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest

from interview import __version__
from tests.support.paths import ROOT

pytestmark = pytest.mark.timeout(120)

SOURCE = ROOT / "ops" / "interview-client"
BASE = {"httpx", "msgspec"}

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
    out = tmp_path_factory.mktemp("client-wheel")
    command = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(SOURCE)]
    subprocess.run([sys.executable, "-m", *command], check=True)
    (built,) = out.glob("interview_client-*.whl")
    return built


def requirements(wheel: Path) -> Iterator[str]:
    """Names of the packages that the wheel needs without an extra."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        head = Parser().parsestr(archive.read(name).decode())
    assert head["Version"] == __version__
    yield from (_name(one) for one in head.get_all("Requires-Dist", []) if "extra ==" not in one)


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement)[0]


def closure(names: set[str]) -> set[str]:
    """``names`` and the installed packages that they need in turn."""
    found: set[str] = set()
    while names:
        name = names.pop()
        found.add(name)
        try:
            needed = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:  # for another platform or Python
            continue
        names |= {_name(one) for one in needed if "extra ==" not in one} - found
    return found


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    listed = ["git", "ls-files", "interview_client"]
    tracked = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    held = {
        name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and "__pycache__" not in name
    }
    assert held == set(tracked)


def test_it_calls_a_server_with_the_packages_that_it_declares(wheel: Path, tmp_path: Path) -> None:
    assert set(requirements(wheel)) == BASE
    venv.create(tmp_path / "environment", with_pip=False)
    python = tmp_path / "environment" / "bin" / "python"
    install = ["pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True)
    (site,) = (tmp_path / "environment" / "lib").glob("python*/site-packages")
    for name in closure(set(BASE)):
        try:
            files = metadata.files(name) or []
        except metadata.PackageNotFoundError:
            continue
        for top in {Path(file).parts[0] for file in files} - {".."}:
            target = site / top
            if not target.exists():
                target.symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    done = subprocess.run([str(python), "-I", "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "works", done.stderr
