"""A draft plan with what its reader must know before approving it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from interview.drafts.role import NeedKind
from interview.plans.plan import InterviewPlan


class Asked(Struct, frozen=True):
    """A question that asks for a need. ``score``: their nearness by meaning, in [-1, 1]; ``written`` by a model."""

    question_id: str
    score: float
    written: bool = False


class NeedCoverage(Struct, frozen=True):
    """One need of the role, and the questions of the plan that ask for it.

    ``in_resume``: whether the résumé speaks of it; None without a résumé. The questions do not depend on it, because
    every candidate of a role gets the same.
    """

    need: str
    kind: NeedKind
    weight: float
    asked: tuple[Asked, ...] = ()
    in_resume: bool | None = None

    @property
    def is_uncovered(self) -> bool:
        """Whether an interview could ask for it, and this plan does not."""
        return self.kind == "skill" and not self.asked


class RejectedQuestion(Struct, frozen=True):
    """A question that a model wrote and code refused."""

    need: str
    prompt: str
    problems: tuple[str, ...]


class PlanDraft(Struct, frozen=True):
    """``notes`` are sentences for the person who approves."""

    plan: InterviewPlan
    coverage: tuple[NeedCoverage, ...]
    notes: tuple[str, ...] = ()
    rejected: tuple[RejectedQuestion, ...] = ()

    @property
    def uncovered(self) -> tuple[str, ...]:
        return tuple(one.need for one in self.coverage if one.is_uncovered)

    def without_resume(self) -> PlanDraft:
        """The draft without the flags that tell what one candidate's résumé speaks of."""
        return replace(self, coverage=tuple(replace(one, in_resume=None) for one in self.coverage))
