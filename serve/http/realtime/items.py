"""The items of a conversation as clients see them, and the part of the event log that becomes items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from interview.plans.questions import QuestionCard
from interview.sessions.events import AnswerReceived, AnswerTranscribed, Event, ResponseSent
from interview.sessions.hearing import as_heard
from serve.http.realtime.faults import Fault

#: An answer that came over a socket has this prefix in its Idempotency-Key; the rest is its item's id.
KEY_PREFIX = "realtime-"

#: Older items of a connection can no longer be retrieved; the log keeps everything.
MAX_ITEMS = 1_000


class LoggedItem(Struct, frozen=True):
    """An item of the log. ``seq`` is its event's; a client resumes after it."""

    item: dict[str, Any]
    seq: int
    response: ResponseSent | None = None


class Items:
    """The items in order, by id."""

    def __init__(self) -> None:
        self._items: dict[str, dict[str, Any]] = {}

    @property
    def last_id(self) -> str | None:
        return next(reversed(self._items), None)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def put(self, item: dict[str, Any]) -> None:
        self._items[item["id"]] = item
        while len(self._items) > MAX_ITEMS:
            del self._items[next(iter(self._items))]

    def get(self, item_id: str, code: str) -> dict[str, Any]:
        """Raises Fault with ``code``: there is no such item."""
        found = self._items.get(item_id)
        if found is None:
            raise Fault(code, "There is no item with this id.", "item_id")
        return found

    def delete(self, item_id: str) -> None:
        self.get(item_id, "item_delete_invalid_item_id")
        del self._items[item_id]


def user_item(item_id: str, *, text: str | None = None, transcript: str | None = None) -> dict[str, Any]:
    """An answer: typed ``text``, or a recording with its ``transcript`` once there is one."""
    spoken = {"type": "input_audio", "transcript": transcript}
    return _message(item_id, "user", spoken if text is None else {"type": "input_text", "text": text})


def reply_item(item_id: str, text: str | None, *, speaks: bool, status: str = "completed") -> dict[str, Any]:
    """An utterance of the interviewer; ``text`` None is one that has just begun."""
    kind, field = ("output_audio", "transcript") if speaks else ("output_text", "text")
    item = _message(item_id, "assistant", None if text is None else {"type": kind, field: text})
    item["status"] = status
    return item


def _message(item_id: str, role: str, content: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": item_id,
        "type": "message",
        "object": "realtime.item",
        "status": "completed",
        "role": role,
        "content": [] if content is None else [content],
    }


def reply_id(turn: int, hint: int | None = None, returned: int = 0) -> str:
    if returned:
        return f"item_reply_{turn}_return_{returned}"
    return f"item_reply_{turn}" if hint is None else f"item_reply_{turn}_hint_{hint}"


def answer_id(turn: int, idempotency_key: str) -> str:
    if idempotency_key.startswith(KEY_PREFIX):
        return idempotency_key.removeprefix(KEY_PREFIX)
    return f"item_answer_{turn}"


def logged_items(events: Iterable[Event], *, speaks: bool) -> Iterator[LoggedItem]:
    """The answers and utterances among ``events``; an answer without a transcript yet is left out, and an utterance
    that was interrupted has the words that were heard."""
    ids: dict[int, str] = {}
    log = list(events)
    for event, heard in zip(log, as_heard(log), strict=True):
        match event.data:
            case AnswerReceived(turn=turn, idempotency_key=key, text=text):
                ids[turn] = answer_id(turn, key)
                if text is not None:
                    yield LoggedItem(user_item(ids[turn], text=text), event.seq)
            case AnswerTranscribed(turn=turn, text=text):
                item_id = ids.get(turn, answer_id(turn, ""))
                yield LoggedItem(user_item(item_id, transcript=text), event.seq)
            case ResponseSent(turn=turn, hint=hint) as sent:
                said = heard.data.text if isinstance(heard.data, ResponseSent) else sent.text
                status = "completed" if said == sent.text else "incomplete"
                item = reply_item(reply_id(turn, hint, sent.returned), said, speaks=speaks, status=status)
                yield LoggedItem(item, event.seq, sent)
            case _:
                pass  # the other events are no part of the conversation


def open_question(events: Sequence[Event]) -> QuestionCard | None:
    """The card of the last question that was put."""
    for event in reversed(events):
        if isinstance(event.data, ResponseSent) and event.data.question is not None:
            return event.data.question
    return None
