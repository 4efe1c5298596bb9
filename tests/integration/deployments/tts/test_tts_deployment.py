"""The tier answers over a Serve handle as it does in process: results, streams and typed errors."""

from collections.abc import Iterator

import pytest
from ray import serve as ray_serve

from deployments.shell.handle_rpc import handle_caller, handle_stream_caller, unwrap
from deployments.tts.config import FakeVoiceConfig, TtsConfig
from deployments.tts.contract import (
    Preparation,
    PreparationRequest,
    Speech,
    SynthesisRequest,
    TextToSpeechClient,
)
from deployments.tts.deployment import build
from interview.errors import InvalidInput


@pytest.fixture(scope="module")
def client() -> Iterator[TextToSpeechClient]:
    app = build(TtsConfig(engine="espeak", fake=FakeVoiceConfig(seed=3)))
    handle = ray_serve.run(app, name="tts-test", _local_testing_mode=True)
    yield TextToSpeechClient(
        handle_caller(handle, timeout_s=20, tier="tts"), handle_stream_caller(handle, timeout_s=20, tier="tts")
    )


async def test_speech_and_info_cross_the_handle(client: TextToSpeechClient) -> None:
    assert (await client.info()).name.startswith("espeak-ng")
    speech = await client.synthesize(SynthesisRequest("Hello over there.", format="mp3"))
    assert speech.content_type == "audio/mpeg"
    assert speech.duration_s > 0.3


async def test_a_stream_crosses_the_handle_in_pieces(client: TextToSpeechClient) -> None:
    parts = [part async for part in client.stream(SynthesisRequest("One thing. Another thing.", whole=True))]
    assert [part.caption for part in parts] == ["One thing.", "Another thing.", ""]
    assert parts[0].audio.startswith(b"RIFF")
    assert parts[-1].speech is not None


async def test_preparation_crosses_the_handle(client: TextToSpeechClient) -> None:
    assert await client.prepare(PreparationRequest(("One thing.",))) == Preparation(kept=0, queued=0)


async def test_errors_arrive_as_themselves(client: TextToSpeechClient) -> None:
    with pytest.raises(InvalidInput, match="Unknown voice 'nobody'"):
        await client.synthesize(SynthesisRequest("Hi.", voice="nobody"))
    with pytest.raises(InvalidInput, match="no text"):
        _ = [piece async for piece in client.stream(SynthesisRequest("..."))]


async def test_a_malformed_payload_is_the_callers_error(client: TextToSpeechClient) -> None:
    with pytest.raises(InvalidInput, match="malformed"):
        unwrap(await client._call("synthesize", b"\x00not msgpack"), Speech)
