"""The text-to-speech tier as a Ray Serve deployment: bytes in, envelopes out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec
from ray import serve as ray_serve

from deployments.shell.garbage_collection import freeze_startup_objects
from deployments.shell.handle_rpc import reply, serve_call, serve_stream
from deployments.shell.replica_logs import log_through_serve
from deployments.tts.config import TtsConfig
from deployments.tts.contract import PreparationRequest, SynthesisRequest
from deployments.tts.service import TtsService


class TtsDeployment:
    """``TextToSpeech`` over the handle; the engine is built once, in the replica."""

    def __init__(self, config: dict[str, object], on_replica: Callable[[], None] | None = None) -> None:
        if on_replica is not None:
            on_replica()
        # Plain data, because a replica's constructor arguments are pickled.
        self._service = TtsService(msgspec.convert(config, TtsConfig))
        log_through_serve()
        freeze_startup_objects()

    async def synthesize(self, payload: bytes) -> bytes:
        return await serve_call(self._service.synthesize, payload, SynthesisRequest)

    async def stream(self, payload: bytes) -> AsyncGenerator[bytes, None]:
        """Envelopes of ``SpeechPart``; an error is the last envelope."""
        async with aclosing(serve_stream(self._service.stream, payload, SynthesisRequest)) as envelopes:
            async for envelope in envelopes:
                yield envelope

    async def prepare(self, payload: bytes) -> bytes:
        return await serve_call(self._service.prepare, payload, PreparationRequest)

    async def info(self, payload: bytes) -> bytes:
        return await reply(self._service.info())

    async def check_health(self) -> None:
        await self._service.check_health()


def build(config: TtsConfig, *, on_replica: Callable[[], None] | None = None) -> ray_serve.Application:
    """The tier's application, for the composition root to bind or run.

    Each replica calls ``on_replica`` on its event loop when it starts (to publish metrics); it must be picklable.
    """
    deployed: ray_serve.Deployment = ray_serve.deployment(**config.replicas.deployment_options("tts"))(TtsDeployment)
    return deployed.bind(msgspec.to_builtins(config), on_replica)
