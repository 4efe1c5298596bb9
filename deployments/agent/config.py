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
    """Settings of the agent tier. Times in seconds, sizes in bytes, confidences in [0, 1]."""

    # --- sessions ------------------------------------------------------------------------------------------------
    #: A plan with a consent text starts only after the candidate has accepted it.
    require_consent: bool = True
    #: How long the worker that accepted a turn may keep it; after that, a retry takes over. It must exceed the slowest
    #: turn after transcription (grade + decision + speech), or two workers do the same work.
    lease_s: float = 45.0
    #: A working worker renews its lease this often, each time for four such periods: that long a retry waits for a
    #: worker that was killed. 0: the lease is written once, for ``lease_s``.
    renew_lease_every_s: float = 2.0
    #: Requests to repeat the question or to wait, per question, before the agent moves on.
    max_repeats: int = 4

    # --- limits --------------------------------------------------------------------------------------------------
    max_answer_chars: int = MAX_ANSWER_CHARS
    max_audio_bytes: int = 25 * 1024 * 1024
    max_document_chars: int = MAX_DOCUMENT_CHARS
    max_signals_bytes: int = 16 * 1024

    # --- hearing and judging -------------------------------------------------------------------------------------
    #: Below this transcript confidence (expected share of right words) the question is repeated and the answer is not
    #: scored.
    unsure_below: float = 0.65
    #: The same for a transcript that is nothing but an option or a number, as the question asks for: such words are
    #: right at lower confidences, because noise and other languages are not heard as an answer of that form.
    unsure_form_below: float = 0.45
    #: A shorter answer to an open question is probed once.
    short_answer_words: int = 8
    #: An answer with a lower score is probed once, too.
    off_topic_below: float = 0.1
    #: Queue the rubric grading of open answers in the background.
    judge_open_answers: bool = True

    # --- speaking ------------------------------------------------------------------------------------------------
    #: ``auto`` uses the model when one serves, ``scripted`` never, ``model`` always tries.
    interviewer: Literal["auto", "scripted", "model"] = "auto"
    #: The model's time for one decision; then the scripted interviewer answers.
    decide_deadline_s: float = 8.0
    #: The model's context size, including ``reply_tokens`` for the reply.
    model_window_tokens: int = 8192
    reply_tokens: int = 400
    #: Ask the model for one token when an interview starts, so that an engine with a prefix cache has computed the
    #: fixed part of its prompts before the first answer. For a slow engine, or one that few interviews share.
    warm_prefix: bool = False
    #: The temperature of the interviewer's utterances.
    temperature: float = 0.4
    #: After this many consecutive failures the script interviews for ``breaker_open_s``; then one turn tries the model
    #: again.
    breaker_failures: int = 3
    breaker_open_s: float = 20.0
    #: The format of the interviewer's voice.
    reply_audio_format: Literal["wav", "mp3", "opus", "pcm"] = "wav"

    # --- serving -------------------------------------------------------------------------------------------------
    #: Deadlines of the calls to the other tiers.
    stt_timeout_s: float = 30.0
    grading_timeout_s: float = 5.0
    tts_timeout_s: float = 20.0
    #: The number of decoded plans that a replica caches.
    plan_cache: int = 64
    #: The number of recent replies whose stored audio a replica copies when they recur; 0 switches it off.
    spoken_lines: int = 2048
    #: Send small payloads over Serve's gRPC channel (throughput mode).
    by_value: bool = True
    #: Scales on the turns in flight per replica.
    replicas: AgentReplicas = AgentReplicas()
