"""What a client is told of the items of a conversation, in the events of the Realtime API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from interview.errors import InterviewError
from serve.http.realtime.items import Items, user_item


class Announcer:
    """Keeps ``items`` in step with what the client was told through ``emit``."""

    def __init__(self, emit: Callable[[dict[str, Any]], None], items: Items) -> None:
        self._emit = emit
        self._items = items

    def added(self, item: dict[str, Any], **extra: Any) -> None:
        for kind in ("added", "done"):
            self._emit(
                {
                    "type": f"conversation.item.{kind}",
                    "previous_item_id": self._items.last_id,
                    "item": item,
                    **extra,
                }
            )
        self._items.put(item)

    def deleted(self, item_id: str) -> None:
        """Raises Fault: there is no such item."""
        self._items.delete(item_id)
        self._emit({"type": "conversation.item.deleted", "item_id": item_id})

    def committed(self, item_id: str) -> None:
        """The audio of an answer was taken; its item follows."""
        previous = self._items.last_id
        self._emit({"type": "input_audio_buffer.committed", "previous_item_id": previous, "item_id": item_id})

    def caption(self, item_id: str, words: str) -> None:
        """Words of an answer that is still being given."""
        self._emit(
            {
                "type": "conversation.item.input_audio_transcription.delta",
                "item_id": item_id,
                "content_index": 0,
                "delta": f"{words.strip()} ",
            }
        )

    def transcript(self, item_id: str | None, text: str, duration_s: float) -> None:
        """None is an answer without an item: it was typed."""
        if item_id is None:
            return
        self._items.put(user_item(item_id, transcript=text))
        self._emit(
            {
                "type": "conversation.item.input_audio_transcription.completed",
                "item_id": item_id,
                "content_index": 0,
                "transcript": text,
                "usage": {"type": "duration", "seconds": round(duration_s, 3)},
            }
        )

    def no_transcript(self, item_id: str | None, error: InterviewError) -> None:
        self._emit(
            {
                "type": "conversation.item.input_audio_transcription.failed",
                "item_id": item_id or "",
                "content_index": 0,
                "error": {"type": "transcription_error", "code": error.code, "message": error.message, "param": None},
            }
        )

    def truncated(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        self._emit(
            {
                "type": "conversation.item.truncated",
                "item_id": item_id,
                "content_index": content_index,
                "audio_end_ms": audio_end_ms,
            }
        )
