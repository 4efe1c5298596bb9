"""Cuts a document into short passages for a search: whole paragraphs if they are short, else whole lines."""

from __future__ import annotations

import re

_PARAGRAPH = re.compile(r"\n\s*\n")


def chunks(text: str, max_characters: int) -> list[str]:
    """The passages of ``text`` in order, none longer than ``max_characters``; a longer line is cut."""
    pieces: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        current = ""
        for line in paragraph.splitlines():
            for part in _bounded(line.strip(), max_characters):
                if current and len(current) + 1 + len(part) > max_characters:
                    pieces.append(current)
                    current = ""
                current = f"{current}\n{part}" if current else part
        if current:
            pieces.append(current)
    return pieces


def _bounded(line: str, max_characters: int) -> list[str]:
    return [line[start : start + max_characters] for start in range(0, len(line), max_characters)]
