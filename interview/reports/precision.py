"""Composite abilities of a report, and the statement of how little its answers can tell. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from interview.measurement.adaptive_block import composite_abilities
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Ungraded
from interview.reports.report import CompositeReport
from interview.sessions.session import SessionState

#: Two-sided 95 % of the normal distribution, in standard errors.
Z95 = 1.96


def composite_reports(state: SessionState, plan: InterviewPlan) -> tuple[CompositeReport, ...]:
    """The plan's composite abilities in its order; empty for a plan that measures each skill alone."""
    return tuple(
        CompositeReport(
            name=name,
            skills=plan.composites[name],
            theta=found.theta if found.items else None,
            standard_error=found.standard_error if found.items else None,
            items=found.items,
            low=found.theta - Z95 * found.standard_error if found.items else None,
            high=found.theta + Z95 * found.standard_error if found.items else None,
        )
        for name, found in composite_abilities(plan, state.grades).items()
    )


def precision_note(state: SessionState, plan: InterviewPlan, composites: Iterable[CompositeReport]) -> str:
    """What the number of graded answers allows to say, in words for the first page; empty without a graded answer.

    Two estimates with the standard error s differ at 95 % from 1.96 · √2 · s on.
    """
    judged = [
        found.question_id for found in state.grades if found.grade.is_judgement and found.question_id in plan.by_id
    ]
    scored = [plan.by_id[found] for found in judged if not isinstance(plan.by_id[found].grader, Ungraded)]
    if not scored:
        return ""
    errors = [found.standard_error for found in composites if found.standard_error is not None] or [
        found.standard_error for found in state.abilities.values() if found.items
    ]
    count = len(scored)
    text = f"{count} graded answer{'' if count == 1 else 's'} tell{'s' if count == 1 else ''} little."
    if errors:
        apart = Z95 * math.sqrt(2) * max(errors)
        text += f" Two candidates whose estimates differ by less than {apart:.1f} cannot be ranked by them."
    text += " θ = 0 is this plan's typical candidate; never compare θ across plans."
    provisional = sum(found.difficulty.provisional for found in scored)
    if provisional:
        text += (
            f" The difficulties of {provisional} of these {count} questions are provisional: judged by the authors, "
            "not estimated from candidates' answers."
        )
    return text
