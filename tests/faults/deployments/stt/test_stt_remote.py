"""``stt.engine: remote`` against a real HTTP server: asked as OpenAI's clients ask, retried, and told in our terms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deployments.shell.circuit_breaker import BreakerConfig
from deployments.stt.config import RemoteSttConfig, SttConfig
from deployments.stt.contract import TranscribeRequest
from deployments.stt.engines.remote import RemoteRecognizer
from deployments.stt.service import SttService
from interview.errors import (
    CircuitOpen,
    ConfigError,
    DeadlineExceeded,
    EngineFailed,
    EngineUnavailable,
    InterviewError,
    InvalidInput,
    ModelMissing,
    Overloaded,
    SilentAudio,
)
from tests.support.http_server import Pauses, failing, serving
from tests.support.paths import ROOT
from tests.support.recordings import wav_file

SPEECH = (ROOT / "tests" / "data" / "speech" / "two_cities_1.wav").read_bytes()
HEARD = {
    "text": " It was the best of times.",
    "language": "english",
    "duration": 3.9,
    "segments": [
        {"start": 0.2, "end": 1.2, "text": " It was", "avg_logprob": -0.1, "no_speech_prob": 0.02},
        {"start": 1.2, "end": 3.2, "text": " the best of times.", "avg_logprob": -0.4, "no_speech_prob": 0.01},
    ],
    "words": [{"word": "It", "start": 0.2, "end": 0.4}, {"word": "was", "start": 0.4, "end": 0.6}],
}


class Server:
    """Answers ``responses`` in order, the last one again and again; keeps the forms that it was sent."""

    def __init__(self, *responses: Response) -> None:
        self._responses = list(responses)
        self.forms: list[dict[str, Any]] = []
        self.connections: set[tuple[str, int]] = set()
        self.hold = asyncio.Event()
        self.hold.set()

    async def transcriptions(self, request: Request) -> Response:
        form = await request.form()
        file = form["file"]
        fields: dict[str, Any] = {name: form.getlist(name) for name in form if name != "file"}
        self.forms.append({**fields, "file": await file.read(), "name": file.filename})  # type: ignore[union-attr]
        assert request.client is not None
        self.connections.add((request.client.host, request.client.port))
        await self.hold.wait()
        return self._responses.pop(0) if len(self._responses) > 1 else self._responses[0]


class Tier:
    def __init__(self, service: SttService, server: Server, pauses: Pauses) -> None:
        self.service = service
        self.server = server
        self.pauses = pauses

    async def hear(self, **fields: Any) -> Any:
        return await self.service.transcribe(TranscribeRequest(SPEECH, **fields))


@asynccontextmanager
async def tier(*responses: Response, deadline_s: float = 20, **remote: Any) -> AsyncIterator[Tier]:
    server, pauses = Server(*responses), Pauses()
    routes = [Route("/v1/audio/transcriptions", server.transcriptions, methods=["POST"])]
    async with serving(Starlette(routes=routes)) as base_url:
        settings = RemoteSttConfig(**{"base_url": base_url, "backoff_s": 1.0, **remote})
        config = SttConfig(engine="remote", remote=settings, deadline_s=deadline_s)
        engine = RemoteRecognizer(config, sleep=pauses.sleep, clock=pauses.clock, jitter=lambda: 0.5)
        try:
            yield Tier(SttService(config, engine, engine.transcribe), server, pauses)
        finally:
            await engine.close()
            server.hold.set()


async def test_segments_words_scores_and_language_are_the_servers() -> None:
    async with tier(JSONResponse(HEARD), model="whisper-large") as stt:
        transcript = await stt.hear(language=None, word_timestamps=True)

    assert transcript.text == "It was the best of times."
    assert transcript.language == "en"
    assert [segment.text for segment in transcript.segments] == ["It was", "the best of times."]
    assert transcript.segments[0].avg_logprob == pytest.approx(-0.3)  # weighted by duration
    assert 0.7 < transcript.confidence < 0.8
    assert [word.text for segment in transcript.segments for word in segment.words] == ["It", "was"]
    assert (transcript.engine.name, transcript.engine.model) == ("remote", "whisper-large")


async def test_the_server_is_asked_as_openai_is() -> None:
    async with tier(JSONResponse(HEARD), model="m") as stt:
        await stt.hear(language="de", prompt="Tell me.", hotwords=("Kafka", "Redis"), temperature=0.2)
        form = stt.server.forms[0]
        await stt.hear(language=None)

    assert (form["model"], form["language"], form["response_format"]) == (["m"], ["de"], ["verbose_json"])
    assert form["prompt"] == ["Kafka, Redis. Tell me."]
    assert float(form["temperature"][0]) == 0.2
    assert form["file"][:4] == b"RIFF" and form["name"].endswith(".wav")
    assert "language" not in stt.server.forms[1], "the server detects it"


async def test_a_server_without_scores_is_said_to_have_none() -> None:
    async with tier(JSONResponse({"text": "Hello."}), response_format="json", assumed_confidence=0.6) as stt:
        transcript = await stt.hear()
    assert (transcript.text, transcript.confidence) == ("Hello.", pytest.approx(0.6, abs=1e-3))
    assert "no scores" in (transcript.engine.notice or "")


async def test_many_recordings_share_few_connections() -> None:
    async with tier(JSONResponse(HEARD)) as stt:
        for _ in range(6):
            await stt.hear()
        assert len(stt.server.forms) == 6
        assert len(stt.server.connections) == 1


async def test_silence_is_refused_here_and_costs_the_server_nothing() -> None:
    import numpy as np

    async with tier(JSONResponse(HEARD)) as stt:
        with pytest.raises(SilentAudio):
            await stt.service.transcribe(TranscribeRequest(wav_file(np.zeros(32_000, np.float32))))
        assert stt.server.forms == []


async def test_guards_hold_for_what_a_server_invents() -> None:
    async with tier(JSONResponse({"text": "Thanks for watching!"}), response_format="json") as stt:
        transcript = await stt.hear()
    assert (transcript.text, transcript.confidence) == ("", 0.0)


async def test_a_passing_failure_is_retried_with_growing_pauses(retried: list[tuple[str, str]]) -> None:
    async with tier(failing(503), failing(429, **{"retry-after": "7"}), JSONResponse(HEARD)) as stt:
        assert (await stt.hear()).text
        assert stt.pauses.slept == [1.0, 7.0]
    assert retried == [("stt", "engine-unavailable"), ("stt", "overloaded")]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (failing(400, "Invalid file format"), InvalidInput),
        (failing(404, "no such model"), ModelMissing),
        (failing(401, "bad key sk-secret"), EngineUnavailable),
        (failing(429), Overloaded),
        (failing(500), EngineFailed),
        (failing(503), EngineUnavailable),
        (JSONResponse({"unexpected": 1}), EngineFailed),
        (JSONResponse({**HEARD, "segments": [{"start": "soon"}]}), EngineFailed),
    ],
)
async def test_failures_are_this_platforms_own(response: Response, error: type[InterviewError]) -> None:
    async with tier(response, attempts=1) as stt:
        with pytest.raises(error) as caught:
            await stt.hear()
    assert "language-model" not in caught.value.message
    assert "secret" not in caught.value.message


async def test_a_server_that_hangs_ends_at_the_deadline() -> None:
    async with tier(JSONResponse(HEARD), deadline_s=0.5) as stt:
        stt.server.hold.clear()
        with pytest.raises(DeadlineExceeded):
            await stt.hear()


async def test_a_dead_server_is_cut_off_and_tried_again_later() -> None:
    breaker = BreakerConfig(failures=2, open_s=30)
    async with tier(failing(503), failing(503), JSONResponse(HEARD), attempts=1, breaker=breaker) as stt:
        for _ in range(2):
            with pytest.raises(EngineUnavailable):
                await stt.hear()
        with pytest.raises(CircuitOpen):
            await stt.hear()
        assert len(stt.server.forms) == 2
        stt.pauses.now += 31
        assert (await stt.hear()).text


def test_a_missing_address_and_a_forbidden_host_are_configuration_errors() -> None:
    with pytest.raises(ConfigError, match="base_url"):
        RemoteRecognizer(SttConfig(engine="remote"))
    with pytest.raises(ConfigError, match="INTERVIEW_REMOTE_MODELS"):
        RemoteRecognizer(SttConfig(engine="remote", remote=RemoteSttConfig(base_url="https://api.example.com/v1")))
    with pytest.raises(ConfigError, match="assumed_confidence"):
        msgspec.structs.replace(RemoteSttConfig(), assumed_confidence=0)
