"""A turn as server-sent events: what is sent when, what is refused as a plain problem, and who may leave when."""

import asyncio

import httpx
import msgspec
import pytest

from deployments.agent.contract import Done, Sentence, SpokenPart, StepReply, TurnRequest
from interview.errors import AudioTooLarge, EngineUnavailable, NotFound, SessionEnded, StorageUnavailable, TurnInFlight
from serve.http.app import create_app
from serve.http.settings import HttpSettings
from tests.support.http_ports import StubAgent, is_problem, stub_ports

ACME = {"Authorization": "Bearer key-acme"}
EVENTS = {"Accept": "text/event-stream", "Idempotency-Key": "k"}
LOST = EngineUnavailable("Lost.", detail={"lost_replica": "agent"})


def client_of(agent, settings=None):
    transport = httpx.ASGITransport(create_app(stub_ports(agent=agent), settings), raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=ACME)


@pytest.fixture
def agent():
    agent = StubAgent()
    agent.sentences = ["Thank you.", "Größer\n  gedacht?"]
    return agent


@pytest.fixture
async def client(agent):
    async with client_of(agent) as client:
        yield client


def events(content: bytes) -> list[tuple[str, bytes]]:
    frames = [frame for frame in content.split(b"\n\n") if frame]
    found = []
    for frame in frames:
        name, data = frame.split(b"\n")
        found.append((name.removeprefix(b"event: ").decode(), data.removeprefix(b"data: ")))
    return found


async def test_sentences_come_first_and_the_reply_last_byte_for_byte(client, agent):
    streamed = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=EVENTS)
    assert streamed.status_code == 200
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["cache-control"] == "no-store"
    *sentences, reply = events(streamed.content)
    assert [(name, msgspec.json.decode(data)) for name, data in sentences] == [
        ("sentence", {"index": 0, "text": "Thank you."}),
        ("sentence", {"index": 1, "text": "Größer\n  gedacht?"}),
    ]
    plain = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers={"Idempotency-Key": "k"})
    assert reply == ("reply", plain.content)
    assert agent.requests == [TurnRequest(tenant="acme", interview_id="i-1", idempotency_key="k", text="Yes.")] * 2


async def test_audio_parts_come_as_events_for_who_asks(client, agent):
    agent.spoken = [SpokenPart(0, "Thank you.", "audio/wav", b"RIFF", 0.5)]
    body = {"answer": "Yes.", "stream_audio": True}
    streamed = await client.post("/session/turn/i-1", json=body, headers=EVENTS)
    heard = [msgspec.json.decode(data) for name, data in events(streamed.content) if name == "audio"]
    assert heard == [
        {"index": 0, "caption": "Thank you.", "content_type": "audio/wav", "duration_s": 0.5, "audio": "UklGRg=="}
    ]
    assert agent.requests[-1].stream_audio
    refused = await client.post("/session/turn/i-1", json=body)
    assert refused.status_code == 422
    assert "text/event-stream" in refused.text


async def test_a_recorded_reply_is_told_alone_and_says_so(client, agent):
    agent.sentences = []
    agent.outcomes.append(StepReply(b'{"turn_number":3}', replayed=True, stage_ms={"stt": 12.34}))
    streamed = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=EVENTS)
    assert events(streamed.content) == [("reply", b'{"turn_number":3}')]
    assert streamed.headers["idempotency-replayed"] == "true"
    assert streamed.headers["server-timing"] == "stt;dur=12.3"


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "text/html", "application/json, text/event-stream", "text/*;q=0.5, */*"]
)
async def test_json_is_what_everybody_gets_who_does_not_ask_for_events(client, accept):
    headers = {"Accept": accept} if accept else {}
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")


async def test_events_refused_and_nothing_else_taken_is_406(client, agent):
    headers = {"Accept": "text/event-stream;q=0"}
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=headers)
    assert is_problem(reply.headers["content-type"], reply.json(), 406)
    assert not agent.requests


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("Nobody knows i-1."), 404),
        (SessionEnded("It has ended."), 409),
        (TurnInFlight("Being worked on.", retry_after_s=0.2), 409),
        (AudioTooLarge("Too large."), 413),
        (StorageUnavailable("The store is away."), 503),
    ],
)
async def test_what_fails_before_the_first_word_is_a_plain_problem(client, agent, error, status):
    agent.sentences = []
    agent.outcomes.append(error)
    reply = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=EVENTS)
    assert reply.status_code == status
    assert is_problem(reply.headers["content-type"], reply.json(), status)
    assert "i-1" not in reply.text


