"""Detokenises a stream: whole characters, cut at stop sequences, tool calls extracted."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

from deployments.llm.openai_chat import ChatCall, tool_call

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"

_ESCAPES = {code: f"\\u{code:04x}" for code in range(0x20)}

TOOL_CALL_OPEN = "<tool_call>"
TOOL_CALL_CLOSE = "</tool_call>"


def escape_control_characters(json_text: str) -> str:
    """Compact JSON with raw control characters escaped.

    xgrammar's grammar for strings with ``maxLength`` allows raw control characters, which JSON forbids. Where the
    grammar allows no white space between tokens, every control character is inside a string.
    """
    return json_text.translate(_ESCAPES)


class IncrementalDecoder:
    """Converts tokens to newly finished text.

    A byte-level token may be part of a character, and a token's text depends on its neighbours. So a short window is
    decoded with and without the new token, and the difference is emitted once it no longer ends inside a character.
    Source: the two-offset algorithm of Text Generation Inference, also used by vLLM.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._tokens: list[int] = []
        self._window = 0
        self._read = 0

    def feed(self, token: int) -> str:
        self._tokens.append(token)
        before, after = self._texts()
        if len(after) <= len(before) or after.endswith(_UNFINISHED):
            return ""
        self._window, self._read = self._read, len(self._tokens)
        return after[len(before) :]

    def flush(self) -> str:
        """The remaining text when no token follows; unfinished characters are replaced."""
        before, after = self._texts()
        self._window = self._read = len(self._tokens)
        return after[len(before) :]

    def _texts(self) -> tuple[str, str]:
        return self._decode(self._tokens[self._window : self._read]), self._decode(self._tokens[self._window :])


class StopCutter:
    """Cuts text at the first stop sequence, holding back a possible beginning of one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """The text that can no longer be part of a stop sequence."""
        if self.stopped:
            return ""
        held = self._held + text
        ends = [at for at in (held.find(stop) for stop in self._stops) if at >= 0]
        if ends:
            self.stopped = True
            self._held = ""
            return held[: min(ends)]
        keep = max((_overlap(held, stop) for stop in self._stops), default=0)
        self._held = held[len(held) - keep :]
        return held[: len(held) - keep]

    def flush(self) -> str:
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """The length of the longest suffix of ``text`` that is a prefix of ``stop``."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if stop.startswith(text[-length:]):
            return length
    return 0


class ToolCallReader:
    """Extracts tool calls in the Hermes form (``<tool_call>{"name", "arguments"}</tool_call>``; Qwen, Hermes) from
    text.

    ``whole`` parses the entire text as one call: the form that a grammar enforces when a tool is required.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._cutter = StopCutter((TOOL_CALL_OPEN,))
        self._text = ""

    def feed(self, text: str) -> str:
        """The text before any tool call, for the caller to see now."""
        self._text += text
        return "" if self._whole else self._cutter.feed(text)

    def finish(self) -> tuple[str, tuple[dict[str, Any], ...]]:
        """The rest of the text, and the calls. A malformed call stays text, so that the caller sees it."""
        if self._whole:
            call = _read_call(self._text)
            return ("", (call,)) if call else (self._text, ())
        if not self._cutter.stopped:
            return self._cutter.flush(), ()
        _, _, tail = self._text.partition(TOOL_CALL_OPEN)
        bodies = [part.partition(TOOL_CALL_CLOSE)[0] for part in tail.split(TOOL_CALL_OPEN)]
        calls = [_read_call(body) for body in bodies]
        if not all(calls):
            return TOOL_CALL_OPEN + tail, ()
        return "", tuple(call for call in calls if call)


def _read_call(text: str) -> dict[str, Any] | None:
    try:
        body = json.loads(text)
    except ValueError:
        return None
    if not isinstance(body, dict) or not isinstance(body.get("name"), str):
        return None
    return tool_call(body["name"], body.get("arguments", {}))


def tool_choice_schema(tools: Sequence[dict[str, Any]], choice: str | dict[str, Any] | None) -> dict[str, Any] | None:
    """The schema of one call when ``tool_choice`` is ``required`` or names a function; None when text is allowed."""
    if choice in (None, "auto", "none"):
        return None
    wanted = choice.get("function", {}).get("name") if isinstance(choice, dict) else None
    forms = [
        {
            "type": "object",
            "properties": {
                "name": {"const": tool["function"]["name"]},
                "arguments": tool["function"].get("parameters") or {"type": "object"},
            },
            "required": ["name", "arguments"],
        }
        for tool in tools
        if wanted is None or tool["function"]["name"] == wanted
    ]
    return {"anyOf": forms} if len(forms) != 1 else forms[0]


class AnswerReader:
    """Converts one request's tokens to text: decoded, cut at stop sequences, tool calls extracted."""

    def __init__(self, call: ChatCall, decode: Callable[[Sequence[int]], str], stop_tokens: Collection[int]) -> None:
        required = call.schema is None and tool_choice_schema(call.tools, call.tool_choice) is not None
        self._json = call.schema is not None or required
        self._decoder = IncrementalDecoder(decode)
        self._cutter = StopCutter(call.stop)
        self._tools = ToolCallReader(whole=required) if call.tools_wanted else None
        self._stop_tokens = stop_tokens
        self.tokens = 0
        self.stopped = False

    def feed(self, token: int) -> str:
        if self.stopped:
            return ""
        self.tokens += 1
        if token in self._stop_tokens:
            self.stopped = True
            return ""
        return self._show(self._decoder.feed(token))

    def finish(self) -> tuple[str, tuple[dict[str, Any], ...]]:
        """The rest of the text and the tool calls."""
        text = "" if self._cutter.stopped else self._show(self._decoder.flush())
        rest = "" if self._cutter.stopped else self._cutter.flush()
        if self._tools is None:
            return text + rest, ()
        shown = self._tools.feed(rest)
        tail, calls = self._tools.finish()
        return text + shown + tail, calls

    def _show(self, decoded: str) -> str:
        text = escape_control_characters(decoded) if self._json else decoded
        shown = self._cutter.feed(text)
        self.stopped = self.stopped or self._cutter.stopped
        return shown if self._tools is None else self._tools.feed(shown)
