"""Every import is declared in pyproject.toml, and every declared package is used."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PRODUCT = (
    "--extend-exclude",
    "^tests/",
    "--extend-exclude",
    "^benchmarks/",
    "--extend-exclude",
    "^ops/",
    "--optional-dependencies-dev-groups",
    "bench,dev",
)
#: Packages of ``dev`` are programs and plugins for the most part, which nothing imports.
ALL = ("--ignore", "DEP002")


def deptry(root: Path, *options: str) -> list[str]:
    command = [sys.executable, "-m", "deptry", ".", "--config", str(root / "pyproject.toml"), "--no-ansi", *options]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    found = [line for line in done.stderr.splitlines() if re.search(r"\bDEP\d{3}\b", line)]
    assert done.returncode == (1 if found else 0), done.stderr
    return found


@pytest.mark.parametrize("options", [PRODUCT, ALL], ids=["product", "benchmarks and tests"])
def test_imports_and_declarations_agree(options: tuple[str, ...]) -> None:
    assert deptry(ROOT, *options) == []


def test_an_undeclared_import_and_an_unused_package_are_found(tmp_path: Path) -> None:
    declared = (ROOT / "pyproject.toml").read_text().replace('"jinja2>=3.1",', '"orjson>=3.10",')
    (tmp_path / "pyproject.toml").write_text(declared)
    (tmp_path / "serve.py").write_text("import jinja2\n")
    found = "\n".join(deptry(tmp_path, *PRODUCT))
    assert "'orjson' defined as a dependency but not used" in found
    assert re.search(r"'jinja2' imported but (missing|it is a transitive)", found)


def test_the_model_environment_has_every_base_dependency() -> None:
    """It installs this repository without its dependencies, so each must be pinned there; PDFs are not made in it."""

    def name(requirement: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!;~ ]", requirement.strip())[0]).lower()

    base = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pins = {name(line) for line in (ROOT / "constraints-models.txt").read_text().splitlines()}
    assert {name(requirement) for requirement in base} - pins == {"typst"}


def test_every_extra_is_among_those_that_ci_resolves() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    script = (ROOT / "ops" / "resolve.sh").read_text()
    resolved = re.findall(r'^ +resolve (constraints\S*\.txt) "\$python" "\$machine" (.+)$', script, re.MULTILINE)
    assert {extra for _, named in resolved for extra in named.split()} == extras.keys()
    assert all((ROOT / constraints).exists() for constraints, _ in resolved)
