"""Configuration of the speech-to-text tier: section ``stt`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from deployments.shell.circuit_breaker import BreakerConfig
from deployments.shell.replicas import ReplicaConfig
from deployments.stt.confidence import ConfidenceModel
from interview.errors import ConfigError

WindowPolicy = Literal["auto", "full"]


class FakeTiming(Struct, frozen=True, forbid_unknown_fields=True):
    """Service time of the fake engine: zero, ``mean_ms`` exactly, or lognormal around it (seeded)."""

    kind: Literal["zero", "fixed", "lognormal"] = "zero"
    mean_ms: float = 0.0
    #: Standard deviation of the logarithm.
    sigma: float = 0.5
    seed: int = 0


class RemoteSttConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any OpenAI-compatible transcription server. The API key is read from the variable named ``api_key_env``."""

    base_url: str = ""
    #: The server's own name of the model.
    model: str = "whisper-1"
    api_key_env: str = "INTERVIEW_STT_API_KEY"
    #: ``json`` for servers and models without ``verbose_json``: they return no segments, words or scores.
    response_format: Literal["verbose_json", "json"] = "verbose_json"
    #: The confidence of a transcript without scores, in (0, 1].
    assumed_confidence: float = 0.7
    #: Maps the server's scores to a confidence; see ``benchmarks/stt/calibrate.py``.
    confidence: ConfidenceModel = ConfidenceModel()
    attempts: int = 3
    backoff_s: float = 0.25
    backoff_max_s: float = 4.0
    connect_timeout_s: float = 5.0
    breaker: BreakerConfig = field(default_factory=BreakerConfig)

    def __post_init__(self) -> None:
        if not 0 < self.assumed_confidence <= 1:
            raise ConfigError.at("stt", None, "remote.assumed_confidence", "must lie in (0, 1]")
        if self.attempts < 1:
            raise ConfigError.at("stt", None, "remote.attempts", "must be at least 1")


class SttReplicas(ReplicaConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scales on seconds of queued audio (``target_queued_audio_s``), not on requests.

    ``num_gpus`` is the fraction of a GPU that a replica reserves when ``device`` is ``cuda``.
    """

    max_queued_requests: int = 128
    num_cpus: float = 1.0
    num_gpus: float = 0.25
    health_check_period_s: float = 15.0


class SttConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The ``stt`` section of ``configs/serve/*.yaml``."""

    # --- weights -------------------------------------------------------------------------------------------------
    #: A model that `interview models list` shows, a directory with CTranslate2 Whisper weights, or a hub id
    #: (``Systran/faster-whisper-small``) whose snapshot is in the local hub cache. Serving never downloads.
    model: str = "whisper-tiny.en"
    #: Where hub snapshots lie; None is the hub library's own cache.
    download_dir: str | None = None

    #: ``fake`` transcribes nothing and keeps the timing of ``fake``: for load runs of the rest of the platform.
    #: ``remote`` sends pieces of speech to the server that ``remote`` names.
    engine: Literal["whisper", "remote", "fake"] = "whisper"
    remote: RemoteSttConfig = RemoteSttConfig()
    fake: FakeTiming = FakeTiming()

    # --- engine --------------------------------------------------------------------------------------------------
    device: Literal["auto", "cpu", "cuda"] = "auto"
    #: ``int8`` on a CPU, ``float16`` or ``int8_float16`` on a GPU; ``auto`` selects these.
    compute_type: str = "auto"
    #: Batches decoded concurrently. Keep ``workers × threads_per_worker`` ≤ physical cores; one is enough on a GPU.
    workers: int = 2
    threads_per_worker: int = 1
    beam_size: int = 1
    #: Fallback temperatures when a piece looks repetitive or improbable; each costs one more decode.
    temperature_fallback: tuple[float, ...] = ()
    max_new_tokens: int = 224
    #: Segments as the decoder marks them instead of one per piece: finer subtitles, a few more decoded tokens.
    segment_timestamps: bool = False
    #: ``auto`` takes the windows of the model's profile (manifest or ``serving.json``); ``full`` always pads to 30 s.
    window_policy: WindowPolicy = "auto"
    #: Windows that override the model's (seconds, ascending). Measure the word error rate before you set this.
    windows_s: tuple[float, ...] = ()

    # --- batching across requests --------------------------------------------------------------------------------
    #: Most seconds of encoder input in one batch: the weight of a piece is its window, which determines its cost.
    #: On a CPU pieces are encoded one by one and decoded together: eight 10 s pieces of tiny.en cost a third of the
    #: decoding time that they cost alone. On a GPU set 480 or more, and one worker.
    max_batch_audio_s: int = 80
    #: How long the first piece waits for others. While the engine is busy, pieces join without waiting.
    batch_wait_s: float = 0.005
    #: Hotwords beyond this many tokens are cut; prompt lengths are rounded down to multiples of the bucket.
    max_prompt_tokens: int = 64
    prompt_bucket_tokens: int = 8

    # --- limits --------------------------------------------------------------------------------------------------
    max_upload_bytes: int = 25 * 1024 * 1024
    max_duration_s: float = 600.0
    max_decoded_bytes: int = 256 * 1024 * 1024
    decode_workers: int = 2
    decode_timeout_s: float = 30.0
    #: Limit on the seconds of audio waiting or being decoded in one replica; beyond it the answer is 429.
    max_queued_audio_s: float = 1800.0
    #: Deadline of one call: the base plus this much per second of audio.
    deadline_s: float = 60.0
    deadline_per_audio_s: float = 0.5

    # --- voice activity and guards -------------------------------------------------------------------------------
    vad_threshold: float = 0.5
    #: Recordings with less speech are rejected as silent.
    min_speech_s: float = 0.1
    #: Silences at least this long are reported as ``vad`` guards.
    reported_silence_s: float = 2.0
    no_speech_threshold: float = 0.6
    log_prob_threshold: float = -1.0
    compression_ratio_threshold: float = 2.4
    #: Additional whole-segment phrases to drop, besides the built-in list of Whisper's known inventions.
    blocked_phrases: tuple[str, ...] = ()

    # --- replica -------------------------------------------------------------------------------------------------
    replicas: SttReplicas = SttReplicas()
    #: Target of the autoscaler: seconds of queued audio per replica.
    target_queued_audio_s: float = 60.0

    def __post_init__(self) -> None:
        if self.max_batch_audio_s < 30:
            raise ConfigError.at("stt", None, "max_batch_audio_s", "one full window is 30 s; set 30 or more")
