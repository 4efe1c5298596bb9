"""Reads ``configs/serve/*.yaml``: an ordinary Ray Serve config whose one application is this platform.

The same file drives ``interview up``, ``serve deploy`` and KubeRay's ``serveConfigV2``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from msgspec import Struct

from interview.errors import ConfigError
from interview.shipped import shipped_root
from interview.yaml.schema import nearest
from interview.yaml.source import PathKey, YamlDocument, read_yaml

#: Root of the shipped ``configs/``.
HOME = shipped_root()

IMPORT_PATH = "serve.compose:build"

#: Path of the application's arguments in the file.
ARGUMENTS: PathKey = ("applications", 0, "args")

#: What `interview up` passes to Serve, by path in the file. Any other setting there is an error, never ignored.
_HONOURED: dict[PathKey, tuple[str, ...]] = {
    (): ("proxy_location", "http_options", "logging_config", "applications"),
    ("http_options",): (
        "host",
        "port",
        "request_timeout_s",
        "keep_alive_timeout_s",
        "root_path",
        "ssl_keyfile",
        "ssl_certfile",
    ),
    ("applications", 0): ("name", "route_prefix", "import_path", "runtime_env", "args"),
    ("applications", 0, "runtime_env"): ("env_vars",),
}


class ServeFile(Struct, frozen=True):
    """A profile: HTTP options, Ray's environment, Serve's logging settings, the application's arguments.

    ``document`` is the file with the line of every value, for errors. ``http`` holds the set ``http_options``;
    ``port`` and ``host`` have defaults.
    """

    path: Path
    document: YamlDocument
    host: str
    port: int
    http: dict[str, Any]
    environment: dict[str, str]
    logging: dict[str, Any]
    arguments: dict[str, Any]


def data_dir() -> Path:
    """The local profile's data directory: ``INTERVIEW_DATA_DIR``, or the user's data directory (XDG)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(os.environ.get("INTERVIEW_DATA_DIR") or Path(base) / "interview-serve").resolve()


def plans_dir() -> Path:
    return Path(os.environ.get("INTERVIEW_PLANS_DIR") or HOME / "configs" / "interviews")


def policies_dir() -> Path:
    return Path(os.environ.get("INTERVIEW_POLICIES_DIR") or HOME / "configs" / "policies")


def retention_file() -> Path:
    return Path(os.environ.get("INTERVIEW_RETENTION_FILE") or HOME / "configs" / "retention.yaml")


def prompts_url() -> str:
    """A directory or any fsspec URL (``s3://bucket/prompts``)."""
    return os.environ.get("INTERVIEW_PROMPTS_URL") or str(HOME / "configs" / "prompts")


def profile_dirs() -> tuple[Path, ...]:
    """The directories searched for a profile's name: ``INTERVIEW_PROFILES_DIR`` first, then the shipped profiles."""
    own = os.environ.get("INTERVIEW_PROFILES_DIR")
    return (*((Path(own),) if own else ()), HOME / "configs" / "serve")


def profiles() -> dict[str, Path]:
    """The file of each profile's name; an operator's profile hides a shipped one of the same name."""
    return {path.stem: path for directory in reversed(profile_dirs()) for path in sorted(directory.glob("*.yaml"))}


def profile_path(profile: str) -> Path:
    """The file of a profile name, or the file itself when a path is given.

    Raises:

        ConfigError: there is no such file; the message lists the profiles.
    """
    given = Path(profile)
    if given.suffix in {".yaml", ".yml"}:
        if given.is_file():
            return given
        raise ConfigError.at(profile, None, "", "no such file")
    known = profiles()
    if profile not in known:
        searched = ", ".join(str(directory) for directory in profile_dirs())
        names = ", ".join(sorted(known)) or "none"
        raise ConfigError(
            f"There is no profile {profile!r} in {searched}{nearest(profile, known)} (profiles: {names})",
        )
    return known[profile]


def read_serve_file(path: Path) -> ServeFile:
    """Raises ConfigError, with the line, when the file is not a Serve config with exactly one application, this one."""
    document = read_yaml(path)
    raw = document.data
    if not isinstance(raw, dict):
        raise document.error((), "expected a mapping with http_options and applications")
    applications = raw.get("applications")
    if not isinstance(applications, list) or len(applications) != 1 or not isinstance(applications[0], dict):
        raise document.error(("applications",), "expected exactly one application")
    application = applications[0]
    if application.get("import_path") != IMPORT_PATH:
        raise document.error(("applications", 0, "import_path"), f"expected {IMPORT_PATH}")
    options = raw.get("http_options") or {}
    environment = (application.get("runtime_env") or {}).get("env_vars") or {}
    return ServeFile(
        path=path,
        document=document,
        host=str(options.get("host", "127.0.0.1")),
        port=int(options.get("port", 8000)),
        http={name: value for name, value in options.items() if name not in ("host", "port")},
        logging=dict(raw.get("logging_config") or {}),
        environment={str(name): str(value) for name, value in environment.items()},
        arguments=dict(application.get("args") or {}),
    )


def require_honoured(file: ServeFile) -> None:
    """Raises ConfigError for a setting that ``serve deploy`` applies and `interview up`, on its one node, does not."""
    for path, honoured in _HONOURED.items():
        section: Any = file.document.data
        for part in path:
            section = section[part] if isinstance(part, int) else section.get(part) or {}
        for name in section:
            if name not in honoured:
                problem = f"`interview up` does not apply this setting{nearest(name, honoured)}"
                raise file.document.error((*path, name), problem)
    location = file.document.data.get("proxy_location", "HeadOnly")
    if location not in ("HeadOnly", "EveryNode"):  # one node: both are the same
        raise file.document.error(("proxy_location",), "`interview up` needs a proxy: HeadOnly or EveryNode")
