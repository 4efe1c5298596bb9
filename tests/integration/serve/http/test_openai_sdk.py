"""The real ``openai`` SDK against a real uvicorn: what works with OpenAI works here, and failures say what to do."""

import asyncio
import io
import socket
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import av
import httpx
import numpy as np
import openai
import pytest
import uvicorn
from fastapi import FastAPI
from msgspec import Struct

from deployments.stt.config import SttConfig
from deployments.stt.contract import SpeechToText
from deployments.stt.engines.fake import FakeSpeechToText
from deployments.tts.config import FakeVoiceConfig, TtsConfig
from deployments.tts.direct import encode_audio, synthesize_wav
from deployments.tts.engines.fake import FakeSpeechEngine
from deployments.tts.service import TtsService
from interview.errors import ContextTooLong, EngineFailed, ModelMissing, Overloaded, Unavailable
from serve.demo.word_errors import word_errors
from serve.http import problems
from serve.http.auth import Authenticator
from serve.http.middleware.request_middleware import RequestMiddleware
from serve.http.openai import errors
from serve.http.openai.routes import openai_router
from serve.http.openai.tenant_limits import TenantLimiter, TenantLimits
from serve.http.settings import HttpSettings
from tests.support.fake_language_model import FakeLanguageModel

#: Within the small vocabulary that the built-in model was trained on.
SENTENCE = "We measured the latency before and after the change."


class Grant(Struct, frozen=True):
    tenant: str
    scopes: frozenset[str]
    key_id: str = "k"
    label: str = ""
    expires_at: None = None


class Keys:
    """Two tenants, and one key without the scope."""

    async def verify(self, presented: str) -> Grant | None:
        inference = frozenset({"inference"})
        return {"good": Grant("a", inference), "other": Grant("b", inference), "poor": Grant("a", frozenset())}.get(
            presented
        )


@dataclass
class Face:
    """A running face and the engines behind it."""

    url: str
    llm: FakeLanguageModel
    tts: TtsService
    limiter: TenantLimiter
    clients: list[openai.AsyncOpenAI] = field(default_factory=list)

    def client(self, key: str = "good", **options: Any) -> openai.AsyncOpenAI:
        # Plain HTTP on loopback: loading the system's certificates would cost more than all the rest of a test.
        http = openai.DefaultAsyncHttpxClient(verify=False)
        settings = {"max_retries": 0, "http_client": http, **options}
        made = openai.AsyncOpenAI(api_key=key, base_url=f"{self.url}/v1", **settings)
        self.clients.append(made)
        return made


