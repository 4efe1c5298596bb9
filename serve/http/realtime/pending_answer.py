"""An answer that was committed or typed and has no reply yet: its items, joined, under one Idempotency-Key."""

from __future__ import annotations

import numpy as np

from deployments.agent.contract import TurnRequest
from deployments.stt.contract import Transcript, joined
from serve.http.realtime.audio_formats import HEARD_HZ, Samples, wav_of
from serve.http.realtime.faults import Fault
from serve.http.realtime.items import KEY_PREFIX
from serve.http.realtime.thinking_ahead import Preparing
from storage.sessions.port import SessionKey


class PendingAnswer:
    """Spoken or typed, never both. Its key is the id of its last item, so that a retry is the same answer."""

    def __init__(self) -> None:
        self.item_id: str | None = None
        self.at_once = False
        #: The reply that is being prepared, if the answer has one part.
        self.prepared: Preparing | None = None
        self._spoken: list[tuple[Samples, Transcript | None]] = []
        self._typed: list[str] = []

    def __bool__(self) -> bool:
        return self.item_id is not None

    @property
    def transcribed(self) -> bool:
        """Whether the client has the transcript already, or needs none."""
        return bool(self._typed) or all(transcript is not None for _, transcript in self._spoken)

    @property
    def audio_ms(self) -> int:
        return sum(len(samples) for samples, _ in self._spoken) * 1000 // HEARD_HZ

    def check_speech(self) -> None:
        """Raises Fault: the answer has been begun in writing."""
        if self._typed:
            raise Fault("invalid_value", "A typed answer waits for response.create; an answer is spoken or typed.")

    def speak(
        self, item_id: str, samples: Samples, transcript: Transcript | None, prepared: Preparing | None = None
    ) -> None:
        """``prepared``: a reply to these words alone."""
        self.prepared = None if self._spoken else prepared
        self._spoken.append((samples, transcript))
        self.item_id = item_id

    def type(self, item_id: str, text: str) -> None:
        """Raises Fault: a spoken answer waits for its reply, or there are no words."""
        if self._spoken:
            raise Fault("invalid_value", "A spoken answer waits for response.create; an answer is spoken or typed.")
        if not text:
            raise Fault("invalid_value", "The text is empty.", "item.content")
        self._typed.append(text)
        self.item_id = item_id

    def later(self, newer: PendingAnswer) -> PendingAnswer:
        """This answer, which could not be given, and what came after it, as one."""
        if not newer:
            return self
        self.prepared = None
        self._spoken += newer._spoken
        self._typed += newer._typed
        self.item_id, self.at_once = newer.item_id, newer.at_once
        return self

    def request(self, key: SessionKey, *, speaks: bool) -> TurnRequest:
        """The turn of the agent. Raises ValueError: there is no answer."""
        if self.item_id is None:
            raise ValueError("there is no answer")
        spoken = bool(self._spoken)
        return TurnRequest(
            tenant=key.tenant,
            interview_id=key.interview_id,
            idempotency_key=f"{KEY_PREFIX}{self.item_id}",
            text=None if spoken else " ".join(self._typed),
            audio=wav_of(np.concatenate([samples for samples, _ in self._spoken])) if spoken else None,
            content_type="audio/wav" if spoken else "",
            voice=speaks,
            stream_audio=speaks,
            transcript=self._transcript() if spoken else None,
        )

    def _transcript(self) -> Transcript | None:
        parts, start_s = [], 0.0
        for samples, transcript in self._spoken:
            if transcript is None:
                return None
            parts.append((start_s, transcript))
            start_s += len(samples) / HEARD_HZ
        return joined(parts, start_s)
