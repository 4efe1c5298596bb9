"""Configuration of the HTTP layer: section ``http`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from msgspec import Struct

from interview import __version__


class SheddingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Load-shedding thresholds.

    ``from_ms``: the event loop's lateness at which rejection begins; 0 disables it. ``all_ms``: the lateness at which
    every step is rejected. Both apply only while a slower average of the lateness also exceeds ``from_ms``.
    """

    from_ms: float = 0.0
    all_ms: float = 50.0

    def __post_init__(self) -> None:
        if self.from_ms < 0 or self.all_ms <= self.from_ms:
            raise ValueError("shedding needs 0 <= from_ms < all_ms")


class HttpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits and timeouts of the ingress.

    ``max_upload_bytes`` bounds one recording (multipart and audio bodies get 64 KiB more for their framing);
    ``max_json_bytes`` bounds every other body. ``body_idle_s`` is how long a client may stall while it sends.
    ``events_max_s`` ends an event stream, which the client then resumes, so that no client holds a replica forever.
    ``probe_timeout_s`` bounds each readiness and status probe. ``max_steps_in_flight`` bounds the concurrent interview
    steps (start, turn, hint, end) of one replica; beyond it the answer is 429 with ``Retry-After``, which is cheap.
    ``shedding`` does the same by the event loop's load.
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
    version: str = __version__
