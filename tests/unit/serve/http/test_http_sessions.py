"""The session routes over a stub agent: what goes in, what passes through, and every way to be refused."""

import asyncio

import httpx
import pytest

from deployments.agent.contract import EndRequest, HintRequest, StartRequest, StepReply, TurnRequest
from interview.errors import (
    DeadlineExceeded,
    EngineUnavailable,
    IdempotencyMismatch,
    NotFound,
    Overloaded,
    SessionEnded,
    SilentAudio,
    TurnInFlight,
)
from interview.sessions.events import ReportReady, SessionConcluded
from serve.http.app import create_app
from serve.http.auth import INFERENCE, INTERVIEWS, REPORTS
from serve.http.settings import HttpSettings
from storage.blobs.layout import audio_path
from storage.sessions.port import SessionKey
from tests.support.http_ports import Grant, StubAgent, StubKeys, is_problem, put_session, stub_ports

ACME = {"Authorization": "Bearer key-acme"}


def client_of(ports, settings=None, **kwargs):
    transport = httpx.ASGITransport(create_app(ports, settings), raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=ACME, **kwargs)


@pytest.fixture
def agent():
    return StubAgent()


@pytest.fixture
async def client(agent):
    async with client_of(stub_ports(agent=agent)) as client:
        yield client


async def test_start_hands_every_field_to_the_agent(client, agent):
    reply = await client.post(
        "/session/start/i-1",
        json={
            "plan": "backend",
            "resume_content": "Ten years of Go.",
            "role_description": "Backend engineer",
            "candidate": {"name": "Ada", "reference": "c-7"},
            "consent": True,
            "language": "en",
            "voice": False,
        },
    )
    assert reply.status_code == 200
    assert agent.requests == [
        StartRequest(
            tenant="acme",
            interview_id="i-1",
            plan="backend",
            role_description="Backend engineer",
            resume_content="Ten years of Go.",
            candidate_name="Ada",
            candidate_reference="c-7",
            consent=True,
            language="en",
            voice=False,
        )
    ]


async def test_the_agents_bytes_pass_through_untouched(client, agent):
    body = b'{"turn_number": 3,  "odd   spacing": true}'
    agent.outcomes.append(StepReply(body, replayed=True, stage_ms={"stt": 12.34}))
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."})
    assert reply.content == body
    assert reply.status_code == 200
    assert reply.headers["idempotency-replayed"] == "true"
    assert reply.headers["server-timing"] == "stt;dur=12.3"


async def test_a_typed_answer_by_json_and_by_form_are_the_same(client, agent):
    await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers={"Idempotency-Key": "k"})
    await client.post("/session/turn/i-1", files={"answer": (None, "Yes.")}, headers={"Idempotency-Key": "k"})
    assert agent.requests[0] == agent.requests[1]
    assert agent.requests[0] == TurnRequest(tenant="acme", interview_id="i-1", idempotency_key="k", text="Yes.")


async def test_a_recording_reaches_the_agent_with_its_type_and_signals(client, agent):
    reply = await client.post(
        "/session/turn/i-1",
        files={"audio": ("../../etc/passwd", b"RIFFxxxx", "audio/wav")},
        data={"voice": "false", "signals": '{"tab_hidden": 2}'},
        headers={"Idempotency-Key": "k"},
    )
    assert reply.status_code == 200
    (request,) = agent.requests
    assert (request.audio, request.content_type, request.voice, request.signals, request.text) == (
        b"RIFFxxxx",
        "audio/wav",
        False,
        {"tab_hidden": 2},
        None,
    )


async def test_answers_without_a_key_get_a_new_one_each(client, agent):
    for _ in range(2):
        await client.post("/session/turn/i-1", json={"answer": "The same words."})
    first, second = agent.requests
    assert first.idempotency_key != second.idempotency_key


