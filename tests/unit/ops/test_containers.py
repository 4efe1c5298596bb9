"""The Containerfiles and the compose file name what exists, and run without rights."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

FILES = sorted((ROOT / "ops" / "containers").glob("Containerfile.*"))
COMPOSE = ROOT / "ops" / "compose"


def instructions(path: Path) -> list[tuple[str, str]]:
    """(instruction, arguments) of a Containerfile, continued lines joined."""
    text = re.sub(r"\\\n", " ", path.read_text())
    return [
        (words[0], words[1])
        for line in text.splitlines()
        if line.strip() and not line.startswith("#") and len(words := line.split(None, 1)) == 2
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.suffix[1:])
def test_an_image_is_built_from_one_pinnable_base_and_runs_as_a_number(path: Path) -> None:
    steps = instructions(path)
    bases = [arguments.split()[0] for name, arguments in steps if name == "FROM"]
    assert len(bases) == 3 and set(bases) == {"${PYTHON_IMAGE}"}
    last = [name for name, _ in steps][::-1].index("FROM")
    final = dict(steps[-last:])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final["USER"]), "Kubernetes checks runAsNonRoot by number"
    assert "/healthz" in final["HEALTHCHECK"]
    assert "--host" in final["CMD"], "loopback inside a container is unreachable from outside"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.suffix[1:])
def test_an_image_copies_what_exists_and_installs_extras_that_exist(path: Path) -> None:
    for name, arguments in instructions(path):
        if name == "COPY" and not arguments.startswith("--from"):
            for source in arguments.split()[:-1]:
                assert (ROOT / source).exists(), source
    (extras,) = re.findall(r"^ARG EXTRAS=(\S+)$", path.read_text(), re.MULTILINE)
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras.split(",")) <= set(known)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.suffix[1:])
def test_an_image_builds_the_wheel_from_all_of_its_packages(path: Path) -> None:
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    copied = {arguments.split()[0] for name, arguments in instructions(path) if name == "COPY"}
    assert set(targets["wheel"]["packages"]) <= copied


def test_the_compose_file_names_variables_and_mounts_that_exist() -> None:
    text = (COMPOSE / "compose.yaml").read_text()
    example = dict(line.split("=", 1) for line in (COMPOSE / "example.env").read_text().splitlines() if "=" in line)
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", text)) == set(example)
    assert not any(value for name, value in example.items() if name.endswith("PASSWORD")), "a password for everybody"
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith(".") and source != "./metrics-key":  # the key is made by the operator
                assert (COMPOSE / source).exists(), source
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), "only a proxy with TLS may be reachable"
        assert set(service.get("depends_on", ())) <= set(services)
