"""The tiers' clients for the public inference API, with the tiers' own deadlines instead of a turn's.

A turn gives up on a slow model after seconds, because the scripted interviewer can answer. A client of ``/v1`` asked
for this model and may wait as long as the tier allows.
"""

from __future__ import annotations

from typing import NamedTuple

from deployments.llm.contract import LanguageModel, LanguageModelClient
from deployments.shell.handle_rpc import ServeHandle, handle_caller, handle_stream_caller
from deployments.stt.contract import SpeechToTextClient
from deployments.tts.contract import TextToSpeechClient
from serve.settings import Settings

#: Grace period for a tier's own error, which says more than "did not answer".
GRACE_S = 5.0


class InferenceClients(NamedTuple):
    """None means that the tier is not deployed."""

    stt: SpeechToTextClient | None
    llm: LanguageModel | None
    tts: TextToSpeechClient | None


def inference_clients(
    settings: Settings,
    *,
    stt: ServeHandle | None = None,
    llm: ServeHandle | None = None,
    tts: ServeHandle | None = None,
) -> InferenceClients:
    """Clients over the handles of the deployed tiers."""
    by_value = settings.agent.by_value
    longest_stt_s = settings.stt.deadline_s + settings.stt.deadline_per_audio_s * settings.stt.max_duration_s + GRACE_S
    llm_s, tts_s = settings.llm.deadline_s + GRACE_S, settings.tts.deadline_s + GRACE_S
    return InferenceClients(
        stt=SpeechToTextClient(handle_caller(stt, timeout_s=longest_stt_s, tier="stt", by_value=by_value))
        if stt is not None
        else None,
        llm=LanguageModelClient(
            handle_caller(llm, timeout_s=llm_s, tier="llm", by_value=by_value),
            handle_stream_caller(llm, timeout_s=llm_s, tier="llm", by_value=by_value),
        )
        if llm is not None
        else None,
        tts=TextToSpeechClient(
            handle_caller(tts, timeout_s=tts_s, tier="tts", by_value=by_value),
            handle_stream_caller(tts, timeout_s=tts_s, tier="tts"),
        )
        if tts is not None
        else None,
    )


def judge_client(settings: Settings, handle: ServeHandle) -> LanguageModel:
    """The client of ``llm.judge``, for probes and the console."""
    timeout_s = (settings.llm.of_judge or settings.llm).deadline_s + GRACE_S
    return LanguageModelClient(
        handle_caller(handle, timeout_s=timeout_s, tier="judge"),
        handle_stream_caller(handle, timeout_s=timeout_s, tier="judge"),
    )