async def test_hint_and_end_reach_the_agent(client, agent):
    assert (await client.post("/session/hint/i-1", headers={"Idempotency-Key": "h"})).status_code == 200
    assert (await client.delete("/session/state/i-1")).status_code == 200
    assert agent.requests == [
        HintRequest(tenant="acme", interview_id="i-1", idempotency_key="h"),
        EndRequest(tenant="acme", interview_id="i-1"),
    ]


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (SessionEnded("This interview has ended."), 409, None),
        (TurnInFlight("Being worked on.", retry_after_s=0.2), 409, "1"),
        (IdempotencyMismatch("Other content."), 422, None),
        (SilentAudio("No speech was heard. Check your microphone."), 422, None),
        (Overloaded("Busy.", retry_after_s=2.5), 429, "3"),
        (DeadlineExceeded("Too slow.", retry_after_s=1), 504, "1"),
        (EngineUnavailable("Down.", detail={"lost_replica": "stt"}), 503, None),
    ],
)
async def test_the_agents_errors_become_problems(client, agent, error, status, retry_after):
    agent.outcomes.append(error)
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."})
    assert reply.status_code == status
    assert is_problem(reply.headers["content-type"], reply.json(), status)
    assert reply.json()["code"] == error.code
    assert reply.json()["detail"] == error.message
    assert reply.json()["instance"] == f"urn:request:{reply.headers['x-request-id']}"
    assert reply.headers.get("retry-after") == retry_after
    assert len(agent.requests) == 1


async def test_a_turn_survives_the_death_of_the_agents_replica(client, agent, retried):
    agent.outcomes.append(EngineUnavailable("Lost.", detail={"lost_replica": "agent"}))
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers={"Idempotency-Key": "k"})
    assert reply.status_code == 200
    first, second = agent.requests
    assert (first.takeover, second.takeover) == (False, True)
    assert second.idempotency_key == first.idempotency_key == "k"
    assert retried == [("agent", "replica-lost")]


async def test_a_second_death_is_told_to_the_client(client, agent):
    agent.outcomes += [EngineUnavailable("Lost.", detail={"lost_replica": "agent"})] * 2
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."})
    assert (reply.status_code, len(agent.requests)) == (503, 2)


