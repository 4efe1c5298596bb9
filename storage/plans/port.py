"""The port of a tenant's own plans: drafts, and the ones that a person approved."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from interview.drafts.draft import PlanDraft

PlanStatus = Literal["draft", "approved"]


class TenantPlan(Struct, frozen=True):
    """A plan of ``tenant`` under ``draft.plan.id``. Times are UTC; ``approved_by`` names the person or key."""

    tenant: str
    draft: PlanDraft
    created_at: datetime
    created_by: str
    status: PlanStatus = "draft"
    approved_at: datetime | None = None
    approved_by: str = ""

    @property
    def plan_id(self) -> str:
        return self.draft.plan.id


class TenantPlans(Protocol):
    """Stores ``PlanDraft.without_resume``: nothing about a candidate. Encodes and decodes plans off the event loop."""

    async def add(self, plan: TenantPlan, *, at_most: int) -> None:
        """Store a new draft.

        Raises:

            Conflict: the tenant has a plan with this id, or ``at_most`` plans already.
            StorageUnavailable: the store does not answer.
        """
        ...

    async def find(self, tenant: str, plan_id: str) -> TenantPlan | None:
        """Raises StorageUnavailable."""
        ...

    async def list(self, tenant: str) -> list[TenantPlan]:
        """The tenant's plans, newest first. Raises StorageUnavailable."""
        ...

    async def change(self, tenant: str, plan_id: str, draft: PlanDraft, *, replaces: str) -> TenantPlan:
        """Replace a draft's content; ``replaces`` is the digest of the plan that the editor saw.

        Raises:

            NotFound: the tenant has no such plan.
            Conflict: it is approved, or another plan stands by now.
        """
        ...

    async def approve(self, tenant: str, plan_id: str, *, digest: str, by: str, at: datetime) -> TenantPlan:
        """Approve the plan with this digest; once approved it never changes. Idempotent for the same digest.

        Raises:

            NotFound: the tenant has no such plan.
            Conflict: another plan stands by now than the one that was read.
        """
        ...

    async def delete(self, tenant: str, plan_id: str) -> bool:
        """Whether there was one. Interviews that use it keep their copy. Raises StorageUnavailable."""
        ...
