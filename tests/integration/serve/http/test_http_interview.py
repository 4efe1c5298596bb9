"""Interviews over HTTP: real agent, graders, audio decoding and reports; only the weights of the ears are fake."""

import base64
import io
import json
import re
import wave

import httpx
import msgspec
import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.stt.config import SttConfig
from deployments.stt.engines.fake import FakeRecognizer
from deployments.stt.engines.port import Part, PieceText
from deployments.stt.service import SttService
from interview.sessions.events import decode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from serve.composition.stored_reports import StoredReports
from serve.http.app import create_app
from serve.http.settings import HttpSettings
from serve.simulation.rehearsal import NotedQueue, WrittenVoice
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.sessions.memory import MemorySessionStore
from tests.support.archives import memory_archive
from tests.support.http_ports import is_problem, stub_ports
from tests.support.paths import ROOT

SPEECH = (ROOT / "tests" / "data" / "speech" / "two_cities_1.wav").read_bytes()
PLANS = InstalledPlans.from_directory(ROOT / "configs" / "interviews")
START = {"plan": "backend-engineer", "consent": True, "candidate": {"name": "Ada"}, "voice": True}
ANSWER = (
    "I would look at the query plan first, add an index on the customer column, and measure again, because an index "
    "makes reads faster and writes slower."
)


async def heard(piece):
    part = Part(0.0, 1.0, "I would measure it first and then add an index.")
    return PieceText((part,), avg_logprob=-0.1, no_speech_prob=0.0, compression_ratio=1.0)


def silence(seconds):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000 * seconds))
    return buffer.getvalue()


@pytest.fixture
async def client(tmp_path):
    sessions, archive, blobs = MemorySessionStore(), memory_archive(), FsspecBlobStore(str(tmp_path))
    grading = GradingService(GradingConfig(), background=NotedQueue())
    stt = SttService(SttConfig(), FakeRecognizer(), heard)
    voice = WrittenVoice()
    agent = AgentService(AgentPorts(sessions, blobs, grading, PLANS, stt, voice), AgentConfig())
    ports = stub_ports(
        agent=agent,
        sessions=sessions,
        archive=archive,
        blobs=blobs,
        reports=StoredReports(sessions, archive, blobs),
        stt=stt,
        tts=voice,
    )
    transport = httpx.ASGITransport(create_app(ports, HttpSettings(max_upload_bytes=2_000_000)))
    headers = {"Authorization": "Bearer key-acme"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers, timeout=60) as client:
        yield client


async def whole_interview(client, interview_id="i-1", speak_every=4):
    """Until the interviewer says goodbye; every few answers by voice. The replies, the last one last."""
    replies = [(await client.post(f"/session/start/{interview_id}", json=START)).json()]
    while replies[-1]["interviewer_response"]["should_continue"]:
        number = len(replies)
        body = {"files": {"audio": ("a.wav", SPEECH, "audio/wav")}} if number % speak_every == 1 else {}
        reply = await client.post(f"/session/turn/{interview_id}", **(body or {"json": {"answer": ANSWER}}))
        assert reply.status_code == 200, reply.text
        replies.append(reply.json())
        assert number < 60
    return replies


