"""Has a language model write questions for needs without one, and accepts only those that code cannot fault."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from deployments.drafting.written_form import MIN_POINTS, Hardness, chat_request, question_of, read_question
from deployments.grading.contract import GradeRequest, Grading
from deployments.llm.contract import LanguageModel
from deployments.retrieval.contract import Retrieval
from interview.drafts.assembly import slug
from interview.drafts.draft import RejectedQuestion
from interview.drafts.role import Need, Role
from interview.errors import InvalidModelOutput
from interview.grades import Grade
from interview.plans.checks import check_question
from interview.plans.plan import Level
from interview.plans.questions import KeyPoint, Question
from interview.plans.request_caps import oversize
from interview.plans.style import style_findings
from interview.text.machine_orders import orders_in
from interview.yaml.source import field_name

#: A prompt this near to another one, in both directions, asks the same.
DUPLICATE_FROM = 0.8
#: Grades by key points that the reference answers must get: at least, at most.
STRONG_FROM, WEAK_TO = 0.6, 0.35
#: A question this near to the need asks for it. Bank questions cover a need from 0.34 on; one that was written for the
#: need must be nearer (docs/measurements/2026-12-03-written-questions.md).
ASKS_FROM = 0.45
#: A key point this near to the prompt or to another key point says nothing new.
GIVEN_AWAY_FROM = 0.75
_ATTEMPTS = 3
#: Ids of written questions begin with it; the skill follows.
_WRITTEN = "written-"

#: Difficulties in the order in which questions are written.
_ORDER: dict[Level, tuple[Hardness, ...]] = {
    "junior": ("easy", "middle", "easy"),
    "mid": ("middle", "easy", "hard"),
    "senior": ("hard", "middle", "hard"),
}

#: The protected topic that a text touches, or an empty text.
OffLimitsTopic = Callable[[Sequence[str]], str]


class Written(Struct, frozen=True):
    """An accepted question and its nearness to the need, in [-1, 1]."""

    question: Question
    score: float


class QuestionWriter:
    """Writes through ``model``; ``grading`` grades by key points, without a model."""

    def __init__(
        self, model: LanguageModel, grading: Grading, retrieval: Retrieval, off_limits: OffLimitsTopic
    ) -> None:
        self._model = model
        self._grading = grading
        self._retrieval = retrieval
        self._off_limits = off_limits

    async def write(
        self, role: Role, need: Need, number: int, existing: Sequence[Question], tenant: str = ""
    ) -> Written | RejectedQuestion:
        """A question for ``need``, the ``number``-th written for this role, that asks none of ``existing`` again.

        Raises:

            ModelMissing, Overloaded, DeadlineExceeded, EngineUnavailable, CircuitOpen, EngineFailed: of the model.
        """
        order = _ORDER[role.level]
        hardness = order[number % len(order)]
        problems: tuple[str, ...] = ()
        prompt = ""
        for attempt in range(_ATTEMPTS):
            request = chat_request(need.text, role.title, role.level, hardness, problems, attempt)
            response = await self._model.chat(request)
            try:
                written = read_question(response)
            except InvalidModelOutput as error:
                problems = (error.message,)
                continue
            prompt = written.prompt
            skill = _free_skill(need.text, {question.id for question in existing})
            question = question_of(written, question_id=f"{_WRITTEN}{skill}", skill=skill, hardness=hardness)
            question = await self._with_sound_points(question, tenant)
            score = await self._nearness(need.text, question)
            problems = await self._problems(question, score, existing, tenant)
            if not problems:
                return Written(question, score)
        return RejectedQuestion(need.text, prompt, problems)

    async def _nearness(self, need: str, question: Question) -> float:
        """The mean nearness of the need and the question with its key points, and of the prompt and the need.

        Not its skill, which is named after the need.
        """
        whole = f"{question.prompt} {'; '.join(point.text for point in question.key_points)}"
        there = await self._retrieval.scores([need], [whole])
        back = await self._retrieval.scores([question.prompt], [need])
        return round(float(there[0, 0] + back[0, 0]) / 2, 3)

    async def _with_sound_points(self, question: Question, tenant: str) -> Question:
        """``question`` without faulty wordings and without unusable key points.

        A point is unusable without two sound wordings, if it repeats another point or the prompt, or if the strong
        answer does not make it. Unchanged if fewer than ``MIN_POINTS`` would be left.
        """
        faulty = {path[1:] for path, _problem in style_findings(question) if path[0] == "key_points"}
        found: list[KeyPoint] = []
        for at, point in enumerate(question.key_points):
            sound = [point.text] if (at, "text") not in faulty else []
            sound += [text for place, text in enumerate(point.variants) if (at, "variants", place) not in faulty]
            sound = list(dict.fromkeys(sound))
            if len(sound) > 1 and not await self._near(sound[0], [one.text for one in found], GIVEN_AWAY_FROM):
                found.append(KeyPoint(sound[0], tuple(sound[1:])))
        found = [one for one in found if not await self._near(one.text, [question.prompt], GIVEN_AWAY_FROM)]
        if len(found) < MIN_POINTS or question.reference is None:
            return question
        made = await self._graded(replace(question, key_points=tuple(found)), question.reference.strong, tenant)
        missed = {part.criterion for part in made.criteria if part.score < STRONG_FROM}
        found = [one for one in found if one.text not in missed]
        return replace(question, key_points=tuple(found)) if len(found) >= MIN_POINTS else question

    async def _near(self, text: str, others: Sequence[str], score: float) -> bool:
        return bool(others) and float((await self._retrieval.scores([text], others)).max()) >= score

    async def _problems(
        self, question: Question, score: float, existing: Sequence[Question], tenant: str
    ) -> tuple[str, ...]:
        """Everything that code can fault; the expensive checks only for a question that passes the cheap ones."""
        found = [f"{field_name(path)} {problem}" for path, problem in check_question(question)]
        found += [f"{field_name(path)} {problem}" for path, problem in style_findings(question)]
        found += [f"{field_name(path)} {problem}" for path, problem in oversize(msgspec.to_builtins(question))]
        spoken = (question.prompt, *question.follow_ups, *(hint.text for hint in question.hints))
        if topic := self._off_limits(spoken):
            found.append(f"touches a protected topic: {topic}")
        if any(orders_in(text) for text in spoken):
            found.append("gives orders to a machine")
        if not question.prompt.endswith("?"):
            found.append("prompt does not end with its question")
        if len({hint.text.casefold() for hint in question.hints}) < len(question.hints):
            found.append("gives one hint twice")
        if score < ASKS_FROM:
            found.append("does not ask for the need")
        if twin := await self._twin(question, existing):
            found.append(f"asks the same as {twin}")
        points = [point.text for point in question.key_points]
        in_prompt = await self._retrieval.scores(points, [question.prompt])
        found += [
            f"the prompt gives a key point away: {point}"
            for point, near in zip(points, in_prompt[:, 0].tolist(), strict=True)
            if near >= GIVEN_AWAY_FROM
        ]
        return tuple(found) or await self._unanswerable(question, tenant)

    async def _twin(self, question: Question, existing: Sequence[Question]) -> str:
        """The id of a question that asks the same, or an empty text."""
        prompts = [one.prompt for one in existing]
        forward = await self._retrieval.scores([question.prompt], prompts)
        back = await self._retrieval.scores(prompts, [question.prompt])
        both = [min(there, here) for there, here in zip(forward[0].tolist(), back[:, 0].tolist(), strict=True)]
        nearest = max(range(len(both)), key=both.__getitem__, default=None)
        return existing[nearest].id if nearest is not None and both[nearest] >= DUPLICATE_FROM else ""

    async def _unanswerable(self, question: Question, tenant: str) -> tuple[str, ...]:
        """Whether the key points tell the question's own reference answers apart."""
        reference = question.reference
        if reference is None:
            return ("reference is missing",)
        texts = (reference.strong, reference.average, reference.weak)
        strong, average, weak = [await self._score(question, text, tenant) for text in texts]
        found = []
        if strong < STRONG_FROM:
            found.append("the strong answer does not make the key points")
        if weak > WEAK_TO:
            found.append("the weak answer makes key points")
        if not strong > average > weak:
            found.append("the three answers are not strong, average and weak by the key points")
        return tuple(found)

    async def _score(self, question: Question, answer: str, tenant: str) -> float:
        return (await self._graded(question, answer, tenant)).score

    async def _graded(self, question: Question, answer: str, tenant: str) -> Grade:
        return await self._grading.grade(GradeRequest(question, answer, tenant=tenant))


def _free_skill(need: str, taken: Collection[str]) -> str:
    """The id of the need's skill, with a number if a question of ``taken`` ids was written for a need of that name.

    Needs have one name when they begin with the same 40 letters, or have no Latin letters.
    """
    name = skill = slug(need)[:40].strip("-")
    number = 1
    while f"{_WRITTEN}{skill}" in taken:
        number += 1
        skill = f"{name}-{number}"
    return skill
