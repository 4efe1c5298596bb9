"""The shipped plans by language; the content tests of the banks read English."""

from __future__ import annotations

from interview.plans.files import load_plans
from interview.plans.plan import InterviewPlan
from tests.support.paths import ROOT

ALL_PLANS = load_plans(ROOT / "configs" / "interviews")


def plans_in(language: str) -> dict[str, InterviewPlan]:
    """By id."""
    return {plan_id: plan for plan_id, plan in ALL_PLANS.items() if plan.language == language}
