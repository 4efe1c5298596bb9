"""`doctor` asks the server that REDIS_URL names whether it answers with this password, and reads the plans in use."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import psutil
import pytest
from msgspec import structs

from interview import __version__
from interview.errors import ConfigError, StorageUnavailable
from serve.local.diagnosis import Diagnosis
from serve.local.doctor import examine
from serve.local.local_platform import Platform, free_port
from serve.local.process_supervisor import pid_file_of
from serve.serve_file import ServeFile, profile_path, read_serve_file
from storage.embedded.server import EmbeddedRedis
from storage.redis.releases import record_release, release_number


def sessions(url: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> Diagnosis:
    monkeypatch.setenv("REDIS_URL", url)
    findings = examine(read_serve_file(profile_path("local")), data)
    return next(finding for finding in findings if finding.area == "sessions")


def test_a_server_that_answers_is_named_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedRedis(tmp_path) as server:
        found = sessions(server.url, tmp_path, monkeypatch)
    assert found.level == "ok"
    assert "version" in found.found


def test_a_store_that_a_later_release_has_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedRedis(tmp_path) as server:
        assert asyncio.run(record_release(server.url, __version__)) is None
        assert sessions(server.url, tmp_path, monkeypatch).level == "ok"
        asyncio.run(record_release(server.url, "99.0.0"))
        assert asyncio.run(record_release(server.url, __version__)) == "99.0.0"
        found = sessions(server.url, tmp_path, monkeypatch)
    assert (found.level, found.remedy) == ("warn", "install release 99.0.0")
    assert f"release 99.0.0 has used this store, and this is {__version__}" in found.found


@pytest.mark.parametrize(("one", "other"), [("0.9.9", "0.10.0"), ("0.99.99", "1.0.0"), ("1.2.3rc1", "1.2.4")])
def test_releases_are_compared_by_number(one: str, other: str) -> None:
    assert release_number(one) < release_number(other)


def test_a_wrong_password_is_said_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedRedis(tmp_path) as server:
        user, _, place = server.url.rpartition("@")
        wrong = f"{user.rpartition(':')[0]}:not-the-password@{place}"
        found = sessions(wrong, tmp_path, monkeypatch)
    assert (found.level, "refuses the password" in found.found) == ("fail", True)
    assert "not-the-password" not in f"{found.found}{found.remedy}"


def test_a_server_that_is_not_there_is_named_by_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    found = sessions(f"redis://:secret@127.0.0.1:{port}/0", tmp_path, monkeypatch)
    assert found.level == "fail"
    assert f"127.0.0.1:{port}" in found.found and "secret" not in found.found


def test_sentinels_that_are_not_there_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"127.0.0.1:{free_port()}"
    found = sessions(f"redis+sentinel://:secret@{address}/interviews", tmp_path, monkeypatch)
    assert (found.level, address in found.found, "does not answer" in found.found) == ("fail", True, True)


def test_a_wrong_bank_is_found_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "own.yaml").write_text("id: own\ntitel: Own\n")
    monkeypatch.setenv("INTERVIEW_PLANS_DIR", str(plans))
    findings = examine(read_serve_file(profile_path("local")), tmp_path)
    found = next(finding for finding in findings if finding.area == "interview plans")
    assert found.level == "fail"
    assert "own.yaml:2: titel: unknown field" in found.found


def test_a_wrong_password_is_a_configuration_error_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedRedis(tmp_path / "server") as server:
        user, _, place = server.url.rpartition("@")
        monkeypatch.setenv("REDIS_URL", f"{user.rpartition(':')[0]}:not-the-password@{place}")
        with (
            pytest.raises(ConfigError, match=r"REDIS_URL: .* refuses the password") as refused,
            Platform(read_serve_file(profile_path("local")), tmp_path / "data", port=free_port()),
        ):
            pass
    assert "not-the-password" not in str(refused.value)


def test_a_server_that_does_not_answer_is_no_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{port}/0")
    with (
        pytest.raises(StorageUnavailable, match=rf"127\.0\.0\.1:{port}/0 does not answer"),
        Platform(read_serve_file(profile_path("local")), tmp_path, port=free_port()),
    ):
        pass


def test_the_port_of_the_platform_that_runs_here_is_no_problem(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        config = structs.replace(read_serve_file(profile_path("local")), port=held.getsockname()[1])
        assert port_findings(config, tmp_path) == ["warn"]
        own = psutil.Process()
        pid_file = pid_file_of(tmp_path)
        pid_file.parent.mkdir()
        pid_file.write_text(json.dumps({"launcher": {"pid": own.pid, "started": own.create_time()}}))
        assert port_findings(config, tmp_path) == ["ok"]


def port_findings(config: ServeFile, data: Path) -> list[str]:
    return [finding.level for finding in examine(config, data) if finding.area == "port"]
