"""Configuration of the HTTP layer: section ``http`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from msgspec import Struct

from interview import __version__
from serve.http.identity.settings import CandidateSettings, IdentitySettings


class SheddingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Load-shedding thresholds, in milliseconds of the event loop's lateness.

    - ``standing_ms``: shedding begins when the average over about two seconds exceeds this; default: ``from_ms``. It
      ends when that average falls below ``from_ms``.
    - ``from_ms``, ``all_ms``: while shedding, the lateness of the moment from which some, and all, new steps are
      rejected. ``from_ms: 0`` disables shedding.
    """

    from_ms: float = 0.0
    all_ms: float = 50.0
    standing_ms: float | None = None

    def __post_init__(self) -> None:
        if self.from_ms < 0 or self.all_ms <= self.from_ms:
            raise ValueError("shedding needs 0 <= from_ms < all_ms")
        if self.begins_ms < self.from_ms:
            raise ValueError("shedding needs from_ms <= standing_ms")

    @property
    def begins_ms(self) -> float:
        """``standing_ms`` with its default."""
        return self.from_ms if self.standing_ms is None else self.standing_ms


class CallerLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of one caller over all replicas; docs/api.md describes the answers at a limit.

    - ``key_requests_per_minute``, ``tenant_requests_per_minute``: authenticated requests.
    - ``tenant_kib_per_minute``: request bodies, in KiB. Charged when they have arrived.
    - ``key_event_streams``, ``tenant_event_streams``: open at once. ``replica_event_streams``: of all callers on one
      replica; it must stay well below ``ingress.max_ongoing_requests``, so that other requests are served.
    - ``tenant_live_interviews``: started within the session's time to live and not ended or paused by a request.
    - ``interview_signals``: integrity signals of one interview in a day.
    """

    key_requests_per_minute: int = 12_000
    tenant_requests_per_minute: int = 24_000
    tenant_kib_per_minute: int = 2 * 1024 * 1024
    key_event_streams: int = 128
    tenant_event_streams: int = 256
    replica_event_streams: int = 256
    tenant_live_interviews: int = 5_000
    interview_signals: int = 2_000

    def __post_init__(self) -> None:
        if any(getattr(self, name) < 1 for name in self.__struct_fields__):
            raise ValueError("limits of callers must be positive")


class RealtimeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """``/v1/realtime``. Times in seconds.

    - ``max_frame_bytes``: one client event. ``max_unsent_bytes``: events that wait for a slow reader, who is then
      disconnected.
    - ``max_session_s``: one connection; the client then resumes. ``max_answer_s``: the audio of one answer, at most
      ``stt.max_duration_s``.
    - ``audio_rate``: seconds of audio that a second may bring, on average; ``audio_burst_s``: at once, for a client
      that sends what it kept while it was disconnected. ``events_per_s``: client events.
    - ``lead_s``: how far speech is sent ahead of its playing; an interruption wastes at most this much.
    - ``think_ahead``: in a pause that may end the answer, the model is asked for its reply already, at background
      priority. It needs an engine with capacity to spare.
    - ``park_s``: how long a conversation waits for its client to come back to the same replica.
    - ``replica_connections``, ``tenant_connections``: open at once.
    """

    max_frame_bytes: int = 1024 * 1024
    max_unsent_bytes: int = 4 * 1024 * 1024
    max_session_s: float = 3600.0
    max_answer_s: float = 600.0
    audio_rate: float = 1.5
    audio_burst_s: float = 15.0
    events_per_s: float = 200.0
    lead_s: float = 5.0
    park_s: float = 120.0
    replica_connections: int = 128
    tenant_connections: int = 128
    think_ahead: bool = False

    def __post_init__(self) -> None:
        if any(getattr(self, name) <= 0 for name in self.__struct_fields__ if name != "think_ahead"):
            raise ValueError("settings of realtime must be positive")


class HttpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits and timeouts of the ingress.

    ``max_upload_bytes`` bounds one recording (multipart and audio bodies get 64 KiB more for their framing);
    ``max_json_bytes`` bounds every other body. ``body_idle_s`` is how long a client may stall while it sends.
    ``events_max_s`` ends an event stream, which the client then resumes, so that no client holds a replica forever.
    ``probe_timeout_s`` bounds each readiness and status probe. ``max_steps_in_flight`` bounds the concurrent interview
    steps (start, turn, hint, end, a transcript or a formula for the candidate) of one replica, over HTTP, a WebSocket
    and MCP together; beyond it the answer is 429 with ``Retry-After``, which is cheap.
    ``shedding`` does the same by the event loop's load.
    """

    max_upload_bytes: int = 25 * 1024 * 1024
    max_json_bytes: int = 4 * 1024 * 1024
    body_idle_s: float = 30.0
    max_steps_in_flight: int = 256
    shedding: SheddingSettings = SheddingSettings()
    callers: CallerLimits = CallerLimits()
    candidates: CandidateSettings = CandidateSettings()
    identity: IdentitySettings = IdentitySettings()
    realtime: RealtimeSettings = RealtimeSettings()
    events_max_s: float = 3600.0
    events_retry_ms: int = 1000
    probe_timeout_s: float = 2.0
    docs: bool = True
    version: str = __version__
