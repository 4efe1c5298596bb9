"""The MCP tools for whole interviews: start or answer, look up, end, and query the platform's status."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deployments.agent.contract import (
    Agent,
    EndRequest,
    PauseRequest,
    ResumeRequest,
    StartRequest,
    StepReply,
    ToolRequest,
    TurnRequest,
)
from interview.errors import NotFound
from interview.limits import MAX_ANSWER_CHARS, MAX_DOCUMENT_CHARS
from interview.plans.questions import QuestionCard
from interview.sessions.events import ResponseSent
from interview.sessions.ids import INTERVIEW_ID
from interview.sessions.session import ActionType, SessionState, Status
from serve.http.auth import INTERVIEWS, NO_SUCH_INTERVIEW, REPORTS
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses
from serve.http.operations import ask_all
from serve.http.ports import IngressPorts
from serve.http.problems import invalid_fields
from serve.http.settings import HttpSettings
from storage.sessions.port import SessionKey

_SESSION_ID = "Your id for this interview: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit."


class McpArguments(BaseModel):
    """Base of the arguments: unknown ones are rejected, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class ConductInterview(McpArguments):
    user_session_id: str = Field("", pattern=rf"^$|{INTERVIEW_ID}", description=f"{_SESSION_ID} Empty: a new one.")
    resume_content: str = Field("", max_length=MAX_DOCUMENT_CHARS, description="The résumé; read at the start only.")
    role_description: str = Field(
        "",
        max_length=MAX_DOCUMENT_CHARS,
        description="Selects the interview plan at the start, unless `plan` is given.",
    )
    candidate_answer: str = Field(
        "", max_length=MAX_ANSWER_CHARS, description="The candidate's words to the latest question; empty to start."
    )
    plan: str = Field("", max_length=200, description="Id of an installed interview plan; at the start only.")
    candidate_name: str = Field("", max_length=200, description="How the interviewer addresses the candidate.")
    consent: bool = Field(
        False, description="Whether the candidate saw and accepted the plan's notice; at the start only."
    )
    language: str | None = Field(None, pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="ISO 639-1; default: the plan's.")
    idempotency_key: str | None = Field(
        None,
        pattern=r"^[!-~]{1,255}$",
        description="New for each answer. A retry with the same key gets the first reply; without one it is a new "
        "answer.",
    )
    question_id: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="The question that candidate_answer answers: an error question-not-current if another one is "
        "current by now.",
    )
    turn_number: int | None = Field(
        None,
        ge=0,
        le=2**53,
        description="turn_number of the last reply that the candidate saw: the same error if the interview went on.",
    )


class PauseInterviewSession(McpArguments):
    user_session_id: str = Field(pattern=INTERVIEW_ID, description=_SESSION_ID)


class GetInterviewSession(McpArguments):
    user_session_id: str = Field(pattern=INTERVIEW_ID, description=_SESSION_ID)


class EndInterviewSession(McpArguments):
    user_session_id: str = Field(pattern=INTERVIEW_ID, description=_SESSION_ID)


class GetAgentStatus(McpArguments):
    pass


class InterviewStep(Struct, frozen=True):
    """The interviewer's current utterance. Grades are omitted, because the calling program may be talking to the
    candidate. ``follow_up``: a follow-up in ``interviewer_text`` without the words before it; empty where they are not
    known apart. ``return_by``: the end of the candidate's pause, while it lasts."""

    user_session_id: str
    status: Status
    turn_number: int
    interviewer_text: str
    action: ActionType
    phase: str
    should_continue: bool
    question: QuestionCard | None
    hints_left: int
    time_left_s: float
    return_by: datetime | None = None
    follow_up: str = ""


class TierCheck(Struct, frozen=True, omit_defaults=True):
    ok: bool
    error: str = ""
    detail: str = ""


class AgentStatus(Struct, frozen=True):
    """``ready`` when the session store and every tier answer, else ``degraded``; ``tools`` are the agent's own."""

    status: str
    version: str
    checks: dict[str, TierCheck]
    tools: tuple[str, ...]


@dataclass(frozen=True)
class InterviewTools:
    """The tools' dependencies."""

    ports: IngressPorts
    settings: HttpSettings
    steps: StepCaller
    live: LiveInterviews
    pauses: Pauses