Start = Callable[..., Awaitable[Face]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a face on a free loopback port: the platform's own edge, authentication and error handlers."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None], Face]] = []

    async def begin(
        *,
        llm: FakeLanguageModel | None = None,
        stt: SpeechToText | None = None,
        tts: TtsService | None = None,
        limits: TenantLimits | None = None,
        deployed: tuple[str, ...] = ("llm", "stt", "tts"),
    ) -> Face:
        llm = llm or FakeLanguageModel()
        stt = stt or FakeSpeechToText()
        tts = tts or TtsService(TtsConfig(engine="fake"))
        limiter = TenantLimiter(limits)
        app = FastAPI()
        app.add_middleware(RequestMiddleware, settings=HttpSettings())
        problems.install(app)
        errors.install(app)
        app.include_router(
            openai_router(
                stt if "stt" in deployed else None,
                llm if "llm" in deployed else None,
                tts if "tts" in deployed else None,
                Authenticator(Keys()).require("inference"),
                limiter,
            )
        )
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        face = Face(f"http://127.0.0.1:{listener.getsockname()[1]}", llm, tts, limiter)
        running.append((server, task, face))
        return face

    yield begin
    for server, task, face in running:
        for client in face.clients:
            await client.close()
        server.should_exit = True
        await task
        await face.tts.close()


@lru_cache(maxsize=1)
def builtin_engine() -> Any:
    from deployments.stt.engines.model_resolution import resolve_model
    from deployments.stt.engines.whisper import load_engine

    config = SttConfig()
    return load_engine(config, resolve_model(config))


@pytest.fixture
async def hearing(start: Start) -> AsyncIterator[Face]:
    """A face whose ears are Whisper tiny.en and whose voice is espeak-ng."""
    from deployments.stt.engines.port import AudioPiece, PieceText
    from deployments.stt.service import SttService

    engine = builtin_engine()

    async def transcriber(piece: AudioPiece) -> PieceText:
        (outcome,) = await asyncio.to_thread(engine.transcribe_batch, [piece])
        assert isinstance(outcome, PieceText)
        return outcome

    service = SttService(SttConfig(), engine, transcriber)
    yield await start(stt=service, tts=TtsService(TtsConfig()))
    service.close()


async def until(condition: Callable[[], bool]) -> None:
    """Give other tasks their turns until ``condition`` holds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


@lru_cache
def spoken(format: str = "wav") -> tuple[str, bytes]:
    samples, rate = synthesize_wav(SENTENCE, "en-us", 1.0)
    quiet = np.zeros(rate // 3, np.int16)
    return f"answer.{format}", encode_audio(np.concatenate((quiet, samples, quiet)), rate, format)


def seconds(audio: bytes) -> float:
    with av.open(io.BytesIO(audio)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


HELLO: Any = [{"role": "user", "content": "Hello."}]


async def test_models_are_listed_with_what_serves_them(start: Start) -> None:
    client = (await start()).client()
    models = {model.id: model for model in (await client.models.list()).data}
    assert {"fake", "whisper-1", "tts-1"} <= models.keys()
    assert models["whisper-1"].model_extra["tier"] == "stt"
    assert (await client.models.retrieve("tts-1")).model_extra["root"] == "fake"
    with pytest.raises(openai.NotFoundError, match="'gpt-9' does not exist here; choose one of"):
        await client.models.retrieve("gpt-9")


async def test_a_chat_completion_is_whole_or_streamed_with_the_same_words(start: Start) -> None:
    client = (await start()).client()
    ask: dict[str, Any] = {"model": "fake", "messages": HELLO, "seed": 7}
    whole = await client.chat.completions.create(**ask)
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage is not None
    assert whole.usage.completion_tokens > 0
    chunks = [
        chunk
        async for chunk in await client.chat.completions.create(
            **ask, stream=True, stream_options={"include_usage": True}
        )
    ]
    words = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert words == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage


async def test_structured_output_parses_into_the_clients_own_model(start: Start) -> None:
    from pydantic import BaseModel

    class Action(BaseModel):
        action: str
        score: float

    client = (await start()).client()
    parsed = await client.chat.completions.parse(model="fake", messages=HELLO, response_format=Action)
    assert isinstance(parsed.choices[0].message.parsed, Action)


@pytest.mark.parametrize("stream", [False, True])
async def test_tools_are_passed_through_both_ways(start: Start, stream: bool) -> None:
    llm = FakeLanguageModel([{"tool_calls": [{"name": "grade_answer", "arguments": {"score": 1}}]}])
    client = (await start(llm=llm)).client()
    tools: Any = [{"type": "function", "function": {"name": "grade_answer", "parameters": {"type": "object"}}}]
    if stream:
        chunks = [
            chunk
            async for chunk in await client.chat.completions.create(
                model="fake", messages=HELLO, tools=tools, stream=True
            )
        ]
        (called,) = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    else:
        answer = await client.chat.completions.create(model="fake", messages=HELLO, tools=tools)
        (called,) = answer.choices[0].message.tool_calls or []
    assert called.function.name == "grade_answer"
    assert called.function.arguments == '{"score": 1}'
    assert llm.requests[0]["tools"] == tools


@pytest.mark.parametrize(
    ("failure", "kind", "code"),
    [
        (ContextTooLong("The prompt is too long."), openai.BadRequestError, "context_length_exceeded"),
        (Overloaded("The queue is full.", retry_after_s=3), openai.RateLimitError, "rate_limit_exceeded"),
        (EngineFailed("The engine broke."), openai.InternalServerError, "engine-failed"),
        (ModelMissing("Run `interview models pull x`."), openai.InternalServerError, "model-missing"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_an_engines_failure_is_the_sdks_own_error_with_our_sentence(
    start: Start, failure: Exception, kind: type[openai.APIStatusError], code: str, stream: bool
) -> None:
    llm = FakeLanguageModel()
    llm.engine.fail(failure)
    client = (await start(llm=llm)).client()
    with pytest.raises(kind, match=str(failure)) as caught:
        await client.chat.completions.create(model="fake", messages=HELLO, stream=stream)
    assert caught.value.code == code
    assert caught.value.request_id
    if isinstance(failure, Overloaded):
        assert caught.value.response.headers["retry-after"] == "3"


async def test_the_sdk_retries_what_may_succeed_and_nothing_else(start: Start) -> None:
    llm = FakeLanguageModel()
    face = await start(llm=llm)
    client = face.client(max_retries=1)
    llm.fail(EngineFailed("A hiccup."))
    assert (await client.chat.completions.create(model="fake", messages=HELLO)).choices
    llm.engine.calls.clear()
    llm.fail(ModelMissing("Not here."), times=2)
    with pytest.raises(openai.InternalServerError, match="Not here"):
        await client.chat.completions.create(model="fake", messages=HELLO)
    assert len(llm.engine.calls) == 1


async def test_a_failure_in_the_middle_of_a_stream_reaches_the_sdk(start: Start) -> None:
    class Broken(FakeLanguageModel):
        async def stream(self, request: Any) -> Any:
            async for chunk in super().stream(request):
                yield chunk
                raise Unavailable("The replica went away.")

    client = (await start(llm=Broken())).client()
    stream = await client.chat.completions.create(model="fake", messages=HELLO, stream=True)
    with pytest.raises(openai.APIError, match="The replica went away"):
        _ = [chunk async for chunk in stream]


class Gate:
    """The fake's sleep: lets ``free`` pauses pass at once, holds the next for ever."""

    def __init__(self, free: int) -> None:
        self.free = free

    async def __call__(self, _seconds: float) -> None:
        self.free -= 1
        if self.free < 0:
            await asyncio.Event().wait()


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_before_the_answer_stops_the_engine(start: Start, stream: bool) -> None:
    llm = FakeLanguageModel(sleep=Gate(0))
    face = await start(llm=llm)
    call = face.client().chat.completions.create(model="fake", messages=HELLO, stream=stream)
    asking = asyncio.create_task(call)  # type: ignore[arg-type]
    await until(lambda: llm.running == 1)
    assert face.limiter.running("a") == 1
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await until(lambda: llm.running == 0)
    await until(lambda: face.limiter.running("a") == 0)


async def test_a_client_that_leaves_in_the_middle_of_a_stream_stops_the_engine(start: Start) -> None:
    llm = FakeLanguageModel(["one two three four"], sleep=Gate(3))
    face = await start(llm=llm)
    stream = await face.client().chat.completions.create(model="fake", messages=HELLO, stream=True)
    words = [(await anext(stream)).choices[0].delta.content for _ in range(3)]
    assert words == ["", "one", " two"]
    assert llm.running == face.limiter.running("a") == 1
    await stream.close()
    await until(lambda: llm.running == 0)
    await until(lambda: face.limiter.running("a") == 0)


async def test_a_client_that_leaves_stops_the_voice(start: Start) -> None:
    engine = FakeSpeechEngine(FakeVoiceConfig(median_s=3600))
    face = await start(tts=TtsService(TtsConfig(), engine))
    call = face.client().audio.speech.create(model="tts-1", voice="alloy", input="Hello there.")
    asking = asyncio.create_task(call)  # type: ignore[arg-type]
    await until(lambda: engine.running == 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await until(lambda: engine.running == 0)
    await until(lambda: face.limiter.running("a") == 0)


async def test_keys_and_scopes_are_refused_in_openais_words(start: Start) -> None:
    face = await start()
    with pytest.raises(openai.AuthenticationError, match="not valid") as caught:
        await face.client("wrong").models.list()
    assert caught.value.code == "invalid_api_key"
    with pytest.raises(openai.PermissionDeniedError, match="lacks the scope 'inference'"):
        await face.client("poor").models.list()
    async with httpx.AsyncClient(verify=False) as bare:
        answer = await bare.get(f"{face.url}/v1/models")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_every_failure_under_v1_has_openais_envelope_and_no_other_path_has(start: Start) -> None:
    face = await start()
    headers = {"Authorization": "Bearer good"}
    async with httpx.AsyncClient(verify=False, base_url=face.url, headers=headers) as bare:
        for method, path, body, status in (
            ("GET", "/v1", None, 404),
            ("GET", "/v1/nothing", None, 404),
            ("POST", "/v1/models", None, 405),
            ("POST", "/v1/chat/completions", b"{", 422),
            ("POST", "/v1/chat/completions", b"[1]", 422),
            ("POST", "/v1/chat/completions", b"[" * 100_000, 422),
            ("POST", "/v1/chat/completions", b'{"messages": [], "n": 1e999}', 422),
            ("POST", "/v1/chat/completions", b'{"seed": 99999999999999999999999}', 422),
            ("POST", "/v1/chat/completions", b'{"messages": "hi"}', 422),
            ("POST", "/v1/chat/completions", b'{"stream": "yes", "messages": []}', 422),
            ("POST", "/v1/chat/completions", b'{"priority": -5, "messages": []}', 422),
            ("POST", "/v1/audio/speech", b'{"model": "tts-1"}', 422),
            ("POST", "/v1/audio/speech", b'{"input": "Hello.", "response_format": {}}', 422),
            ("POST", "/v1/audio/speech", b'{"input": "Hello.", "response_format": ["mp3"]}', 422),
            ("POST", "/v1/audio/transcriptions", b"{}", 422),
            ("POST", "/v1/chat/completions", b" " * (5 * 1024 * 1024), 413),
        ):
            answer = await bare.request(method, path, content=body)
            assert (answer.status_code, path) == (status, path)
            assert answer.json()["error"].keys() == {"message", "type", "param", "code"}, path
            assert answer.json()["error"]["message"], path
        assert (await bare.get("/elsewhere")).headers["content-type"] == "application/problem+json"


async def test_a_bug_of_ours_has_the_envelope_too_and_tells_nothing(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    llm = FakeLanguageModel([RuntimeError("a secret of ours")])
    client = (await start(llm=llm)).client()
    with pytest.raises(openai.InternalServerError, match="Internal error") as caught:
        await client.chat.completions.create(model="fake", messages=HELLO)
    assert "secret" not in str(caught.value)
    assert caught.value.code == "internal"
    assert "unexpected error" in caplog.text


async def test_a_wrong_field_is_named_to_the_sdk(start: Start) -> None:
    client = (await start()).client()
    with pytest.raises(openai.UnprocessableEntityError, match="temperature") as caught:
        await client.chat.completions.create(model="fake", messages=HELLO, temperature=9)
    assert caught.value.param == "temperature"
    with pytest.raises(openai.NotFoundError, match="No model 'gpt-4o'"):
        await client.chat.completions.create(model="gpt-4o", messages=HELLO)


async def test_a_tenant_over_its_rate_is_told_when_to_come_back_and_others_are_served(start: Start) -> None:
    face = await start(limits=TenantLimits(requests_per_minute=6, burst=2))
    client = face.client()
    for _ in range(2):
        await client.models.list()
    with pytest.raises(openai.RateLimitError, match="6 requests a minute") as caught:
        await client.models.list()
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 10
    assert caught.value.code == "rate_limit_exceeded"
    await face.client("other").models.list()


async def test_a_stream_counts_until_its_last_byte(start: Start) -> None:
    llm = FakeLanguageModel(["one two three"], sleep=Gate(2))
    face = await start(llm=llm, limits=TenantLimits(max_concurrent=1))
    client = face.client()
    stream = await client.chat.completions.create(model="fake", messages=HELLO, stream=True)
    with pytest.raises(openai.RateLimitError, match="already in progress"):
        await client.models.list()
    await stream.close()
    await until(lambda: face.limiter.running("a") == 0)
    await client.models.list()


async def test_every_model_of_a_tier_that_is_not_deployed_is_not_found(start: Start) -> None:
    client = (await start(deployed=())).client(max_retries=1)
    assert (await client.models.list()).data == []
    calls = {
        "No language model is configured here: set llm.engine": lambda: client.chat.completions.create(
            model="fake", messages=HELLO
        ),
        "No speech-to-text tier": lambda: client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"x")),
        "No text-to-speech tier": lambda: client.audio.speech.create(model="tts-1", voice="alloy", input="Hello."),
    }
    for message, call in calls.items():
        with pytest.raises(openai.NotFoundError, match=message) as missing:
            await call()
        assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
        assert missing.value.response.headers["x-should-retry"] == "false"


async def test_a_tier_that_is_down_is_named_and_does_not_hide_the_others(start: Start) -> None:
    class Down(FakeSpeechToText):
        async def info(self) -> Any:
            raise Unavailable("The stt tier lost a replica.")

    face = await start(stt=Down())
    listed = await face.client().models.list()
    assert "fake" in {model.id for model in listed.data}
    assert listed.model_extra["unavailable"][0]["tier"] == "stt"


@pytest.mark.parametrize("format", ["wav", "webm", "mp3", "ogg", "m4a", "flac"])
async def test_speech_is_heard_in_every_format(hearing: Face, format: str) -> None:
    heard = await hearing.client().audio.transcriptions.create(model="whisper-1", file=spoken(format))
    # The question is whether the format is decoded: of a synthetic voice, tiny.en may take "latency" for "latin C".
    assert word_errors(SENTENCE, heard.text)[0] <= 2


async def test_a_transcript_comes_in_every_form(hearing: Face) -> None:
    create = hearing.client().audio.transcriptions.create
    forms = {
        form: str(await create(model="whisper-1", file=spoken(), response_format=form))
        for form in ("text", "srt", "vtt")
    }
    assert forms["text"] == f"{SENTENCE}\n"
    assert forms["srt"].startswith("1\n00:00:0")
    assert forms["vtt"].startswith("WEBVTT\n\n00:00:0")
    assert all(SENTENCE in form for form in forms.values())


async def test_verbose_json_times_words_and_segments(hearing: Face) -> None:
    verbose = await hearing.client().audio.transcriptions.create(
        model="whisper-1",
        file=spoken(),
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert verbose.segments
    assert verbose.words
    assert 0 <= verbose.words[0].start < verbose.words[-1].end <= verbose.duration + 0.1
    assert verbose.model_extra["engine"]["model"] == "whisper-tiny.en"


async def test_a_transcript_streams_as_events(hearing: Face) -> None:
    stream = await hearing.client().audio.transcriptions.create(model="whisper-1", file=spoken(), stream=True)
    received = [event async for event in stream]
    assert [event.type for event in received[-2:]] == ["transcript.text.delta", "transcript.text.done"]
    joined = "".join(event.delta for event in received if event.type == "transcript.text.delta")
    assert joined == received[-1].text


@pytest.mark.parametrize(
    ("recording", "kind", "code"),
    [
        (b"", openai.UnprocessableEntityError, "audio-empty"),
        (b"not audio at all" * 100, openai.APIStatusError, "audio-unreadable"),
        (encode_audio(np.zeros(48_000, np.int16), 16_000, "wav"), openai.UnprocessableEntityError, "audio-silent"),
    ],
    ids=["empty", "garbage", "silent"],
)
async def test_a_bad_recording_is_refused_in_a_sentence(
    hearing: Face, recording: bytes, kind: type[openai.APIStatusError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        await hearing.client().audio.transcriptions.create(model="whisper-1", file=("a.wav", recording))
    assert caught.value.code == code
    assert "recording" in caught.value.message.lower()


async def test_what_transcription_does_not_offer_is_refused_by_name(start: Start) -> None:
    client = (await start()).client()
    refused: list[dict[str, Any]] = [
        {"response_format": "diarized_json"},
        {"temperature": 3.0},
        {"timestamp_granularities": ["syllable"], "response_format": "verbose_json"},
        {"include": ["logprobs"]},
        {"model": "whisper-9"},
    ]
    for options in refused:
        with pytest.raises(openai.APIStatusError) as caught:
            await client.audio.transcriptions.create(**{"model": "whisper-1", "file": ("a.wav", b"x"), **options})
        assert caught.value.status_code in (400, 404, 422)
        assert caught.value.param in options, options


@pytest.mark.parametrize("format", ["wav", "mp3", "opus"])
async def test_speech_comes_as_a_file_or_as_a_stream(hearing: Face, format: Any) -> None:
    client = hearing.client()
    ask: dict[str, Any] = {"model": "tts-1", "voice": "nova", "input": f"{SENTENCE} It works.", "speed": 1.2}
    whole = (await client.audio.speech.create(**ask, response_format=format)).content
    pieces: list[bytes] = []
    changed = {**ask, "input": f"{SENTENCE} It worked."}
    async with client.audio.speech.with_streaming_response.create(
        **changed, response_format=format, stream_format="audio"
    ) as answer:
        assert answer.headers["x-interview-engine"].startswith("espeak-ng")
        pieces += [piece async for piece in answer.iter_bytes()]
    assert seconds(b"".join(pieces)) == pytest.approx(seconds(whole), abs=0.4)
    if format == "wav":
        with wave.open(io.BytesIO(whole)) as file:
            assert file.getnframes() / file.getframerate() == pytest.approx(seconds(whole), abs=0.01)


async def test_raw_pcm_streams_at_24_khz_from_the_first_sentence_on(hearing: Face) -> None:
    client = hearing.client()
    ask: dict[str, Any] = {"model": "tts-1", "voice": "alloy", "response_format": "pcm"}
    text = "This is one sentence. This is another one, which is longer."
    whole = (await client.audio.speech.create(**ask, input=text)).content
    async with client.audio.speech.with_streaming_response.create(**ask, input=f"{text} The end.") as answer:
        assert answer.headers["content-type"] == "audio/pcm"
        pieces = [piece async for piece in answer.iter_bytes()]
    assert len(pieces) >= 2
    as_wav = (await client.audio.speech.create(**{**ask, "response_format": "wav"}, input=text)).content
    assert len(whole) / (2 * 24_000) == pytest.approx(seconds(as_wav), abs=0.01)
    assert len(b"".join(pieces)) > len(whole)


async def test_speech_streams_as_events_too(start: Start) -> None:
    face = await start()
    body = {"model": "tts-1", "voice": "alloy", "input": "One. Two.", "stream_format": "sse"}
    async with httpx.AsyncClient(verify=False, headers={"Authorization": "Bearer good"}) as bare:
        answer = await bare.post(f"{face.url}/v1/audio/speech", json=body)
    kinds = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert kinds[-1] == "speech.audio.done"
    assert set(kinds[:-1]) == {"speech.audio.delta"}


async def test_speech_that_cannot_be_made_is_refused_by_name(start: Start) -> None:
    create = (await start()).client().audio.speech.create
    good: dict[str, Any] = {"model": "tts-1", "voice": "alloy", "input": "Hello."}
    refused: list[tuple[dict[str, Any], str]] = [
        ({"voice": "nobody"}, "Unknown voice 'nobody'"),
        ({"input": ""}, "no text to speak"),
        ({"input": "x" * 5000}, "at most 4096"),
        ({"response_format": "aac"}, "must be one of wav, mp3, opus"),
        ({"speed": 4.0}, "outside 0.5 to 2.5"),
        ({"model": "tts-9"}, "does not exist here"),
    ]
    for options, sentence in refused:
        with pytest.raises(openai.APIStatusError, match=sentence) as caught:
            await create(**{**good, **options})
        assert caught.value.param in options


async def test_what_is_spoken_here_is_understood_here(hearing: Face) -> None:
    client = hearing.client()
    audio = await client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE, response_format="opus")
    heard = await client.audio.transcriptions.create(model="whisper-1", file=("a.ogg", audio.content))
    assert heard.text == SENTENCE
