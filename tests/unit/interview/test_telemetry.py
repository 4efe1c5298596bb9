"""Without the OpenTelemetry SDK a span records nothing, and the caller's trace still passes through."""

from __future__ import annotations

import contextvars

import pytest

from interview import telemetry

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_callers_trace_passes_through_a_span_without_the_sdk() -> None:
    def traced() -> str:
        telemetry.continue_from(PARENT)
        with telemetry.span("a call", attributes={"rpc.system": "ray"}) as span:
            span.set_attribute("http.response.status_code", 200)
            assert not span.is_recording()
            return telemetry.traceparent()

    assert contextvars.copy_context().run(traced) == PARENT
    assert telemetry.traceparent() == ""


def test_an_error_inside_a_span_propagates_without_the_sdk() -> None:
    with pytest.raises(ValueError, match="inside"), telemetry.span("a call"):
        raise ValueError("inside")
