"""Stores and loads the plan that a session started with, content-addressed, so that later edits do not change it."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from interview.errors import InternalError
from interview.plans.plan import InterviewPlan, decode_plan, encode_plan
from interview.sessions.session import SessionState
from storage.blobs.layout import plan_path, session_plan_path
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey


class PinnedPlans:
    """Plans by path, the last ``capacity`` of them decoded in memory."""

    def __init__(self, blobs: BlobStore, *, capacity: int) -> None:
        self._blobs = blobs
        self._capacity = capacity
        self._plans: OrderedDict[str, InterviewPlan] = OrderedDict()

    async def pin(self, plan: InterviewPlan, *, only_for: SessionKey | None = None) -> None:
        """Store ``plan`` under its digest. A plan sent with a start is stored ``only_for`` that session.

        Raises StorageUnavailable.
        """
        digest = plan.digest
        path = plan_path(digest)
        if only_for is not None:
            path = session_plan_path(only_for.tenant, only_for.interview_id, digest)
        if path not in self._plans:
            await self._blobs.put(path, encode_plan(plan))
        self._keep(path, plan)

    async def get(self, state: SessionState) -> InterviewPlan:
        """The plan of a session. Raises NotFound, StorageUnavailable, InternalError (the stored plan is damaged)."""
        path = path_of_plan(state)
        plan = self._plans.get(path)
        if plan is None:
            raw = await self._blobs.get(path)
            try:
                plan = decode_plan(raw)
            except msgspec.DecodeError as error:
                ref = state.plan
                raise InternalError(f"The pinned plan {ref.id} ({ref.digest[:12]}) cannot be read.") from error
        self._keep(path, plan)
        return plan

    def _keep(self, path: str, plan: InterviewPlan) -> None:
        self._plans[path] = plan
        self._plans.move_to_end(path)
        while len(self._plans) > self._capacity:
            self._plans.popitem(last=False)


def path_of_plan(state: SessionState) -> str:
    """The blob of a session's pinned plan."""
    if state.plan.from_request:
        return session_plan_path(state.tenant, state.interview_id, state.plan.digest)
    return plan_path(state.plan.digest)
