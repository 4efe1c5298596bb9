"""Tokens become text without broken characters, cut at stops, with tool calls taken out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.llm.engines.text_stream import (
    IncrementalDecoder,
    StopCutter,
    ToolCallReader,
    escape_control_characters,
    tool_choice_schema,
)

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("grade", "hint")
]


def by_bytes(tokens: object) -> str:
    """A tokenizer whose tokens are bytes: the hardest case for whole characters."""
    return bytes(tokens).decode("utf-8", errors="replace")  # type: ignore[call-overload,no-any-return]


@given(st.text(alphabet=st.characters(exclude_characters="\ufffd", exclude_categories=["Cs"])))
def test_whatever_the_token_boundaries_the_text_comes_out_whole(text: str) -> None:
    decoder = IncrementalDecoder(by_bytes)
    pieces = [decoder.feed(byte) for byte in text.encode()]

    assert "".join(pieces) + decoder.flush() == text
    assert not any("\ufffd" in piece for piece in pieces)


def test_a_character_cut_off_by_the_limit_is_marked_not_dropped() -> None:
    decoder = IncrementalDecoder(by_bytes)
    shown = "".join(decoder.feed(byte) for byte in "ok €".encode()[:-1])

    assert shown == "ok "
    assert decoder.flush() == "\ufffd"


@given(st.text("ab", max_size=30), st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=3), st.data())
def test_nothing_of_or_after_a_stop_sequence_is_ever_shown(text: str, stops: list[str], data: st.DataObject) -> None:
    cutter = StopCutter(stops)
    shown, rest = "", text
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        shown += cutter.feed(rest[:size])
        rest = rest[size:]
        assert not any(stop in shown for stop in stops)
    shown += cutter.flush()

    # The first stop to be complete wins; with single characters fed, that is the one that ends first.
    assert text.startswith(shown)
    assert cutter.stopped == any(stop in text for stop in stops)
    if not cutter.stopped:
        assert shown == text


def test_text_that_cannot_begin_a_stop_is_shown_at_once() -> None:
    cutter = StopCutter(["###"])

    assert cutter.feed("hello #") == "hello "
    assert cutter.feed("1") == "#1"


def test_a_tool_call_is_taken_out_of_the_text() -> None:
    reader = ToolCallReader()
    shown = reader.feed("Let me see. <tool")
    shown += reader.feed('_call>{"name": "grade", "arguments": {"id": 7}}</tool_call>')
    tail, calls = reader.finish()

    assert shown + tail == "Let me see. "
    assert calls[0]["function"]["name"] == "grade"
    assert json.loads(calls[0]["function"]["arguments"]) == {"id": 7}


def test_a_malformed_tool_call_stays_text() -> None:
    reader = ToolCallReader()
    shown = reader.feed("Well <tool_call>{nonsense</tool_call>")
    tail, calls = reader.finish()

    assert shown + tail == "Well <tool_call>{nonsense</tool_call>"
    assert calls == ()


def test_text_without_tool_calls_is_untouched() -> None:
    reader = ToolCallReader()

    assert reader.feed("a < b") + reader.finish()[0] == "a < b"


def test_a_required_tool_is_read_from_the_whole_text() -> None:
    reader = ToolCallReader(whole=True)

    assert reader.feed('{"name": "hint", ') == ""
    reader.feed('"arguments": {}}')
    assert reader.finish()[1][0]["function"]["name"] == "hint"


@pytest.mark.parametrize("choice", [None, "auto", "none"])
def test_an_optional_tool_enforces_no_schema(choice: str | None) -> None:
    assert tool_choice_schema(TOOLS, choice) is None


def test_a_required_tool_enforces_one_of_them_and_a_named_tool_itself() -> None:
    required = tool_choice_schema(TOOLS, "required")
    named = tool_choice_schema(TOOLS, {"type": "function", "function": {"name": "hint"}})

    assert required is not None and len(required["anyOf"]) == 2
    assert named is not None and named["properties"]["name"] == {"const": "hint"}


def test_raw_control_characters_inside_json_strings_become_escapes() -> None:
    assert json.loads(escape_control_characters('{"a":"x\x12\ty"}')) == {"a": "x\x12\ty"}