async def test_a_request_without_a_key_or_an_answer_never_becomes_a_stream(client, agent):
    stranger = await client.post("/session/turn/i-1", json={}, headers={**EVENTS, "Authorization": "Bearer no"})
    empty = await client.post("/session/turn/i-1", json={}, headers=EVENTS)
    assert (stranger.status_code, empty.status_code) == (401, 422)
    assert not agent.requests


async def test_what_fails_after_a_word_is_an_event(client, agent):
    agent.outcomes.append(StorageUnavailable("The store is away.", retry_after_s=1))
    streamed = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=EVENTS)
    assert streamed.status_code == 200
    *sentences, (name, data) = events(streamed.content)
    assert len(sentences) == 2 and name == "error"
    problem = msgspec.json.decode(data)
    assert is_problem("application/problem+json", problem, 503)
    assert problem["instance"] == f"urn:request:{streamed.headers['x-request-id']}"


async def test_a_replica_that_dies_in_the_middle_is_followed_by_the_reply_of_another(client, agent, retried):
    agent.outcomes.append(LOST)
    streamed = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=EVENTS)
    assert [name for name, _ in events(streamed.content)] == ["sentence", "sentence", "reply"]
    assert events(streamed.content)[-1][1] == agent.body
    first, second = agent.requests
    assert (first.takeover, second.takeover) == (False, True)
    assert second.idempotency_key == "k"
    assert retried == [("agent", "replica-lost")]


async def test_a_replica_that_dies_before_a_word_is_not_noticed(client, agent):
    agent.sentences = []
    agent.outcomes.append(LOST)
    streamed = await client.post("/session/turn/i-1", json={"answer": "Yes."}, headers=EVENTS)
    assert events(streamed.content) == [("reply", agent.body)]


class Talking(StubAgent):
    """Says one sentence, then waits."""

    def __init__(self):
        super().__init__()
        self.finish, self.left = asyncio.Event(), asyncio.Event()

    async def turn_stream(self, request):
        try:
            yield Sentence(0, "Thank you.")
            await self.finish.wait()
            yield Done(StepReply(self.body))
        finally:
            self.left.set()


async def test_a_sentence_is_sent_while_the_turn_goes_on_counts_as_in_flight_and_a_listener_may_leave():
    agent = Talking()
    app = create_app(stub_ports(agent=agent), HttpSettings(max_steps_in_flight=1))
    body = b'{"answer": "Yes."}'
    headers = [(b"authorization", b"Bearer key-acme"), (b"accept", b"text/event-stream")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/session/turn/i-1",
        "raw_path": b"/session/turn/i-1",
        "root_path": "",
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))],
    }
    incoming = [{"type": "http.request", "body": body, "more_body": False}]
    leave, heard = asyncio.Event(), asyncio.Event()
    sent: list[bytes] = []

    async def receive():
        if incoming:
            return incoming.pop(0)
        await leave.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message.get("body", b""))
        if b"Thank you." in sent[-1]:
            heard.set()

    serving = asyncio.create_task(app(scope, receive, send))
    await heard.wait()
    assert not agent.finish.is_set()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=ACME) as client:
        for more in ({}, EVENTS):
            refused = await client.post("/session/turn/i-2", json={"answer": "Yes."}, headers=more)
            assert is_problem(refused.headers["content-type"], refused.json(), 429)
        leave.set()
        await serving
        assert agent.left.is_set() and b"event: reply" not in b"".join(sent)
        assert (await client.post("/session/turn/i-2", json={"answer": "Yes."})).status_code == 200


async def test_both_forms_are_documented(client):
    described = (await client.get("/openapi.json")).json()
    content = described["paths"]["/session/turn/{interview_id}"]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/event-stream"}
