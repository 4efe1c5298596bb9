"""``PlanDrafting``: reads the role, searches the banks by meaning, and assembles a plan that its reader approves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from deployments.drafting.bank_search import COVERED_FROM, BankSearch
from deployments.drafting.config import DraftingConfig
from deployments.drafting.contract import DraftRequest
from deployments.retrieval.contract import PASSAGE_CHARS, Retrieval, nearest
from interview.drafts.assembly import (
    MAX_MINUTES,
    MIN_MINUTES,
    Candidate,
    Chosen,
    assemble,
    choose,
    spread_of,
)
from interview.drafts.draft import Asked, NeedCoverage, PlanDraft
from interview.drafts.role import Need, Role, read_role
from interview.errors import InvalidInput
from interview.plans.files import plan_from_data
from interview.plans.plan import InterviewPlan
from interview.plans.plan_file import plan_data
from interview.text.chunks import chunks
from interview.text.visible_text import visible

#: Questions that may ask for one need.
_PER_NEED = 5
#: A résumé speaks of a need when a passage is at least this near to it.
_IN_RESUME_FROM = 0.45
_RESUME_CHARS = 20_000


class DraftingService:
    """Drafts plans from the questions of ``plans``."""

    def __init__(
        self, retrieval: Retrieval, plans: Iterable[InterviewPlan], config: DraftingConfig | None = None
    ) -> None:
        self._config = config or DraftingConfig()
        self._retrieval = retrieval
        questions = {question.id: question for plan in plans for question in plan.questions}
        self._search = BankSearch(retrieval, list(questions.values()))
        self._stories = [questions[name] for name in self._config.stories if name in questions]

    async def draft(self, request: DraftRequest) -> PlanDraft:
        """See ``PlanDrafting.draft``."""
        minutes = request.minutes if request.minutes is not None else self._config.minutes
        if not MIN_MINUTES <= minutes <= MAX_MINUTES:
            raise InvalidInput(
                f"An interview takes {MIN_MINUTES} to {MAX_MINUTES} minutes.",
                detail={"fields": {"minutes": f"must be {MIN_MINUTES} to {MAX_MINUTES}"}},
            )
        role = await asyncio.to_thread(read_role, visible(request.role))
        if not role.skills:
            raise InvalidInput(
                "The role description names nothing that an interview could ask for. Add what the role does and needs, "
                "one line each.",
                detail={"fields": {"role_description": "names no requirement"}},
            )
        candidates = await self._candidates(role)
        chosen = choose(role, candidates, self._stories, minutes)
        if not (chosen.core or chosen.stories):
            raise InvalidInput(
                "No installed question fits this role, and no general question is installed.",
                detail={"fields": {"role_description": "fits no installed question"}},
            )
        in_resume = await self._in_resume(role, visible(request.resume))
        coverage = _coverage(role, candidates, chosen, in_resume)
        needs_of: dict[str, list[Need]] = {}
        for need, one in zip(role.needs, coverage, strict=True):
            for asked in one.asked:
                needs_of.setdefault(asked.question_id, []).append(need)
        plan = await asyncio.to_thread(_checked, assemble(role, chosen, needs_of, minutes))
        return PlanDraft(plan, coverage, _notes(role, chosen, coverage))

    async def _candidates(self, role: Role) -> dict[str, list[Candidate]]:
        needs = [need.text for need in role.skills]
        found = await self._search.near(needs)
        return {
            need: [Candidate(one.question, one.score) for one in row[:_PER_NEED] if one.score >= COVERED_FROM]
            for need, row in zip(needs, found, strict=True)
        }

    async def _in_resume(self, role: Role, resume: str) -> Mapping[str, bool] | None:
        passages = chunks(resume[:_RESUME_CHARS], PASSAGE_CHARS)
        if not passages:
            return None
        nearest_of = {need.text: await nearest(self._retrieval, need.text, passages, 1) for need in role.skills}
        return {need: hits[0].score >= _IN_RESUME_FROM for need, hits in nearest_of.items()}


def _coverage(
    role: Role, candidates: Mapping[str, Sequence[Candidate]], chosen: Chosen, in_resume: Mapping[str, bool] | None
) -> tuple[NeedCoverage, ...]:
    in_plan = {question.id for question in (*chosen.core, *chosen.spare, *chosen.stories)}
    return tuple(
        NeedCoverage(
            need=need.text,
            kind=need.kind,
            weight=need.weight,
            asked=tuple(
                Asked(one.question.id, one.score) for one in candidates.get(need.text, ()) if one.question.id in in_plan
            ),
            in_resume=in_resume.get(need.text) if in_resume is not None else None,
        )
        for need in role.needs
    )


def _notes(role: Role, chosen: Chosen, coverage: Sequence[NeedCoverage]) -> tuple[str, ...]:
    skills = [one for one in coverage if one.kind == "skill"]
    asked = [one for one in skills if one.asked]
    easy, middle, hard = spread_of((*chosen.core, *chosen.spare))
    notes = [
        f"{len(asked)} of {len(skills)} skills have a question. A match by meaning can be wrong: read each.",
        f"The level was read as {role.level}. Of the questions about the work, {easy} are easy, {middle} are in the "
        f"middle and {hard} are hard.",
    ]
    if not chosen.core:
        notes.append("No installed question asks for this work: the plan holds general questions only. Add your own.")
    formal = [one.need for one in coverage if one.kind == "formal"]
    if formal:
        notes.append(f"To be checked on paper, not in an interview: {'; '.join(one.rstrip('.') for one in formal)}.")
    return tuple(notes)


def _checked(plan: InterviewPlan) -> InterviewPlan:
    """The plan as it is loaded again. Raises ConfigError: assembled wrongly, which is a defect."""
    return plan_from_data(plan_data(plan), "draft")
