"""Runs one interview in process with the real agent, graders and policies; only time is simulated."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from deployments.agent.brief.follow_up_target import is_about
from deployments.agent.brief.interviewer import Interviewer, ThinksAhead
from deployments.agent.config import AgentConfig
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.contract import CalculateRequest, Calculation, GradeRequest, Grading
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import InterviewError
from interview.grades import Grade
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.events import Event
from interview.sessions.session import ActionType, SessionState
from serve.simulation.canaries import Planted
from serve.simulation.candidate import Said
from serve.simulation.rehearsal import MemoryBlobs, Rehearsal, SetClock
from storage.blobs.port import BlobStore
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)

TENANT = "simulation"

#: After this many answers an interview counts as endless.
MAX_ANSWERS = 260

#: The candidate's listening rate for the interviewer's words.
INTERVIEWER_WORDS_PER_S = 2.5

#: A silent recording; the fake engine hears nothing in it.
SILENCE = b"silence"


#: Builds the model-backed interviewer over one interview's blobs.
ModelFactory = Callable[[BlobStore], Interviewer]


@dataclass(frozen=True)
class Troupe:
    """The interviews' shared parts. ``model`` None: the script interviews."""

    grading: Grading
    policies: PolicyCatalogue
    config: AgentConfig
    prompts: PromptCatalogue | None = None
    model: ModelFactory | None = None


@dataclass
class HeldInterview:
    """A finished interview. ``responses`` are the ``interviewer_response`` of each reply, the first at start; ``said``
    the candidate's reply to each but the last; ``errors`` the errors it saw."""

    plan: InterviewPlan
    planted: Planted
    persona: str
    number: int
    responses: list[dict[str, Any]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    state: SessionState | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return bool(self.responses) and not self.responses[-1]["should_continue"]

    @property
    def ability(self) -> float:
        """Mean ability (θ) over the plan's measured skills, weighted as in the report; 0 when nothing was measured."""
        found = self.state.abilities if self.state else {}
        weights = {skill: self.plan.skills.get(skill, 0.0) for skill in found}
        total = sum(weights.values())
        return sum(weights[skill] * ability.theta for skill, ability in found.items()) / total if total else 0.0


class UnmarkedGrading:
    """Grades by the unmarked questions, so that canaries change no score, and caches each answer's grade.

    Grades depend only on the question, the answer, the hints' cost and the seed of the sheets. They name the key points
    of the question as it was given, with its canaries: so the agent finds them, and a prompt or a reply that holds one
    is caught.
    """

    def __init__(self, plans: list[InterviewPlan], grading: Grading) -> None:
        self._questions = {question.id: question for plan in plans for question in plan.questions}
        self._grading = grading
        self._known: dict[tuple[str, str, float, float | None, int], Grade] = {}

    async def grade(self, request: GradeRequest) -> Grade:
        question = self._questions[request.question.id]
        seed = request.seed if question.answer_mode == "formula" else 0
        key = (question.id, request.answer, request.hint_cost, request.transcript_confidence, seed)
        if key not in self._known:
            self._known[key] = await self._grading.grade(msgspec.structs.replace(request, question=question))
        return _naming(self._known[key], question, request.question)

    async def calculate(self, request: CalculateRequest) -> Calculation:
        return await self._grading.calculate(request)

    async def judge(self, request: GradeRequest) -> None:
        await self._grading.judge(request)

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        await self._grading.evaluate(tenant, interview_id)


def _naming(grade: Grade, question: Question, marked: Question) -> Grade:
    """The grade of ``question`` with the key points of ``marked``, which are the same in the same order."""
    pairs = tuple(zip(question.key_points, marked.key_points, strict=True))

    def named(text: str) -> str:
        for plain, other in pairs:
            if is_about(text, plain):
                return f"{other.text}{text.removeprefix(plain.text)}"
        return text

    evidence = tuple(msgspec.structs.replace(one, supports=named(one.supports)) for one in grade.evidence)
    criteria = tuple(msgspec.structs.replace(one, criterion=named(one.criterion)) for one in grade.criteria)
    return msgspec.structs.replace(grade, evidence=evidence, criteria=criteria)


class Speaker(Protocol):
    """A candidate: a persona's, or a recorded one."""

    def reply(self, question: Question, action: ActionType) -> Said: ...


async def hold(troupe: Troupe, candidate: Speaker, held: HeldInterview) -> HeldInterview:
    """Run the interview to its end and record everything in ``held``. Raises nothing: errors are recorded, too."""
    plan = held.plan
    sessions, blobs, clock = MemorySessionStore(), MemoryBlobs(), SetClock()
    model = troupe.model(blobs) if troupe.model else None
    ports = AgentPorts(
        sessions=sessions,
        blobs=blobs,
        grading=troupe.grading,
        plans=InstalledPlans({plan.id: held.planted.plan}),
        stt=FakeSpeechToText({SILENCE: ""}),
        model=model,
        policy=troupe.policies,
        pins=SessionPins(blobs, troupe.config, troupe.policies, troupe.prompts),
    )
    interview_id = f"{held.persona}-{held.number}"
    rehearsal = Rehearsal(AgentService(ports, troupe.config, clock), interview_id=interview_id, tenant=TENANT)
    key = SessionKey(TENANT, interview_id)
    try:
        await rehearsal.start(plan.id)
        held.responses.append(rehearsal.response)
        if troupe.config.warm_prefix:
            await _warm(model, await sessions.load(key), held)
        while not held.over and len(held.said) < MAX_ANSWERS:
            response = held.responses[-1]
            said = candidate.reply(plan.by_id[response["question"]["question_id"]], response["action"]["action_type"])
            clock.advance(len(response["text"].split()) / INTERVIEWER_WORDS_PER_S + said.took_s)
            held.said.append(said)
            if said.text is None:
                await rehearsal.speak(SILENCE)
            else:
                await rehearsal.answer(said.text)
            held.responses.append(rehearsal.response)
    except InterviewError as error:
        held.errors.append(f"{error.code}: {error.message}")
    except Exception as error:
        logger.exception("the simulated interview %s of the plan %s failed", interview_id, plan.id)
        held.errors.append(f"internal: {type(error).__name__}")
    held.state = await sessions.load(key)
    held.events = await sessions.events(key)
    await sessions.close()
    return held


async def _warm(model: object, state: SessionState | None, held: HeldInterview) -> None:
    """As ``agent.warm_prefix`` does while the candidate hears the greeting, for which a simulation does not wait.
    Nothing without an interviewer that thinks ahead."""
    if state is None or not isinstance(model, ThinksAhead):
        return
    try:
        await model.warm(state, held.planted.plan)
    except InterviewError as error:
        logger.warning("the model's first prompt is not computed ahead: error=%s", error.code)
