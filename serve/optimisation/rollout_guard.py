"""Halts a rollout whose interviews are worse than those of the version in use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from deployments.agent.model.prompt_catalogue import PromptCatalogue
from serve.optimisation.comparison import Compared
from serve.optimisation.outcome import FIGURES
from serve.optimisation.recorded_comparison import RecordedComparison, VersionComparison
from storage.rollouts.port import Halt, Rollouts

logger = logging.getLogger(__name__)


class RolloutGuard:
    """``check`` is a sweep: any number of replicas may run it at any time."""

    def __init__(
        self,
        prompts: PromptCatalogue,
        rollouts: Rollouts,
        comparison: RecordedComparison,
        *,
        on_halt: Callable[[str, str], None] = lambda prompt, version: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``on_halt`` hears prompt and version of each halt of this replica, once."""
        self._prompts = prompts
        self._rollouts = rollouts
        self._comparison = comparison
        self._on_halt = on_halt
        self._now = now

    async def check(self) -> None:
        """Compare the versions of every rollout that is not halted, and halt those that are worse in a figure.

        Raises StorageUnavailable.
        """
        await self._prompts.refresh()
        halted = await self._rollouts.halted()
        running = self._prompts.rollouts()
        since = await self._rollouts.running(running, self._now())
        for one in running:
            prompt, rolled_out = one.prompt, one.rolled_out
            if (prompt, rolled_out) in halted:
                continue
            found = await self._comparison.compare(prompt, one.in_use, rolled_out, since=since[prompt])
            if found.worse and await self._rollouts.halt(Halt(prompt, rolled_out, self._now(), _reason(found))):
                version = rolled_out.partition("@")[0]
                logger.error("the rollout of a prompt is halted: prompt=%s version=%s", prompt, version)
                self._on_halt(prompt, version)


def _reason(found: VersionComparison) -> str:
    worse = "; ".join(_told(figure) for figure in found.worse)
    return f"{worse} ({found.interviews_rolled_out} and {found.interviews_in_use} interviews)"


def _told(figure: Compared) -> str:
    return f"{FIGURES[figure.figure]}: {figure.rolled_out.mean:.0%} instead of {figure.in_use.mean:.0%}"
