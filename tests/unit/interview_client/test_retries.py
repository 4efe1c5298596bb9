"""Calls are repeated under one key, after the server's pause; errors carry the problem; streams resume."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

import interview_client
from interview_client import (
    ApiError,
    AsyncClient,
    Client,
    ClientError,
    ConnectionFailed,
    InterviewEnded,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RateLimited,
    RecordingRejected,
    Retries,
    Sentence,
    ServerFailed,
    Step,
    UnexpectedReply,
    calls,
)
from interview_client.results import (
    Comparison,
    CreatedKey,
    ErasedData,
    ExtraTime,
    InterviewPage,
    InvitationList,
    KeyList,
    Link,
    PlanConsent,
    PlanList,
    PlanProblems,
    PlanView,
    Platform,
    Report,
    State,
)
from serve.http.openapi_examples import EXAMPLES
from tests.support.openapi_document import document

STEP = {
    "interview_id": "i-1",
    "turn_number": 1,
    "interviewer_response": {
        "text": "One. Two.",
        "action": {"action_type": "ask_followup", "next_phase": "intro"},
        "should_continue": True,
    },
}


class Server:
    """Answers requests in the order of ``answers``: a response, or an exception to raise."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers: Iterator[httpx.Response | Exception] = iter(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **options: Any) -> Client:
        return Client("http://server", "key", transport=httpx.MockTransport(self), sleep=self.pauses.append, **options)

    @property
    def keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self.requests]


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    body = {"type": f"/problems/{code}", "title": "T", "status": status, "detail": "D.", "code": code, **more}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


def busy(retry_after_s: float = 3.0) -> httpx.Response:
    return problem(429, "overloaded", retryable=True, retry_after_s=retry_after_s)


def sse(*frames: tuple[str, Any]) -> bytes:
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in frames).encode()


