"""Reads ``configs/serve/*.yaml``: an ordinary Ray Serve config whose one application is this platform.

The same file drives ``interview up``, ``serve deploy`` and KubeRay's ``serveConfigV2``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from interview.errors import ConfigError

#: The checkout's root, with ``configs/`` and ``models/``. ``INTERVIEW_HOME`` overrides it.
HOME = Path(os.environ.get("INTERVIEW_HOME", Path(__file__).resolve().parent.parent))


class ServeFile(Struct, frozen=True):
    """``host``/``port`` of the ingress, Ray's environment, Serve's logging settings, the application's arguments."""

    path: Path
    host: str
    port: int
    request_timeout_s: float | None
    environment: dict[str, str]
    logging: dict[str, Any]
    arguments: dict[str, Any]


def data_dir() -> Path:
    """The local profile's data directory: ``INTERVIEW_DATA_DIR``, or the user's data directory (XDG)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(os.environ.get("INTERVIEW_DATA_DIR") or Path(base) / "interview-serve").resolve()


def profile_path(profile: str) -> Path:
    """The file of a profile name, or the file itself when a path is given.

    Raises:

        ConfigError: there is no such file; the message lists the profiles.
    """
    given = Path(profile)
    if given.suffix in {".yaml", ".yml"} and given.is_file():
        return given
    found = HOME / "configs" / "serve" / f"{profile}.yaml"
    if not found.is_file():
        known = ", ".join(sorted(path.stem for path in (HOME / "configs" / "serve").glob("*.yaml"))) or "none"
        raise ConfigError.at(str(found), None, "", f"no such profile; choose one of: {known}")
    return found


def read_serve_file(path: Path) -> ServeFile:
    """Raises ConfigError when the file is not a Serve config with exactly one application."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigError.at(str(path), line, "", f"not valid YAML: {error.problem}") from error
    if not isinstance(raw, dict):
        raise ConfigError.at(str(path), None, "", "expected a mapping with http_options and applications")
    applications = raw.get("applications")
    if not isinstance(applications, list) or len(applications) != 1 or not isinstance(applications[0], dict):
        raise ConfigError.at(str(path), None, "applications", "expected exactly one application")
    application = applications[0]
    if application.get("import_path") != "serve.compose:build":
        raise ConfigError.at(str(path), None, "applications[0].import_path", "expected serve.compose:build")
    options = raw.get("http_options") or {}
    environment = (application.get("runtime_env") or {}).get("env_vars") or {}
    return ServeFile(
        path=path,
        host=str(options.get("host", "127.0.0.1")),
        port=int(options.get("port", 8000)),
        request_timeout_s=options.get("request_timeout_s"),
        logging=dict(raw.get("logging_config") or {}),
        environment={str(name): str(value) for name, value in environment.items()},
        arguments=dict(application.get("args") or {}),
    )
