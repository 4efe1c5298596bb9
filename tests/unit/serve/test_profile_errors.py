"""A wrong profile is an error that names file, line and field, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.errors import ConfigError
from serve.serve_file import profile_path, read_serve_file, require_honoured
from serve.settings import read_settings
from tests.support.paths import CONFIGS

LOCAL = (CONFIGS / "serve" / "local.yaml").read_text()


def changed(tmp_path: Path, old: str, new: str) -> tuple[Path, int]:
    """The local profile with ``new`` for ``old``, and the line of the change."""
    assert old in LOCAL
    text = LOCAL.replace(old, new)
    path = tmp_path / "own.yaml"
    path.write_text(text)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if new.strip().splitlines()[-1] in line)
    return path, line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("session_ttl_s", "sesion_ttl_s", "args.storage.sesion_ttl_s: unknown field – did you mean 'session_ttl_s'?"),
        ("placement: tier", "placement: teir", "args.placement: 'teir' is not one of"),
        ("num_cpus: 1}", "num_cpus: many}", "args.stt.replicas.num_cpus: must be a number"),
        ("engine: none", "engine: remote\n        max_concurrency: soon", "args.llm.max_concurrency"),
    ],
)
def test_a_wrong_argument_is_named_by_line_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    path, line = changed(tmp_path, old, new)
    file = read_serve_file(path)
    with pytest.raises(ConfigError) as error:
        read_settings(file.arguments, file.document)
    assert error.value.message.startswith(f"{path}:{line}: applications[0].")
    assert said in error.value.message


def test_all_further_problems_are_counted(tmp_path: Path) -> None:
    path, _ = changed(tmp_path, "session_ttl_s", "sesion_ttl_s: 1\n        sesion_ttl")
    file = read_serve_file(path)
    with pytest.raises(ConfigError, match="and 1 more problem"):
        read_settings(file.arguments, file.document)


def test_a_rule_between_two_fields_names_their_section(tmp_path: Path) -> None:
    shipped = "        by_value: false\n        replicas: {num_cpus: 0.2}"
    path, line = changed(tmp_path, shipped, "        replicas: {min_replicas: 3, max_replicas: 2}")
    file = read_serve_file(path)
    with pytest.raises(ConfigError) as error:
        read_settings(file.arguments, file.document)
    assert f"{path}:{line}: applications[0].args.agent.replicas: " in error.value.message


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("http_options:", "grpc_options: {port: 9000}\nhttp_options:", "grpc_options"),
        ("  port: 8000", "  port: 8000\n  num_cpus: 1", "http_options.num_cpus"),
        ("    route_prefix: /", "    deployments: [{name: agent}]\n    route_prefix: /", "applications[0].deployments"),
        ("proxy_location: HeadOnly", "proxy_location: Disabled", "proxy_location"),
    ],
)
def test_up_refuses_a_setting_that_only_a_cluster_applies(tmp_path: Path, old: str, new: str, field: str) -> None:
    path, _ = changed(tmp_path, old, new)
    file = read_serve_file(path)
    with pytest.raises(ConfigError) as error:
        require_honoured(file)
    assert error.value.detail["field"] == field
    assert error.value.detail["line"]


def test_a_profile_that_does_not_exist_is_named_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERVIEW_PROFILES_DIR", raising=False)
    with pytest.raises(ConfigError, match="did you mean 'gpu-node'"):
        profile_path("gpu-nod")
