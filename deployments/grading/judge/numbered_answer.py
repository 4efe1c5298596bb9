"""Numbers an answer's sentences for the judge's prompt and quotes them by number, so that a quote cannot be invented.

The sentences stand between delimiters as data. Orders to the grader are not numbered and never reach the model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.passages import passages_of
from interview.grades import Evidence
from interview.text.machine_orders import orders_in, without_orders

#: Characters with a meaning in chat templates; an inserted space removes it.
_CONTROL = re.compile(r"<\|?|\|>|\[/?(?:INST|SYS)\]|<<|>>", re.IGNORECASE)
#: What looks like a sentence's number.
_NUMBER = re.compile(r"\[\s*(R?\d+)\s*\]?")
#: The most sentences that are numbered; the last one takes the rest of the answer.
MAX_SENTENCES = 100


class Sentence(Struct, frozen=True):
    """``start`` and ``end``: offsets in the answer. ``counts``: it is more than an echo of the question."""

    start: int
    end: int
    counts: bool


class NumberedAnswer:
    """``answer`` in numbered sentences, the first of which is 1."""

    def __init__(self, prompt: str, answer: str, *, salt: str = "") -> None:
        self.original = answer
        #: How many orders to the grader were left out.
        self.orders = len(orders_in(answer))
        kept = without_orders(answer) if self.orders else [(0, len(answer))]
        self.sentences = _sentences(answer, kept, prompt)
        # The delimiters carry a hash of the answer, which the answer cannot contain.
        self._mark = hashlib.sha256(f"{salt}\x00{answer}".encode()).hexdigest()[:8]

    @property
    def delimited(self) -> str:
        """The numbered sentences for the prompt, between delimiters, without marks of chat templates."""
        lines = [f"[{at}] {disarmed(self.text(one))}" for at, one in enumerate(self.sentences, 1)]
        return "\n".join([f"<answer id={self._mark}>", *lines, f"</answer id={self._mark}>"])

    def text(self, sentence: Sentence) -> str:
        return self.original[sentence.start : sentence.end]

    def sentence(self, number: int) -> Sentence | None:
        """The sentence with this number; None if there is none."""
        return self.sentences[number - 1] if 1 <= number <= len(self.sentences) else None

    def quote(self, number: int, supports: str = "") -> Evidence | None:
        """The sentence with this number, verbatim; None if there is none."""
        found = self.sentence(number)
        return None if found is None else answer_text.quote(self.original, found.start, found.end, supports=supports)


def disarmed(text: str) -> str:
    """``text`` in one line, without marks of chat templates and without what looks like a sentence's number."""
    plain = _NUMBER.sub(r"(\1)", " ".join(text.split()))
    return _CONTROL.sub(lambda found: " ".join(found.group()), plain)


def _sentences(answer: str, kept: Sequence[tuple[int, int]], prompt: str) -> tuple[Sentence, ...]:
    """The sentences of the ``kept`` stretches that hold a letter or a digit."""
    own = {(one.start, one.end) for one in passages_of(answer, kept, prompt)}
    spans = [
        (at + start, at + end)
        for at, stop in kept
        for start, end in answer_text.sentences(answer[at:stop])
        if any(char.isalnum() for char in answer[at + start : at + end])
    ]
    found = [Sentence(start, end, (start, end) in own) for start, end in spans]
    if len(found) <= MAX_SENTENCES:
        return tuple(found)
    rest = found[MAX_SENTENCES - 1 :]
    return (*found[: MAX_SENTENCES - 1], Sentence(rest[0].start, rest[-1].end, any(one.counts for one in rest)))