async def test_more_steps_at_once_than_a_replica_takes_are_refused_with_when_to_come_back():
    class Slow(StubAgent):
        def __init__(self):
            super().__init__()
            self.working, self.finish = asyncio.Event(), asyncio.Event()

        async def turn(self, request):
            self.working.set()
            await self.finish.wait()
            return await super().turn(request)

    agent = Slow()
    async with client_of(stub_ports(agent=agent), HttpSettings(max_steps_in_flight=1)) as client:
        first = asyncio.create_task(client.post("/session/turn/i-1", json={"answer": "Yes."}))
        await agent.working.wait()
        refused = await client.post("/session/turn/i-2", json={"answer": "Yes."})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert is_problem(refused.headers["content-type"], refused.json(), 429)
        agent.finish.set()
        assert (await first).status_code == 200
        assert (await client.post("/session/turn/i-2", json={"answer": "Yes."})).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["answer"]),
        ({"answer": ""}, ["answer"]),
        ({"answer": "  \n"}, ["answer"]),
        ({"answer": 7}, ["answer"]),
        ({"answer": None, "anwser": "Yes."}, ["answer", "anwser"]),
        ({"answer": "Yes.", "signals": {"a": [1]}}, ["signals.a"]),
        ({"answer": "Yes.", "signals": {"A B": 1}}, ["signals.A B"]),
        ({"answer": "x" * 20_001}, ["answer"]),
    ],
)
async def test_wrong_json_fields_are_named(client, agent, body, fields):
    reply = await client.post("/session/turn/i-1", json=body)
    assert reply.status_code == 422
    assert is_problem(reply.headers["content-type"], reply.json(), 422)
    named = {error["field"] for error in reply.json()["errors"]}
    assert named == set(fields)
    assert agent.requests == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[1]", b'"text"', b"null", b"[" * 5000, b'{"answer":"\\ud800"}']
)
async def test_broken_json_is_a_problem(client, agent, raw):
    reply = await client.post("/session/turn/i-1", content=raw, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422
    assert is_problem(reply.headers["content-type"], reply.json(), 422)
    assert agent.requests == []


@pytest.mark.parametrize(
    ("files", "data", "status", "code"),
    [
        ({"audio": ("a.wav", b"", "audio/wav")}, {}, 422, "audio-empty"),
        ({"audio": ("a.wav", b"x", "audio/wav")}, {"answer": " "}, 422, "invalid-input"),
        ({"sound": ("a.wav", b"x", "audio/wav")}, {}, 422, "invalid-input"),
        ({"audio": (None, "text, no file")}, {}, 422, "invalid-input"),
        ({"answer": (None, " ")}, {}, 422, "invalid-input"),
        ({"answer": (None, "Yes."), "voice": (None, "perhaps")}, {}, 422, "invalid-input"),
        ({"answer": (None, "Yes."), "signals": (None, "{")}, {}, 422, "invalid-input"),
        ({"answer": (None, "Yes."), "extra": (None, "x")}, {}, 422, "invalid-input"),
    ],
)
async def test_wrong_forms_are_problems(client, agent, files, data, status, code):
    reply = await client.post("/session/turn/i-1", files=files, data=data)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert is_problem(reply.headers["content-type"], reply.json(), status)
    assert agent.requests == []


async def test_an_unfinished_form_is_a_problem(client):
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=b"):
        reply = await client.post(
            "/session/turn/i-1", content=b"--b\r\nnonsense", headers={"Content-Type": content_type}
        )
        assert reply.status_code in (400, 422)
        assert is_problem(reply.headers["content-type"], reply.json(), reply.status_code)


async def test_another_media_type_is_refused_with_what_would_do(client):
    reply = await client.post("/session/turn/i-1", content=b"x", headers={"Content-Type": "text/plain"})
    assert reply.status_code == 415
    assert "multipart/form-data" in reply.headers["accept-post"]
    assert is_problem(reply.headers["content-type"], reply.json(), 415)


@pytest.mark.parametrize("path", ["-x", ".x", "a b", "a" * 65, "%00", "ä", "a%2Fb"])
async def test_an_impossible_interview_id_never_reaches_the_agent(client, agent, path):
    reply = await client.post(f"/session/start/{path}", json={})
    assert reply.status_code in (404, 422)
    assert is_problem(reply.headers["content-type"], reply.json(), reply.status_code)
    assert agent.requests == []


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\u00e4"])
async def test_an_impossible_idempotency_key_is_named(client, agent, key):
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers={"Idempotency-Key": key.encode()})
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == ["Idempotency-Key"]
    assert agent.requests == []


async def test_a_plan_that_cannot_cross_the_handle_is_refused_here(client, agent):
    for plan in ({"n": 10**30}, "", "p" * 201):
        reply = await client.post("/session/start/i-1", json={"plan": plan})
        assert (reply.status_code, reply.json()["errors"][0]["field"][:4]) == (422, "plan")
    assert agent.requests == []


