"""The agent's ports: stores, other tiers, interviewer, policies and clock, all replaceable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from deployments.agent.brief.interviewer import Interviewer, Policy, ThinksAhead
from deployments.grading.contract import Grading
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import TextToSpeech
from interview.plans.plan import InterviewPlan, PlanRef
from interview.sessions.settings import SessionSettings
from storage.archive.port import Archive
from storage.blobs.port import BlobStore
from storage.plans.port import TenantPlans
from storage.sessions.port import SessionStore


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, timezone-aware."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class PlanChoice(Struct, frozen=True):
    """A plan, and one sentence for people on why it was chosen. ``is_installed``: shared by all tenants."""

    plan: InterviewPlan
    reason: str
    is_installed: bool = True


class PlanCatalogue(Protocol):
    """The installed plans. Read at start only: a running session keeps its pinned copy."""

    def ids(self) -> tuple[str, ...]: ...

    def get(self, plan_id: str) -> InterviewPlan | None:
        """The installed plan; None for a draft."""
        ...

    def is_draft(self, plan_id: str) -> bool:
        """Whether a file holds this plan, and no person has approved it."""
        ...

    def match(self, role_description: str, language: str) -> PlanChoice:
        """The plan nearest to a role description. Raises InvalidInput when none is similar."""
        ...


class Observer(Protocol):
    """Receives steps' outcomes; serve/ turns them into metrics. Calls must be cheap and must not raise."""

    def step_finished(self, step: str, outcome: str, stage_ms: Mapping[str, float]) -> None:
        """``step`` is start, turn, hint or end; ``outcome`` is ``ok``, ``replayed``, ``resumed`` or an error's code."""
        ...

    def session_started(self, plan: PlanRef) -> None: ...

    def session_concluded(self, plan: PlanRef, by: str) -> None: ...

    def fallback_entered(self, tier: str, to: str) -> None:
        """A call failed. A voice that speaks because the preferred one is not installed is no failure."""
        ...

    def guardrail_tripped(self, rule: str, action: str) -> None: ...

    def commit_retried(self, step: str) -> None: ...

    def reply_prepared(self, outcome: str, tokens: int) -> None:
        """A reply that was prepared ahead was ``made`` with so many tokens, ``abandoned`` before it was complete,
        ``used``, or ``stale`` when the turn came."""
        ...

    def speech_repeated(self, duration_s: float) -> None:
        """A reply's audio is a copy of an earlier one's, without a call to the voice."""
        ...


class SilentObserver:
    """An ``Observer`` that ignores every call."""

    def step_finished(self, step: str, outcome: str, stage_ms: Mapping[str, float]) -> None: ...

    def session_started(self, plan: PlanRef) -> None: ...

    def session_concluded(self, plan: PlanRef, by: str) -> None: ...

    def fallback_entered(self, tier: str, to: str) -> None: ...

    def guardrail_tripped(self, rule: str, action: str) -> None: ...

    def commit_retried(self, step: str) -> None: ...

    def reply_prepared(self, outcome: str, tokens: int) -> None: ...

    def speech_repeated(self, duration_s: float) -> None: ...


class Pins(Protocol):
    async def pinned(
        self, settings: SessionSettings, plan: InterviewPlan, *, tenant: str, interview_id: str
    ) -> SessionSettings:
        """``settings`` of a new session with its pinned versions, digests and thresholds."""
        ...


@dataclass(frozen=True)
class AgentPorts:
    """The agent's dependencies.

    ``stt`` None: typed answers only. ``tts`` None: replies are text only. ``model`` None: the script interviews.
    ``ahead`` None: no reply is prepared.
    ``archive`` None: an id is unique among the live sessions only. ``tenant_plans`` None: only installed plans.
    ``policy`` None: only the plan's rules. ``pins`` None: only plan and seed are pinned.
    """

    sessions: SessionStore
    blobs: BlobStore
    grading: Grading
    plans: PlanCatalogue
    stt: SpeechToText | None = None
    tts: TextToSpeech | None = None
    model: Interviewer | None = None
    ahead: ThinksAhead | None = None
    policy: Policy | None = None
    pins: Pins | None = None
    archive: Archive | None = None
    tenant_plans: TenantPlans | None = None
    observer: Observer = field(default_factory=SilentObserver)
