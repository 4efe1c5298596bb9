"""The installed interview plans, from which a start selects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deployments.agent.ports import PlanChoice
from interview.errors import ConfigError
from interview.plans.files import load_plans
from interview.plans.matching import match_plan
from interview.plans.plan import InterviewPlan


class InstalledPlans:
    """Plans read once, when the replica starts; new ones require a rollout."""

    def __init__(self, plans: Mapping[str, InterviewPlan]) -> None:
        if not plans:
            raise ConfigError("No interview plan is installed.")
        self._plans = dict(plans)

    @classmethod
    def from_directory(cls, directory: Path | str) -> InstalledPlans:
        """Raises ConfigError naming file, line and field."""
        return cls(load_plans(directory))

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._plans))

    def get(self, plan_id: str) -> InterviewPlan | None:
        return self._plans.get(plan_id)

    def match(self, role_description: str) -> PlanChoice:
        found = match_plan(role_description, self._plans)
        return PlanChoice(plan=self._plans[found.plan_id], reason=found.explanation)
