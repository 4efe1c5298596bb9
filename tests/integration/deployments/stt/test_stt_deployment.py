"""The tier on a real Serve: bytes over the handle, shared batches, health that transcribes, typed errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import ray
from ray import serve as ray_serve

from deployments.shell.handle_rpc import handle_caller, unwrap
from deployments.stt.autoscaling import QUEUED_AUDIO_METRIC
from deployments.stt.config import SttConfig, SttReplicas
from deployments.stt.contract import SpeechToTextClient, TranscribeRequest, Transcript
from deployments.stt.deployment import SpeechToTextDeployment, build
from deployments.stt.engines.fake import FakeRecognizer
from interview.errors import EmptyAudio, EngineFailed, InvalidInput, UnreadableAudio
from tests.support.local_ray import start_local_ray
from tests.support.paths import ROOT

pytestmark = pytest.mark.cluster

SPEECH = ROOT / "tests" / "data" / "speech"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechToTextClient]:
    started_here = not ray.is_initialized()
    if started_here:
        # Ray's socket paths must stay short: the test's own long folder will not do.
        start_local_ray(num_cpus=4, logging_level="ERROR", log_to_driver=False)
    handle = ray_serve.run(build(SttConfig(replicas=SttReplicas(num_cpus=0.5))), name="stt-test", route_prefix=None)
    yield SpeechToTextClient(handle_caller(handle, timeout_s=60, tier="stt"))
    ray_serve.delete("stt-test")
    if started_here:
        ray_serve.shutdown()
        ray.shutdown()


async def test_many_callers_are_heard_at_once_and_each_gets_its_own_words(client: SpeechToTextClient) -> None:
    expected = {
        "two_cities_1": "It was the best of times, it was the worst of times.",
        "two_cities_6": "We had everything before us, we had nothing before us.",
        "two_cities_4": "It was the season of light, it was the season of darkness.",
    }
    paths = [SPEECH / f"{name}.wav" for name in expected] * 3

    heard = await asyncio.gather(*(client.transcribe(TranscribeRequest(path.read_bytes())) for path in paths))

    assert [transcript.text for transcript in heard] == [expected[path.stem] for path in paths]


async def test_the_tier_says_which_engine_serves(client: SpeechToTextClient) -> None:
    info = await client.info()
    assert (info.name, info.model) == ("faster-whisper", "whisper-tiny.en")


@pytest.mark.parametrize(("audio", "error"), [(b"", EmptyAudio), (b"garbage" * 99, UnreadableAudio)])
async def test_errors_arrive_as_themselves(client: SpeechToTextClient, audio: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        await client.transcribe(TranscribeRequest(audio))


async def test_a_malformed_payload_is_the_callers_error(client: SpeechToTextClient) -> None:
    with pytest.raises(InvalidInput):
        unwrap(await client._call("transcribe", b"\x00not msgpack"), Transcript)


def test_an_autoscaled_tier_scales_on_its_own_metric() -> None:
    deployment = build(
        SttConfig(replicas=SttReplicas(min_replicas=1, max_replicas=4), target_queued_audio_s=30)
    )._bound_deployment
    configured = deployment._deployment_config.autoscaling_config.policy
    policy = configured.get_policy()(**configured.policy_kwargs)
    context = SimpleNamespace(
        aggregated_metrics={QUEUED_AUDIO_METRIC: {"a": 50.0, "b": 40.0}},
        target_num_replicas=2,
        capacity_adjusted_min_replicas=1,
    )
    assert policy(context)[0] == 3


class BrokenService:
    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        assert request.audio.startswith(b"RIFF")
        raise EngineFailed("The speech model failed on this recording; try again.")


async def test_health_is_checked_by_transcribing_unless_requests_proved_it() -> None:
    replica = object.__new__(SpeechToTextDeployment)
    replica._config = SttConfig()
    replica._real = BrokenService()  # type: ignore[assignment]
    replica._engine = FakeRecognizer()
    replica._pieces_at_last_check = -1
    with pytest.raises(EngineFailed):
        await replica.check_health()

    # A busy replica is not sent another clip behind its queue: what it transcribed since the last check is proof.
    replica._pieces_at_last_check = 3
    replica._engine.stats.pieces = 9
    await replica.check_health()
    with pytest.raises(EngineFailed):
        await replica.check_health()