async def test_an_interview_from_its_start_to_its_report(client):
    replies = await whole_interview(client)
    assert not any("grade" in reply for reply in replies)
    assert replies[1]["transcript"]["text"]

    state = (await client.get("/session/state/i-1")).json()
    assert state["status"] == "concluded"
    log = (await client.get("/session/events/i-1", headers={"Accept": "application/x-ndjson"})).text
    folded = fold(decode_event(line) for line in log.splitlines())
    assert folded == msgspec.convert(state, SessionState)

    report = (await client.get("/session/report/i-1")).json()
    assert report["interview_id"] == "i-1"
    assert len(report["questions"]) == len(state["questions_asked"])
    assert {version["grade"]["rationale"] != "" for item in report["questions"] for version in item["grades"]} == {True}
    page = await client.get("/session/report/i-1", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Ada" in page.text
    pdf = await client.get("/session/report/i-1?format=pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


async def test_a_reply_is_heard_in_parts_and_kept_whole(client):
    await client.post("/session/start/i-1", json=START)
    body = {"answer": ANSWER, "stream_audio": True}
    streamed = await client.post("/session/turn/i-1", json=body, headers={"Accept": "text/event-stream"})
    frames = [frame.split("\n", 1) for frame in streamed.text.split("\n\n") if frame]
    told = [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in frames]
    heard = [data for name, data in told if name == "audio"]
    name, reply = told[-1]
    assert name == "reply"
    response = reply["interviewer_response"]
    assert " ".join(part["caption"] for part in heard) == " ".join(response["text"].split())
    whole = (await client.get(response["audio_url"])).content
    assert b"".join(base64.b64decode(part["audio"]) for part in heard).split() == whole.split()


@pytest.mark.parametrize("declared", ["application/octet-stream", "video/unheard-of"])
async def test_a_recording_of_unknown_type_is_stored_so_that_a_browser_plays_it(client, declared):
    await client.post("/session/start/i-1", json=START)
    await client.post("/session/turn/i-1", files={"audio": ("answer.webm", SPEECH, declared)})
    log = (await client.get("/session/events/i-1", headers={"Accept": "application/x-ndjson"})).text
    url = re.search(r"/session/audio/i-1/[0-9]+-candidate-[0-9a-f]+\.\w+", log)[0]
    assert url.endswith(".wav")
    recording = await client.get(url)
    assert recording.headers["content-type"] == "audio/wav"
    assert recording.content == SPEECH


async def test_both_voices_can_be_listened_to(client):
    started = (await client.post("/session/start/i-1", json=START)).json()
    await client.post("/session/turn/i-1", files={"audio": ("a.wav", SPEECH, "audio/wav")})
    state = (await client.get("/session/state/i-1")).json()
    spoken = next(turn["audio_url"] for turn in state["conversation_history"] if turn["role"] == "candidate")
    assert (await client.get(spoken)).content == SPEECH
    assert (await client.get(started["interviewer_response"]["audio_url"])).status_code == 200
    rival = {"Authorization": "Bearer key-rival"}
    assert (await client.get(spoken, headers=rival)).status_code == 404


async def test_an_override_stands_in_the_report_with_the_original(client):
    await whole_interview(client)
    before = (await client.get("/session/report/i-1")).json()
    question = next(item for item in before["questions"] if item["grades"])
    reason = "The recording shows a right answer."
    body = {"question_id": question["question_id"], "score": 1, "reason": reason, "author": "Grace Hopper"}
    reply = await client.post("/session/report/i-1/override", json=body)
    assert (reply.status_code, reply.json()["source"], reply.json()["author"]) == (
        200,
        "override",
        "Grace Hopper (key a key of the tests)",
    )

    after = (await client.get("/session/report/i-1")).json()
    grades = next(item for item in after["questions"] if item["question_id"] == question["question_id"])["grades"]
    assert grades[:-1] == question["grades"]
    assert (grades[-1]["grade"]["score"], grades[-1]["reason"]) == (1.0, body["reason"])

    def theta(report):
        return next(skill["theta"] for skill in report["skills"] if skill["skill"] == question["skill"])

    assert theta(after) > theta(before)


async def test_a_wrong_override_names_its_field_and_changes_nothing(client):
    await client.post("/session/start/i-1", json=START)
    before = (await client.get("/session/state/i-1")).content
    for body, field in [
        ({"question_id": "unasked", "score": 1, "reason": "because"}, "question_id"),
        ({"question_id": "be-opener", "score": 1.01, "reason": "because"}, "score"),
        ({"question_id": "be-opener", "score": 1, "reason": ""}, "reason"),
        ({"question_id": "be-opener", "score": 1}, "reason"),
        ({"question_id": "be-opener", "score": 1, "reason": "because", "author": "two\nlines"}, "author"),
    ]:
        reply = await client.post("/session/report/i-1/override", json=body)
        assert (reply.status_code, [error["field"] for error in reply.json()["errors"]]) == (422, [field])
    assert (await client.get("/session/state/i-1")).content == before


async def test_starting_twice_is_the_same_session(client):
    first = await client.post("/session/start/i-1", json=START)
    second = await client.post("/session/start/i-1", json=START)
    assert first.json()["session_state"]["started_at"] == second.json()["session_state"]["started_at"]
    assert (await client.get("/session/state/i-1")).json()["turn_number"] == 0


async def test_a_retry_gets_the_first_reply_byte_for_byte(client):
    await client.post("/session/start/i-1", json=START)
    send = {"json": {"answer": ANSWER}, "headers": {"Idempotency-Key": "k"}}
    first, again = [await client.post("/session/turn/i-1", **send) for _ in range(2)]
    assert first.content == again.content
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    other = await client.post("/session/turn/i-1", json={"answer": "Else."}, headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


@pytest.mark.parametrize(("audio", "statuses"), [
    (b"", {422}),
    (b"\x00\xff" * 5000, {415}),
    (SPEECH[:60], {415, 422}),
    (silence(3), {422}),
    (silence(70), {413}),
    (silence(5) * 2, {422}),
], ids=["empty", "garbage", "truncated", "silent", "oversize", "silent-doubled"])  # fmt: skip
async def test_bad_audio_is_a_sentence_to_act_on_and_the_session_goes_on(client, audio, statuses):
    await client.post("/session/start/i-1", json=START)
    before = (await client.get("/session/state/i-1")).content
    reply = await client.post("/session/turn/i-1", files={"audio": ("a.wav", audio, "audio/wav")})
    assert reply.status_code in statuses, reply.text
    assert is_problem(reply.headers["content-type"], reply.json(), reply.status_code)
    assert reply.json()["code"].startswith("audio-")
    assert (await client.get("/session/state/i-1")).content == before
    assert (await client.post("/session/turn/i-1", json={"answer": ANSWER})).status_code == 200


async def test_an_unknown_interview_is_404_and_a_concluded_one_409(client):
    unknown = await client.post("/session/turn/nobody", json={"answer": ANSWER})
    assert (unknown.status_code, is_problem(unknown.headers["content-type"], unknown.json(), 404)) == (404, True)
    await client.post("/session/start/i-1", json=START)
    assert (await client.delete("/session/state/i-1")).status_code == 200
    assert (await client.delete("/session/state/i-1")).status_code == 200
    for path, body in [("turn", {"answer": ANSWER}), ("hint", {}), ("signal", {"signal": "paste"})]:
        ended = await client.post(f"/session/{path}/i-1", json=body)
        assert (ended.status_code, ended.json()["code"]) == (409, "session-ended")


async def test_another_tenant_sees_nothing_of_an_interview_and_may_use_its_id(client):
    await client.post("/session/start/i-1", json=START)
    rival = {"Authorization": "Bearer key-rival"}
    for method, path in [
        ("GET", "/session/state/{}"),
        ("GET", "/session/events/{}"),
        ("GET", "/session/report/{}"),
        ("DELETE", "/session/state/{}"),
        ("POST", "/session/hint/{}"),
    ]:
        theirs = await client.request(method, path.format("i-1"), headers=rival)
        unknown = await client.request(method, path.format("i-9"), headers=rival)
        assert (theirs.status_code, theirs.content) == (404, unknown.content), path
    own = await client.post("/session/start/i-1", json=START, headers=rival)
    assert own.status_code == 200
    assert json.loads((await client.get("/session/state/i-1", headers=rival)).content)["tenant"] == "rival"


async def test_a_start_that_names_no_plan_or_gives_no_consent_says_which_field(client):
    for body, field in [
        ({"plan": "no-such-plan", "consent": True}, "plan"),
        ({"plan": "backend-engineer"}, "consent"),
        ({**START, "candidate": {"nmae": "Ada"}}, "candidate.nmae"),
    ]:
        reply = await client.post("/session/start/i-1", json=body)
        assert (reply.status_code, [error["field"] for error in reply.json()["errors"]]) == (422, [field]), reply.text
    assert (await client.get("/session/state/i-1")).status_code == 404


async def test_a_hint_comes_from_the_ladder_and_is_counted(client):
    await client.post("/session/start/i-1", json=START)
    await client.post("/session/turn/i-1", json={"answer": ANSWER})
    reply = await client.post("/session/hint/i-1", headers={"Idempotency-Key": "h"})
    assert reply.status_code == 200, reply.text
    assert (await client.get("/session/state/i-1")).json()["hints_used"] == 1
