"""One response on the wire: its events in the order that clients of the Realtime API expect."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Literal

from serve.http.realtime.items import reply_item

Emit = Callable[[dict[str, Any]], None]
Status = Literal["completed", "cancelled", "failed"]
CancelReason = Literal["turn_detected", "client_cancelled"]

_NO_USAGE = {"total_tokens": 0, "input_tokens": 0, "output_tokens": 0}


class ResponseWire:
    """The events of one response with one item. After ``end`` everything is ignored."""

    def __init__(
        self,
        emit: Emit,
        *,
        response_id: str,
        item_id: str,
        previous_id: str | None,
        speaks: bool,
        metadata: dict[str, str] | None = None,
        audio: dict[str, Any] | None = None,
    ) -> None:
        self._emit = emit
        self.response_id = response_id
        self.item_id = item_id
        self.speaks = speaks
        self.said = ""
        self.ended = False
        #: The utterance of the log that is being said, once it is known, and the captions of it that were heard if the
        #: candidate interrupted it. ``withdrawn``: by going on with the answer.
        self.whole: str | None = None
        self.heard: str | None = None
        self.withdrawn = False
        self.cut_by: CancelReason | None = None
        self._previous_id = previous_id
        self._metadata = metadata
        self._audio = audio
        self._at = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
        #: The turn's reply and the number of its last event, once the turn is committed.
        self.reply: tuple[dict[str, Any], int] | None = None

    def begin(self) -> None:
        item = reply_item(self.item_id, None, speaks=self.speaks, status="in_progress")
        self._emit({"type": "response.created", "response": self._response("in_progress", [])})
        self._emit(
            {
                "type": "response.output_item.added",
                "response_id": self.response_id,
                "output_index": 0,
                "item": item,
            }
        )
        self._emit({"type": "conversation.item.added", "previous_item_id": self._previous_id, "item": item})
        self._emit({"type": "response.content_part.added", **self._at, "part": self._part("")})

    def words(self, text: str) -> None:
        """More words: the caption of the audio, or the text itself."""
        if self.ended or not text:
            return
        delta = text if not self.said else f" {text}"
        self.said += delta
        kind = "response.output_audio_transcript.delta" if self.speaks else "response.output_text.delta"
        self._emit({"type": kind, **self._at, "delta": delta})

    def sound(self, data: bytes) -> None:
        if not self.ended and data:
            delta = base64.b64encode(data).decode()
            self._emit({"type": "response.output_audio.delta", **self._at, "delta": delta})

    def replied(self, interview: dict[str, Any], seq: int) -> None:
        """The turn behind the response is committed: its reply, and the number of its last event."""
        self.reply = interview, seq

    def end(
        self,
        status: Status,
        *,
        text: str | None = None,
        details: dict[str, Any] | None = None,
        seq: int | None = None,
    ) -> dict[str, Any] | None:
        """End the response and return its item; ``text`` None is what was sent. None when it had ended."""
        if self.ended:
            return None
        self.ended = True
        text = self.said if text is None else text
        if self.speaks:
            self._emit({"type": "response.output_audio.done", **self._at})
            self._emit({"type": "response.output_audio_transcript.done", **self._at, "transcript": text})
        else:
            self._emit({"type": "response.output_text.done", **self._at, "text": text})
        self._emit({"type": "response.content_part.done", **self._at, "part": self._part(text)})
        item = reply_item(
            self.item_id, text, speaks=self.speaks, status="completed" if status == "completed" else "incomplete"
        )
        interview, seq = (None, seq) if self.reply is None else self.reply
        extra: dict[str, Any] = {} if seq is None else {"seq": seq}
        self._emit({"type": "conversation.item.done", "previous_item_id": self._previous_id, "item": item, **extra})
        self._emit(
            {"type": "response.output_item.done", "response_id": self.response_id, "output_index": 0, "item": item}
        )
        response = self._response(status, [item])
        response["status_details"] = {"type": status, **(details or {})} if status != "completed" else None
        response["usage"] = _NO_USAGE
        if interview is not None:
            response["interview"] = {**interview, "withdrawn": True} if self.withdrawn else interview
        self._emit({"type": "response.done", "response": response, **extra})
        return item

    def _part(self, text: str) -> dict[str, Any]:
        return {"type": "audio", "transcript": text} if self.speaks else {"type": "text", "text": text}

    def _response(self, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
        response: dict[str, Any] = {
            "object": "realtime.response",
            "id": self.response_id,
            "status": status,
            "status_details": None,
            "output": output,
            "output_modalities": ["audio"] if self.speaks else ["text"],
            "metadata": self._metadata,
            "usage": None,
        }
        if self._audio is not None and self.speaks:
            response["audio"] = {"output": self._audio}
        return response
