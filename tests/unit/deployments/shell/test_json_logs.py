"""A log line is one JSON object that leads to its trace and request, and never quotes a candidate."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from opentelemetry import context
from opentelemetry.trace import NonRecordingSpan, SpanContext, set_span_in_context

from deployments.shell import json_logs
from interview.telemetry import REQUEST_ID

CANARY = "I was fired for drinking"


@pytest.fixture
def told() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch, told: io.StringIO) -> Iterator[logging.Logger]:
    """The platform's own logger, with what a process installs for itself."""
    monkeypatch.setenv(json_logs.VARIABLE, "json")
    before = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate) for name in json_logs._OWN}
    json_logs.install_from_environment(told)
    json_logs.install_from_environment(told)
    yield logging.getLogger("storage.some_module")
    for name, (handlers, propagate) in before.items():
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).propagate = propagate
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(told: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


def test_a_line_leads_to_its_trace_and_request(logger: logging.Logger, told: io.StringIO) -> None:
    span = NonRecordingSpan(SpanContext(0xABC, 0xDEF, is_remote=True))
    token, request = context.attach(set_span_in_context(span)), REQUEST_ID.set("r-1")
    logger.warning("the store failed: operation=%s", "load")
    context.detach(token)
    REQUEST_ID.reset(request)
    logger.info("later\nand on two lines")
    first, second = lines(told)
    assert first["message"] == "the store failed: operation=load"
    assert (first["level"], first["logger"]) == ("WARNING", "storage.some_module")
    assert (first["trace_id"], first["span_id"]) == (f"{0xABC:032x}", f"{0xDEF:016x}")
    assert first["request_id"] == "r-1"
    assert str(first["time"]).endswith("+00:00")
    assert not {"trace_id", "request_id"} & second.keys()


def test_an_exceptions_words_are_not_logged(logger: logging.Logger, told: io.StringIO) -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logger.exception("a turn failed")
    (line,) = lines(told)
    assert line["error"] == ["RuntimeError", "ValueError"]
    assert any("test_an_exceptions_words" in str(place) for place in line["stack"])  # type: ignore[attr-defined]
    assert CANARY not in json.dumps(line)


def test_without_the_variable_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(json_logs.VARIABLE, raising=False)
    before = logging.getLogger("storage").handlers[:]
    json_logs.install_from_environment()
    assert logging.getLogger("storage").handlers == before
