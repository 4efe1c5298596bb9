"""Assembles a balanced plan from questions that were found for a role's needs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from interview.drafts import texts
from interview.drafts.role import Need, Role
from interview.plans.plan import SENIOR_ITEM_B, AdaptiveRules, InterviewPlan, Level, Phase, PhasePlan
from interview.plans.questions import Question, QuestionType

MIN_MINUTES, MAX_MINUTES = 15, 90
DEFAULT_MINUTES = 45

#: A question below this difficulty (θ units) is easy; from ``SENIOR_ITEM_B`` on it is hard.
EASY_BELOW_B = -0.25
#: The shares of easy, middle and hard questions of the work itself.
_SPREAD: Mapping[Level, tuple[float, float, float]] = {
    "junior": (0.5, 0.4, 0.1),
    "mid": (0.25, 0.5, 0.25),
    "senior": (0.1, 0.4, 0.5),
}
#: A candidate that is at most this much further than the nearest one may replace it for the spread of difficulty.
_ABOUT_AS_NEAR = 0.06
#: Time for follow-ups, hints and the interviewer's own words, as a share of the answers.
_OVERHEAD = 1.35
_INTRO_S, _CLOSING_S = 150.0, 150.0
#: The share of the remaining time for stories.
_STORIES = 0.3
_MAX_STORIES = 3
_SPARE = 2

_WORK: tuple[QuestionType, ...] = ("technical", "problem_solving")
_PAST: tuple[QuestionType, ...] = ("behavioral", "experience")


class Candidate(Struct, frozen=True):
    """A question that asks for a need, with its nearness in [-1, 1]."""

    question: Question
    score: float


class Chosen(Struct, frozen=True):
    """``core`` of the work itself, ``spare`` for the adaptive block, ``stories`` about past work."""

    core: tuple[Question, ...]
    spare: tuple[Question, ...]
    stories: tuple[Question, ...]


def choose(
    role: Role,
    candidates: Mapping[str, Sequence[Candidate]],
    general_stories: Sequence[Question],
    minutes: int,
) -> Chosen:
    """Questions within the time, the needs in turn by weight, spread over difficulties as the level wants.

    ``candidates``: for a need's text, the questions that ask for it, the nearest first. ``general_stories`` fit every
    role, and fill up what the needs leave.
    """
    left_s = minutes * 60 - _INTRO_S - _CLOSING_S
    past = _in_turn(role, candidates, _PAST, left_s * _STORIES, _MAX_STORIES)
    known = {question.id for question in past}
    for story in general_stories:
        room_s = left_s * _STORIES - _time_s(past)
        if story.id not in known and len(past) < _MAX_STORIES and story.answer_s * _OVERHEAD <= room_s:
            past.append(story)
            known.add(story.id)
    work = _in_turn(role, candidates, _WORK, left_s - _time_s(past), 40)
    core = work[: max(1, len(work) - _SPARE)] if len(work) > _SPARE + 2 else work
    return Chosen(tuple(sorted(core, key=_difficulty)), tuple(work[len(core) :]), tuple(past))


def assemble(role: Role, chosen: Chosen, needs_of: Mapping[str, Sequence[Need]], minutes: int) -> InterviewPlan:
    """The plan of the chosen questions. ``needs_of``: the needs that a question's id asks for, for the skills' weights.

    At least one question is chosen.
    """
    asked = (*chosen.core, *chosen.spare, *chosen.stories)
    weights: defaultdict[str, float] = defaultdict(float)
    for question in asked:
        weights[question.skill] += sum(need.weight for need in needs_of.get(question.id, ())) or 0.5
    ranked = sorted(weights, key=lambda skill: -weights[skill])
    main = ranked[0]
    first, last = texts.opener(main), texts.closing_question(main)
    total = sum(weights.values())
    phases = [PhasePlan(name="intro", time_budget_s=_INTRO_S, core=(first.id,))]
    if chosen.core:
        work_s = _time_s((*chosen.core, *chosen.spare))
        phases.append(_phase("technical", chosen.core, work_s, adaptive=len(chosen.spare), types=_WORK))
    if chosen.stories:
        phases.append(_phase("behavioral", chosen.stories, _time_s(chosen.stories)))
    phases.append(PhasePlan(name="closing", time_budget_s=_CLOSING_S, core=(last.id,)))
    title = role.title or "Open Role"
    budget_s = sum(phase.time_budget_s for phase in phases)
    return InterviewPlan(
        id=slug(title),
        title=title,
        role=title,
        level=role.level,
        adaptive=AdaptiveRules(model="gpcm"),
        phases=tuple(phases),
        skills={skill: round(weights[skill] / total, 3) for skill in ranked},
        questions=(first, *asked, last),
        greeting=texts.greeting(title, min(minutes, max(5, round(budget_s / 300) * 5))),
        closing=texts.CLOSING,
        consent=texts.consent(ranked),
        time_budget_s=budget_s,
        keywords=tuple(dict.fromkeys(need.text for need in role.skills if len(need.text.split()) <= 3)),
        vocabulary=tuple(dict.fromkeys(word for question in asked for word in question.vocabulary))[:60],
        company_facts=texts.COMPANY_FACTS,
        reply_within_days=texts.REPLY_WITHIN_DAYS,
    )


def spread_of(questions: Sequence[Question]) -> tuple[int, int, int]:
    """The number of easy, middle and hard questions."""
    counts = Counter(_bin(question) for question in questions)
    return counts[0], counts[1], counts[2]


def _phase(
    name: Phase,
    core: Sequence[Question],
    time_s: float,
    *,
    adaptive: int = 0,
    types: tuple[QuestionType, ...] = (),
) -> PhasePlan:
    rounded_s = float(-(-time_s // 30) * 30)
    return PhasePlan(
        name=name, time_budget_s=rounded_s, core=tuple(one.id for one in core), adaptive=adaptive, types=types
    )


def _in_turn(
    role: Role,
    candidates: Mapping[str, Sequence[Candidate]],
    types: tuple[QuestionType, ...],
    budget_s: float,
    most: int,
) -> list[Question]:
    """One question for each need, heavier needs first, then another round, while they fit into ``budget_s``."""
    pools = [
        [one for one in candidates.get(need.text, ()) if one.question.type in types]
        for need in sorted(role.skills, key=lambda need: -need.weight)
    ]
    picked: list[Question] = []
    found = True
    while found and len(picked) < most:
        found = False
        for pool in pools:
            fitting = [
                one
                for one in pool
                if one.question not in picked and (_time_s(picked) + one.question.answer_s * _OVERHEAD) <= budget_s
            ]
            if fitting and len(picked) < most:
                picked.append(_balancing(fitting, picked, role.level))
                found = True
    return picked


def _balancing(fitting: Sequence[Candidate], picked: Sequence[Question], level: Level) -> Question:
    """Of the candidates about as near as the nearest, the one whose difficulty is most wanted."""
    near = [one for one in fitting if one.score >= fitting[0].score - _ABOUT_AS_NEAR]
    shares, counts = _SPREAD[level], spread_of(picked)

    def lack(one: Candidate) -> float:
        place = _bin(one.question)
        return shares[place] * (len(picked) + 1) - counts[place]

    return max(near, key=lambda one: (lack(one), one.score)).question


def _bin(question: Question) -> int:
    b = question.difficulty.b
    return 0 if b < EASY_BELOW_B else 2 if b >= SENIOR_ITEM_B else 1


def _difficulty(question: Question) -> tuple[float, str]:
    return question.difficulty.b, question.id


def _time_s(questions: Sequence[Question]) -> float:
    return sum(question.answer_s for question in questions) * _OVERHEAD


def slug(title: str) -> str:
    """An id of a plan made of a title's letters and digits."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-") or "role"
