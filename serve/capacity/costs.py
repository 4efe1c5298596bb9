"""The costs that a capacity plan rests on, each with the result file that it was measured in, or marked unmeasured."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Cost(Struct, frozen=True):
    """One constant. ``source`` is a file of ``benchmarks/results``; None marks an estimate that no run supports.

    ``field`` is the path of the value in the file, divided by dots; empty where ``note`` says how it was derived.
    """

    value: float
    unit: str
    note: str
    source: str | None = None
    field: str = ""


_LOAD = "2026-11-21-load-1000.json"

#: Measured on 2 cores of an AMD EPYC; CPU costs scale with the speed of a core.
COSTS: Mapping[str, Cost] = {
    "ingress_cpu_ms": Cost(6.697, "ms of CPU a turn", "ingress with the agent in it", _LOAD, "cpu_ms_per_turn.ingress"),
    "platform_cpu_ms": Cost(
        10.86, "ms of CPU a turn", "all processes with fake models, Redis included", _LOAD, "cpu_ms_per_turn_total"
    ),
    "redis_cpu_ms": Cost(0.768, "ms of CPU a turn", "one thread serves all commands", _LOAD, "cpu_ms_per_turn.redis"),
    "redis_bytes": Cost(
        12_300.0, "bytes a turn", "peak memory of Redis ÷ the turns of the run: events, snapshot, records", _LOAD
    ),
    "stt_cpu_tiny": Cost(
        0.0246, "core-seconds a second of audio", "whisper-tiny.en, tier, 16 callers: rtf × 2 cores",
        "2026-11-29-stt-tiny.en-10s.json",
    ),
    "stt_cpu_base": Cost(
        0.0256, "core-seconds a second of audio", "whisper-base, tier, 16 callers: rtf × 2 cores",
        "2026-11-29-stt-base-10s.json",
    ),
    "tts_cpu_kokoro": Cost(
        0.439, "core-seconds a second of speech", "kokoro-82m, fresh words, four sessions",
        "2026-11-29-tts-four-sessions.json", "runs.0.cpu",
    ),
    "answer_s": Cost(30.0, "s of audio an answer", "a spoken answer"),
    "reply_s": Cost(8.0, "s of speech a reply", "a reply; a plan's own words are spoken once and kept"),
    "interviewer_tokens": Cost(80.0, "tokens a turn", "completion of an interviewer that a model plays"),
    "judge_tokens": Cost(
        50.0, "tokens a turn",
        "three samples for the open 70 % of answers; 24 for one criterion (2026-11-30-judge-qwen2.5-coder-1.5b.json)",
    ),
    "prompt_tokens": Cost(2500.0, "tokens a turn", "prompts of interviewer and judge, most of them a cached prefix"),
    "network_text_bytes": Cost(20_000.0, "bytes a turn", "request and reply as JSON"),
    "network_audio_bytes": Cost(200_000.0, "bytes a spoken turn", "an Opus recording up, WAV or Opus down"),
    "stt_gpu_realtime": Cost(150.0, "s of audio a second", "faster-whisper-large-v3, int8_float16, one GPU"),
}  # fmt: skip

#: Tokens per second of one GPU, all requests together, by model size and card. Assumptions: this project has run on no
#: GPU. Replace them by the figures of `benchmarks/llm` on your card before you buy anything.
GPU_TOKENS_PER_S: Mapping[str, Mapping[str, float]] = {
    "7b": {"L40S": 2500.0, "A100": 4000.0, "H100": 8000.0, "H200": 9000.0},
    "14b": {"L40S": 1200.0, "A100": 2200.0, "H100": 4500.0, "H200": 5000.0},
    "32b": {"A100": 1000.0, "H100": 2200.0, "H200": 2500.0},
}
