"""``PlanDrafting``: reads the role, searches the banks by meaning, and assembles a plan that its reader approves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from deployments.drafting.bank_search import COVERED_FROM, BankSearch
from deployments.drafting.config import DraftingConfig
from deployments.drafting.contract import DraftRequest
from deployments.drafting.question_writer import QuestionWriter, Written
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
from interview.drafts.draft import Asked, NeedCoverage, PlanDraft, RejectedQuestion
from interview.drafts.role import Need, Role, read_role
from interview.errors import InterviewError, InvalidInput
from interview.languages.language import base_of
from interview.plans.files import plan_from_data
from interview.plans.plan import InterviewPlan
from interview.plans.plan_file import plan_data
from interview.text.chunks import chunks
from interview.text.visible_text import is_foreign, visible

#: Questions that may ask for one need.
_PER_NEED = 5
#: A plan that is shorter than requested by more than this gets a note.
_SHORT_BY_MINUTES = 2
#: A résumé speaks of a need when a passage is at least this near to it.
_IN_RESUME_FROM = 0.45
_RESUME_CHARS = 20_000
#: A line is a passage, so short lines make many; one thread encodes them for every caller of the replica.
_RESUME_PASSAGES = 80


@dataclass
class _Writing:
    """What the model wrote: accepted questions by need, and the refused ones."""

    accepted: dict[str, Written] = field(default_factory=dict)
    rejected: tuple[RejectedQuestion, ...] = ()
    notes: list[str] = field(default_factory=list)


class DraftingService:
    """Drafts plans from the questions of ``plans``."""

    def __init__(
        self,
        retrieval: Retrieval,
        plans: Iterable[InterviewPlan],
        config: DraftingConfig | None = None,
        writer: QuestionWriter | None = None,
    ) -> None:
        """``writer`` None: no question is written. Drafts are English, and so are the questions they use."""
        self._config = config or DraftingConfig()
        self._retrieval = retrieval
        english = [plan for plan in plans if base_of(plan.language) == "en"]
        questions = {question.id: question for plan in english for question in plan.questions}
        self._questions = tuple(questions.values())
        self._writer = writer
        self._search = BankSearch(retrieval, self._questions)
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
        writing = await self._written(role, candidates, request.tenant)
        candidates |= {need: [Candidate(one.question, one.score)] for need, one in writing.accepted.items()}
        chosen = choose(role, candidates, self._stories, minutes)
        if not (chosen.core or chosen.stories):
            raise InvalidInput(
                "No installed question fits this role, and no general question is installed.",
                detail={"fields": {"role_description": "fits no installed question"}},
            )
        in_resume = await self._in_resume(role, visible(request.resume))
        names = frozenset(one.question.id for one in writing.accepted.values())
        coverage = _coverage(role, candidates, chosen, in_resume, names)
        needs_of: dict[str, list[Need]] = {}
        for need, one in zip(role.needs, coverage, strict=True):
            for asked in one.asked:
                needs_of.setdefault(asked.question_id, []).append(need)
        plan = await asyncio.to_thread(_checked, assemble(role, chosen, needs_of, minutes))
        notes = (*_notes(role, chosen, coverage, plan, minutes), *writing.notes)
        if is_foreign(request.role, "en"):
            notes = (
                "The role description is not in English. Drafts are English, and needs in other languages find no "
                "question: translate it.",
                *notes,
            )
        return PlanDraft(plan, coverage, notes, writing.rejected)

    async def _written(self, role: Role, candidates: Mapping[str, Sequence[Candidate]], tenant: str) -> _Writing:
        """Questions of the model for the heaviest needs that no question asks for, within the configured time."""
        writing = _Writing()
        if self._writer is None:
            return writing
        bare = sorted((need for need in role.skills if not candidates[need.text]), key=lambda need: -need.weight)
        until = time.monotonic() + self._config.writing_s
        for number, need in enumerate(bare[: self._config.written_at_most]):
            existing = (*self._questions, *(one.question for one in writing.accepted.values()))
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    found = await self._writer.write(role, need, number, existing, tenant)
            except TimeoutError:
                writing.notes.append("The time for writing questions was over before every need had one.")
                break
            except InterviewError as error:
                writing.notes.append(f"The language model failed ({error.code}); it wrote no further question.")
                break
            match found:
                case Written():
                    writing.accepted[need.text] = found
                case RejectedQuestion():
                    writing.rejected = (*writing.rejected, found)
        if writing.rejected:
            count = len(writing.rejected)
            writing.notes.append(
                f"Code refused {count} question{'' if count == 1 else 's'} of the language model; the draft says why."
            )
        if writing.accepted:
            writing.notes.append(
                f"A language model wrote {len(writing.accepted)} questions (their ids begin with 'written-'). Code "
                "checked them; they have not been used in an interview yet, and their difficulty is an estimate."
            )
        return writing

    async def _candidates(self, role: Role) -> dict[str, list[Candidate]]:
        needs = [need.text for need in role.skills]
        found = await self._search.near(needs)
        return {
            need: [Candidate(one.question, one.score) for one in row[:_PER_NEED] if one.score >= COVERED_FROM]
            for need, row in zip(needs, found, strict=True)
        }

    async def _in_resume(self, role: Role, resume: str) -> Mapping[str, bool] | None:
        passages = chunks(resume[:_RESUME_CHARS], PASSAGE_CHARS)[:_RESUME_PASSAGES]
        if not passages:
            return None
        nearest_of = {need.text: await nearest(self._retrieval, need.text, passages, 1) for need in role.skills}
        return {need: hits[0].score >= _IN_RESUME_FROM for need, hits in nearest_of.items()}


def _coverage(
    role: Role,
    candidates: Mapping[str, Sequence[Candidate]],
    chosen: Chosen,
    in_resume: Mapping[str, bool] | None,
    written: Collection[str],
) -> tuple[NeedCoverage, ...]:
    in_plan = {question.id for question in (*chosen.core, *chosen.spare, *chosen.stories)}
    return tuple(
        NeedCoverage(
            need=need.text,
            kind=need.kind,
            weight=need.weight,
            asked=tuple(
                Asked(one.question.id, one.score, one.question.id in written)
                for one in candidates.get(need.text, ())
                if one.question.id in in_plan
            ),
            in_resume=in_resume.get(need.text) if in_resume is not None else None,
        )
        for need in role.needs
    )


def _notes(
    role: Role, chosen: Chosen, coverage: Sequence[NeedCoverage], plan: InterviewPlan, minutes: int
) -> tuple[str, ...]:
    skills = [one for one in coverage if one.kind == "skill"]
    asked = [one for one in skills if one.asked]
    easy, middle, hard = spread_of((*chosen.core, *chosen.spare))
    shares = ", ".join(f"{skill} {weight:.0%}" for skill, weight in plan.skills.items())
    notes = [
        f"{len(asked)} of {len(skills)} needs have a question. A match by meaning can be wrong: read each.",
        f"The score weighs {shares}: only needs with a question count. Change `skills` if the work weighs them "
        "otherwise.",
        f"The level was read as {role.level}; `level` changes it. Questions about the work: {easy} easy, "
        f"{middle} in the middle, {hard} hard.",
    ]
    heaviest = max((one.weight for one in skills), default=0.0)
    missed = [one.need for one in skills if one.is_uncovered and one.weight == heaviest]
    if missed:
        notes.insert(1, f"No question asks for needs that the description stresses: {'; '.join(missed)}.")
    if plan.time_budget_s < (minutes - _SHORT_BY_MINUTES) * 60:
        notes.append(
            f"The plan takes {plan.time_budget_s // 60} of {minutes} minutes: no further installed question fits the "
            "role."
        )
    if not chosen.core:
        notes.append("No installed question asks for this work: the plan holds general questions only. Add your own.")
    formal = [one.need for one in coverage if one.kind == "formal"]
    if formal:
        notes.append(f"To be checked on paper, not in an interview: {'; '.join(one.rstrip('.') for one in formal)}.")
    return tuple(notes)


def _checked(plan: InterviewPlan) -> InterviewPlan:
    """The plan as it is loaded again. Raises ConfigError: assembled wrongly, which is a defect."""
    return plan_from_data(plan_data(plan), "draft")
