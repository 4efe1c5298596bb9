"""Configuration of the text-to-speech tier: section ``tts`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from deployments.shell.replicas import ReplicaConfig

#: OpenAI's voice names mapped to espeak-ng's, so that a client written for OpenAI works unchanged.
OPENAI_VOICES: dict[str, str] = {
    "alloy": "en-us",
    "ash": "en-us+m3",
    "ballad": "en-us+f4",
    "cedar": "en-us+m4",
    "coral": "en-us+f2",
    "echo": "en-us+m7",
    "fable": "en-gb-x-rp",
    "marin": "en-us+f5",
    "nova": "en-us+f3",
    "onyx": "en-gb-x-rp+m2",
    "sage": "en-gb-scotland",
    "shimmer": "en-gb-x-rp+f2",
    "verse": "en-us+m1",
}


class EspeakConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """``rate_wpm`` is the rate at speed 1.0, in words per minute; ``pitch`` is espeak's 0–99.

    ``library`` and ``data`` override the copies in the ``espeakng-loader`` wheel.
    """

    default_voice: str = "en-us"
    rate_wpm: int = 165
    pitch: int = 50
    library: str | None = None
    data: str | None = None


class KokoroConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """``model``: a name that ``interview models list`` shows, or the path of an ``.onnx`` file.

    ``voices``: a directory of Kokoro's voice vectors (``NAME.bin``); ``""`` is the three in this repository.
    ``threads``: cores that one sentence is spoken on.
    """

    model: str = "kokoro-82m-int8"
    voices: str = ""
    default_voice: str = "af_heart"
    threads: int = 2


class PiperConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """``model``: as Kokoro's; an ``.onnx`` file needs its ``.onnx.json``. ``threads``: as Kokoro's; more than one
    makes a Piper voice slower."""

    model: str = "piper-en-us-joe"
    threads: int = 1


class FakeVoiceConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Service time of the fake: ``median_s`` 0 answers at once; ``sigma`` 0 is fixed, else lognormal, seeded."""

    median_s: float = 0.0
    sigma: float = 0.0
    seed: int = 0


class LoudnessConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The integrated loudness (ITU-R BS.1770-4, gated) of every sentence, and the peak limit.

    −20 LUFS is near the mastering level of spoken podcasts in mono (−19), and low enough that the limiter rarely works:
    synthetic voices peak 18 to 20 dB above their loudness. −1 dBFS leaves headroom for lossy codecs.
    """

    target_lufs: float = -20.0
    peak_dbfs: float = -1.0
    max_gain_db: float = 24.0


class TtsReplicas(ReplicaConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scales on replies in flight: one replica speaks ``workers`` sentences at once."""

    target_ongoing_requests: float = 4.0
    upscale_delay_s: float = 5.0
    #: An idle voice speaks a word at each check, which costs a natural one 0.3 s of processor time.
    health_check_period_s: float = 30.0
    num_cpus: float = 0.25
    max_ongoing_requests: int = 32
    max_queued_requests: int = 128


class TtsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the text-to-speech tier."""

    #: ``auto`` is Kokoro where its weights are installed, else espeak-ng.
    engine: Literal["auto", "kokoro", "piper", "espeak", "fake"] = "auto"
    espeak: EspeakConfig = EspeakConfig()
    kokoro: KokoroConfig = KokoroConfig()
    piper: PiperConfig = PiperConfig()
    fake: FakeVoiceConfig = FakeVoiceConfig()
    loudness: LoudnessConfig = LoudnessConfig()
    #: Sentences synthesised at the same time in one replica (processes for espeak-ng).
    workers: int = 1
    #: Requests that may wait for a worker in one replica; the next one gets 429.
    max_queued: int = 64
    #: For one request, from arrival to the last byte.
    deadline_s: float = 20.0
    #: Longest text (OpenAI's own limit is 4,096).
    max_characters: int = 4096
    min_speed: float = 0.5
    max_speed: float = 2.5
    #: Encoded speech cached per replica; 0 switches the cache off.
    cache_bytes: int = 64 * 1024 * 1024
    #: Spoken sentences cached per replica, for every requested format.
    sentence_cache_bytes: int = 32 * 1024 * 1024
    #: Planned sentences that are synthesised ahead and stored on disk; 0 switches that off.
    kept_bytes: int = 512 * 1024 * 1024
    #: Their directory; ``""`` is ``speech`` in the platform's data directory (``INTERVIEW_DATA_DIR``).
    kept_directory: str = ""
    #: Silence between two sentences.
    pause_s: float = 0.25
    #: Silence between a stream's first clause and the rest.
    clause_pause_s: float = 0.1
    mp3_bitrate: int = 48_000
    opus_bitrate: int = 32_000
    #: Extra names for voices; None is OpenAI's names for the chosen engine.
    voice_aliases: dict[str, str] | None = None
    replicas: TtsReplicas = TtsReplicas()
