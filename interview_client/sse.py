"""Server-sent events: frames from lines (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from msgspec import Struct


class Frame(Struct, frozen=True):
    event: str
    data: str
    id: str = ""


class Frames:
    """Collects lines into frames; comments and unknown fields are skipped."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._data: list[str] = []

    def line(self, line: str) -> Frame | None:
        """The frame that an empty line completes."""
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                self._data.append(value)
            elif name in ("event", "id"):
                self._fields[name] = value
            return None
        if not self._data:
            self._fields = {}
            return None
        frame = Frame(self._fields.get("event", "message"), "\n".join(self._data), self._fields.get("id", ""))
        self._fields, self._data = {}, []
        return frame
