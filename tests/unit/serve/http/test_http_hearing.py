"""``POST /candidate/transcript``: before and during the interview, for candidates alone, without a trace."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from deployments.agent.contract import HearRequest
from deployments.stt.contract import EngineInfo, SpeechToText, TranscribeRequest, Transcript
from interview.errors import AudioRejected
from interview.sessions.events import SessionConcluded
from serve.http.app import create_app
from serve.http.ports import IngressPorts
from serve.http.settings import HttpSettings
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


class SlowSpeech(StubSpeech):
    """Transcribes once it may ``finish``; ``working`` has a permit for each transcription that began."""

    def __init__(self) -> None:
        super().__init__()
        self.working, self.finish = asyncio.Semaphore(0), asyncio.Event()

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        self.working.release()
        await self.finish.wait()
        return await super().transcribe(request)


class House:
    def __init__(self, settings: HttpSettings | None = None, **changes: Any) -> None:
        self.speech, self.agent, self.blobs = StubSpeech(), ListeningAgent(), StubBlobs()
        ports: dict[str, Any] = {"stt": self.speech, "agent": self.agent, "blobs": self.blobs, **changes}
        self.ports: IngressPorts = stub_ports(**ports)
        app = create_app(self.ports, settings)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")

    async def candidate(self, interview_id: str = "i-1", **invited: Any) -> dict[str, str]:
        operator = {"Authorization": "Bearer key-acme"}
        link = await self.client.post(f"/interviews/{interview_id}/link", json=invited, headers=operator)
        bearer = {"Authorization": f"Bearer {link.json()['token']}"}
        token = (await self.client.post("/candidate/token", headers=bearer)).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("invited", [{"plan": "p", "language": "de"}, {"plan": "german"}])
async def test_before_the_interview_speech_recognition_answers_in_its_language(invited: dict[str, str]) -> None:
    """That of the invitation, else that of the plan."""
    house = House()
    headers = await house.candidate(**invited)
    reply = await house.client.post("/candidate/transcript", files=RECORDING, headers=headers)
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


async def test_transcripts_and_steps_share_the_replicas_limit() -> None:
    speech = SlowSpeech()
    house = House(HttpSettings(max_steps_in_flight=1), stt=speech)
    headers = await house.candidate(plan="p")
    first = asyncio.create_task(house.client.post("/candidate/transcript", files=RECORDING, headers=headers))
    await speech.working.acquire()
    second = await house.client.post("/candidate/transcript", files=RECORDING, headers=headers)
    assert is_problem(second.headers["content-type"], second.json(), 429)
    turn = await house.client.post(
        "/session/turn/i-2", json={"answer": "Yes."}, headers={"Authorization": "Bearer key-acme"}
    )
    assert (turn.status_code, turn.headers["retry-after"]) == (429, "1")
    speech.finish.set()
    assert (await first).status_code == 200
    assert (await house.client.post("/candidate/transcript", files=RECORDING, headers=headers)).status_code == 200


async def test_an_interview_has_at_most_two_recordings_transcribed_at_once() -> None:
    speech = SlowSpeech()
    house = House(stt=speech)
    headers, other = await house.candidate(plan="p"), await house.candidate("i-2", plan="p")

    def heard(candidate: dict[str, str]) -> asyncio.Task[httpx.Response]:
        return asyncio.create_task(house.client.post("/candidate/transcript", files=RECORDING, headers=candidate))

    running = [heard(headers), heard(headers)]
    await speech.working.acquire()
    await speech.working.acquire()
    refused = await heard(headers)
    assert is_problem(refused.headers["content-type"], refused.json(), 429)
    assert refused.headers["retry-after"] == "2"
    running.append(heard(other))
    await speech.working.acquire()
    speech.finish.set()
    assert [(await one).status_code for one in running] == [200, 200, 200]
    assert (await heard(headers)).status_code == 200
