"""The grading tier as a Ray Serve deployment: bytes in, bytes out, bounded queues."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ray import serve as ray_serve

from deployments.grading.config import GradingConfig
from deployments.grading.contract import EvaluateRequest, GradeRequest, Grading
from deployments.grading.fake import FakeGrading
from deployments.grading.service import GradingService
from deployments.wire import decode, reply

#: Builds the service on the replica, so that nothing of it is pickled.
ServiceFactory = Callable[[], Awaitable[Grading]]


class GradingDeployment:
    """A thin shell around ``Grading``."""

    def __init__(self, config: GradingConfig, make_service: ServiceFactory | None = None) -> None:
        self._config = config
        self._make_service = make_service
        self._service: Grading | None = None

    async def _ready(self) -> Grading:
        if self._service is None:
            self._service = await self._make_service() if self._make_service else plain_service(self._config)
        return self._service

    async def grade(self, payload: bytes) -> bytes:
        return await reply((await self._ready()).grade(decode(payload, GradeRequest)))

    async def judge(self, payload: bytes) -> bytes:
        return await reply((await self._ready()).judge(decode(payload, GradeRequest)))

    async def evaluate(self, payload: bytes) -> bytes:
        request = decode(payload, EvaluateRequest)
        return await reply((await self._ready()).evaluate(request.tenant, request.interview_id))

    async def check_health(self) -> None:
        await self._ready()


def plain_service(config: GradingConfig) -> Grading:
    """Graders without a background queue, or the fake."""
    return FakeGrading(config.fake) if config.engine == "fake" else GradingService(config)


def build(config: GradingConfig, *, make_service: ServiceFactory | None = None) -> ray_serve.Application:
    """The deployment, ready for ``serve.run``; ``make_service`` (picklable) brings storage and the language model."""
    replicas = config.replicas
    deployment: ray_serve.Deployment = ray_serve.deployment(  # type: ignore[assignment]
        GradingDeployment,
        name="grading",
        max_ongoing_requests=replicas.max_ongoing_requests,
        max_queued_requests=replicas.max_queued_requests,
        health_check_period_s=replicas.health_check_period_s,
        health_check_timeout_s=replicas.health_check_timeout_s,
        ray_actor_options={"num_cpus": replicas.num_cpus},
        autoscaling_config={
            "min_replicas": replicas.min_replicas,
            "max_replicas": replicas.max_replicas,
            "target_ongoing_requests": replicas.target_ongoing_requests,
        },
    )
    application: ray_serve.Application = deployment.bind(config, make_service)
    return application
