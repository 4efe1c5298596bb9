"""Pins a session's prompt versions, policies and thresholds at its start."""

from __future__ import annotations

from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from interview.plans.plan import InterviewPlan
from interview.policies.rules import PolicySet, encode_policies
from interview.sessions.settings import SessionSettings, Thresholds
from storage.blobs.layout import policies_path
from storage.blobs.port import BlobStore


class SessionPins:
    """The settings of a new session. Each process stores the policies in the blob store under their digest once."""

    def __init__(
        self,
        blobs: BlobStore,
        config: AgentConfig,
        policies: PolicyCatalogue,
        prompts: PromptCatalogue | None = None,
        *,
        review_below: float | None = None,
    ) -> None:
        """``review_below`` is the grading tier's threshold, pinned like the agent's own."""
        self._blobs = blobs
        self._policies = policies
        self._prompts = prompts
        self._thresholds = Thresholds(
            unsure_below=config.unsure_below, review_below=review_below, unsure_form_below=config.unsure_form_below
        )
        self._kept: set[str] = set()

    async def pinned(
        self, settings: SessionSettings, plan: InterviewPlan, *, tenant: str, interview_id: str
    ) -> SessionSettings:
        """Raises InvalidInput (the plan names policies that are not installed), StorageUnavailable."""
        self._policies.require(plan)
        policies = self._policies.of_plan(plan)
        await self._keep(policies)
        prompts: dict[str, str] = {}
        if self._prompts is not None:
            await self._prompts.refresh()
            prompts = self._prompts.pins(tenant, interview_id)
        return replace(settings, policies=policies.digest, prompts=prompts, thresholds=self._thresholds)

    async def _keep(self, policies: PolicySet) -> None:
        if policies.digest not in self._kept:
            await self._blobs.put(policies_path(policies.digest), encode_policies(policies))
            self._kept.add(policies.digest)
