"""The command line as an operator uses it, with and without a running platform."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest
import yaml

from serve.local.local_platform import free_port
from tests.integration.conftest import RunningPlatform, key_in, profile_with, run_up
from tests.support.certificates import self_signed
from tests.support.processes import kill_with_descendants

pytestmark = [pytest.mark.timeout(240)]


def interview(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | environment
    return subprocess.run(
        [sys.executable, "-m", "serve.cli.main", *arguments], capture_output=True, timeout=120, check=False, env=env
    )


def test_doctor_says_what_would_serve_each_tier_and_how_to_fix_what_is_missing() -> None:
    done = interview("doctor", "--json")
    assert (done.returncode, done.stderr.decode()) == (0, "")
    findings = {finding["area"]: finding for finding in json.loads(done.stdout)}
    assert {
        "python",
        "packages",
        "sessions",
        "speech to text",
        "text to speech",
        "language model",
        "port",
        "disk",
    } <= set(findings)
    assert "whisper-tiny.en" in findings["speech to text"]["found"]
    assert all(finding["remedy"] for finding in findings.values() if finding["level"] != "ok")


def test_doctor_names_a_port_in_use() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        profile = profile_with(Path(os.environ.get("TMPDIR", "/tmp")) / f"doctor-{port}.yaml", port)
        try:
            findings = json.loads(interview("doctor", "--json", "--profile", str(profile)).stdout)
        finally:
            profile.unlink()
    assert next(finding for finding in findings if finding["area"] == "port")["level"] == "warn"


@pytest.mark.parametrize(
    ("change", "named"),
    [({"agent": {"lease": 3}}, "agent"), ({"placement": "nowhere"}, "placement"), ({"sst": {}}, "sst")],
    ids=["unknown-field", "wrong-choice", "unknown-section"],
)
def test_a_wrong_profile_names_file_and_field_before_anything_starts(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    profile = profile_with(tmp_path / "wrong.yaml", free_port(), **change)
    done = interview("up", "--profile", str(profile), "--data", str(tmp_path / "data"))
    assert done.returncode == 78
    said = done.stderr.decode() + done.stdout.decode()
    assert named in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("flags", "status", "named"),
    [
        (["--port", "99999"], 2, "--port"),
        (["--data", "{tmp}/file/data"], 78, "cannot be created"),
        (["--profile", "../../etc/passwd"], 78, "local"),
    ],
    ids=["port-too-large", "data-under-a-file", "profile-elsewhere"],
)
def test_a_wrong_flag_of_up_is_named_without_a_trace(tmp_path: Path, flags: list[str], status: int, named: str) -> None:
    (tmp_path / "file").write_text("")
    done = interview("up", "--data", str(tmp_path / "data"), *(flag.format(tmp=tmp_path) for flag in flags))
    said = " ".join((done.stderr + done.stdout).decode().split())
    assert (done.returncode, "Traceback" in said) == (status, False), said
    assert named in said


@pytest.mark.cluster
def test_keys_are_made_listed_and_revoked_while_the_platform_runs(platform: RunningPlatform) -> None:
    import httpx

    data = ("--data", str(platform.data))
    made = interview("keys", "create", "--tenant", "acme", "--scope", "interviews", "--label", "ci", *data)
    secret = key_in(made.stdout.decode())
    state = f"{platform.address}/session/state/none-{uuid.uuid4().hex[:6]}"
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(state, headers=headers, trust_env=False).status_code == 404
    listed = interview("keys", "list", "--tenant", "acme", *data).stdout.decode()
    key_id = secret.split("_")[1]
    assert key_id in listed
    assert secret not in listed
    assert interview("keys", "revoke", key_id, *data).returncode == 0
    deadline = time.monotonic() + 5  # the promise is a second; the rest is this machine's
    while httpx.get(state, headers=headers, trust_env=False).status_code != 401:
        assert time.monotonic() < deadline, "the revoked key still works"


@pytest.mark.cluster
@pytest.mark.parametrize(("form", "begins"), [("json", b"{"), ("html", b"<!doctype html"), ("pdf", b"%PDF-")])
def test_a_report_is_written_in_every_format(
    platform: RunningPlatform, tmp_path: Path, form: str, begins: bytes
) -> None:
    interview_id = f"rep-{uuid.uuid4().hex[:8]}"
    with platform.client() as client:
        client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True})
        client.post(f"/session/turn/{interview_id}", json={"answer": "I build services in Python and Go."})
    out = tmp_path / f"report.{form}"
    done = interview("report", interview_id, "--format", form, "--out", str(out), "--data", str(platform.data))
    assert done.returncode == 0, done.stderr.decode()
    assert out.read_bytes().lower().startswith(begins.lower())


@pytest.mark.cluster
def test_ctrl_c_during_the_start_ends_it_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    profile = profile_with(tmp_path / "interrupted.yaml", free_port())
    command = [
        sys.executable,
        "-m",
        "serve.cli.main",
        "up",
        "--profile",
        str(profile),
        "--data",
        str(tmp_path / "data"),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    start = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**environment, "COLUMNS": "200"}
    )
    assert start.stdout is not None
    said: list[str] = []
    family: list[psutil.Process] = []
    for line in start.stdout:
        said.append(line)
        if "loading the engines" in line:
            family = psutil.Process(start.pid).children(recursive=True)
            start.send_signal(signal.SIGINT)
    assert start.wait(60) == 130, said
    assert said[-1] == "· the start was interrupted; everything that it started has ended\n"
    assert not any("restarting" in line for line in said), said
    assert family
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive


@pytest.mark.cluster
def test_the_platform_serves_with_tls_and_stops_on_sigterm(tmp_path: Path) -> None:
    import ssl

    import httpx

    certificate, key = self_signed(tmp_path)
    port = free_port()
    profile = profile_with(tmp_path / "tls.yaml", port)
    config = yaml.safe_load(profile.read_text())
    config["http_options"] |= {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}
    profile.write_text(yaml.safe_dump(config))
    run, printed = run_up(profile, tmp_path / "data")
    try:
        assert f"Serving on https://127.0.0.1:{port}" in printed
        trust = ssl.create_default_context(cafile=str(certificate))
        reply = httpx.get(f"https://127.0.0.1:{port}/healthz", verify=trust, trust_env=False, timeout=60)
        assert reply.status_code == 200
    finally:
        run.send_signal(signal.SIGTERM)  # as a service manager does; Ray has a handler of its own for it
        said, _ = run.communicate(timeout=90)
    assert (run.returncode, "stopping" in said) == (0, True), said


@pytest.mark.cluster
def test_a_second_start_works_after_the_first_was_killed_and_the_sessions_are_there(tmp_path: Path) -> None:
    import httpx

    port = free_port()
    profile = profile_with(tmp_path / "again.yaml", port)
    first, printed = run_up(profile, tmp_path / "data")
    address, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {key_in(printed)}"}
    body = {"plan": "backend-engineer", "consent": True}
    started = httpx.post(f"{address}/session/start/kept", json=body, headers=headers, timeout=60, trust_env=False)
    assert started.status_code == 200
    # everything at once, the supervisor and the session server included, so that no process is left to clean up
    kill_with_descendants(psutil.Process(first.pid))
    first.wait(timeout=30)

    second, _ = run_up(profile, tmp_path / "data")
    try:
        state = httpx.get(f"{address}/session/state/kept", headers=headers, timeout=60, trust_env=False)
        assert state.status_code == 200
        assert state.json()["interview_id"] == "kept"
    finally:
        second.send_signal(signal.SIGINT)
        second.communicate(timeout=60)
