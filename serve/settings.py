"""The application's typed arguments: one section per tier, checked before anything starts."""

from __future__ import annotations

import os
import re
from typing import Any, Literal

import msgspec
from msgspec import Struct

from deployments.agent.config import AgentConfig
from deployments.documents.config import DocumentsConfig
from deployments.drafting.config import DraftingConfig
from deployments.grading.config import GradingConfig
from deployments.llm.config import LlmConfig
from deployments.retrieval.config import RetrievalConfig
from deployments.shell.antivirus import address_problem
from deployments.shell.replicas import checked_serve_options
from deployments.stt.config import SttConfig
from deployments.tts.config import TtsConfig
from deployments.turn_detection.config import TurnDetectionConfig
from interview.errors import ConfigError
from interview.yaml.schema import misfits
from interview.yaml.source import PathKey, YamlDocument, field_name
from serve.http.openai.tenant_limits import TenantLimits
from serve.http.settings import HttpSettings
from serve.serve_file import ARGUMENTS
from serve.webhooks.settings import WebhookSettings


class StorageSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The stores of sessions and blobs. The Redis URL is a secret and comes from ``REDIS_URL``, never from a file."""

    #: A directory or any fsspec URL (``s3://bucket/prefix``, ``gs://…``); empty means the data directory.
    blob_url: str = ""
    #: Counts from the last commit.
    session_ttl_s: float = 7200.0
    #: Counts from a pause, until the interview is resumed or ended.
    paused_ttl_s: float = 30 * 86400.0
    #: Idempotency records outlive their session (at least 24 h is customary).
    idempotency_ttl_s: float = 86400.0
    #: Bounds the session store's connections to Redis per process.
    pool_size: int = 64
    #: Stores sessions in a fifth of the space. Releases before this setting cannot read them: switch it on when every
    #: replica runs this release (docs/storage.md).
    compact_sessions: bool = False
    #: When the embedded server writes to the disk. ``always``: before it acknowledges a commit. ``everysec``, for load
    #: tests: once a second, so that its death can lose two seconds of answers.
    embedded_fsync: Literal["always", "everysec"] = "always"


class SecuritySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """``clamd``: the socket of ClamAV's daemon, ``unix:///run/clamav/clamd.ctl`` or ``tcp://host:3310``. Uploads then
    pass it or are refused, also while it does not answer. Empty: uploads are not scanned."""

    clamd: str = ""
    clamd_timeout_s: float = 20.0

    def __post_init__(self) -> None:
        if problem := address_problem(self.clamd):
            raise ValueError(f"clamd {problem}")


class IngressSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The ingress deployment. Its replica count is fixed: any change reloads HAProxy and cuts long WebSockets (ray
    #66056). ``serve_options`` are as in ``ReplicaConfig``."""

    num_replicas: int = 1
    num_cpus: float = 0.5
    max_ongoing_requests: int = 512
    max_queued_requests: int = 512
    graceful_shutdown_timeout_s: float = 20.0
    serve_options: dict[str, Any] = {}

    def __post_init__(self) -> None:
        checked_serve_options(self.serve_options)


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The ``args`` of a ``configs/serve/*.yaml``.

    ``placement`` says where turns run: ``tier``, an autoscaling agent deployment called by RPC, or ``ingress``, the
    same code inside the ingress replica (measurements are in docs/adr). ``graders`` says where quick grading runs: in
    the grading ``tier``, or ``inline`` in the replica that runs the turn; background grading always runs in the tier.
    """

    profile: str = "local"
    placement: Literal["tier", "ingress"] = "tier"
    graders: Literal["tier", "inline"] = "tier"
    storage: StorageSettings = StorageSettings()
    ingress: IngressSettings = IngressSettings()
    http: HttpSettings = HttpSettings()
    documents: DocumentsConfig = DocumentsConfig()
    security: SecuritySettings = SecuritySettings()
    limits: TenantLimits = TenantLimits()
    webhooks: WebhookSettings = WebhookSettings()
    agent: AgentConfig = AgentConfig()
    grading: GradingConfig = GradingConfig()
    stt: SttConfig = SttConfig()
    tts: TtsConfig = TtsConfig()
    turn_detection: TurnDetectionConfig = TurnDetectionConfig()
    retrieval: RetrievalConfig = RetrievalConfig()
    drafting: DraftingConfig = DraftingConfig()
    llm: LlmConfig = LlmConfig()


def read_settings(arguments: dict[str, Any], document: YamlDocument | None = None) -> Settings:
    """The settings in ``arguments``, which is ``args`` of the profile in ``document``.

    Raises:

        ConfigError: a field is wrong. The message names file and line if ``document`` is given, the field, the nearest
            known name, and the number of further problems.
    """
    try:
        return msgspec.convert(arguments, Settings, strict=False)
    except msgspec.ValidationError as error:
        (path, problem), *others = _problems(arguments, error)
        if others:
            problem += f" (and {len(others)} more problem{'s' if len(others) > 1 else ''})"
        if document is not None:
            raise document.error((*ARGUMENTS, *path), problem) from error
        raise ConfigError.at("args", None, field_name(path), problem) from error


def _problems(arguments: dict[str, Any], error: msgspec.ValidationError) -> list[tuple[PathKey, str]]:
    """All wrong fields; for a rule that only msgspec checks, its own message with its path."""
    found = list(misfits(arguments, Settings))
    if found and found[0][0]:
        return found
    problem, _, where = str(error).partition(" - at `$")
    parts = re.findall(r"\w+", where)
    return [(tuple(int(part) if part.isdigit() else part for part in parts), problem)]


def redis_url() -> str:
    """Raises ConfigError when ``REDIS_URL`` is not set in this process."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        raise ConfigError("REDIS_URL is not set: start with `interview up`, or set it in the cluster's environment.")
    return url
