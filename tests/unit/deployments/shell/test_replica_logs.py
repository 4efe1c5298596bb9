"""A record of the platform stands in the replica's log with time, level and trace, in Serve's own format."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from deployments.shell.replica_logs import log_through_serve
from tests.support.replica_logs import stop_logging_through_serve


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The replica's log file as Serve sets it up with ``logging_config: {encoding: JSON, log_level: INFO}``."""
    from ray.serve._private.logging_utils import configure_component_logger
    from ray.serve.schema import LoggingConfig

    serve = logging.getLogger("ray.serve")
    saved = list(serve.handlers), serve.level, serve.propagate
    configure_component_logger(
        component_name="ingress",
        component_id="one",
        logging_config=LoggingConfig(encoding="JSON", log_level="INFO", logs_dir=str(tmp_path)),
        max_bytes=1_000_000,
        backup_count=1,
        buffer_size=1000,
    )
    log_through_serve()
    log_through_serve()
    (path,) = tmp_path.glob("*.log")
    yield path
    stop_logging_through_serve()
    for handler in serve.handlers:
        handler.close()
    serve.handlers[:], serve.propagate = saved[0], saved[2]
    serve.setLevel(saved[1])


def test_a_warning_is_one_json_line_at_once_despite_serves_buffer(log: Path) -> None:
    logging.getLogger("storage.redis.client").warning("redis failed: server=%s", "redis://h:6379")
    (line,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert (line["levelname"], line["message"]) == ("WARNING", "redis failed: server=redis://h:6379")
    assert line["asctime"]


def test_a_record_inside_a_span_names_its_trace(log: Path) -> None:
    span = NonRecordingSpan(SpanContext(0xABC, 0xD, is_remote=False, trace_flags=TraceFlags(1)))
    token = context.attach(trace.set_span_in_context(span))
    try:
        logging.getLogger("serve.http").info("inside")
    finally:
        context.detach(token)
    assert json.loads(log.read_text())["trace_id"] == f"{0xABC:032x}"
