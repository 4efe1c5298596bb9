"""Starts and stops the platform on this machine: Redis, Ray, Serve, and back in reverse order."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import psutil

from interview import __version__
from interview.errors import ConfigError, EngineFailed, EngineUnavailable, StorageUnavailable
from serve.local.deployment_progress import reported
from serve.local.haproxy import ENABLED as HAPROXY_ENABLED
from serve.local.haproxy import (
    find_haproxy,
    haproxy_environment,
    open_files_limit,
    separate_environment,
    shortage_of_files,
)
from serve.local.local_key import local_key_of
from serve.local.private_directory import private_directory
from serve.serve_file import HOME, ServeFile, require_honoured
from storage.redis.releases import record_release, warning

if TYPE_CHECKING:
    from storage.embedded.supervisor import ServerSupervisor, SupervisorState

logger = logging.getLogger(__name__)

#: Disables all telemetry. Ray reads its variables at import, so they are set before that.
PRIVATE_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_SERVE_RUN_TELEMETRY": "0",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    # one line per unhandled signal is enough; Ray's own crash handler prints a page
    "RAY_DISABLE_FAILURE_SIGNAL_HANDLER": "1",
    # Serve's proxy reads it; a profile that lets HAProxy stand in front names its own
    "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": "serve.http.middleware.serve_edge:middlewares",
}

#: Ray's ports listen on loopback alone. Without it ray.init replaces the address 127.0.0.1 by one that other machines
#: reach. Despite its name the variable is read on every system, at import.
LOOPBACK_ENVIRONMENT = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}

#: Intervals of Ray's helper processes, whose defaults cost 10 ms of CPU a second on an idle machine: how often its two
#: agents look for their parent, and how often one collects the machine's metrics (``--ray-metrics-port``), which
#: Prometheus scrapes every 15 s. The operator's environment takes precedence.
RAY_INTERVALS = {
    "RAY_DASHBOARD_AGENT_CHECK_PARENT_INTERVAL_S": "2",
    "REPORTER_UPDATE_INTERVAL_MS": "15000",
}

#: The processes without which a local Ray answers nothing and recovers nothing.
_VITAL = frozenset({"raylet", "gcs_server"})

#: Logical CPUs given to a local Ray: replicas share the real ones, so no reservation may wait indefinitely.
LOCAL_LOGICAL_CPUS = 64

#: The name of the application in Serve.
_APPLICATION = "interview"

Progress = Callable[[str], None]


class Platform:
    """The running platform, as a context manager.

    ``data`` holds Redis's append-only file, the blobs and Ray's logs. Setting ``REDIS_URL`` disables the embedded
    server.
    """

    def __init__(
        self,
        config: ServeFile,
        data: Path,
        *,
        host: str | None = None,
        port: int | None = None,
        ray_metrics_port: int | None = None,
        progress: Progress | None = None,
        key_label: str = "interview up",
    ) -> None:
        self.config = config
        self.data = data
        self.host = host or config.host
        self.port = config.port if port is None else port
        scheme = "https" if config.http.get("ssl_certfile") else "http"
        self.address = f"{scheme}://{self.host}:{self.port}"
        self.redis_url = os.environ.get("REDIS_URL", "")
        self._ray_metrics_port = ray_metrics_port
        self._progress = progress or (lambda _text: None)
        #: Set before the ingress is deployed: a platform that answers ``/readyz`` has its key.
        self.api_key = ""
        self._key_label = key_label
        self._redis: ServerSupervisor | None = None
        self._ray_dir: str | None = None
        self._ray_started = False
        self._ray_lost = False
        self._vital: list[psutil.Process] = []

    def __enter__(self) -> Platform:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self._progress("checking the configuration")
        self._check()
        private_directory(self.data)
        if not self.redis_url:
            self._progress("starting the embedded Redis")
            self.redis_url = self._start_redis()
        os.environ.update(PRIVATE_ENVIRONMENT)
        os.environ.update(LOOPBACK_ENVIRONMENT)
        os.environ.update({name: value for name, value in RAY_INTERVALS.items() if name not in os.environ})
        # AF_UNIX paths are limited to 107 characters, so sockets cannot live under an arbitrary data directory
        self._ray_dir = tempfile.mkdtemp(prefix="ivr-", dir="/tmp")
        directory = Path(self._ray_dir)
        os.environ.update(self._environment(directory))
        os.environ.update(
            INTERVIEW_HOME=str(HOME),
            INTERVIEW_DATA_DIR=str(self.data),
            REDIS_URL=self.redis_url,
        )
        if not os.environ.keys() & {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"}:
            os.environ["RAY_AUTH_TOKEN_PATH"] = str(_ray_token(self.data))
        self.api_key = local_key_of(self.redis_url, self.data, label=self._key_label)
        if later := asyncio.run(record_release(self.redis_url, __version__)):
            self._progress(warning(later, __version__))
        self._progress("starting Ray")
        self._start_ray(directory)
        self._progress("loading the engines")
        with reported(_healthy, self._progress):
            self._deploy()

    def _check(self) -> None:
        """Raises ConfigError, before anything starts, for a wrong profile, plan, bank, policy, prompt, webhook's secret
        or ``REDIS_URL``, and StorageUnavailable when the server of ``REDIS_URL`` does not answer."""
        from serve.composition.operator_files import check_operator_files
        from serve.settings import read_settings
        from serve.webhooks.delivery import check_secrets

        require_honoured(self.config)
        settings = read_settings(self.config.arguments, self.config.document)
        _require_free(self.host, self.port)
        check_operator_files(settings)
        check_secrets(settings.webhooks)
        if self.redis_url:
            _require_usable(self.redis_url)

    def _environment(self, folder: Path) -> dict[str, str]:
        """The profile's variables, and those of HAProxy, whose files are in ``folder``, where the profile has it."""
        chosen = self.config.environment
        if chosen.get(HAPROXY_ENABLED) != "1":
            return chosen
        if (lack := self._lack_of_haproxy()) is not None:
            self._progress(f"{lack}: Ray Serve's own proxy serves instead, at several times the CPU for a request")
            return {**chosen, HAPROXY_ENABLED: "0"}
        if (shortage := shortage_of_files(open_files_limit(), chosen)) is not None:
            self._progress(shortage)
        separate = separate_environment(folder / "haproxy", free_port)
        return {**separate, **chosen, **haproxy_environment(chosen)}

    def _lack_of_haproxy(self) -> str | None:
        """Why HAProxy cannot stand in front; None if it can."""
        if self.config.http.get("ssl_certfile"):
            return "Ray Serve gives HAProxy no certificate (`ssl_certfile`)"
        return "HAProxy is not installed" if find_haproxy() is None else None

    def _start_redis(self) -> str:
        from serve.settings import read_settings
        from storage.embedded.server import EmbeddedRedis
        from storage.embedded.supervisor import ServerSupervisor

        fsync = read_settings(self.config.arguments, self.config.document).storage.embedded_fsync
        self._redis = ServerSupervisor(EmbeddedRedis(self.data, fsync=fsync), listener=self._tell_of_redis)
        return self._redis.start()

    def _tell_of_redis(self, state: SupervisorState) -> None:
        if state.status != "running":
            self._progress(f"{state.reason}{' – restarting it with its data' if state.status == 'restarting' else ''}")
        elif state.restarts:
            self._progress(f"the embedded Redis is running again with its data (restarts: {state.restarts})")

    def _start_ray(self, directory: Path) -> None:
        import ray

        self._ray_started = True
        ray.init(
            address="local",
            num_cpus=LOCAL_LOGICAL_CPUS,
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=True,
            logging_level=logging.ERROR,
            object_store_memory=256 * 1024 * 1024,
            _temp_dir=str(directory),
            _node_ip_address="127.0.0.1",
            _metrics_export_port=self._ray_metrics_port,
        )
        started = psutil.Process().children(recursive=True)
        self._vital = [child for child in started if _is_vital(child)]
        _end_log_monitor(started)
        _link_logs(directory, self.data / "logs")

    def check_alive(self) -> None:
        """Raises EngineUnavailable when a process of Ray that serving needs has ended.

        The platform must then be stopped; a restart on the same data directory continues its interviews.
        """
        ended = [process for process in self._vital if not _alive(process)]
        if ended:
            self._vital = []
            self._ray_lost = True
            raise EngineUnavailable(
                f"Ray ended (process {ended[0].pid}); the platform stopped. Start it again: sessions are kept. "
                f"Its logs: {self.data / 'logs'}"
            )

    def _deploy(self) -> None:
        from ray import serve as ray_serve
        from ray.serve.config import HTTPOptions

        from serve.compose import build

        logging.getLogger("ray.serve").setLevel(logging.WARNING)
        options: dict[str, Any] = {**self.config.http, "host": self.host, "port": self.port}
        ray_serve.start(
            proxy_location="HeadOnly",
            http_options=HTTPOptions(**options),
            logging_config=self.config.logging or None,
        )
        try:
            # Serve applies the file's logging settings to its own processes only; replicas get them from the
            # application.
            ray_serve.run(
                build(self.config.arguments),
                name=_APPLICATION,
                route_prefix="/",
                logging_config=self.config.logging or None,
            )
        except RuntimeError as error:
            # Ray's own directory is deleted by the stop, which copies the logs to the data directory first.
            raise EngineFailed(
                f"The platform did not start: {error}. The replicas' logs are in {self.data / 'logs' / 'serve'}."
            ) from error

    def stop(self) -> None:
        """Stop everything that this object started. Idempotent."""
        if self._ray_started:
            self._ray_started = False
            import ray
            from ray import serve as ray_serve

            # Without its raylet Ray would wait for replies that never come; the supervisor ends what is left.
            if ray.is_initialized() and not self._ray_lost:
                # Ray reports every task that its shutdown interrupts on the driver's stdout; suppress that
                with _output_to(self.data / "shutdown.log"):
                    ray_serve.shutdown()  # type: ignore[no-untyped-call]
                    ray.shutdown()
        if self._redis is not None:
            self._redis.stop()
            self._redis = None
        if self._ray_dir is not None:
            _keep_logs(Path(self._ray_dir), self.data / "logs")
            shutil.rmtree(self._ray_dir, ignore_errors=True)
            self._ray_dir = None


