"""``POST /candidate/transcript``: before and during the interview, for candidates alone, without a trace."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from deployments.agent.contract import HearRequest
from deployments.stt.contract import EngineInfo, SpeechToText, TranscribeRequest, Transcript
from interview.errors import AudioRejected
from interview.sessions.events import SessionConcluded
from serve.http.app import create_app
from serve.http.ports import IngressPorts
from storage.sessions.port import SessionKey
from tests.support.http_ports import StubAgent, StubBlobs, is_problem, put_session, stub_ports

KEY = SessionKey("acme", "i-1")
RECORDING = {"audio": ("check.webm", b"\x1aE\xdf\xa3 sound", "audio/webm")}


class StubSpeech(SpeechToText):
    def __init__(self) -> None:
        self.requests: list[TranscribeRequest] = []
        self.failure: Exception | None = None

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        self.requests.append(request)
        if self.failure is not None:
            raise self.failure
        return Transcript("one two three", "en", 1.5, (), 0.875, EngineInfo("stub", "stub"))


class ListeningAgent(StubAgent):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[HearRequest] = []

    async def hear(self, request: HearRequest) -> Transcript:
        self.heard.append(request)
        return await super().hear(request)


class House:
    def __init__(self, **changes: Any) -> None:
        self.speech, self.agent, self.blobs = StubSpeech(), ListeningAgent(), StubBlobs()
        ports: dict[str, Any] = {"stt": self.speech, "agent": self.agent, "blobs": self.blobs, **changes}
        self.ports: IngressPorts = stub_ports(**ports)
        app = create_app(self.ports)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")

    async def candidate(self, **invited: Any) -> dict[str, str]:
        operator = {"Authorization": "Bearer key-acme"}
        link = await self.client.post("/interviews/i-1/link", json=invited, headers=operator)
        bearer = {"Authorization": f"Bearer {link.json()['token']}"}
        token = (await self.client.post("/candidate/token", headers=bearer)).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}


async def test_before_the_interview_speech_recognition_answers_in_its_language() -> None:
    house = House()
    reply = await house.client.post(
        "/candidate/transcript", files=RECORDING, headers=await house.candidate(plan="p", language="de")
    )
    assert reply.json() == {"text": "one two three", "confidence": 0.875, "duration_s": 1.5}
    assert house.speech.requests == [TranscribeRequest(RECORDING["audio"][1], "audio/webm", "de")]
    assert house.blobs.blobs == {}
    assert await house.ports.sessions.load(KEY) is None


async def test_during_the_interview_the_open_questions_vocabulary_helps() -> None:
    house = House()
    state = await put_session(house.ports.sessions, KEY)
    reply = await house.client.post("/candidate/transcript", files=RECORDING, headers=await house.candidate())
    assert reply.json()["text"] == "heard"
    assert [(one.tenant, one.interview_id) for one in house.agent.heard] == [("acme", "i-1")]
    after = await house.ports.sessions.load(KEY)
    assert after is not None
    assert after.version == state.version


async def test_after_the_interview_a_check_still_works() -> None:
    house = House()
    headers = await house.candidate(plan="p")
    await put_session(house.ports.sessions, KEY, SessionConcluded(turn=0, by="candidate", reason="Done."))
    assert (await house.client.post("/candidate/transcript", files=RECORDING, headers=headers)).status_code == 200
    assert house.agent.heard == []


@pytest.mark.parametrize("key", ["key-acme", "wrong"])
async def test_only_a_candidate_may_ask(key: str) -> None:
    house = House()
    headers = {"Authorization": f"Bearer {key}"}
    reply = await house.client.post("/candidate/transcript", files=RECORDING, headers=headers)
    assert reply.status_code == (403 if key == "key-acme" else 401)
    assert house.speech.requests == []


async def test_problems_are_named() -> None:
    house = House()
    headers = await house.candidate(plan="p")
    typed = await house.client.post("/candidate/transcript", json={"answer": "words"}, headers=headers)
    assert is_problem(typed.headers["content-type"], typed.json(), 422)
    house.speech.failure = AudioRejected("No speech was heard.")
    silent = await house.client.post("/candidate/transcript", files=RECORDING, headers=headers)
    assert is_problem(silent.headers["content-type"], silent.json(), silent.status_code)
    deaf = House(stt=None)
    reply = await deaf.client.post("/candidate/transcript", files=RECORDING, headers=await deaf.candidate(plan="p"))
    assert "type your answers" in reply.json()["detail"]
