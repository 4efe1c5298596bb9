"""Ports that stand still, to test the HTTP edge alone: an agent that answers as told, two tenants' keys, a session."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from deployments.agent.contract import (
    Done,
    EndRequest,
    HearRequest,
    HintRequest,
    Notice,
    PauseRequest,
    PreparedReply,
    ResumeRequest,
    Sentence,
    SpokenPart,
    StartRequest,
    StepReply,
    ThinkAheadRequest,
    ToolRequest,
    TurnPart,
    TurnRequest,
)
from deployments.stt.contract import EngineInfo, Transcript
from interview.errors import InvalidInput, NotFound
from interview.plans.plan import InterviewPlan, PlanRef
from interview.plans.questions import QuestionCard
from interview.reports.assembly import assemble
from interview.sessions.events import AnyPayload, Event, ResponseSent, SessionStarted
from interview.sessions.fold import fold
from interview.sessions.session import AgentAction, SessionState
from serve.http.auth import AGENT, INFERENCE, INLINE_PLANS, INTERVIEWS, KEYS, OPERATIONS, PLANS, PRIVACY, REPORTS
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.http.ports import IngressPorts, ReportFormat
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database
from storage.archive.plans import SqlTenantPlans
from storage.archive.sql import SqlArchive
from storage.erasure.erasure import Erasure
from storage.erasure.personal_data import PersonalData
from storage.invitations.memory import MemoryInvitations
from storage.keys.signing_keys import SigningKey
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey, SessionStore

SIGNING_KEY = SigningKey("k1", b"a signing key of the tests, 32 bytes or more")

StepRequest = StartRequest | TurnRequest | HintRequest | PauseRequest | ResumeRequest | EndRequest

ALL_SCOPES = frozenset({INTERVIEWS, INLINE_PLANS, PLANS, REPORTS, AGENT, INFERENCE, OPERATIONS, PRIVACY, KEYS})


class Grant(Struct, frozen=True):
    tenant: str
    scopes: frozenset[str] = ALL_SCOPES
    key_id: str = "key-1"
    label: str = "a key of the tests"
    expires_at: datetime | None = None


_EMPTY_PLAN = InterviewPlan(
    id="plan", title="Plan", role="", phases=(), skills={}, questions=(), greeting="", closing="", consent=""
)


class StubKeys:
    """``KeyVerifier`` over a dictionary."""

    def __init__(self, grants: dict[str, Grant] | None = None) -> None:
        self.grants = grants or {"key-acme": Grant("acme"), "key-rival": Grant("rival", key_id="key-2")}

    async def verify(self, presented: str) -> Grant | None:
        return self.grants.get(presented)


BODY = (
    b'{"interview_id":"x","turn_number":1,'
    b'"interviewer_response":{"text":"","action":{"action_type":"clarify","next_phase":"technical"},"should_continue":true}}'
)


class StubAgent:
    """``Agent`` that keeps every request and answers with what ``outcomes`` holds next, else with ``body``.

    An outcome is a ``StepReply`` to return or an exception to raise. ``sentences`` and
    ``spoken`` precede it where a turn is streamed.
    """

    def __init__(self, body: bytes = BODY) -> None:
        self.body = body
        self.requests: list[StepRequest] = []
        self.outcomes: list[StepReply | BaseException] = []
        self.sentences: list[str] = []
        self.spoken: list[SpokenPart] = []

    async def start(self, request: StartRequest) -> StepReply:
        return self._step(request)

    async def notice(self, request: StartRequest) -> Notice:
        if request.plan == "no-such-plan":
            raise InvalidInput("There is no such plan.", detail={"fields": {"plan": "not installed"}})
        language = request.language or ("de" if request.plan == "german" else "en")
        return Notice("Backend Engineer", "Engineer", language, "This interview is recorded.", 1800.0, 2)

    async def turn(self, request: TurnRequest) -> StepReply:
        return self._step(request)

    async def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        for index, text in enumerate(self.sentences):
            yield Sentence(index, text)
        for part in self.spoken:
            yield part
        yield Done(self._step(request))

    async def hear(self, request: HearRequest) -> Transcript:
        return Transcript("heard", "en", 1.0, (), 0.9, EngineInfo("stub", "stub"), speech_s=1.0)

    async def think_ahead(self, request: ThinkAheadRequest) -> PreparedReply | None:
        return None

    async def hint(self, request: HintRequest) -> StepReply:
        return self._step(request)

    async def pause(self, request: PauseRequest) -> StepReply:
        return self._step(request)

    async def resume(self, request: ResumeRequest) -> StepReply:
        return self._step(request)

    async def end(self, request: EndRequest) -> StepReply:
        return self._step(request)

    async def tools(self) -> list[dict[str, Any]]:
        return [{"name": "get_hint", "description": "", "parameters": {"type": "object"}}]

    async def call_tool(self, request: ToolRequest) -> dict[str, Any]:
        if request.name != "get_hint":
            raise NotFound("There is no such tool.")
        return {"arguments": request.arguments}

    def _step(self, request: StepRequest) -> StepReply:
        self.requests.append(request)
        outcome: StepReply | BaseException = self.outcomes.pop(0) if self.outcomes else StepReply(self.body)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class StubBlobs:
    """``BlobStore`` over a dictionary."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    async def put(self, path: str, data: bytes, *, durable: bool = True) -> str:
        self.blobs[path] = data
        return path

    async def copy(self, source: str, path: str) -> str:
        return await self.put(path, await self.get(source))

    async def get(self, path: str) -> bytes:
        if path not in self.blobs:
            raise NotFound("There is no such blob.")
        return self.blobs[path]

    async def exists(self, path: str) -> bool:
        return path in self.blobs

    async def paths(self, prefix: str) -> list[str]:
        return sorted(path for path in self.blobs if path.startswith(f"{prefix}/"))

    async def delete(self, prefix: str) -> int:
        gone = [path for path in self.blobs if path.startswith(prefix)]
        for path in gone:
            del self.blobs[path]
        return len(gone)