def _healthy() -> dict[str, bool]:
    """Whether each deployment is healthy, by Serve's controller."""
    from ray import serve as ray_serve

    overview = ray_serve.status().applications.get(_APPLICATION)
    deployments = {} if overview is None else overview.deployments
    return {name: state.status.value == "HEALTHY" for name, state in deployments.items()}


def _ray_token(data: Path) -> Path:
    """The file with Ray's token, made once: every port of Ray asks for it. Ray's own default is a file in the home
    directory that all users may read."""
    from storage.embedded.directory import write_private

    path = data / "ray-token"
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path


def _end_log_monitor(processes: Sequence[psutil.Process]) -> None:
    """End Ray's log monitor, which polls ten times a second to send logs to a driver; this driver takes none
    (``log_to_driver``), and no option of ``ray.init`` leaves it out. Ray runs on without it."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if any(part.endswith("/log_monitor.py") for part in process.cmdline()):
                process.terminate()
                process.wait()  # or a zombie remains


def _is_vital(process: psutil.Process) -> bool:
    try:
        return process.name() in _VITAL
    except psutil.NoSuchProcess:
        return False  # one of Ray's short-lived helpers, ended since it was listed


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False  # it ended between the two calls


@contextmanager
def _output_to(path: Path) -> Iterator[None]:
    """Redirect stdout and stderr of this process and its threads into ``path``."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, descriptor in zip((1, 2), saved, strict=True):
                os.dup2(descriptor, number)
                os.close(descriptor)


