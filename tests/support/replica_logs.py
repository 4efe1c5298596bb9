"""Undoes ``log_through_serve`` in the test process."""

from __future__ import annotations

import logging

from deployments.shell.replica_logs import PACKAGES, ServeLog


def stop_logging_through_serve() -> None:
    for package in PACKAGES:
        logger = logging.getLogger(package)
        logger.handlers = [handler for handler in logger.handlers if not isinstance(handler, ServeLog)]
        logger.setLevel(logging.NOTSET)
