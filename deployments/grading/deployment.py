"""The grading tier as a Ray Serve deployment: bytes in, bytes out, bounded queues, a background worker inside."""

from __future__ import annotations

from collections.abc import Callable

from ray import serve as ray_serve

from deployments.grading.config import GradingConfig
from deployments.grading.contract import CalculateRequest, EvaluateRequest, GradeRequest
from deployments.grading.tier import GradingTier, StoresFactory
from deployments.llm.contract import LanguageModel, LanguageModelClient
from deployments.shell.garbage_collection import freeze_startup_objects
from deployments.shell.handle_rpc import ServeHandle, handle_caller, handle_stream_caller, serve_call
from deployments.shell.replica_logs import log_through_serve


class GradingDeployment:
    """A thin wrapper around ``GradingTier``."""

    async def __init__(  # type: ignore[misc]  # Serve awaits it
        self,
        config: GradingConfig,
        stores_factory: StoresFactory | None = None,
        llm: ServeHandle | None = None,
        judge: ServeHandle | None = None,
        meter: Callable[[LanguageModel], LanguageModel] | None = None,
    ) -> None:
        stores = stores_factory(config) if stores_factory is not None else None

        def client(handle: ServeHandle | None) -> LanguageModel | None:
            if handle is None:
                return None
            timeout_s = config.background.llm_timeout_s
            model: LanguageModel = LanguageModelClient(
                handle_caller(handle, timeout_s=timeout_s, tier="llm"),
                handle_stream_caller(handle, timeout_s=timeout_s, tier="llm"),
            )
            return model if meter is None else meter(model)

        self._tier = GradingTier(config, stores, client(llm), client(judge))
        await self._tier.start()
        log_through_serve()
        freeze_startup_objects()

    async def grade(self, payload: bytes) -> bytes:
        return await serve_call(self._tier.service.grade, payload, GradeRequest)

    async def calculate(self, payload: bytes) -> bytes:
        return await serve_call(self._tier.service.calculate, payload, CalculateRequest)

    async def judge(self, payload: bytes) -> bytes:
        return await serve_call(self._tier.service.judge, payload, GradeRequest)

    async def evaluate(self, payload: bytes) -> bytes:
        return await serve_call(self._evaluate, payload, EvaluateRequest)

    async def _evaluate(self, request: EvaluateRequest) -> None:
        await self._tier.service.evaluate(request.tenant, request.interview_id)

    async def check_health(self) -> None:
        """Unhealthy when a background task has ended, which a restart fixes; an unavailable store or model does not
        count."""
        self._tier.check_health()

    async def __del__(self) -> None:
        tier = getattr(self, "_tier", None)
        if tier is not None:
            await tier.stop()


def build(
    config: GradingConfig,
    *,
    stores_factory: StoresFactory | None = None,
    llm: object | None = None,
    judge: object | None = None,
    meter: Callable[[LanguageModel], LanguageModel] | None = None,
) -> ray_serve.Application:
    """The deployment, ready for ``serve.run``.

    ``stores_factory`` opens the stores for background grading on each replica; without it ``judge`` and ``evaluate``
    are rejected. ``llm`` is the language model's application (or handle), None without a model; ``judge`` is the
    judge's own, None if ``llm`` judges. ``meter`` wraps both on the replica to count their tokens (picklable).
    """
    deployed: ray_serve.Deployment = ray_serve.deployment(**config.replicas.deployment_options("grading"))(
        GradingDeployment
    )
    application: ray_serve.Application = deployed.bind(config, stores_factory, llm, judge, meter)
    return application