async def test_a_foreign_interview_is_the_same_404_as_an_unknown_one():
    agent = StubAgent()
    ports = stub_ports(agent=agent)
    await put_session(ports.sessions, SessionKey("rival", "theirs"))
    calls = [
        ("GET", "/session/state/{}", {}),
        ("GET", "/session/events/{}", {}),
        ("GET", "/session/report/{}", {}),
        ("GET", "/session/audio/{}/0-interviewer-0123456789abcdef.wav", {}),
        ("DELETE", "/session/state/{}", {}),
        ("DELETE", "/interviews/{}/link", {}),
        ("POST", "/session/turn/{}", {"json": {"answer": "Yes."}}),
        ("POST", "/session/hint/{}", {}),
        ("POST", "/session/pause/{}", {}),
        ("POST", "/session/resume/{}", {}),
        ("POST", "/session/signal/{}", {"json": {"signal": "paste"}}),
        ("POST", "/session/extra-time/{}", {"json": {"minutes": 5, "reason": "because"}}),
        ("POST", "/session/report/{}/override", {"json": {"question_id": "q1", "score": 1, "reason": "because"}}),
    ]
    described = create_app(ports).openapi()["paths"]
    of_interviews = {path.split("{")[0] for path in described if "{interview_id}" in path}
    assert of_interviews - {path.split("{")[0] for _, path, _ in calls} == {"/session/start/"}, "a route is not checked"
    async with client_of(ports) as client:
        for method, path, arguments in calls:
            bodies = []
            for interview_id in ("theirs", "unknown"):
                agent.outcomes[:] = [NotFound(f"no session {interview_id}")]
                reply = await client.request(method, path.format(interview_id), **arguments)
                assert reply.status_code == 404, (method, path, reply.text)
                assert is_problem(reply.headers["content-type"], reply.json(), 404)
                bodies.append(reply.content)
            assert bodies[0] == bodies[1], (method, path)


async def test_state_is_the_stored_snapshot():
    ports = stub_ports()
    state = await put_session(ports.sessions, SessionKey("acme", "i-1"))
    async with client_of(ports) as client:
        reply = await client.get("/session/state/i-1")
    assert reply.json()["version"] == state.version
    assert reply.json()["questions_asked"][0]["question_id"] == "q1"
    assert reply.headers["etag"] == f'"{state.version}"'


@pytest.mark.parametrize(
    "further",
    [
        (),
        (SessionConcluded(0, "plan", "Done."),),
        (SessionConcluded(0, "plan", "Done."), ReportReady("/session/report/i-1")),
    ],
)
async def test_a_get_changes_nothing(further):
    agent = StubAgent()
    ports = stub_ports(agent=agent)
    key = SessionKey("acme", "i-1")
    await put_session(ports.sessions, key, *further)
    before = await ports.sessions.raw_events(key)
    async with client_of(ports) as client:
        for path in ("/session/report/i-1", "/session/state/i-1"):
            assert (await client.get(path)).status_code == 200
    assert agent.requests == []
    assert await ports.sessions.raw_events(key) == before


