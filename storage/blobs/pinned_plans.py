"""Stores and loads the plan that a session started with, content-addressed, so that later edits do not change it."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from interview.errors import InternalError
from interview.plans.plan import InterviewPlan, PlanRef, decode_plan, encode_plan
from storage.blobs.layout import plan_path
from storage.blobs.port import BlobStore


class PinnedPlans:
    """Plans by digest, the last ``capacity`` of them decoded in memory."""

    def __init__(self, blobs: BlobStore, *, capacity: int) -> None:
        self._blobs = blobs
        self._capacity = capacity
        self._plans: OrderedDict[str, InterviewPlan] = OrderedDict()

    async def pin(self, plan: InterviewPlan) -> None:
        """Make ``plan`` findable by its digest. Raises StorageUnavailable."""
        digest = plan.digest
        if digest not in self._plans:
            await self._blobs.put(plan_path(digest), encode_plan(plan))
        self._keep(digest, plan)

    async def get(self, ref: PlanRef) -> InterviewPlan:
        """Raises NotFound, StorageUnavailable, InternalError (the stored plan is damaged)."""
        plan = self._plans.get(ref.digest)
        if plan is None:
            raw = await self._blobs.get(plan_path(ref.digest))
            try:
                plan = decode_plan(raw)
            except msgspec.DecodeError as error:
                raise InternalError(f"The pinned plan {ref.id} ({ref.digest[:12]}) cannot be read.") from error
        self._keep(ref.digest, plan)
        return plan

    def _keep(self, digest: str, plan: InterviewPlan) -> None:
        self._plans[digest] = plan
        self._plans.move_to_end(digest)
        while len(self._plans) > self._capacity:
            self._plans.popitem(last=False)
