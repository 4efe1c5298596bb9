"""The wheel alone is a working platform: installed outside the checkout, it diagnoses, checks and serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.timeout(300)

PACKAGES = ("interview/", "storage/", "deployments/", "serve/", "interview_client/")
SHIPPED = {"configs/": "interview/_shipped/configs/", "models/": "interview/_shipped/models/"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(ROOT)]
    subprocess.run([sys.executable, "-m", *command], check=True)
    (built,) = out.glob("interview_serve-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of a new environment with the wheel; its dependencies are those of this one."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    install = ["pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True)
    (site,) = (home / "lib").glob("python*/site-packages")
    # Path files inside the named directory are not read, so this environment's editable install stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def environment(data: Path) -> dict[str, str]:
    dropped = {"PYTHONPATH", "REDIS_URL", "INTERVIEW_HOME"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "INTERVIEW_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}


def interview(installed: Path, cwd: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(installed / "interview"), *arguments],
        cwd=cwd,
        env=environment(cwd / "data") | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_holds_every_tracked_file_of_the_packages_and_the_configuration(wheel: Path) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    wanted = {path for path in tracked if path.startswith(PACKAGES)}
    for source, target in SHIPPED.items():
        wanted |= {target + path.removeprefix(source) for path in tracked if path.startswith(source)}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert wanted - held == set()
    assert {name.split("/")[0] for name in held} == {"interview", "storage", "deployments", "serve", "interview_client"}


def test_it_knows_its_version_and_its_own_files_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    from interview import __version__

    assert interview(installed, tmp_path, "--version").stdout.strip() == __version__
    shown = json.loads(interview(installed, tmp_path, "config", "show", "--json").stdout)
    assert shown["file"].startswith(str(installed.parent)), "the profile of the checkout was read"
    checked = interview(installed, tmp_path, "config", "check")
    assert checked.returncode == 0, checked.stderr
    assert "data-analyst" in checked.stdout


def test_its_doctor_finds_the_engines_and_the_plans(installed: Path, tmp_path: Path) -> None:
    done = interview(installed, tmp_path, "doctor", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    findings = {finding["area"]: finding for finding in json.loads(done.stdout)}
    assert "whisper-tiny.en" in findings["speech to text"]["found"]
    assert "backend-engineer" in findings["interview plans"]["found"]


def test_an_operators_profile_and_plans_precede_the_shipped_ones(installed: Path, tmp_path: Path) -> None:
    shipped = Path(interview(installed, tmp_path, "config", "path", "local").stdout.strip())
    own = tmp_path / "profiles" / "local.yaml"
    own.parent.mkdir()
    own.write_text(shipped.read_text().replace("session_ttl_s: 7200", "session_ttl_s: 60"))
    directories = {"INTERVIEW_PROFILES_DIR": str(own.parent), "INTERVIEW_PLANS_DIR": "/x"}
    shown = interview(installed, tmp_path, "config", "show", "--json", **directories)
    found = json.loads(shown.stdout)
    assert (found["file"], found["plans"]) == (str(own), "/x")
    assert found["args"]["storage"]["session_ttl_s"] == 60


class Serving(NamedTuple):
    address: str
    key: str
    ray_metrics: str
    data: Path


@pytest.fixture
def serving(installed: Path, tmp_path: Path) -> Iterator[Serving]:
    """The platform that the wheel runs."""
    from serve.local.local_platform import free_port

    port, ray_metrics_port = free_port(), free_port()
    run = subprocess.Popen(
        [str(installed / "interview"), "up", "--port", str(port), "--ray-metrics-port", str(ray_metrics_port)],
        cwd=tmp_path,
        env=environment(tmp_path / "data"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert run.stdout is not None
        printed = ""
        for line in run.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        assert "Serving on" in printed, printed
        key = (tmp_path / "data" / "api-key").read_text().strip()
        yield Serving(f"http://127.0.0.1:{port}", key, f"http://127.0.0.1:{ray_metrics_port}", tmp_path / "data")
    finally:
        run.terminate()
        run.communicate(timeout=60)


@pytest.mark.cluster
def test_it_serves_an_interviews_first_turn_with_metrics_and_logs(serving: Serving) -> None:
    with httpx.Client(
        base_url=serving.address, headers={"Authorization": f"Bearer {serving.key}"}, timeout=30
    ) as client:
        started = client.post("/session/start/a", json={"plan": "backend-engineer", "consent": True})
        assert started.status_code == 200, started.text
        turn = client.post("/session/turn/a", json={"answer": "I build payment services in Python."})
        assert turn.status_code == 200, turn.text
        assert turn.json()["turn_number"] == 1
    while "ray_serve_deployment_replica_healthy" not in httpx.get(f"{serving.ray_metrics}/metrics").text:
        continue  # Serve reports every few seconds; the test's own timeout bounds the wait
    assert list((serving.data / "logs" / "serve").glob("replica_*ingress*")), "the logs of the running platform"
