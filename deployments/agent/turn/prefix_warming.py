"""Lets a model's engine compute the beginning of an interview's prompts while the candidate hears the greeting."""

from __future__ import annotations

import asyncio
import logging

from deployments.agent.turn.decide import Decider
from interview import failures
from interview.errors import InterviewError
from interview.plans.plan import InterviewPlan
from interview.sessions.session import SessionState

logger = logging.getLogger(__name__)


class PrefixWarming:
    """Requests in the background. Nothing depends on them: a first turn without one computes the whole prompt."""

    def __init__(self, decider: Decider, *, on: bool) -> None:
        self._decider = decider
        self._on = on
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, state: SessionState, plan: InterviewPlan) -> None:
        """Ask for it and return at once; nothing where ``agent.warm_prefix`` is off."""
        if not self._on:
            return
        asking = asyncio.create_task(self._warm(state, plan))
        self._under_way.add(asking)
        asking.add_done_callback(self._under_way.discard)

    async def _warm(self, state: SessionState, plan: InterviewPlan) -> None:
        try:
            await self._decider.warm(state, plan)
        except InterviewError as error:
            logger.warning(
                "the model's first prompt is not computed ahead: error=%s", failures.item_failed("llm", error)
            )
