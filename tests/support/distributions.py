"""The small distributions of ``ops/``: wheels, and environments with only the packages that they declare."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterable
from email.parser import Parser
from importlib import metadata
from pathlib import Path

from interview import __version__
from tests.support.paths import ROOT


def built_wheel(name: str, out: Path) -> Path:
    """The wheel of ``ops/NAME``."""
    command = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out)]
    subprocess.run([sys.executable, "-m", *command, str(ROOT / "ops" / name)], check=True)
    (built,) = out.glob(f"{name.replace('-', '_')}-*.whl")
    return built


def requirements(wheel: Path) -> set[str]:
    """Names of the packages that the wheel needs without an extra."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        head = Parser().parsestr(archive.read(name).decode())
    assert head["Version"] == __version__
    return {_name(one) for one in head.get_all("Requires-Dist", []) if "extra ==" not in one}


def held_files(wheel: Path) -> set[str]:
    return {
        name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and "__pycache__" not in name
    }


def tracked_files(*places: str) -> set[str]:
    listed = ["git", "ls-files", *places]
    return set(subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def environment(wheel: Path, directory: Path) -> Path:
    """A new environment with the wheel and the packages that it declares, linked to those here; its Python."""
    venv.create(directory, with_pip=False)
    python = directory / "bin" / "python"
    install = ["pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True)
    (site,) = (directory / "lib").glob("python*/site-packages")
    for name in _closure(requirements(wheel)):
        try:
            files = metadata.files(name) or []
        except metadata.PackageNotFoundError:
            continue
        for top in {Path(file).parts[0] for file in files} - {".."}:
            target = site / top
            if not target.exists():
                target.symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    return python


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement)[0]


def _closure(names: Iterable[str]) -> set[str]:
    """``names`` and the installed packages that they need in turn."""
    left, found = set(names), set[str]()
    while left:
        name = left.pop()
        found.add(name)
        try:
            needed = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:  # for another platform or Python
            continue
        left |= {_name(one) for one in needed if "extra ==" not in one} - found
    return found