class Cut(httpx.SyncByteStream):
    """A body whose connection ends early."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def __iter__(self) -> Iterator[bytes]:
        yield self._sent
        raise httpx.ReadError("connection reset")


def test_an_answer_is_repeated_under_one_key_after_the_servers_pause() -> None:
    server = Server(httpx.ConnectError("refused"), busy(3.0), httpx.Response(200, json=STEP))
    step = server.client().answer("i-1", "I measure first.")
    assert step.reply.text == "One. Two."
    assert len(set(server.keys)) == 1
    first, second = server.pauses
    assert 0.0 <= first <= 0.5
    assert 3.0 <= second <= 4.0


def test_two_answers_have_two_keys_and_a_given_key_is_used() -> None:
    server = Server(*(httpx.Response(200, json=STEP) for _ in range(3)))
    client = server.client()
    client.answer("i-1", "One.")
    client.answer("i-1", "Two.")
    client.answer("i-1", "Three.", key="mine")
    assert len(set(server.keys)) == 3
    assert server.keys[2] == "mine"


def test_retries_end() -> None:
    server = Server(*(busy() for _ in range(9)))
    with pytest.raises(RateLimited):
        server.client(retries=Retries(attempts=3)).hint("i-1")
    assert len(server.requests) == 3


def test_a_pause_that_is_too_long_is_not_waited_for() -> None:
    server = Server(busy(3600.0))
    with pytest.raises(RateLimited) as raised:
        server.client().hint("i-1")
    assert raised.value.retry_after_s == 3600.0
    assert server.pauses == []


def test_a_decision_and_a_grant_are_repeated_under_one_key() -> None:
    server = Server(httpx.ReadError("lost"), httpx.Response(200, json={"question_id": "q"}))
    assert server.client().override("i-1", "q", 1.0, "because") == {"question_id": "q"}
    assert len(set(server.keys)) == 1
    server = Server(httpx.ReadError("lost"), httpx.Response(200, json={"extra_time_s": 900}))
    assert server.client().grant_extra_time("i-1", 15, "because").extra_time_s == 900
    assert len(set(server.keys)) == 1


def test_a_key_is_created_again_only_if_the_server_did_nothing() -> None:
    server = Server(httpx.ReadError("lost"))
    with pytest.raises(ConnectionFailed):
        server.client().create_key("desk", ["reports"])
    assert len(server.requests) == 1
    made = msgspec.to_builtins(EXAMPLES["keys.create"].got["application/json"])
    server = Server(busy(), httpx.Response(200, json=made))
    assert server.client().create_key("desk", ["reports"]).secret


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad-request", InvalidRequest),
        (401, "unauthenticated", NotAuthenticated),
        (403, "forbidden", NotPermitted),
        (404, "not-found", NotFound),
        (409, "session-ended", InterviewEnded),
        (410, "transcript-deleted", NotFound),
        (413, "audio-too-long", RecordingRejected),
        (422, "audio-silent", RecordingRejected),
        (422, "invalid-input", InvalidRequest),
        (429, "overloaded", RateLimited),
        (500, "internal", ServerFailed),
    ],
)
def test_a_refusal_is_an_error_with_the_problems_fields(status: int, code: str, kind: type[ApiError]) -> None:
    errors = [{"field": "answer", "detail": "must not be empty"}]
    server = Server(problem(status, code, errors=errors, instance="urn:request:r-1", context={"limit": "key"}))
    with pytest.raises(ApiError) as raised:
        server.client().state("i-1")
    error = raised.value
    assert type(error) is kind
    assert (error.status, error.code, error.detail) == (status, code, "D.")
    assert error.problem.instance == "urn:request:r-1"
    assert error.problem.context == {"limit": "key"}
    assert "answer: must not be empty" in str(error)
    assert len(server.requests) == 1


def test_a_reply_of_another_server_is_an_error_and_no_traceback_of_a_decoder() -> None:
    with pytest.raises(UnexpectedReply):
        Server(httpx.Response(200, text="<html>")).client().state("i-1")
    with pytest.raises(ServerFailed):
        Server(*(httpx.Response(502, text="<html>") for _ in range(4))).client().state("i-1")
    assert issubclass(UnexpectedReply, ClientError)


def test_a_streamed_answer_is_resumed_and_no_sentence_comes_twice() -> None:
    one, two = ("sentence", {"index": 0, "text": "One."}), ("sentence", {"index": 1, "text": "Two."})
    server = Server(
        httpx.Response(200, stream=Cut(sse(one))), httpx.Response(200, content=sse(one, two, ("reply", STEP)))
    )
    parts = list(server.client().stream_answer("i-1", "I measure first."))
    assert parts == [Sentence(0, "One."), Sentence(1, "Two."), msgspec.convert(STEP, Step)]
    assert len(set(server.keys)) == 1


def test_an_error_in_a_stream_is_the_problem() -> None:
    failed = {"status": 502, "code": "engine-failed", "detail": "Failed.", "retryable": False}
    server = Server(httpx.Response(200, content=sse(("sentence", {"index": 0, "text": "One."}), ("error", failed))))
    with pytest.raises(ServerFailed, match="Failed"):
        list(server.client().stream_answer("i-1", "I measure first."))


def test_events_resume_after_a_cut_without_a_gap_or_a_repetition() -> None:
    def event(seq: int) -> tuple[str, Any]:
        return "note", {"seq": seq, "time": "2026-11-30T09:00:00Z", "type": "note", "data": {}}

    server = Server(
        httpx.Response(200, stream=Cut(b": heartbeat\n\n" + sse(event(1), event(2)) + b"event: note\ndata: {")),
        httpx.Response(200, content=sse(event(3))),
        httpx.Response(200, content=b""),
    )
    assert [found.seq for found in server.client().events("i-1")] == [1, 2, 3]
    assert [request.url.params["after"] for request in server.requests] == ["0", "2", "3"]


def test_the_list_of_interviews_is_read_page_by_page() -> None:
    page = EXAMPLES["reports.list"].got["application/json"]
    server = Server(httpx.Response(200, json={**page, "next": "c-2"}), httpx.Response(200, json=page))
    since = datetime(2026, 11, 1, tzinfo=UTC)
    rows = list(server.client().interviews(plan="backend-engineer", needs_review=False, since=since, until=None))
    assert [row.candidate_reference for row in rows] == ["ats-4711", "ats-4711"]
    first, second = (dict(request.url.params) for request in server.requests)
    assert first == {"plan": "backend-engineer", "needs_review": "false", "since": "2026-11-01T00:00:00+00:00"}
    assert second == {**first, "cursor": "c-2"}


@pytest.mark.parametrize("address", ["http://evil.example/x", "//evil.example/x", "/session/report/i-1"])
def test_the_key_goes_to_the_servers_recordings_alone(address: str) -> None:
    server = Server()
    with pytest.raises(ValueError, match="not an audio_url"):
        server.client().recording(address)
    assert server.requests == []


def test_an_answer_is_text_a_recording_or_a_recording_with_its_corrected_text() -> None:
    with pytest.raises(ValueError, match="give text"):
        Server().client().answer("i-1")
    server = Server(httpx.Response(200, json=STEP))
    server.client().answer("i-1", "An index.", recording=b"RIFF")
    sent = server.requests[0].content
    assert b'name="answer"\r\n\r\nAn index.' in sent
    assert b"RIFF" in sent


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("interviews.start", Step),
        ("interviews.state", State),
        ("reports.read", Report),
        ("reports.list", InterviewPage),
        ("interviews.pause", Step),
        ("interviews.resume", Step),
        ("reports.compare", Comparison),
        ("reports.grant_extra_time", ExtraTime),
        ("candidates.invite", Link),
        ("candidates.invitations", InvitationList),
        ("plans.list", PlanList),
        ("plans.create", PlanView),
        ("plans.check", PlanProblems),
        ("plans.consent", PlanConsent),
        ("keys.list_keys", KeyList),
        ("keys.create", CreatedKey),
        ("operations.platform", Platform),
        ("personal_data.erase", ErasedData),
    ],
)
def test_the_results_read_what_the_api_documents(operation: str, kind: type) -> None:
    found = msgspec.convert(EXAMPLES[operation].got["application/json"], kind)
    assert msgspec.to_builtins(found)


def test_every_call_is_an_operation_of_the_api() -> None:
    to = calls.Answered("q", 1)
    made = [
        calls.pause("i-1", to), calls.resume("i-1", voice=False), calls.invitations(),
        calls.grant_extra_time("i-1", 5, "because", author="", key=None), calls.compare("p", ["i-1"], 5),
        calls.override("i-1", "q", 1.0, "because", author="", replaces=None, key=None), calls.plans(),
        calls.plan_consent("p"), calls.draft_plan({}), calls.check_plan({}), calls.plan("p"),
        calls.change_plan("p", {}, "0"), calls.approve_plan("p", "0"), calls.delete_plan("p"), calls.keys(),
        calls.create_key("desk", ["reports"], None), calls.revoke_key("d42fb2323928"), calls.platform(),
        calls.export_data("ats/4711"), calls.erase_data("ats/4711"),
    ]  # fmt: skip
    operations = [
        (method.upper(), re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path.replace("{reference}", ".+"))))
        for path, methods in document()["paths"].items()
        for method in methods
    ]
    for call in made:
        assert any(call.method == method and path.fullmatch(call.path) for method, path in operations), call.path


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> dict[str, Any]:
        found: dict[str, Callable[..., Any]] = {
            name: member for name, member in vars(kind).items() if not name.startswith("_")
        }
        return {name: list(inspect.signature(member).parameters) for name, member in found.items()}

    assert methods(Client) == methods(AsyncClient)


def test_the_import_loads_no_server() -> None:
    heavy = ("ray", "fastapi", "starlette", "pydantic", "openai", "interview", "serve", "deployments", "storage")
    script = f"import sys, interview_client; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert set(interview_client.__all__) <= set(vars(interview_client))
