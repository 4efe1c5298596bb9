"""The mention of options in an answer, and the answer's words as the readers see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from deployments.grading.graders.answer_text import Token

#: The strength of the evidence that a stretch of the answer names an option.
BY_NAME, BY_WORDS, BY_PART = 3, 2, 1


class Mention(Struct, frozen=True):
    """``options`` is the ids named by ``answer[start:end]``: several for "all of them", "a to c", "the first three".

    ``rest``: the options meant are those *not* mentioned elsewhere ("the other two"). ``group`` is "all",
    "both" or "none" where the words say so.
    """

    options: tuple[str, ...]
    strength: int
    start: int
    end: int
    rest: bool = False
    group: str = ""


class Line(Struct, frozen=True):
    """An answer to a closed question. ``said`` is ``words`` without those that only introduce a choice."""

    answer: str
    words: tuple[Token, ...]
    content: tuple[Token, ...]

    def word(self, at: int) -> str:
        return self.words[at].text if 0 <= at < len(self.words) else ""

    def raw(self, at: int) -> str:
        return self.answer[self.words[at].start : self.words[at].end]

    def gap(self, at: int) -> str:
        """The text between word ``at`` and the next one; a line end after the last."""
        if at + 1 >= len(self.words):
            return self.answer[self.words[at].end :] + "\n"
        return self.answer[self.words[at].end : self.words[at + 1].start]

    def ends_clause(self, at: int) -> bool:
        return any(char in ".,;:!?)\n…" for char in self.gap(at))

    def begins_clause(self, at: int) -> bool:
        return at == 0 or any(char in ".,;:!?(\n…" for char in self.gap(at - 1))


def free(start: int, end: int, taken: Iterable[Mention]) -> bool:
    return all(end <= one.start or start >= one.end for one in taken)


def in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """Sorted by place, overlapping ones dropped in favour of the stronger, then the longer."""
    kept: list[Mention] = []
    for one in sorted(mentions, key=lambda m: (-m.strength, m.start - m.end)):
        if free(one.start, one.end, kept):
            kept.append(one)
    return sorted(kept, key=lambda m: m.start)


def spans(mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in mentions]
