"""``/healthz``, ``/readyz``, ``/status``, ``/metrics``: endpoints for operators and orchestrators."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from interview.errors import DeadlineExceeded, InterviewError, NotFound
from serve.http import openapi
from serve.http.auth import OPERATIONS, Authenticator, Credentials, Principal
from serve.http.ports import IngressPorts
from serve.http.problems import Problem, problem_response, request_id_of
from serve.http.scrape_access import ScrapeAccess
from serve.http.settings import HttpSettings

logger = logging.getLogger(__name__)

PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"

_OBJECT = {"application/json": {"schema": {"type": "object"}}}
#: What serves in place of a tier that is not configured.
_ABSENT = {"llm": "The scripted interviewer asks, and key points grade open answers."}


def operations_router(ports: IngressPorts, settings: HttpSettings, auth: Authenticator) -> APIRouter:
    router = APIRouter(tags=["operations"])
    Operator = Annotated[Principal, Depends(auth.require(OPERATIONS))]  # noqa: N806 (a type)
    probes = {"sessions": ports.sessions.ping, **ports.probes}
    scrapers = ScrapeAccess(auth)

    @router.get(
        "/healthz",
        summary="Is this process alive?",
        response_model=None,
        responses={200: {"description": "Yes.", "content": _OBJECT}},
    )
    async def healthz() -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    @router.get(
        "/readyz",
        summary="Can it serve?",
        description="Probes the session store and every tier; a 503 names the failing ones.",
        response_model=None,
        responses={200: {"description": "Yes.", "content": _OBJECT}, **openapi.problems(503)},
    )
    async def readyz(request: Request) -> Response:
        checks = await ask_all(probes, settings.probe_timeout_s)
        failing = sorted(name for name, answer in checks.items() if not answer["ok"])
        if not failing:
            return Response(msgspec.json.encode({"status": "ready", "checks": checks}), media_type="application/json")
        problem = Problem(
            type="/problems/not-ready",
            title="Not ready",
            status=503,
            detail=f"Not ready: {', '.join(failing)}.",
            code="not-ready",
            instance=f"urn:request:{request_id_of(request.scope)}",
            retryable=True,
            retry_after_s=2,
            context={"checks": checks},
        )
        return problem_response(problem)

    @router.get(
        "/status",
        summary="Engines and load",
        description="The engine behind each tier with its notices, live sessions and queue numbers.",
        **openapi.operation(content=_OBJECT),
    )
    async def status(caller: Operator) -> Response:
        questions: dict[str, Callable[[], Awaitable[Any]]] = {
            name: tier.info
            for name, tier in (("stt", ports.stt), ("llm", ports.llm), ("judge", ports.judge), ("tts", ports.tts))
            if tier is not None
        }
        engines, live, queues = await asyncio.gather(
            ask_all(questions, settings.probe_timeout_s),
            ask_all({"live_sessions": ports.sessions.live_count}, settings.probe_timeout_s),
            ask_all({"queues": ports.status} if ports.status else {}, settings.probe_timeout_s),
        )
        for absent in {"stt", "llm", "tts"} - engines.keys():
            engines[absent] = {"ok": True, "detail": {"name": "none", "notice": _ABSENT.get(absent, "Not configured.")}}
        if ports.turn_detection is not None:
            detection = msgspec.to_builtins(ports.turn_detection.info())
            engines["turn_detection"] = {"ok": True, "detail": detection}
        answer = {"version": settings.version, "engines": engines, **live, **queues}
        return Response(msgspec.json.encode(answer), media_type="application/json")

    @router.get(
        "/metrics",
        summary="Prometheus metrics",
        description="The merged metrics of all replicas: one scrape target is enough.",
        **openapi.operation(content={"text/plain": {"schema": {"type": "string"}}}, also=(404,)),
    )
    async def metrics(credentials: Credentials) -> Response:
        await scrapers.admit(credentials.credentials if credentials else None)
        if ports.metrics is None:
            raise NotFound("Metrics are not enabled here.")
        return Response(await ports.metrics(), media_type=PROMETHEUS_TEXT)

    return router


async def ask_all(probes: Mapping[str, Callable[[], Awaitable[Any]]], timeout_s: float) -> dict[str, dict[str, Any]]:
    """Each probe's result within ``timeout_s``: ``ok``, and ``detail`` or the failure. Raises nothing."""
    names = list(probes)
    answers = await asyncio.gather(*(_ask(name, probes[name], timeout_s) for name in names))
    return dict(zip(names, answers, strict=True))


async def _ask(name: str, probe: Callable[[], Awaitable[Any]], timeout_s: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(timeout_s):
            answer = await probe()
    except TimeoutError:
        return {"ok": False, "error": DeadlineExceeded.code, "detail": f"No answer within {timeout_s:g} s."}
    except InterviewError as error:
        return {"ok": False, "error": error.code, "detail": error.message}
    except Exception:
        logger.exception("the probe %s failed with an unexpected error", name)
        return {"ok": False, "error": "internal", "detail": "The probe failed; the operator's log has details."}
    return {"ok": True} if answer is None else {"ok": True, "detail": msgspec.to_builtins(answer)}