def _link_logs(ray_dir: Path, link: Path) -> None:
    """Let ``link`` lead to the logs of the running platform; ``_keep_logs`` replaces it with a copy."""
    _remove(link)
    link.symlink_to(ray_dir / "session_latest" / "logs")


def _remove(kept: Path) -> None:
    if kept.is_symlink():
        kept.unlink()
    else:
        shutil.rmtree(kept, ignore_errors=True)


def _keep_logs(ray_dir: Path, keep: Path) -> None:
    """Copy Ray's logs into the data directory, replacing the previous run's.

    The replicas' logs are in ``serve``; ``raylet.out``, ``gcs_server.out`` and ``python-core-worker-*`` tell why a
    process ended.
    """
    logs = ray_dir / "session_latest" / "logs"
    if not logs.is_dir():
        return
    _remove(keep)
    try:
        shutil.copytree(logs, keep, ignore_dangling_symlinks=True)
    except OSError as error:  # such as a full disk; it must not prevent the stop
        logger.warning("some of Ray's logs could not be copied to %s: %s", keep, error)


def _require_usable(redis_url: str) -> None:
    from storage.redis.diagnosis import diagnose

    found = diagnose(redis_url)
    if found.misconfigured:
        raise ConfigError(f"REDIS_URL: {found.server} {found.problem}.")
    if found.problem:
        raise StorageUnavailable(f"{found.server} {found.problem}. Start that server, or correct REDIS_URL.")


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"Port {port} on {host} is in use ({error.strerror}). Stop the process that listens there, or "
                "choose another port with --port."
            ) from error


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
