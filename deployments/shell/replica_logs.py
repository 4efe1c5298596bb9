"""Sends the platform's log records through Serve's logger of the replica.

Serve configures only the logger ``ray.serve``, so records of our packages would reach a file of Ray's without time or
level. ``log_through_serve`` writes them to the replica's log file, as the profile's ``logging_config`` says.
"""

from __future__ import annotations

import logging
import os

from opentelemetry import trace

from deployments.shell.json_logs import VARIABLE

PACKAGES = ("interview", "storage", "deployments", "serve")

_SERVE = "ray.serve"


class ServeLog(logging.Handler):
    """Hands each record to Serve's handlers at once; Serve itself may buffer the records of its request path.

    A record made inside a sampled span carries its ``trace_id`` and ``span_id``.
    """

    def emit(self, record: logging.LogRecord) -> None:
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            record.trace_id = trace.format_trace_id(span.trace_id)
            record.span_id = trace.format_span_id(span.span_id)
        for handler in logging.getLogger(_SERVE).handlers:
            handler.handle(record)
            handler.flush()


def log_through_serve() -> None:
    """Attach ``ServeLog`` to the platform's loggers of this process. Idempotent.

    With ``INTERVIEW_LOGS=json`` it does nothing: ``json_logs`` then writes the records to stderr.
    """
    if os.environ.get(VARIABLE) == "json":
        return
    level = logging.getLogger(_SERVE).level
    for package in PACKAGES:
        logger = logging.getLogger(package)
        if not any(isinstance(handler, ServeLog) for handler in logger.handlers):
            logger.addHandler(ServeLog())
            logger.setLevel(level or logging.WARNING)
