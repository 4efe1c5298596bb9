"""Delimits an answer as data in the judge's prompt, and verifies quotes against it."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property

from interview.grades import Evidence

#: Characters with a meaning in chat templates; an inserted space removes it.
_CONTROL = re.compile(r"<\|?|\|>|\[/?(?:INST|SYS)\]|<<|>>", re.IGNORECASE)
_EDGE = " \t\r\n\"'“”‘’.,;:!?…"


class UntrustedText:
    """``text`` with its template marks disarmed. The delimiters carry a hash of the text, which it cannot contain."""

    def __init__(self, text: str, *, salt: str = "") -> None:
        self.original = text
        self._mark = hashlib.sha256(f"{salt}\x00{text}".encode()).hexdigest()[:16]

    @cached_property
    def disarmed(self) -> str:
        return _CONTROL.sub(lambda found: " ".join(found.group()), self.original)

    @property
    def delimited(self) -> str:
        return f"<answer id={self._mark}>\n{self.disarmed}\n</answer id={self._mark}>"

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        """The casefolded text without white space, and each character's position in the original.

        White space is dropped, not collapsed, because disarming adds some; nothing else may differ from the answer.
        """
        chars: list[str] = []
        places: list[int] = []
        for place, char in enumerate(self.original):
            if not char.isspace():
                folded = char.casefold()
                chars.append(folded)
                places.extend([place] * len(folded))
        return "".join(chars), places

    def find(self, quote: str, supports: str = "") -> Evidence | None:
        """The quote as it occurs in the answer, ignoring case and white space; None when it does not occur.

        A quote must be at least two words, or the whole answer.
        """
        trimmed = quote.strip(_EDGE)
        wanted = "".join(trimmed.split()).casefold()
        text, places = self._folded
        if not wanted or (
            len(trimmed.split()) < 2 and wanted != "".join(self.original.strip(_EDGE).split()).casefold()
        ):
            return None
        at = self._at_words(text, places, wanted)
        if at is None:
            return None
        start, end = places[at], places[at + len(wanted) - 1] + 1
        return Evidence(quote=self.original[start:end], start=start, end=end, supports=supports)

    def _at_words(self, text: str, places: list[int], wanted: str) -> int | None:
        """Occurrences of ``wanted`` that start and end at word boundaries."""
        at = text.find(wanted)
        while at >= 0:
            start, end = places[at], places[at + len(wanted) - 1] + 1
            before = self.original[start - 1] if start else " "
            after = self.original[end] if end < len(self.original) else " "
            inside = (before.isalnum() and self.original[start].isalnum()) or (
                after.isalnum() and self.original[end - 1].isalnum()
            )
            if not inside:
                return at
            at = text.find(wanted, at + 1)
        return None
