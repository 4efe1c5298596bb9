"""Reads ``labels.yaml``: the published versions of a prompt, the live one, and the one being rolled out."""

from __future__ import annotations

import hashlib
import re

import msgspec
from msgspec import Struct

from interview.yaml.schema import misfits, nearest
from interview.yaml.source import parse_yaml

LIVE = "production"

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Rollout(Struct, frozen=True, forbid_unknown_fields=True):
    """``percent`` of the sessions, chosen by a hash of the session, get ``version`` instead of the live one."""

    version: str
    percent: float


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """``versions`` maps each published version, oldest first, to the SHA-256 of its file; ``labels`` may move."""

    versions: dict[str, str]
    labels: dict[str, str]
    rollout: Rollout | None = None

    @property
    def live(self) -> str:
        return self.labels[LIVE]


def read_labels(text: str, file: str) -> Labels:
    """Raises ConfigError naming file, line and field."""
    document = parse_yaml(text, file)
    for path, problem in misfits(document.data, Labels):
        raise document.error(path, problem)
    labels = msgspec.convert(document.data, Labels)
    if not labels.versions:
        raise document.error(("versions",), "has no versions")
    for version, digest in labels.versions.items():
        if not _VERSION.match(version):
            raise document.error(("versions", version), "a version is 1 to 32 letters, digits, dots and dashes")
        if not _DIGEST.match(digest):
            raise document.error(("versions", version), "must be the SHA-256 of the file, 64 hex digits")
    if LIVE not in labels.labels:
        raise document.error(("labels",), f"the label {LIVE!r} is missing")
    for label, version in labels.labels.items():
        if version not in labels.versions:
            raise document.error(("labels", label), f"{version!r} is not published{nearest(version, labels.versions)}")
    rollout = labels.rollout
    if rollout is not None:
        if rollout.version not in labels.versions:
            problem = f"{rollout.version!r} is not published{nearest(rollout.version, labels.versions)}"
            raise document.error(("rollout", "version"), problem)
        if not 0 <= rollout.percent <= 100:
            raise document.error(("rollout", "percent"), f"{rollout.percent:g} must be between 0 and 100")
    return labels


def in_rollout(name: str, tenant: str, interview_id: str, percent: float) -> bool:
    """Whether this session is among the ``percent``: deterministic, and independent between prompts."""
    digest = hashlib.sha256("\0".join((name, tenant, interview_id)).encode()).digest()
    return int.from_bytes(digest[:4], "big") % 10_000 < percent * 100