Arguments = TypeVar("Arguments", bound=McpArguments)


@dataclass(frozen=True)
class InterviewTool(Generic[Arguments]):
    """``run(desk, tenant, arguments)`` returns ``result``; the caller holds ``scope``. ``read_only`` and
    ``destructive`` are hints to clients."""

    name: str
    description: str
    arguments: type[Arguments]
    result: type[Struct]
    run: Callable[[InterviewTools, str, Arguments], Awaitable[Struct]]
    scope: str = INTERVIEWS
    read_only: bool = False
    destructive: bool = False

    async def call(self, desk: InterviewTools, tenant: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result as plain data.

        Raises:

            InvalidInput: ``detail["fields"]`` names the wrong arguments.
            InterviewError: as the agent's steps.
        """
        try:
            checked = self.arguments.model_validate(arguments)
        except ValidationError as error:
            raise invalid_fields(error.errors()) from None
        found: dict[str, Any] = msgspec.to_builtins(await self.run(desk, tenant, checked))
        return found

    def returns(self) -> dict[str, Any]:
        """The result's JSON Schema, with an object at its root, as MCP requires."""
        _, components = msgspec.json.schema_components([self.result], ref_template="#/$defs/{name}")
        return {**components[self.result.__name__], "$defs": components}


async def conduct_interview(desk: InterviewTools, tenant: str, asked: ConductInterview) -> InterviewStep:
    """Start, answer, or (a running interview, no answer) return the latest reply again; a candidate who paused returns.

    An answer never starts an interview: an answer to an expired one would be lost silently.
    """
    key = SessionKey(tenant, asked.user_session_id or uuid.uuid4().hex)
    if asked.candidate_answer.strip():
        turn = TurnRequest(
            tenant=tenant,
            interview_id=key.interview_id,
            idempotency_key=asked.idempotency_key or uuid.uuid4().hex,
            text=asked.candidate_answer,
            voice=False,
            question_id=asked.question_id,
            turn_number=asked.turn_number,
        )
        return _step(await desk.steps.turn(turn))
    state = await desk.ports.sessions.load(key)
    if state is not None and state.paused_by == "candidate":
        return _step(await desk.pauses.resume(ResumeRequest(tenant, key.interview_id, voice=False)))
    if state is not None:
        return await _where_it_stands(desk, key, state)
    candidates = desk.ports.candidates
    granted = await candidates.granted_time(key) if candidates else None
    start = StartRequest(
        tenant=tenant,
        interview_id=key.interview_id,
        plan=asked.plan or None,
        role_description=asked.role_description,
        resume_content=asked.resume_content,
        candidate_name=asked.candidate_name,
        consent=asked.consent,
        language=asked.language,
        voice=False,
        extra_time=granted,
    )
    return _step(await desk.live.start(start))


async def get_interview_session(desk: InterviewTools, tenant: str, asked: GetInterviewSession) -> SessionState:
    return await _session(desk.ports, SessionKey(tenant, asked.user_session_id))


async def pause_interview_session(desk: InterviewTools, tenant: str, asked: PauseInterviewSession) -> InterviewStep:
    return _step(await desk.pauses.pause(PauseRequest(tenant, asked.user_session_id)))


async def end_interview_session(desk: InterviewTools, tenant: str, asked: EndInterviewSession) -> InterviewStep:
    return _step(await desk.live.end(EndRequest(tenant=tenant, interview_id=asked.user_session_id)))


async def get_agent_status(desk: InterviewTools, tenant: str, asked: GetAgentStatus) -> AgentStatus:
    ports = desk.ports
    probes = {"sessions": ports.sessions.ping, "agent": ports.agent.tools, **ports.probes}
    answers = await ask_all(probes, desk.settings.probe_timeout_s)
    checks = {
        name: TierCheck(ok=True) if answer["ok"] else TierCheck(False, answer["error"], answer["detail"])
        for name, answer in answers.items()
    }
    tools = tuple(tool["name"] for tool in answers["agent"].get("detail", ()) if answers["agent"]["ok"])
    ready = all(check.ok for check in checks.values())
    return AgentStatus("ready" if ready else "degraded", desk.settings.version, checks, tools)


def _step(reply: StepReply) -> InterviewStep:
    body = reply.body
    said, state = body.interviewer_response, body.session_state
    return InterviewStep(
        user_session_id=body.interview_id,
        status=state.status if state else ("active" if said.should_continue else "concluded"),
        turn_number=body.turn_number,
        interviewer_text=said.text,
        action=said.action.action_type,
        phase=said.action.next_phase,
        should_continue=said.should_continue,
        question=said.question,
        hints_left=said.hints_left,
        time_left_s=said.time_left_s,
        return_by=state.return_by if state and state.paused_by == "candidate" else None,
        follow_up=said.follow_up,
    )


async def _where_it_stands(desk: InterviewTools, key: SessionKey, state: SessionState) -> InterviewStep:
    """The latest reply from the log, for a client that lost it; the closing words where an end had no reply."""
    replies = [event.data for event in await desk.ports.sessions.events(key) if isinstance(event.data, ResponseSent)]
    latest = replies[-1]
    if latest.should_continue and state.has_ended:
        return _step(await desk.live.end(EndRequest(tenant=key.tenant, interview_id=key.interview_id)))
    hints_left, time_left_s = await _left(desk.ports.agent, key)
    return InterviewStep(
        user_session_id=key.interview_id,
        status=state.status,
        turn_number=state.turn_number,
        interviewer_text=latest.text,
        action=latest.action.action_type,
        phase=latest.phase,
        should_continue=state.status in ("active", "paused"),
        question=_open_card(replies, state) if latest.should_continue else None,
        hints_left=hints_left,
        time_left_s=time_left_s,
        follow_up=latest.follow_up,
    )


def _open_card(replies: list[ResponseSent], state: SessionState) -> QuestionCard | None:
    """The card of the question that is discussed; a reply that discusses it has none of its own in the log."""
    asked = state.current_question
    cards = [sent.question for sent in replies if sent.question is not None]
    return next((card for card in reversed(cards) if asked and card.question_id == asked.question_id), None)


async def _left(agent: Agent, key: SessionKey) -> tuple[int, float]:
    """Hints and seconds left, which only the agent computes."""
    arguments = {"interview_id": key.interview_id, "recent_turns": 0}
    found = await agent.call_tool(ToolRequest(key.tenant, "get_session_context", arguments))
    question = found["current_question"]
    return (question["hints_left"] if question else 0), found["time_left_s"]


async def _session(ports: IngressPorts, key: SessionKey) -> SessionState:
    state = await ports.sessions.load(key)
    if state is None:
        raise NotFound(NO_SUCH_INTERVIEW)
    return state


INTERVIEW_TOOLS: tuple[InterviewTool[Any], ...] = (
    InterviewTool(
        name="conduct_interview",
        description="Conduct an interview. Call without candidate_answer to start (give plan or role_description, and "
        "consent), then once per answer with the candidate's own words and the user_session_id of the first reply. "
        "Relay interviewer_text and question to the candidate word for word; stop when should_continue is false. "
        "Without candidate_answer, a running interview returns its latest reply again, and one that the candidate "
        "paused goes on with its open question.",
        arguments=ConductInterview,
        result=InterviewStep,
        run=conduct_interview,
    ),
    InterviewTool(
        name="get_interview_session",
        description="The whole session: conversation, questions asked, grades, abilities, status. For the interview's "
        "owner, not for the candidate.",
        arguments=GetInterviewSession,
        result=SessionState,
        run=get_interview_session,
        scope=REPORTS,
        read_only=True,
    ),
    InterviewTool(
        name="pause_interview_session",
        description="Pause an interview when the candidate wants to return another day, where its plan allows it. The "
        "clock stops; conduct_interview without candidate_answer continues it until return_by. Idempotent.",
        arguments=PauseInterviewSession,
        result=InterviewStep,
        run=pause_interview_session,
    ),
    InterviewTool(
        name="end_interview_session",
        description="End an interview and start its evaluation. Idempotent.",
        arguments=EndInterviewSession,
        result=InterviewStep,
        run=end_interview_session,
        destructive=True,
    ),
    InterviewTool(
        name="get_agent_status",
        description="Whether the platform can conduct interviews: the state of each tier, and the available tools.",
        arguments=GetAgentStatus,
        result=AgentStatus,
        run=get_agent_status,
        read_only=True,
    ),
)
