"""The text-to-speech tier as a Ray Serve deployment: bytes in, envelopes out, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

import msgspec
from ray import serve as ray_serve

from deployments.shell.handle_rpc import decode, reply, reply_stream, serve_call
from deployments.shell.replica_memory import settle
from deployments.tts.config import TtsConfig
from deployments.tts.contract import SynthesisRequest
from deployments.tts.service import TtsService
from interview.errors import InvalidInput

HEALTH_CHECK_PERIOD_S = 10
HEALTH_CHECK_TIMEOUT_S = 30
GRACEFUL_SHUTDOWN_TIMEOUT_S = 20


class TtsDeployment:
    """``TextToSpeech`` over the handle; the engine is built once, in the replica."""

    def __init__(self, config: dict[str, object], on_replica: Callable[[], None] | None = None) -> None:
        if on_replica is not None:
            on_replica()
        # Plain data, because a replica's constructor arguments are pickled.
        self._service = TtsService(msgspec.convert(config, TtsConfig))
        settle()

    async def synthesize(self, payload: bytes) -> bytes:
        return await serve_call(self._service.synthesize, payload, SynthesisRequest)

    async def stream(self, payload: bytes) -> AsyncIterator[bytes]:
        """Envelopes of audio pieces; an error is the last envelope."""
        async with aclosing(reply_stream(self._stream(payload))) as envelopes:
            async for envelope in envelopes:
                yield envelope

    async def info(self, payload: bytes) -> bytes:
        return await reply(self._service.info())

    async def _stream(self, payload: bytes) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._service.stream(_request(payload))) as pieces:
            async for piece in pieces:
                yield piece

    async def check_health(self) -> None:
        await self._service.check_health()


def _request(payload: bytes) -> SynthesisRequest:
    try:
        return decode(payload, SynthesisRequest)
    except msgspec.MsgspecError as error:
        raise InvalidInput("The synthesis request is malformed.") from error


def build(config: TtsConfig, *, on_replica: Callable[[], None] | None = None) -> ray_serve.Application:
    """The tier's application, for the composition root to bind or run.

    ``on_replica`` is called in each replica as it starts, on its event loop (publishing of metrics); it must be
    picklable.
    """
    deployed: ray_serve.Deployment = ray_serve.deployment(
        name="tts",
        num_replicas=config.num_replicas,
        max_ongoing_requests=config.max_ongoing_requests,
        max_queued_requests=config.max_queued_requests,
        health_check_period_s=HEALTH_CHECK_PERIOD_S,
        health_check_timeout_s=HEALTH_CHECK_TIMEOUT_S,
        graceful_shutdown_timeout_s=GRACEFUL_SHUTDOWN_TIMEOUT_S,
        ray_actor_options={"num_cpus": config.num_cpus},
    )(TtsDeployment)
    return deployed.bind(msgspec.to_builtins(config), on_replica)
