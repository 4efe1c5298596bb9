"""What the environment of Ray's processes holds once a local platform has started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from serve.local import haproxy, local_platform
from serve.local.local_platform import LOOPBACK_ENVIRONMENT, PRIVATE_ENVIRONMENT, RAY_INTERVALS, Platform
from serve.serve_file import ServeFile, profile_path, read_serve_file


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch) -> ServeFile:
    """A profile with HAProxy. What the platform sets is restored after the test."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(Platform, "_check", lambda self: None)
    monkeypatch.setattr(Platform, "_start_ray", lambda self, directory: None)
    monkeypatch.setattr(Platform, "_deploy", lambda self: None)
    file = read_serve_file(profile_path("load"))
    own = ("INTERVIEW_HOME", "INTERVIEW_DATA_DIR", "REDIS_URL", "RAY_AUTH_TOKEN_PATH", haproxy.VARIABLE)
    for name in (*own, *LOOPBACK_ENVIRONMENT, *PRIVATE_ENVIRONMENT, *RAY_INTERVALS, *file.environment):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return file


def test_ray_starts_with_everything_the_platform_promises(
    profile: ServeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_platform, "haproxy_environment", lambda environment: {haproxy.VARIABLE: "/some/program"})
    with Platform(profile, tmp_path):
        wanted = PRIVATE_ENVIRONMENT | LOOPBACK_ENVIRONMENT | RAY_INTERVALS | profile.environment
        assert {name: os.environ.get(name) for name in wanted} == wanted
        assert os.environ[haproxy.VARIABLE] == "/some/program"


def test_the_intervals_that_an_operator_set_stand(
    profile: ServeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name, _), *_ = RAY_INTERVALS.items()
    monkeypatch.setenv(name, "7")
    with Platform(profile, tmp_path):
        assert os.environ[name] == "7"


def test_with_a_certificate_serves_own_proxy_takes_over(profile: ServeFile, tmp_path: Path) -> None:
    told: list[str] = []
    encrypted = replace(profile, http={"ssl_certfile": "cert.pem", "ssl_keyfile": "key.pem"})
    with Platform(encrypted, tmp_path, progress=told.append):
        assert os.environ[haproxy.ENABLED] == "0"
    assert any("ssl_certfile" in line for line in told)


def test_without_haproxy_serves_own_proxy_takes_over_and_the_operator_is_told(
    profile: ServeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_platform, "find_haproxy", lambda: None)
    told: list[str] = []
    with Platform(profile, tmp_path, progress=told.append):
        assert os.environ[haproxy.ENABLED] == "0"
    assert any("HAProxy is not installed" in line for line in told)
