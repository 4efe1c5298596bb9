"""Installs the OpenTelemetry SDK when the environment configures tracing.

The standard variables apply: ``OTEL_EXPORTER_OTLP_ENDPOINT`` (such as ``http://collector:4318``) or
``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`` enables tracing, ``OTEL_SDK_DISABLED=true`` disables it, and
``OTEL_TRACES_SAMPLER``, ``OTEL_SERVICE_NAME``, ``OTEL_RESOURCE_ATTRIBUTES`` and ``OTEL_EXPORTER_OTLP_HEADERS`` have
their specified meaning. A Serve config sets them for all replicas under ``runtime_env.env_vars``. Needs the extra
``tracing``.
"""

from __future__ import annotations

import os

from opentelemetry import trace

from interview.errors import ConfigError

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")

_installed = False


def install_from_environment() -> None:
    """Start exporting spans when the environment names a collector. Idempotent.

    Raises:

        ConfigError: a collector is configured, but the exporter is not installed.
    """
    global _installed  # noqa: PLW0603 - one tracer provider a process is the point
    named = next((name for name in ENDPOINTS if os.environ.get(name)), None)
    if _installed or named is None or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise ConfigError(f"{named} is set, but the exporter is not installed: it is in the extra `tracing`") from error
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    os.environ.setdefault("OTEL_SERVICE_NAME", "interview")
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: os.environ["OTEL_SERVICE_NAME"], "process.pid": os.getpid()})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)
    _installed = True
