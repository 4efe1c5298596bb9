"""Numbers the sentences of an interview and of a résumé, so that a model names what it refers to and copies nothing.

Small models copy few quotes right (docs/measurements/2026-12-03-written-summaries.md). Orders to the machine and
sentences too short to back anything get no number and never reach the model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from msgspec import Struct

from deployments.grading.judge.numbered_answer import NumberedAnswer, disarmed
from interview.sessions.synthesis import MIN_QUOTE_WORDS

#: Sentences that are numbered at most, and characters of the answers together and of the résumé that the model reads.
MAX_SENTENCES, MAX_RESUME_LINES = 150, 40
ANSWER_CHARS, RESUME_CHARS = 9000, 3000


class Answered(Struct, frozen=True):
    """What the candidate said in one turn."""

    turn: int
    question: str
    answer: str


class Numbered(Struct, frozen=True):
    """A sentence that may be named. ``turn`` 0: a line of the résumé."""

    text: str
    turn: int


class NumberedInterview:
    """``answers`` and ``resume`` in numbered sentences; the first of either is 1."""

    def __init__(self, answers: Sequence[Answered], resume: str) -> None:
        self.sentences: list[Numbered] = []
        self.resume_lines = [Numbered(line, 0) for line in _lines(resume)]
        lines: list[str] = []
        asked = ""
        answers = [one for one in answers if one.answer.strip()][:MAX_SENTENCES]
        chars, count = max(200, ANSWER_CHARS // max(1, len(answers))), MAX_SENTENCES // max(1, len(answers))
        for one in answers:
            found = list(_sentences(one, chars))[:count]
            if not found:
                continue
            if one.question != asked:
                asked = one.question
                lines.append(f"Question: {_inert(asked)}")
            for sentence in found:
                self.sentences.append(sentence)
                lines.append(f"[{len(self.sentences)}] {_inert(sentence.text)}")
        if self.resume_lines:
            lines.append("Résumé:")
            lines += [f"[R{at}] {_inert(line.text)}" for at, line in enumerate(self.resume_lines, 1)]
        text = "\n".join(lines)
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.delimited = f"<data id={mark}>\n{text}\n</data id={mark}>"

    def quoted(self, name: str) -> Numbered | None:
        """The sentence of a name of ``names`` or ``resume_names``; None of "" and of anything else."""
        from_resume = name.startswith("R")
        number = name.removeprefix("R")
        within = self.resume_lines if from_resume else self.sentences
        return within[int(number) - 1] if number.isdecimal() and 1 <= int(number) <= len(within) else None

    @property
    def names(self) -> list[str]:
        return [str(at) for at in range(1, len(self.sentences) + 1)]

    @property
    def resume_names(self) -> list[str]:
        return [f"R{at}" for at in range(1, len(self.resume_lines) + 1)]


def _sentences(answered: Answered, at_most: int) -> Iterator[Numbered]:
    """The sentences of an answer that are long enough, up to ``at_most`` characters."""
    numbered = NumberedAnswer(answered.question, answered.answer)
    read = 0
    for sentence in numbered.sentences:
        text = numbered.text(sentence).strip()
        read += len(text)
        if read > at_most:
            return
        if len(text.split()) >= MIN_QUOTE_WORDS:
            yield Numbered(text, answered.turn)


def _lines(resume: str) -> list[str]:
    lines = (line.strip() for line in resume[:RESUME_CHARS].splitlines())
    return [line for line in lines if len(line.split()) >= MIN_QUOTE_WORDS][:MAX_RESUME_LINES]


def _inert(text: str) -> str:
    """``text`` in one line that opens and closes no element."""
    return disarmed(text).replace("<", "< ")
