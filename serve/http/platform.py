"""``GET /platform``: the engines, load and latencies of the whole platform in one document, for the console."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Response
from msgspec import Struct

from deployments.llm.contract import LanguageModel
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import TextToSpeech
from interview.errors import NotFound
from serve.http import openapi
from serve.http.auth import OPERATIONS, Authenticator, Principal
from serve.http.metrics_summary import MetricsSummary, summarise
from serve.http.middleware.load_shedding import LoadShedder
from serve.http.operations import ask_all
from serve.http.ports import IngressPorts
from serve.http.settings import HttpSettings

_TIERS = ("stt", "llm", "tts")


class TierState(Struct, frozen=True):
    """A tier and the engine that serves it. ``engine`` is ``none`` where none is configured.

    ``error`` names the failure of a tier that did not answer. ``notice`` says what an operator should know.
    """

    tier: str
    engine: str
    model: str = ""
    ok: bool = True
    notice: str = ""
    error: str = ""


class SheddingState(Struct, frozen=True):
    """Load shedding on the replica that answered. ``refusing`` in [0, 1] is the share of new steps that it refuses.

    ``late_ms`` and ``standing_ms`` are the event loop's latencies, a fast and a slow average; 0 while shedding is off.
    """

    enabled: bool
    from_ms: float
    all_ms: float
    late_ms: float
    standing_ms: float
    refusing: float


class PlatformState(Struct, frozen=True):
    """The platform now. ``metrics`` has the numbers that Prometheus scrapes."""

    version: str
    tiers: tuple[TierState, ...]
    shedding: SheddingState
    metrics: MetricsSummary


def platform_router(
    ports: IngressPorts, settings: HttpSettings, auth: Authenticator, shedder: LoadShedder
) -> APIRouter:
    router = APIRouter(tags=["operations"])
    Operator = Annotated[Principal, Depends(auth.require(OPERATIONS))]  # noqa: N806 (a type)

    @router.get(
        "/platform",
        summary="The platform now",
        description="Engines, live sessions, queues, latencies, fallbacks, tokens and load shedding: the metrics of "
        "`/metrics`, summed over all replicas.",
        **openapi.operation(reply="PlatformState", also=(404,)),
    )
    async def platform(caller: Operator) -> Response:
        if ports.metrics is None:
            raise NotFound("Metrics are not enabled here.")
        tiers, exposition = await asyncio.gather(_tiers(ports, settings.probe_timeout_s), ports.metrics())
        metrics = await asyncio.to_thread(summarise, exposition)
        state = PlatformState(settings.version, tiers, _shedding(settings, shedder), metrics)
        return Response(msgspec.json.encode(state), media_type="application/json")

    return router


async def _tiers(ports: IngressPorts, timeout_s: float) -> tuple[TierState, ...]:
    questions: dict[str, Callable[[], Awaitable[TierState]]] = {}
    if ports.stt is not None:
        questions["stt"] = partial(_speech_to_text, ports.stt)
    if ports.llm is not None:
        questions["llm"] = partial(_language_model, ports.llm, "llm")
    if ports.judge is not None:
        questions["judge"] = partial(_language_model, ports.judge, "judge")
    if ports.tts is not None:
        questions["tts"] = partial(_text_to_speech, ports.tts)
    answers = await ask_all(questions, timeout_s)
    tiers = [_answered(name, answers[name]) if name in answers else TierState(name, "none") for name in _TIERS]
    if "judge" in answers:
        tiers.append(_answered("judge", answers["judge"]))
    if ports.turn_detection is not None:
        info = ports.turn_detection.info()
        engine = f"{info.voice_activity}, {info.end_of_turn}"
        tiers.append(TierState("turn_detection", engine, notice=info.notice or ""))
    return tuple(tiers)


def _answered(tier: str, answer: dict[str, Any]) -> TierState:
    if answer["ok"]:
        return msgspec.convert(answer["detail"], TierState)
    return TierState(tier, "", ok=False, error=str(answer["detail"]))


async def _speech_to_text(tier: SpeechToText) -> TierState:
    info = await tier.info()
    return TierState("stt", info.name, info.model, notice=info.notice or "")


async def _language_model(tier: LanguageModel, name: str) -> TierState:
    info = await tier.info()
    return TierState(name, info.engine, ", ".join(info.models), notice=info.notice or "")


async def _text_to_speech(tier: TextToSpeech) -> TierState:
    info = await tier.info()
    return TierState("tts", info.name, notice=info.notice or "")


def _shedding(settings: HttpSettings, shedder: LoadShedder) -> SheddingState:
    return SheddingState(
        enabled=settings.shedding.from_ms > 0,
        from_ms=settings.shedding.from_ms,
        all_ms=settings.shedding.all_ms,
        late_ms=round(shedder.late_ms, 2),
        standing_ms=round(shedder.standing_ms, 2),
        refusing=round(shedder.share_to_refuse(), 4),
    )
