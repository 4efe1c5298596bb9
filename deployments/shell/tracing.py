"""OpenTelemetry behind ``interview.telemetry``: one trace a turn, across ingress, handles, Redis and model calls.

Off unless ``INTERVIEW_OTLP_ENDPOINT`` (such as ``http://collector:4318``) is set when a process starts; a Serve config
sets it for all replicas under ``runtime_env.env_vars``. ``INTERVIEW_TRACE_RATIO`` in [0, 1] samples whole traces.
Needs the extra ``tracing``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from interview import telemetry
from interview.errors import ConfigError
from interview.telemetry import SpanKind

logger = logging.getLogger(__name__)

ENDPOINT = "INTERVIEW_OTLP_ENDPOINT"
RATIO = "INTERVIEW_TRACE_RATIO"


class OpenTelemetryTracer:
    """``Tracer`` over the OpenTelemetry SDK with a batching OTLP/HTTP exporter.

    Raises:
        ConfigError: the exporter is not installed.
    """

    def __init__(self, endpoint: str, ratio: float = 1.0) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        except ImportError as error:
            raise ConfigError(
                f"{ENDPOINT} is set, but the exporter is not installed: pip install -c constraints.txt -e '.[tracing]'"
            ) from error
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "interview", "process.pid": os.getpid()}),
            sampler=ParentBased(TraceIdRatioBased(ratio)),
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
        self._tracer = self._provider.get_tracer("interview")
        self._propagator = TraceContextTextMapPropagator()

    def span(self, name: str, kind: SpanKind, attributes: dict[str, str]) -> AbstractContextManager[object]:
        return self._span(name, kind, attributes)

    @contextmanager
    def _span(self, name: str, kind: SpanKind, attributes: dict[str, str]) -> Iterator[object]:
        from opentelemetry.trace import SpanKind as OtelKind

        kinds = {"internal": OtelKind.INTERNAL, "server": OtelKind.SERVER, "client": OtelKind.CLIENT}
        # the text of an exception may hold what a candidate said: its kind is enough
        with self._tracer.start_as_current_span(
            name, kind=kinds[kind], attributes=dict(attributes), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except Exception as error:
                from opentelemetry.trace import Status, StatusCode

                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get("traceparent", "")

    def continue_from(self, traceparent: str) -> None:
        from opentelemetry import context

        # never detached: the context belongs to this task alone and ends with it
        context.attach(self._propagator.extract({"traceparent": traceparent}))

    def flush(self) -> None:
        self._provider.force_flush()


def install_from_environment() -> None:
    """Start tracing in this process when its environment asks for it."""
    endpoint = os.environ.get(ENDPOINT, "")
    if endpoint and not telemetry.tracing():
        telemetry.install(OpenTelemetryTracer(endpoint, float(os.environ.get(RATIO, "1"))))
        logger.info("tracing to the configured OTLP endpoint")
