"""The installed interview plans, from which a start selects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from deployments.agent.ports import PlanChoice
from interview.errors import ConfigError, Conflict, InvalidInput
from interview.languages.language import base_of, language_of
from interview.plans.files import draft_ids, load_plans
from interview.plans.matching import match_plan
from interview.plans.plan import InterviewPlan


class InstalledPlans:
    """Plans read once, when the replica starts; new ones require a rollout."""

    def __init__(self, plans: Mapping[str, InterviewPlan], drafts: Collection[str] = ()) -> None:
        """``drafts``: ids of plan files without an approval."""
        if not plans:
            raise ConfigError("No interview plan is installed.")
        self._plans = dict(plans)
        self._drafts = frozenset(drafts)

    @classmethod
    def from_directory(cls, directory: Path | str) -> InstalledPlans:
        """Raises ConfigError naming file, line and field."""
        return cls(load_plans(directory), draft_ids(directory))

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._plans))

    def get(self, plan_id: str) -> InterviewPlan | None:
        return self._plans.get(plan_id)

    def is_draft(self, plan_id: str) -> bool:
        return plan_id in self._drafts

    def match(self, role_description: str, language: str) -> PlanChoice:
        """The nearest plan in ``language``. Raises InvalidInput: none is near, or none is in that language."""
        name = language_of(language).english_name
        plans = {plan.id: plan for plan in self._plans.values() if base_of(plan.language) == base_of(language)}
        if not plans:
            raise InvalidInput(
                f"No installed interview plan is in {name}.",
                detail={"fields": {"language": "no installed plan has it"}, "installed": list(self.ids())},
            )
        found = match_plan(role_description, plans)
        return PlanChoice(plan=self._plans[found.plan_id], reason=found.explanation)


def not_approved(plan_id: str) -> Conflict:
    """The error of a start with a plan that no person has approved."""
    return Conflict(
        f"The plan {plan_id!r} is a draft. A person must read and approve it before an interview can use it.",
        detail={"fields": {"plan": "is not approved"}},
    )