async def test_a_recording_comes_whole_or_in_parts():
    ports = stub_ports()
    name = "0-interviewer-0123456789abcdef.wav"
    await ports.blobs.put(audio_path("acme", "i-1", name), b"0123456789")
    async with client_of(ports) as client:
        url = f"/session/audio/i-1/{name}"
        whole = await client.get(url)
        assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", "audio/wav")
        for asked, part, shown in [
            ("bytes=2-4", b"234", "bytes 2-4/10"),
            ("bytes=7-", b"789", "bytes 7-9/10"),
            ("bytes=-3", b"789", "bytes 7-9/10"),
            ("bytes=5-500", b"56789", "bytes 5-9/10"),
        ]:
            reply = await client.get(url, headers={"Range": asked})
            assert (reply.status_code, reply.content, reply.headers["content-range"]) == (206, part, shown)
        beyond = await client.get(url, headers={"Range": "bytes=10-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */10")
        assert (await client.get(url, headers={"Range": "furlongs=1-2"})).status_code == 200
        assert (await client.get("/session/audio/i-1/..%2f..%2fsecret")).status_code == 404
        assert (await client.get("/session/audio/i-1/passwd")).status_code == 404


@pytest.mark.parametrize("who", ["candidate", "interviewer"])
async def test_no_browser_keeps_a_recording(who):
    ports = stub_ports()
    name = f"0-{who}-0123456789abcdef.wav"
    await ports.blobs.put(audio_path("acme", "i-1", name), b"0123456789")
    async with client_of(ports) as client:
        for headers in ({}, {"Range": "bytes=2-4"}):
            reply = await client.get(f"/session/audio/i-1/{name}", headers=headers)
            assert reply.headers["cache-control"] == "no-store"


async def test_a_signal_is_recorded_and_changes_no_score():
    ports = stub_ports()
    key = SessionKey("acme", "i-1")
    before = await put_session(ports.sessions, key)
    async with client_of(ports) as client:
        reply = await client.post("/session/signal/i-1", json={"signal": "tab_hidden", "data": {"seconds": 4}})
        assert reply.status_code == 204
        assert (await client.post("/session/signal/i-1", json={"signal": "NO!"})).status_code == 422
    (event,) = await ports.sessions.events(key, after=before.version)
    assert (event.type, event.data.signal, event.data.data) == ("integrity.noted", "tab_hidden", {"seconds": 4})
    after = await ports.sessions.load(key)
    assert (after.grades, after.abilities) == (before.grades, before.abilities)


async def test_tools_are_listed_and_called(client):
    assert (await client.get("/tools")).json()[0]["name"] == "get_hint"
    assert (await client.post("/tools/get_hint", json={"interview_id": "i"})).json() == {
        "arguments": {"interview_id": "i"}
    }
    assert (await client.post("/tools/unknown_tool", json={})).status_code == 404
    assert (await client.post("/tools/get_hint", json=[1])).status_code == 422


async def test_an_upload_over_the_limit_is_refused_whether_declared_or_chunked():
    agent = StubAgent()
    settings = HttpSettings(max_upload_bytes=100_000, max_json_bytes=1000)
    async with client_of(stub_ports(agent=agent), settings) as client:
        declared = await client.post("/session/turn/i-1", files={"audio": ("a.wav", b"x" * 200_000, "audio/wav")})

        async def chunks():
            yield b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n'
            for _ in range(1000):
                yield b"x" * 1000

        chunked = await client.post(
            "/session/turn/i-1", content=chunks(), headers={"Content-Type": "multipart/form-data; boundary=b"}
        )
        # within the framing allowance, yet the recording itself is too large
        close = await client.post("/session/turn/i-1", files={"audio": ("a.wav", b"x" * 120_000, "audio/wav")})
        json_body = await client.post("/session/start/i-1", json={"resume_content": "x" * 2000})
    for reply in (declared, chunked, close):
        assert (reply.status_code, reply.json()["code"]) == (413, "audio-too-large")
        assert "shorter" in reply.json()["detail"]
    assert json_body.status_code == 413
    assert is_problem(json_body.headers["content-type"], json_body.json(), 413)
    assert agent.requests == []


async def test_a_plan_in_a_request_needs_a_scope_of_its_own(agent):
    keys = StubKeys({"narrow": Grant("acme", scopes=frozenset({INTERVIEWS}))})
    async with client_of(stub_ports(agent=agent, keys=keys)) as client:
        client.headers["Authorization"] = "Bearer narrow"
        refused = await client.post("/session/start/i-1", json={"plan": {"id": "mine"}})
        assert is_problem(refused.headers["content-type"], refused.json(), 403)
        assert 'scope="plans:inline"' in refused.headers["WWW-Authenticate"]
        assert agent.requests == []
        assert (await client.post("/session/start/i-1", json={"plan": "backend"})).status_code == 200


@pytest.mark.parametrize(
    ("scope", "reads", "ends"), [(REPORTS, 200, 403), (INTERVIEWS, 200, 200), (INFERENCE, 403, 403)]
)
async def test_a_reviewers_key_reads_the_state_and_ends_no_interview(agent, scope, reads, ends):
    ports = stub_ports(agent=agent, keys=StubKeys({"key-acme": Grant("acme", frozenset({scope}))}))
    await put_session(ports.sessions, SessionKey("acme", "i-1"))
    async with client_of(ports) as client:
        assert (await client.get("/session/state/i-1")).status_code == reads
        assert (await client.delete("/session/state/i-1")).status_code == ends
    assert len(agent.requests) == (ends == 200)
