"""Interview plans: phases with time budgets, each a core block asked verbatim, then an adaptive block."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from interview.plans.questions import Question, QuestionType

Phase = Literal["intro", "technical", "behavioral", "closing"]
Level = Literal["junior", "mid", "senior"]
#: How answers are modelled (``interview.measurement.item_model``).
ResponseModel = Literal["2pl", "gpcm"]

#: Items of at least this difficulty (θ units, 0 = the plan's typical candidate) measure above the middle.
SENIOR_ITEM_B = 0.6


class PhasePlan(Struct, frozen=True, forbid_unknown_fields=True):
    """One phase.

    ``core`` question ids are asked of every candidate, in order and verbatim. Then up to ``adaptive`` more are chosen
    by ability from the questions whose type is in ``types`` and skill in ``skills`` (empty: any).
    """

    name: Phase
    time_budget_s: float
    core: tuple[str, ...] = ()
    adaptive: int = 0
    types: tuple[QuestionType, ...] = ()
    skills: tuple[str, ...] = ()

    @property
    def question_budget(self) -> int:
        return len(self.core) + self.adaptive


class AdaptiveRules(Struct, frozen=True, forbid_unknown_fields=True):
    """``stop_se``: an ability is measured precisely enough once its standard error is at or below this (θ units).

    ``model``: ``gpcm`` for plans written today. ``2pl`` is the default because sessions that began before pin plans
    without this field, and a replay must find the same abilities.

    ``randomesque``: the next item is drawn, seeded by the session, from this many most informative ones, so that no
    item is shown to everyone (exposure control after Kingsbury & Zara, 1989).
    """

    stop_se: float = 0.45
    randomesque: int = 3
    model: ResponseModel = "2pl"


class PauseRules(Struct, frozen=True, forbid_unknown_fields=True):
    """How often the candidate may pause the interview, and for how many days each time. The clock stops meanwhile."""

    at_most: int = 0
    days: float = 3.0


class InterviewPlan(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A plan with its questions: everything one interview needs, content-addressed by ``digest``.

    ``level`` is the seniority that the core block is made for. ``skills`` maps a skill to its weight in the report.
    ``composites`` maps an ability to the skills whose answers measure it together, because two or three answers on one
    skill tell little; without them every skill is measured alone.
    ``keywords`` help to match a role description to a plan.
    ``policies`` name files of ``configs/policies``. ``company_facts`` maps topics (words, alternatives separated by
    commas: "salary, pay") to the answers a candidate gets. ``reply_within_days``: the hiring team answers each
    candidate within this many days after the interview; 0 promises nothing. Times in seconds.
    """

    id: str
    title: str
    role: str
    phases: tuple[PhasePlan, ...]
    skills: dict[str, float]
    questions: tuple[Question, ...]
    greeting: str
    closing: str
    consent: str
    version: str = "1"
    level: Level = "mid"
    language: str = "en"
    adaptive: AdaptiveRules = AdaptiveRules()
    policies: tuple[str, ...] = ("default",)
    hint_budget: int = 3
    max_follow_ups: int = 1
    max_clarifications: int = 2
    time_budget_s: float = 3600.0
    keywords: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    persona: str = "a friendly, precise interviewer"
    company_facts: dict[str, str] = {}
    composites: dict[str, tuple[str, ...]] = {}
    pauses: PauseRules = PauseRules()
    reply_within_days: int = 0

    @cached_property
    def by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hex; a session pins the plan under it."""
        return hashlib.sha256(encode_plan(self)).hexdigest()

    @cached_property
    def abilities(self) -> dict[str, tuple[str, ...]]:
        """What the interview measures: the composites, or else each skill alone."""
        return self.composites or {skill: (skill,) for skill in self.skills}

    def phase(self, name: str) -> PhasePlan:
        """Raises KeyError for an unknown phase."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)

    def phase_after(self, name: str) -> PhasePlan | None:
        names = [phase.name for phase in self.phases]
        index = names.index(self.phase(name).name)
        return self.phases[index + 1] if index + 1 < len(self.phases) else None


class PlanRef(Struct, frozen=True):
    """Reference to a session's pinned plan: ``digest`` finds its exact content in the blob store."""

    id: str
    version: str
    digest: str
    title: str = ""
    chosen_because: str = ""
    #: Not an installed plan, but the request's or the tenant's own: stored with the session and erased with it.
    from_request: bool = False


def encode_plan(plan: InterviewPlan) -> bytes:
    """The canonical JSON of a plan (keys sorted)."""
    return msgspec.json.encode(plan, order="sorted")


def decode_plan(raw: bytes) -> InterviewPlan:
    return msgspec.json.decode(raw, type=InterviewPlan)


def reference(plan: InterviewPlan, *, chosen_because: str = "", from_request: bool = False) -> PlanRef:
    return PlanRef(
        id=plan.id,
        version=plan.version,
        digest=plan.digest,
        title=plan.title,
        chosen_because=chosen_because,
        from_request=from_request,
    )
