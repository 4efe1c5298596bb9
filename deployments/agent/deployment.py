"""The agent tier as a Ray Serve deployment: bytes in, envelopes out, handles wrapped as the ports of the service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from ray import serve as ray_serve

from deployments.agent.config import AgentConfig
from deployments.agent.contract import (
    EndRequest,
    HearRequest,
    HintRequest,
    PauseRequest,
    ResumeRequest,
    StartRequest,
    ThinkAheadRequest,
    ToolRequest,
    TurnRequest,
)
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.contract import Grading, GradingClient
from deployments.llm.contract import LanguageModel, LanguageModelClient
from deployments.shell.garbage_collection import freeze_startup_objects
from deployments.shell.handle_rpc import (
    ServeHandle,
    handle_caller,
    handle_stream_caller,
    reply,
    serve_call,
    serve_stream,
)
from deployments.shell.replica_logs import log_through_serve
from deployments.stt.contract import SpeechToText, SpeechToTextClient
from deployments.tts.contract import TextToSpeech, TextToSpeechClient


@dataclass(frozen=True)
class Tiers:
    """The other tiers as clients; None where a profile has no such tier."""

    grading: Grading
    stt: SpeechToText | None = None
    tts: TextToSpeech | None = None
    llm: LanguageModel | None = None


#: Builds the ports on the replica: opens the stores, loads the plans, selects the interviewer. Must be picklable.
PortsFactory = Callable[[AgentConfig, Tiers], AgentPorts]


class AgentDeployment:
    """``contract.Agent`` over the handle. Stateless: any replica can serve any step."""

    def __init__(
        self,
        config: AgentConfig,
        ports_factory: PortsFactory,
        grading: ServeHandle,
        stt: ServeHandle | None = None,
        tts: ServeHandle | None = None,
        llm: ServeHandle | None = None,
    ) -> None:
        tiers = wrap_handles(config, grading=grading, stt=stt, tts=tts, llm=llm)
        self._service = AgentService(ports_factory(config, tiers), config)
        log_through_serve()
        freeze_startup_objects()

    async def start(self, payload: bytes) -> bytes:
        return await serve_call(self._service.start, payload, StartRequest)

    async def notice(self, payload: bytes) -> bytes:
        return await serve_call(self._service.notice, payload, StartRequest)

    async def turn(self, payload: bytes) -> bytes:
        return await serve_call(self._service.turn, payload, TurnRequest)

    async def turn_stream(self, payload: bytes) -> AsyncGenerator[bytes, None]:
        async with aclosing(serve_stream(self._service.turn_stream, payload, TurnRequest)) as items:
            async for item in items:
                yield item

    async def hear(self, payload: bytes) -> bytes:
        return await serve_call(self._service.hear, payload, HearRequest)

    async def think_ahead(self, payload: bytes) -> bytes:
        return await serve_call(self._service.think_ahead, payload, ThinkAheadRequest)

    async def hint(self, payload: bytes) -> bytes:
        return await serve_call(self._service.hint, payload, HintRequest)

    async def pause(self, payload: bytes) -> bytes:
        return await serve_call(self._service.pause, payload, PauseRequest)

    async def resume(self, payload: bytes) -> bytes:
        return await serve_call(self._service.resume, payload, ResumeRequest)

    async def end(self, payload: bytes) -> bytes:
        return await serve_call(self._service.end, payload, EndRequest)

    async def tools(self, payload: bytes) -> bytes:
        return await reply(self._service.tools())

    async def call_tool(self, payload: bytes) -> bytes:
        return await serve_call(self._service.call_tool, payload, ToolRequest)

    async def check_health(self) -> None:
        """Stays healthy while the store is unavailable, because a restart would not help; ``/readyz`` probes the store.

        The first check is also the first moment at which the other tiers can be called.
        """
        self._service.prepare_voice()


def wrap_handles(
    config: AgentConfig,
    *,
    grading: ServeHandle,
    stt: ServeHandle | None = None,
    tts: ServeHandle | None = None,
    llm: ServeHandle | None = None,
) -> Tiers:
    """Handles as clients of their contracts, each with its deadline."""
    by_value = config.by_value
    return Tiers(
        grading=GradingClient(
            handle_caller(grading, timeout_s=config.grading_timeout_s, tier="grading", by_value=by_value)
        ),
        stt=SpeechToTextClient(handle_caller(stt, timeout_s=config.stt_timeout_s, tier="stt", by_value=by_value))
        if stt is not None
        else None,
        tts=TextToSpeechClient(
            handle_caller(tts, timeout_s=config.tts_timeout_s, tier="tts", by_value=by_value),
            handle_stream_caller(tts, timeout_s=config.tts_timeout_s, tier="tts"),
        )
        if tts is not None
        else None,
        llm=LanguageModelClient(
            handle_caller(llm, timeout_s=config.decide_deadline_s, tier="llm", by_value=by_value),
            handle_stream_caller(llm, timeout_s=config.decide_deadline_s, tier="llm", by_value=by_value),
        )
        if llm is not None
        else None,
    )


def build(
    config: AgentConfig,
    ports_factory: PortsFactory,
    *,
    grading: object,
    stt: object | None = None,
    tts: object | None = None,
    llm: object | None = None,
) -> ray_serve.Application:
    """The tier's application; the others are bound applications (or handles) of their tiers."""
    deployed: ray_serve.Deployment = ray_serve.deployment(**config.replicas.deployment_options("agent"))(
        AgentDeployment
    )
    return deployed.bind(config, ports_factory, grading=grading, stt=stt, tts=tts, llm=llm)
