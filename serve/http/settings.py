"""What an operator may set about the HTTP edge; section ``http`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from msgspec import Struct

from serve.http.middleware.load_shedding import SheddingSettings


class HttpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits and habits of the ingress.

    ``max_upload_bytes`` bounds one recording (multipart and audio bodies get 64 KiB more for their framing);
    ``max_json_bytes`` bounds every other body. ``body_idle_s`` is how long a client may stall while it sends.
    ``events_max_s`` ends an event stream, which then reconnects where it stopped, so that no client holds a replica
    forever. ``probe_timeout_s`` bounds each readiness and status probe.
    ``max_steps_in_flight`` bounds the interview steps (start, turn, hint, end) one replica works on at once; beyond it
    the answer is 429 with ``Retry-After``, which costs next to nothing. ``shedding`` does the same by how full the
    process is.
    """

    max_upload_bytes: int = 25 * 1024 * 1024
    max_json_bytes: int = 4 * 1024 * 1024
    body_idle_s: float = 30.0
    max_steps_in_flight: int = 256
    shedding: SheddingSettings = SheddingSettings()
    events_max_s: float = 3600.0
    events_retry_ms: int = 1000
    probe_timeout_s: float = 2.0
    docs: bool = True
    version: str = "0.1.0"
