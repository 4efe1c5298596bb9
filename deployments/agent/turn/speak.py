"""The interviewer's voice: synthesise the reply and keep it as a blob; without a voice the text stands alone."""

from __future__ import annotations

import hashlib

from deployments.agent.config import AgentConfig
from deployments.agent.turn.slow_work import Spoken
from deployments.tts.contract import SynthesisRequest, TextToSpeech
from interview.errors import InterviewError
from interview.sessions.events import FallbackEntered
from interview.sessions.session import AudioRef
from storage.blobs.layout import audio_name, audio_path, audio_url
from storage.blobs.port import BlobStore


class Speaker:
    def __init__(self, tts: TextToSpeech | None, blobs: BlobStore, config: AgentConfig) -> None:
        self._tts = tts
        self._blobs = blobs
        self._format = config.reply_audio_format

    async def speak(self, text: str, *, tenant: str, interview_id: str, turn: int, language: str) -> Spoken:
        """The reply's audio. Never raises for a voice's failure: the result says what went wrong."""
        if self._tts is None:
            return Spoken(audio=None)
        try:
            speech = await self._tts.synthesize(SynthesisRequest(text=text, format=self._format, language=language))
            sha256 = hashlib.sha256(speech.audio).hexdigest()
            name = audio_name(turn, "interviewer", sha256, speech.content_type)
            await self._blobs.put(audio_path(tenant, interview_id, name), speech.audio)
        except InterviewError as error:
            return Spoken(audio=None, error=error)
        return Spoken(
            audio=AudioRef(
                url=audio_url(interview_id, name),
                content_type=speech.content_type,
                size_bytes=len(speech.audio),
                sha256=sha256,
                duration_s=speech.duration_s,
            )
        )


def voice_fallback(turn: int, error: InterviewError) -> FallbackEntered:
    return FallbackEntered(turn=turn, tier="tts", to="text only", reason=f"{error.code}: {error.message}")
