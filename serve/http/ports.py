"""The ingress's injected ports: it runs unchanged under Serve, uvicorn and tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from fastapi import APIRouter

from deployments.agent.contract import Agent
from deployments.documents.contract import DocumentReader
from deployments.drafting.config import DraftingConfig
from deployments.drafting.contract import PlanDrafting, RolePages
from deployments.grading.contract import Calculating
from deployments.llm.contract import LanguageModel
from deployments.shell.antivirus import UploadScanner
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import TextToSpeech
from deployments.turn_detection.contract import TurnDetection
from interview.plans.plan import InterviewPlan
from interview.policies.rules import PolicySet
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.http.identity.oidc import Identities
from serve.http.identity.realtime_secrets import RealtimeSecrets
from storage.archive.port import Archive
from storage.audit.port import AuditLog
from storage.blobs.port import BlobStore
from storage.erasure.personal_data import PersonalData
from storage.keys.port import ApiKeys
from storage.limits.port import SharedRates, SharedSlots
from storage.limits.rates import local_rates
from storage.limits.slots import LocalSlots
from storage.plans.port import TenantPlans
from storage.sessions.port import SessionKey, SessionStore

ReportFormat = Literal["json", "html", "pdf"]

#: Raises an ``InterviewError`` when its subject cannot serve; may return details for ``/readyz``.
Probe = Callable[[], Awaitable[Mapping[str, Any] | None]]


class KeyGrant(Protocol):
    """The tenant, scopes, name and end of a valid key."""

    @property
    def tenant(self) -> str: ...
    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def key_id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def expires_at(self) -> datetime | None: ...


class KeyVerifier(Protocol):
    async def verify(self, presented: str) -> KeyGrant | None:
        """The grant of a presented key; None when it is unknown, malformed, expired or revoked.

        Every wrong key takes the same work. Raises StorageUnavailable.
        """
        ...


class ReportSource(Protocol):
    async def report(self, key: SessionKey, format: ReportFormat) -> bytes:
        """The report of a session, finished or not, as a whole document.

        Raises:
            NotFound: no such session.
            TranscriptDeleted: its words were deleted under the retention policy.
        """
        ...

    async def renew(self, key: SessionKey) -> None:
        """Archive an ended session and its report after a change."""
        ...


class RequestObserver(Protocol):
    def observe(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Called once per answered request; must not block."""
        ...


@dataclass(frozen=True, slots=True)
class IngressPorts:
    """The ingress's dependencies.

    ``key_admin`` None: keys are made at the command line only. ``candidates`` None: no links for candidates.
    ``identities`` None: no tokens of an identity provider. ``realtime_secrets`` None: no ephemeral secrets.
    ``turn_detection`` None: a client of the realtime API says itself when an answer ends. ``documents`` None: no files
    are read, only text. ``probes`` decide readiness; ``status`` adds queue numbers to ``/status``; ``metrics`` is
    Prometheus text. ``scanner`` None: uploads are not scanned for viruses. ``rates`` and ``slots`` are the callers'
    limits, by default of this process alone. ``formulas`` None: candidates cannot try formulas.
    """

    agent: Agent
    sessions: SessionStore
    archive: Archive
    audit: AuditLog
    blobs: BlobStore
    keys: KeyVerifier
    reports: ReportSource
    personal_data: PersonalData
    key_admin: ApiKeys | None = None
    candidates: CandidateTokens | None = None
    identities: Identities | None = None
    realtime_secrets: RealtimeSecrets | None = None
    turn_detection: TurnDetection | None = None
    documents: DocumentReader | None = None
    stt: SpeechToText | None = None
    llm: LanguageModel | None = None
    judge: LanguageModel | None = None
    tts: TextToSpeech | None = None
    probes: Mapping[str, Probe] = field(default_factory=dict)
    status: Callable[[], Awaitable[Mapping[str, Any]]] | None = None
    metrics: Callable[[], Awaitable[bytes]] | None = None
    observer: RequestObserver | None = None
    routers: Sequence[APIRouter] = ()
    scanner: UploadScanner | None = None
    formulas: Calculating | None = None
    rates: SharedRates = field(default_factory=local_rates)
    slots: SharedSlots = field(default_factory=LocalSlots)
    session_ttl_s: float = 7200.0
    tenant_plans: TenantPlans | None = None
    drafting: PlanDrafting | None = None
    role_pages: RolePages | None = None
    drafts_per_tenant: int = DraftingConfig().drafts_per_tenant
    policies: PolicySet | None = None
    installed_plans: Mapping[str, InterviewPlan] = field(default_factory=dict)
