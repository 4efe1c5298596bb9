"""Configuration of the agent tier: section ``agent`` of a Serve config."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from deployments.shell.replicas import ReplicaConfig
from interview.limits import MAX_ANSWER_CHARS, MAX_DOCUMENT_CHARS


class AgentReplicas(ReplicaConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scales up quickly, because candidates wait."""

    upscale_delay_s: float = 5.0
    health_check_timeout_s: float = 10.0


class AgentConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the agent tier. Times in seconds, sizes in bytes, confidences in [0, 1].

    Sessions:

        ``require_consent``: a plan with a consent text starts only once the candidate accepted it.
        ``lease_s``: the lease of the worker that accepted a turn; after it, a retry takes over. It must exceed the
        slowest turn after transcription (grade + decision + speech), else two workers do the same work.
        ``max_repeats``: how often, per question, a candidate may ask for a repeat or a moment before it moves on.

    Limits: ``max_answer_chars``, ``max_audio_bytes``, ``max_document_chars``, ``max_signals_bytes``.

    Hearing and judging:

        ``unsure_below``: below this transcript confidence (expected share of right words) the question is repeated and
            the answer not scored.
        ``short_answer_words``: a shorter answer to an open question is probed once.
        ``off_topic_below``: so is an answer with a lower score.
        ``judge_open_answers``: queue the rubric grading of open answers in the background.

    Speaking:

        ``interviewer``: ``auto`` uses the model when one serves, ``scripted`` never, ``model`` always tries.
        ``decide_deadline_s``: the model's time for one decision; then the scripted interviewer answers.
        ``model_window_tokens``: the model's context size, including ``reply_tokens`` for the reply.
        ``temperature``: of the interviewer's utterances.
        ``breaker_failures``, ``breaker_open_s``: after this many consecutive failures the script interviews for this
        long, then one turn tries the model again.
        ``reply_audio_format``: of the interviewer's voice.

    Serving: ``stt_timeout_s`` … are the deadlines of the calls to the other tiers; ``plan_cache`` is the number of
    decoded plans a replica caches; ``speech_cache_bytes`` bounds its cache of spoken replies (0: none); ``by_value``
    sends small payloads over Serve's gRPC channel (throughput mode); ``replicas`` scales on the turns in flight per
    replica.
    """

    require_consent: bool = True
    lease_s: float = 45.0
    max_repeats: int = 4

    max_answer_chars: int = MAX_ANSWER_CHARS
    max_audio_bytes: int = 25 * 1024 * 1024
    max_document_chars: int = MAX_DOCUMENT_CHARS
    max_signals_bytes: int = 16 * 1024

    unsure_below: float = 0.65
    short_answer_words: int = 8
    off_topic_below: float = 0.1
    judge_open_answers: bool = True

    interviewer: Literal["auto", "scripted", "model"] = "auto"
    decide_deadline_s: float = 8.0
    model_window_tokens: int = 8192
    reply_tokens: int = 400
    temperature: float = 0.4
    breaker_failures: int = 3
    breaker_open_s: float = 20.0
    reply_audio_format: Literal["wav", "mp3", "opus", "pcm"] = "wav"

    stt_timeout_s: float = 30.0
    grading_timeout_s: float = 5.0
    tts_timeout_s: float = 20.0
    plan_cache: int = 64
    speech_cache_bytes: int = 16 * 1024 * 1024
    by_value: bool = True

    replicas: AgentReplicas = AgentReplicas()
