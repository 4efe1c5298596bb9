"""Transcribes a recording: sent to speech-to-text once, before its answer is accepted, and hashed once."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from deployments.agent.contract import HearRequest
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.runtime import Runtime
from deployments.stt.contract import EngineInfo, TranscribeRequest, Transcript
from interview.errors import AudioRejected, InterviewError, NotFound, UnsupportedRequest
from interview.plans.plan import InterviewPlan
from interview.sessions.events import AnswerTranscribed
from interview.sessions.session import AudioRef, SessionState
from storage.blobs.audio_types import media_type_of
from storage.blobs.layout import stored_audio
from storage.sessions.port import SessionKey

#: Vocabulary words that bias the decoder; more would displace speech in Whisper's prompt.
MAX_HOTWORDS = 48
#: An English prompt after which Whisper writes an ellipsis where speech breaks off. Without it, a fragment ends like a
#: sentence, and often without the word that leads on.
BREAKS_OFF = "So I thought about it, because... And then we, um... When I... Which was..."


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
        return transcribed(self.transcript, turn, self.failure)


def transcribed(transcript: Transcript, turn: int, failure: str = "") -> AnswerTranscribed:
    """The event of an answer's transcript."""
    return AnswerTranscribed(
        turn=turn,
        text=transcript.text,
        confidence=transcript.confidence,
        duration_s=transcript.duration_s,
        language=transcript.language,
        engine=msgspec.to_builtins(transcript.engine),
        segments=tuple(msgspec.to_builtins(segment) for segment in transcript.segments),
        guards=tuple(msgspec.to_builtins(guard) for guard in transcript.guards),
        failure=failure,
    )


async def hear_part(runtime: Runtime, request: HearRequest) -> Transcript:
    """Raises as ``contract.Agent.hear``."""
    stt = runtime.ports.stt
    if stt is None:
        raise UnsupportedRequest("Speech recognition is not installed here; please type the answer.")
    state = await runtime.ports.sessions.load(SessionKey(request.tenant, request.interview_id))
    if state is None:
        raise NotFound("There is no such interview.")
    recording = Recording.of(request.audio, request.content_type)
    asked = transcription_request(recording, state, await runtime.plans.get(state))
    if request.for_its_end:
        asked = msgspec.structs.replace(asked, prompt=BREAKS_OFF, hotwords=())
    return await stt.transcribe(asked)


async def hear(
    runtime: Runtime,
    recording: Recording,
    state: SessionState,
    times: StageTimes,
    transcript: Transcript | None = None,
) -> HeardRecording:
    """Transcribe ``recording``, unless its ``transcript`` is known, and store it.

    Raises:

        AudioRejected, UnsupportedRequest: the recording has no usable speech; nothing was stored.
        Overloaded, DeadlineExceeded, Unavailable: retryable; nothing was stored.
        StorageUnavailable: the recording could not be stored.
    """
    failure = ""
    if transcript is None:
        with times.stage("stt"):
            transcript, failure = await _transcribed(runtime, recording, state)
    audio = await keep(runtime, recording, state, times)
    return HeardRecording(msgspec.structs.replace(audio, duration_s=transcript.duration_s), transcript, failure)


async def keep(runtime: Runtime, recording: Recording, state: SessionState, times: StageTimes) -> AudioRef:
    """Store ``recording`` as the next turn's; it is not decoded, so ``duration_s`` is 0.

    Raises:

        StorageUnavailable: it could not be stored.
    """
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
    return AudioRef(
        url=stored.url,
        content_type=recording.content_type,
        size_bytes=len(recording.audio),
        sha256=recording.sha256,
    )


async def _transcribed(runtime: Runtime, recording: Recording, state: SessionState) -> tuple[Transcript, str]:
    """The transcript, and the reason if speech recognition failed permanently."""
    stt = runtime.ports.stt
    if stt is None:
        raise UnsupportedRequest("Speech recognition is not installed here; please type the answer.")
    request = transcription_request(recording, state, await runtime.plans.get(state))
    try:
        return await stt.transcribe(request), ""
    except AudioRejected:
        raise
    except InterviewError as error:
        if error.retryable:
            raise
        # A retry cannot fix this: the candidate is asked again, and may type.
        return nothing_heard(request, error), f"{error.code}: {error.message}"


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
