"""A frame or a line of JSON is one line for every reader."""

from __future__ import annotations

import msgspec
import pytest

from serve.http.interviews.event_stream import sse_frame
from serve.http.line_breaks import on_one_line


@pytest.mark.parametrize("sign", ["\u0085", "\u2028", "\u2029"])
def test_a_line_separator_in_a_candidates_words_breaks_no_frame(sign: str) -> None:
    event = {"seq": 7, "type": "answer.received", "data": {"text": f"first{sign}second"}}
    frame = sse_frame(msgspec.json.encode(event)).decode()
    lines = frame.splitlines()
    assert [line.split(":")[0] for line in lines if line] == ["id", "event", "data"]
    assert msgspec.json.decode(lines[2].removeprefix("data: ")) == event


def test_other_text_is_left_byte_for_byte() -> None:
    document = msgspec.json.encode({"text": "Grüße – 👍 \\u2028"})
    assert on_one_line(document) == document
