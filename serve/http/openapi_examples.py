"""The examples of the OpenAPI document, by operation: built from the types of the replies, so that they stay true."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from deployments.agent.contract import Notice, TranscriptView, TurnBody
from deployments.grading.contract import Calculation
from interview.drafts.draft import NeedCoverage, PlanDraft
from interview.grades import Evidence, Grade
from interview.plans.plan import InterviewPlan, PhasePlan, PlanRef
from interview.plans.questions import Question, QuestionCard, RubricGrading
from interview.reports.report import Report, SkillReport
from interview.sessions.candidate_view import CandidateAction, CandidateQuestion, CandidateResponse, CandidateState
from interview.sessions.session import Candidate, Consent, GradeRecord
from serve.http.interviews.candidates import ErasedData
from serve.http.interviews.comparison import Comparison
from serve.http.interviews.extra_time import ExtraTime
from serve.http.interviews.hearing import HeardReply
from serve.http.interviews.invitations import (
    InterviewNotice,
    InvitationList,
    LinkReply,
    OpenInvitation,
    TokenReply,
)
from serve.http.interviews.listing import SessionList
from serve.http.keys import CreatedKeyReply, KeyList, KeyRow
from serve.http.metrics_summary import Fallback, Latency, MetricsSummary, StoreHealth, Tokens
from serve.http.openapi import Examples
from serve.http.plans import PlanConsent, PlanList, PlanProblems, PlanRow, PlanView
from serve.http.platform import PlatformState, SheddingState, TierState
from storage.archive.port import ComparedInterview, SessionSummary, SkillAbility

_JSON = "application/json"
_FORM = "multipart/form-data"
_SSE = "text/event-stream"

_AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
_QUESTION = QuestionCard(
    question_id="be-index",
    question_type="technical",
    prompt="What does an index on a table cost when rows are written?",
    answer_mode="spoken",
    skill="databases",
)
_PLAN = PlanView(
    PlanRow("baker", "Baker", "Baker", "mid", "en", "draft", 30, "0" * 64, _AT, "Grace Hopper"),
    PlanDraft(
        InterviewPlan(
            id="baker",
            title="Baker",
            role="Baker",
            phases=(PhasePlan(name="technical", time_budget_s=600.0, core=("be-index",)),),
            skills={"databases": 1.0},
            questions=(
                Question(
                    id="be-index", type="technical", skill="databases", prompt=_QUESTION.prompt, grader=RubricGrading()
                ),
            ),
            greeting="Hi, I'm an AI interviewer.",
            closing="Goodbye.",
            consent="You will talk to an AI: …",
        ),
        (NeedCoverage("Bake bread", "skill", 1.0),),
    ),
    ("Bake bread",),
)
_STEP = TurnBody(
    interview_id="i-1",
    turn_number=2,
    interviewer_response=CandidateResponse(
        text=f"Thank you. {_QUESTION.prompt}",
        action=CandidateAction("new_question", "technical"),
        should_continue=True,
        question=_QUESTION,
        hints_left=3,
        time_left_s=1500.0,
    ),
    transcript=TranscriptView("We cache what is read often."),
)
_STATE = CandidateState(
    interview_id="i-1",
    started_at=_AT,
    last_updated=_AT,
    candidate=Candidate(name="Ada", reference="ats-4711"),
    consent=Consent(given=True),
    current_phase="technical",
    questions_asked=(CandidateQuestion("be-index", "technical", "technical", 2, _AT),),
    turn_number=2,
    version=14,
)
_KEY = KeyRow("d42fb2323928", "Grace Hopper", ["reports"], _AT, None, None)
_LATENCY = Latency(3, 0.42, 0.0087, 0.48, 0.5, ((0.01, 2), (0.5, 3), (None, 3)))
_PLATFORM = PlatformState(
    version="0.9.0",
    tiers=(TierState("stt", "faster-whisper", "tiny.en"), TierState("llm", "none")),
    shedding=SheddingState(True, 10.0, 40.0, 1.2, 0.9, 0.0),
    metrics=MetricsSummary(
        live_sessions=2,
        started=5,
        ended=3,
        queues={"grading waiting": 1},
        ready={"stt": True},
        replicas=("ingress-host-1",),
        turns=_LATENCY,
        overhead=_LATENCY,
        stages={"stt": _LATENCY},
        requests=120,
        refused=1,
        failed=0,
        fallbacks=(Fallback("llm", "script", 1),),
        tokens=(Tokens("qwen", "prompt", 900),),
        unmetered=0,
        audio_heard_s=61.5,
        audio_spoken_s=48.0,
        guardrail_trips=0,
        retries=0,
        failed_items=0,
        store=StoreHealth(True, 1_048_576, 0, True),
    ),
)
_GRADE = GradeRecord(
    "be-index",
    3,
    Grade(
        score=0.8,
        level="strong",
        confidence=0.9,
        rationale="Names the cost of every write and when it is worth it.",
        grader="override",
        evidence=(Evidence("every insert also updates the index"),),
    ),
    source="override",
    author="Grace Hopper",
    reason="The answer names the write cost in other words.",
)
_REPORT = Report(
    interview_id="i-1",
    version=31,
    generated_at=_AT,
    final=True,
    status="concluded",
    candidate=Candidate(name="Ada", reference="ats-4711"),
    consent=Consent(given=True),
    plan=PlanRef("backend-engineer", "3", "0" * 64, title="Backend engineer"),
    language="en",
    started_at=_AT,
    ended_at=_AT,
    duration_s=1620.0,
    concluded_because="The plan is complete.",
    weighted_score=0.72,
    skills=(SkillReport("databases", 0.4, questions=3, mean_score=0.7, theta=0.4, standard_error=0.5, items=3),),
    strengths=(),
    gaps=(),
    ask_next=(),
    needs_review=(),
    questions=(),
    rules=(),
    fallbacks=(),
    signals=(),
    engines=(),
    notices=(),
    topics=("indexes",),
    insights=(),
    summary="Three of three questions answered.",
    hints_used=0,
)
_SUMMARY = SessionSummary(
    interview_id="i-1",
    candidate_name="Ada",
    candidate_reference="ats-4711",
    plan="backend-engineer",
    status="concluded",
    started_at=_AT,
    last_updated=_AT,
    ended_at=_AT,
    turns=12,
    score=0.72,
    needs_review=False,
    report=True,
    final=True,
)
_COMPARED = ComparedInterview(
    interview_id="i-1",
    candidate_name="Ada",
    candidate_reference="ats-4711",
    plan_digest="0" * 64,
    status="concluded",
    started_at=_AT,
    score=0.72,
    needs_review=False,
    final=True,
    abilities=(SkillAbility("databases", 0.4, 0.5, 3),),
)
_NOTICE = Notice("Backend engineer", "Backend engineer", "en", "An AI interviews you. Your words are kept.", 1800.0, 3)
_EVENT = {
    "seq": 5,
    "time": "2026-11-30T09:00:00Z",
    "type": "answer.received",
    "data": {"turn": 1, "question_id": "be-index", "text": "Every insert also updates the index."},
}
_EVENT_JSON = msgspec.json.encode(_EVENT).decode()
_SAID = {"message": {"role": "assistant", "content": "An index."}, "index": 0, "finish_reason": "stop"}
_MODEL = {"id": "whisper-tiny.en", "object": "model", "created": 1764493200, "owned_by": "local", "tier": "stt"}


def _plain(value: Any) -> dict[str, Any]:
    return {_JSON: msgspec.json.decode(msgspec.json.encode(value))}


_START = {"plan": "backend-engineer", "candidate": {"name": "Ada", "reference": "ats-4711"}, "consent": True}
_TOLD = _plain(_STEP)

#: By operationId. ``tests/unit/serve/http/test_openapi_document.py`` validates them by the schemas beside them.
EXAMPLES: dict[str, Examples] = {
    "interviews.start": Examples(
        {_JSON: _START, _FORM: {"request": msgspec.json.encode(_START).decode(), "resume": "(a PDF file)"}}, _TOLD
    ),
    "interviews.turn": Examples(
        {_JSON: {"answer": "Every insert also updates the index."}, _FORM: {"audio": "(a recording)"}},
        {**_TOLD, _SSE: 'event: sentence\ndata: {"index":0,"text":"Thank you."}\n\nevent: reply\ndata: {…}\n\n'},
    ),
    "interviews.hint": Examples({_JSON: {"voice": False}}, _TOLD),
    "interviews.pause": Examples({_JSON: {"turn_number": 2}}, _TOLD),
    "interviews.resume": Examples({_JSON: {"voice": False}}, _TOLD),
    "interviews.state": Examples(got=_plain(_STATE)),
    "interviews.end": Examples(got=_TOLD),
    "interviews.events": Examples(
        got={
            _JSON: {"interview_id": "i-1", "events": [_EVENT]},
            "application/x-ndjson": f"{_EVENT_JSON}\n",
            _SSE: f"id: 5\nevent: answer.received\ndata: {_EVENT_JSON}\n\n",
        }
    ),
    "interviews.signal": Examples({_JSON: {"signal": "tab_hidden", "data": {"seconds": 12}}}),
    "reports.read": Examples(got=_plain(_REPORT)),
    "reports.override": Examples(
        {
            _JSON: {
                "question_id": "be-index",
                "score": 0.8,
                "reason": "The answer names the write cost in other words.",
                "author": "Grace Hopper",
            }
        },
        _plain(_GRADE),
    ),
    "candidates.formula": Examples(
        {_JSON: {"formula": "=SUM(B2:B3)"}},
        _plain(Calculation((("Region", "Amount"), ("North", "12"), ("South", "30")), result=(("42",),))),
    ),
    "reports.grant_extra_time": Examples(
        {_JSON: {"minutes": 15, "reason": "Asked for an accommodation.", "author": "Grace Hopper"}},
        _plain(ExtraTime(900.0)),
    ),
    "reports.list": Examples(got=_plain(SessionList([_SUMMARY], None))),
    "reports.compare": Examples(got=_plain(Comparison("backend-engineer", ["databases"], [_COMPARED]))),
    "plans.list": Examples(got=_plain(PlanList([_PLAN.row]))),
    "plans.create": Examples({_JSON: {"role_description": "Baker\n\nTasks\n- Bake bread"}}, _plain(_PLAN)),
    "plans.check": Examples({_JSON: {"plan": {"id": "baker"}}}, _plain(PlanProblems({"title": "is missing"}))),
    "plans.read": Examples(got=_plain(_PLAN)),
    "plans.change": Examples({_JSON: {"plan": {"id": "baker"}, "replaces": _PLAN.row.digest}}, _plain(_PLAN)),
    "plans.approve": Examples({_JSON: {"digest": _PLAN.row.digest}}, _plain(_PLAN)),
    "plans.consent": Examples(got=_plain(PlanConsent("baker", "Baker", "Baker", "en", "You will talk to an AI: …"))),
    "candidates.invite": Examples(
        {_JSON: {"plan": "backend-engineer", "candidate": {"name": "Ada", "reference": "ats-4711"}}},
        _plain(LinkReply("i-1", "/room#ivl_…", "ivl_…", _AT)),
    ),
    "candidates.invitations": Examples(
        got=_plain(
            InvitationList(
                [OpenInvitation("i-2", "backend-engineer", "Ada", "ats-4711", _AT, _AT, "HR desk", 900.0, False)], False
            )
        )
    ),
    "candidates.token": Examples(got=_plain(TokenReply("iva_…", "Bearer", 3600, "i-1", "invited"))),
    "candidates.notice": Examples(got=_plain(InterviewNotice("i-1", "invited", "Ada", True, _NOTICE))),
    "candidates.transcript": Examples(
        {_FORM: {"audio": "(a recording)"}}, _plain(HeardReply("One two three, can you hear me?", 0.94, 2.4))
    ),
    "personal_data.erase": Examples(got=_plain(ErasedData(2, True))),
    "keys.list_keys": Examples(got=_plain(KeyList([_KEY]))),
    "keys.create": Examples(
        {_JSON: {"label": "Grace Hopper", "scopes": ["reports"], "expires_in_days": 90}},
        _plain(CreatedKeyReply(_KEY, "ik_d42fb2323928_…")),
    ),
    "tools.list": Examples(got={_JSON: [{"name": "get_hint", "description": "…", "parameters": {"type": "object"}}]}),
    "tools.call": Examples({_JSON: {"interview_id": "i-1"}}, {_JSON: {"hint": "Think of every insert."}}),
    "operations.healthz": Examples(got={_JSON: {"status": "ok"}}),
    "operations.readyz": Examples(got={_JSON: {"status": "ready", "checks": {"sessions": {"ok": True}}}}),
    "operations.status": Examples(got={_JSON: {"version": "0.9.0", "engines": {"stt": {"ok": True}}}}),
    "operations.platform": Examples(got=_plain(_PLATFORM)),
    "operations.metrics": Examples(got={"text/plain": 'interview_sessions_total{status="concluded"} 3\n'}),
    "operations.problem_type": Examples(
        got={_JSON: {"code": "overloaded", "status": 429, "title": "Too many requests", "retryable": True}}
    ),
    "operations.event_schemas": Examples(
        got={"application/schema+json": {"$id": "/schemas/events", "title": "Events of an interview"}}
    ),
    "realtime.client_secrets": Examples(
        {_JSON: {"interview": {"id": "i-1"}, "expires_after": {"anchor": "created_at", "seconds": 600}}},
        {_JSON: {"value": "ek_…", "expires_at": 1764493800, "session": {"type": "realtime", "model": "interview"}}},
    ),
    "inference.list_models": Examples(got={_JSON: {"object": "list", "data": [_MODEL]}}),
    "inference.retrieve_model": Examples(got={_JSON: _MODEL}),
    "inference.chat_completions": Examples(
        {_JSON: {"model": "qwen", "messages": [{"role": "user", "content": "What makes a read fast?"}]}},
        {_JSON: {"id": "chatcmpl-1", "object": "chat.completion", "model": "qwen", "choices": [_SAID]}},
    ),
    "inference.transcriptions": Examples(
        {_FORM: {"file": "(a recording)", "model": "whisper-1"}}, {_JSON: {"text": "Hello."}}
    ),
    "inference.speech": Examples({_JSON: {"model": "tts-1", "voice": "alloy", "input": "Hello."}}),
}
