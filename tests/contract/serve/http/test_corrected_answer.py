"""A spoken answer whose transcript the candidate corrected: the words count, and the recording is kept beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from interview.reports.assembly import assemble
from serve.http.ports import IngressPorts
from storage.sessions.port import SessionKey
from tests.support.paths import DATA
from tests.support.realtime import KEY, PLANS, START, application, application_ports, fake_ears

SPEECH = (DATA / "speech" / "two_cities_1.wav").read_bytes()
WORDS = "I build the billing service of a logistics company together with four other people."


@pytest.fixture
def ports(tmp_path: Path) -> IngressPorts:
    return application_ports(tmp_path, stt=fake_ears(), tts=None)


@pytest.fixture
async def client(ports: IngressPorts) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(application(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        started = await client.post("/session/start/i-1", json={**START, "voice": False})
        assert started.status_code == 200, started.text
        yield client


def form(answer: str) -> dict[str, Any]:
    return {
        "files": {"audio": ("answer.wav", SPEECH, "audio/wav"), "answer": (None, answer)},
        "headers": {"Idempotency-Key": "k-1"},
    }


async def test_the_words_count_and_the_recording_is_heard_in_the_report(
    client: httpx.AsyncClient, ports: IngressPorts
) -> None:
    reply = await client.post("/session/turn/i-1", **form(WORDS))
    assert reply.status_code == 200, reply.text
    again = await client.post("/session/turn/i-1", **form(WORDS))
    assert again.json()["turn_number"] == reply.json()["turn_number"] == 1
    events = await ports.sessions.events(SessionKey("acme", "i-1"))
    (answer,) = [event.data for event in events if event.type == "answer.received"]
    assert answer.text == WORDS
    assert answer.audio is None
    assert answer.recording.size_bytes == len(SPEECH)
    assert not [event for event in events if event.type == "answer.transcribed"]
    state = (await client.get("/session/state/i-1")).json()
    said = state["conversation_history"][1]
    assert (said["content"], said["audio_url"]) == (WORDS, answer.recording.url)
    assert (await client.get(answer.recording.url)).content == SPEECH
    stored = await ports.sessions.load(SessionKey("acme", "i-1"))
    assert stored is not None
    plan = PLANS.get("backend-engineer")
    assert plan is not None
    report = assemble(stored, events, plan, generated_at=datetime.now(UTC))
    assert report.questions[0].answers[0].audio_url == answer.recording.url


async def test_the_key_belongs_to_the_words(client: httpx.AsyncClient) -> None:
    await client.post("/session/turn/i-1", **form(WORDS))
    other = await client.post("/session/turn/i-1", **form("Something else."))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


async def test_empty_words_are_refused(client: httpx.AsyncClient) -> None:
    reply = await client.post("/session/turn/i-1", **form("  "))
    assert reply.status_code == 422
    assert "answer" in reply.text