class StubReports:
    """``ReportSource``: a true report as JSON; HTML and PDF that say only what they are."""

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions

    async def report(self, key: SessionKey, format: ReportFormat) -> bytes:
        state = await self._sessions.load(key)
        if state is None:
            raise NotFound("There is no such interview.")
        if format == "html":
            return b"<!doctype html><title>Report</title>"
        if format == "pdf":
            return b"%PDF-1.7"
        events = await self._sessions.events(key)
        return msgspec.json.encode(assemble(state, events, _EMPTY_PLAN, generated_at=state.last_updated))

    async def renew(self, key: SessionKey) -> None:
        return None


def stub_ports(**changes: Any) -> IngressPorts:
    """Ports of stubs around an in-memory session store; ``changes`` replace some."""
    sessions = changes.pop("sessions", None) or MemorySessionStore(heartbeat_s=0.05)
    database = Database("sqlite://")
    archive, audit, blobs = SqlArchive(database), SqlAuditLog(database), changes.get("blobs") or StubBlobs()
    erasure = Erasure(sessions, archive, blobs, ())
    ports: dict[str, Any] = {
        "agent": StubAgent(),
        "sessions": sessions,
        "archive": archive,
        "audit": audit,
        "blobs": blobs,
        "personal_data": PersonalData(sessions, archive, audit, blobs, MemoryInvitations(), erasure),
        "keys": StubKeys(),
        "candidates": CandidateTokens((SIGNING_KEY,), MemoryInvitations()),
        "reports": StubReports(sessions),
        "tenant_plans": SqlTenantPlans(database),
    }
    return IngressPorts(**{**ports, **changes})


async def put_session(
    sessions: SessionStore, key: SessionKey, *further: AnyPayload, question_id: str = "q1"
) -> SessionState:
    """A session that has put its first question, then ``further`` events."""
    action = AgentAction(action_type="new_question", reasoning="It is the first.", next_phase="intro")
    card = QuestionCard(
        question_id=question_id,
        question_type="opener",
        prompt="Tell me about your work.",
        answer_mode="spoken",
        skill="communication",
    )
    started = SessionStarted(
        interview_id=key.interview_id,
        tenant=key.tenant,
        plan=PlanRef(id="plan", version="1", digest="0" * 64),
        phase="intro",
    )
    asked = ResponseSent(
        turn=0,
        text="Welcome. Tell me about your work.",
        action=action,
        phase="intro",
        should_continue=True,
        question=card,
    )
    events = [
        Event(seq=number, time=datetime.now(UTC), data=payload)
        for number, payload in enumerate((started, asked, *further), start=1)
    ]
    state = fold(events)
    await sessions.commit(key, expected_version=0, state=state, events=events)
    return state


def filled(path: str, **values: str) -> str:
    """A path of the OpenAPI document with its parameters filled in: by ``values``, else by ``x``."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found.group(1), "x"), path)


def is_problem(media_type: str, body: dict[str, Any], status: int) -> bool:
    """Whether a reply is a conformant problem of this platform: RFC 9457 members, nothing that leaks a trace."""
    return (
        media_type == "application/problem+json"
        and body.get("status") == status
        and re.fullmatch(r"/problems/[a-z]+(-[a-z]+)*", body.get("type", "")) is not None
        and all(isinstance(body.get(member), str) and body[member] for member in ("title", "detail", "code"))
        and "Traceback" not in str(body)
    )
