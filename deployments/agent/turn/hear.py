"""Transcribes a recording: sent to speech-to-text once, before its answer is accepted, and hashed once."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.runtime import Runtime
from deployments.stt.contract import EngineInfo, TranscribeRequest, Transcript
from interview.errors import AudioRejected, InterviewError, UnsupportedRequest
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnswerTranscribed
from interview.sessions.session import AudioRef, SessionState
from storage.blobs.audio_types import media_type_of
from storage.blobs.layout import stored_audio

#: Vocabulary words that bias the decoder; more would displace speech in Whisper's prompt.
MAX_HOTWORDS = 48


class Recording(Struct, frozen=True):
    """A candidate's encoded recording, its detected media type, and its SHA-256 in hexadecimal."""

    audio: bytes
    content_type: str
    sha256: str

    @classmethod
    def of(cls, audio: bytes, content_type: str) -> Recording:
        return cls(audio, media_type_of(audio, content_type), hashlib.sha256(audio).hexdigest())


class HeardRecording(Struct, frozen=True):
    """A stored recording and its transcript; ``failure`` is the reason if speech recognition failed permanently."""

    audio: AudioRef
    transcript: Transcript
    failure: str = ""

    def transcribed(self, turn: int) -> AnswerTranscribed:
        transcript = self.transcript
        return AnswerTranscribed(
            turn=turn,
            text=transcript.text,
            confidence=transcript.confidence,
            duration_s=transcript.duration_s,
            language=transcript.language,
            engine=msgspec.to_builtins(transcript.engine),
            segments=tuple(msgspec.to_builtins(segment) for segment in transcript.segments),
            guards=tuple(msgspec.to_builtins(guard) for guard in transcript.guards),
            failure=self.failure,
        )


async def hear(runtime: Runtime, recording: Recording, state: SessionState, times: StageTimes) -> HeardRecording:
    """Transcribe ``recording`` and store it.

    Raises:

        AudioRejected, UnsupportedRequest: the recording has no usable speech; nothing was stored.
        Overloaded, DeadlineExceeded, Unavailable: retryable; nothing was stored.
        StorageUnavailable: the recording could not be stored.
    """
    stt = runtime.ports.stt
    if stt is None:
        raise UnsupportedRequest("Speech recognition is not installed here; please type the answer.")
    request = transcription_request(recording, state, await runtime.plans.get(state))
    failure = ""
    with times.stage("stt"):
        try:
            transcript = await stt.transcribe(request)
        except AudioRejected:
            raise
        except InterviewError as error:
            if error.retryable:
                raise
            # A retry cannot fix this: the candidate is asked again, and may type.
            transcript, failure = nothing_heard(request, error), f"{error.code}: {error.message}"
    stored = stored_audio(
        state.tenant,
        state.interview_id,
        state.turn_number + 1,
        "candidate",
        sha256=recording.sha256,
        content_type=recording.content_type,
    )
    with times.stage("blob"):
        await runtime.ports.blobs.put(stored.path, recording.audio)
    audio = AudioRef(
        url=stored.url,
        content_type=recording.content_type,
        size_bytes=len(recording.audio),
        sha256=recording.sha256,
        duration_s=transcript.duration_s,
    )
    return HeardRecording(audio, transcript, failure)


def transcription_request(recording: Recording, state: SessionState, plan: InterviewPlan) -> TranscribeRequest:
    """The recording with this question's vocabulary as bias."""
    asked = state.current_question
    question = plan.by_id.get(asked.question_id) if asked else None
    words = (*(question.vocabulary if question else ()), *plan.vocabulary)
    return TranscribeRequest(
        audio=recording.audio,
        content_type=recording.content_type,
        language=state.language or None,
        hotwords=tuple(dict.fromkeys(words))[:MAX_HOTWORDS],
    )


def nothing_heard(request: TranscribeRequest, error: InterviewError) -> Transcript:
    return Transcript(
        text="",
        language=request.language or "",
        duration_s=0.0,
        segments=(),
        confidence=0.0,
        engine=EngineInfo(name="none", model="", notice=error.message),
    )
