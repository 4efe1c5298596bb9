"""Items that clients create: typed answers."""

from __future__ import annotations

import secrets
from typing import Any

from serve.http.realtime import client_events as ev
from serve.http.realtime.faults import Fault
from serve.http.realtime.items import user_item


def new_item_id() -> str:
    return f"item_{secrets.token_hex(12)}"


def created_item(event: ev.ItemCreate) -> tuple[dict[str, Any], str]:
    """The item as it is shown, and its text. Roles other than ``user`` are shown and ignored: the plan decides what is
    said.

    Raises:

        Fault: no message, an unusable id, or content other than text.
    """
    item = event.item
    item_id = item.id or new_item_id()
    if item.type != "message" or item.role not in ("user", "system", "assistant"):
        raise Fault("invalid_value", "Only messages can be added to an interview.", "item.type")
    if not ev.ITEM_ID.fullmatch(item_id):
        raise Fault("invalid_value", "1 to 64 letters, digits, '_' and '-'.", "item.id")
    for place, content in enumerate(item.content):
        if content.type not in ("input_text", "output_text", "text") or content.text is None:
            raise Fault("invalid_value", "Only text; speech is sent as audio.", f"item.content[{place}].type")
    text = " ".join(content.text or "" for content in item.content).strip()
    return {**user_item(item_id, text=text), "role": item.role}, text
