"""The installed interview plans, as the catalogue a start chooses from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from deployments.agent.ports import PlanChoice
from interview.errors import InvalidInput
from interview.plan_files import load_plans
from interview.plans import InterviewPlan

#: Picks one of the plans for a role description and says why.
Matcher = Callable[[str, Mapping[str, InterviewPlan]], PlanChoice]


class InstalledPlans:
    """Plans read once, when the replica starts; new ones come with a rollout."""

    def __init__(self, plans: Mapping[str, InterviewPlan], matcher: Matcher | None = None) -> None:
        if not plans:
            raise InvalidInput("No interview plan is installed.")
        self._plans = dict(plans)
        self._match = matcher or nearest_by_keywords

    @classmethod
    def from_directory(cls, directory: Path | str) -> InstalledPlans:
        """Raises ConfigError naming file, line and field."""
        return cls(load_plans(directory))

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._plans))

    def get(self, plan_id: str) -> InterviewPlan | None:
        return self._plans.get(plan_id)

    def match(self, role_description: str) -> PlanChoice:
        return self._match(role_description, self._plans)


def nearest_by_keywords(role_description: str, plans: Mapping[str, InterviewPlan]) -> PlanChoice:
    """The plan most of whose keywords occur in the description; the first by id when none does."""
    text = f" {role_description.lower()} "

    def found(plan: InterviewPlan) -> list[str]:
        return [word for word in (plan.role, *plan.keywords) if word.lower() in text]

    best = max((plans[plan_id] for plan_id in sorted(plans)), key=lambda plan: len(found(plan)))
    hits = found(best)
    reason = f"Its words occur in the role description: {', '.join(hits[:6])}." if hits else "No plan's words occur."
    return PlanChoice(plan=best, reason=f"Nearest plan to the role description. {reason}")
