"""The OpenAPI document: every operation has an id, a described tag, a summary and examples that hold; event schemas."""

from __future__ import annotations

import json
import re

import httpx
import msgspec
import pytest
from jsonschema import Draft202012Validator

from deployments.agent.contract import TurnBody
from deployments.stt.config import SttConfig
from deployments.stt.engines.fake import FakeRecognizer
from deployments.stt.service import SttService
from interview.sessions.candidate_view import CandidateAction, CandidateResponse
from serve.http.app import create_app
from tests.support.http_ports import StubAgent, stub_ports
from tests.support.openapi_document import document
from tests.support.realtime import START, application_ports, words

DOCUMENT = document()
OPERATIONS = [(path, method, found) for path, methods in DOCUMENT["paths"].items() for method, found in methods.items()]
TAGS = {tag["name"]: tag.get("description", "") for tag in DOCUMENT["tags"]}

TURN_BODY = msgspec.json.encode(
    TurnBody("i-1", 1, CandidateResponse("Go on.", CandidateAction("ask_followup", "intro"), should_continue=True))
)

#: Replies for which a text cannot be an example: archives, recordings, whole documents.
_NOT_TEXT = re.compile(
    r"application/(zip|pdf)|audio/|image/|text/(html|plain|vtt)|application/x-subrip|text/event-stream"
)

each = pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)


def validator(schema: dict) -> Draft202012Validator:
    """Of a schema of the document, which may refer to its components."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


@each
def test_an_operation_has_a_namespaced_id_a_described_tag_and_a_summary(path, method, operation):
    (tag,) = operation["tags"]
    assert TAGS.get(tag), f"the tag {tag} has no description"
    assert re.fullmatch(rf"{tag.replace(' ', '_')}\.[a-z_]+", operation["operationId"])
    assert operation.get("summary")


def test_operation_ids_are_unique():
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


@each
def test_requests_and_replies_have_examples_that_their_schemas_accept(path, method, operation):
    sent = operation.get("requestBody", {}).get("content", {})
    got = operation["responses"].get("200", {}).get("content", {})
    for media, content in sent.items():
        assert "example" in content, f"no example of a request in {media}"
        validator(content["schema"]).validate(content["example"])
    for media, content in got.items():
        if "example" in content:
            validator(content["schema"]).validate(content["example"])
        else:
            assert _NOT_TEXT.match(media), f"no example of a reply in {media}"


@each
def test_failures_are_described_with_an_example(path, method, operation):
    for status, reply in operation["responses"].items():
        if int(status) < 400:
            continue
        shared = DOCUMENT["components"]["responses"][reply["$ref"].rpartition("/")[2]] if "$ref" in reply else reply
        ((media, content),) = shared["content"].items()
        (example,) = content["examples"].values()
        value = DOCUMENT["components"]["examples"][example["$ref"].rpartition("/")[2]]["value"]
        validator(content["schema"]).validate(value)
        if path.startswith("/v1/"):
            assert value["error"]["message"]
        else:
            assert (media, value["status"]) == ("application/problem+json", int(status))


async def test_the_events_of_an_interview_are_valid_by_the_served_schemas(tmp_path):
    ears = SttService(SttConfig(), FakeRecognizer(), words)
    app = create_app(application_ports(tmp_path, stt=ears, tts=None))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"Authorization": "Bearer key-acme"}
    ) as client:
        schema = (await client.get("/schemas/events")).json()
        Draft202012Validator.check_schema(schema)
        assert (await client.post("/session/start/i-1", json=START)).status_code == 200
        for _ in range(3):
            reply = await client.post("/session/turn/i-1", json={"answer": "I would measure first, then add an index."})
            assert reply.status_code == 200
        await client.post("/session/hint/i-1")
        await client.delete("/session/state/i-1")
        events = (await client.get("/session/events/i-1", headers={"Accept": "application/json"})).json()["events"]
    kinds = {event["type"] for event in events}
    assert {"session.started", "answer.received", "response.sent", "session.concluded"} <= kinds
    of_log = Draft202012Validator(schema)
    for event in events:
        of_log.validate(event)
    broken = {**events[0], "data": {**events[0]["data"], "interview_id": 7}}
    assert not of_log.is_valid(broken)


async def test_the_events_of_a_streamed_turn_are_valid_by_the_served_schemas():
    agent = StubAgent(TURN_BODY)
    agent.sentences.append("Go on.")
    app = create_app(stub_ports(agent=agent))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers={"Authorization": "Bearer key-acme"}
    ) as client:
        schema = (await client.get("/schemas/events")).json()
        reply = await client.post(
            "/session/turn/i-1", json={"answer": "An index."}, headers={"Accept": "text/event-stream"}
        )
    of_turn = Draft202012Validator({**schema, "$ref": "#/$defs/TurnStreamEvent"})
    frames = [frame.split("\n", 1) for frame in reply.text.strip().split("\n\n")]
    shown = [
        {"event": head.removeprefix("event: "), "data": json.loads(data.removeprefix("data: "))}
        for head, data in frames
    ]
    assert [event["event"] for event in shown] == ["sentence", "reply"]
    for event in shown:
        of_turn.validate(event)
    assert not of_turn.is_valid({"event": "sentence", "data": {"index": "0", "text": "Go on."}})
