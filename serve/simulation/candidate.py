"""Plays a persona in one interview, reproducibly from its seed."""

from __future__ import annotations

import random
import re
import string
from itertools import cycle

from msgspec import Struct

from deployments.agent.model.answer_parts import parts_of
from interview.errors import InvalidInput
from interview.languages.language import language_of
from interview.plans.questions import Question, RubricGrading, Ungraded
from interview.sessions.session import ActionType
from interview.text.sentences import sentences_of
from serve.simulation.personas import PART, Level, Persona

#: What the twin of an injecting persona says in place of an order, word for word: no grader counts any of it.
HESITATIONS = ("um", "well", "uh", "okay", "so", "hmm", "yeah", "er")
_WORD = re.compile(r"[^\s.,:;!?]+")

#: Nobody repeats more of a question than this.
_WORDS_OF_PART = 9

#: A persona's thinking time before it speaks, in seconds.
THINKING_S = 3.0


def _hesitations(language: str) -> tuple[str, ...]:
    """The words that a twin says in place of an order, in its language."""
    rules = language_of(language).understanding
    return HESITATIONS if rules is None else tuple(rules.hesitations.split()[:4])


class Said(Struct, frozen=True):
    """An utterance; ``text`` None is a silent recording. ``plain`` is the text without the injected order."""

    text: str | None
    plain: str
    took_s: float


class Candidate:
    """``hesitating`` makes the twin: the same candidate, but with hesitation words, as many as the order has, in place
    of the order to the machine."""

    def __init__(self, persona: Persona, seed: str, *, hesitating: bool = False) -> None:
        self._persona = persona
        self._random = random.Random(seed)  # noqa: S311 - reproducible interviews, not secrecy
        self._hesitating = hesitating
        self._question = ""
        self._asked = 0
        self._answer = ""
        self._kept: list[str] = []
        self._parts: list[str] = []
        self._lines: dict[str, int] = {}

    def reply(self, question: Question, action: ActionType) -> Said:
        """The candidate's reply to ``question`` after the interviewer's ``action``."""
        persona = self._persona
        if question.id != self._question:
            self._question, self._asked, self._answer, self._kept, self._parts = question.id, 0, "", [], []
        if self._random.random() < persona.silent_share:
            return Said(None, "", 2 * THINKING_S)
        if self._asked < persona.asks_per_question and self._random.random() < persona.asks_share:
            self._asked += 1
            return self._said(self._next("asks"))
        if action == "clarify" and self._answer and isinstance(question.grader, Ungraded):
            return self._said(persona.nothing_more)
        if action == "ask_followup" and self._answer:
            return self._said(self._instead() or (self._kept.pop(0) if self._kept else self._more(question)))
        if not self._answer:
            self._answer = self._instead() or self._around(self._told_first(question))
        return self._with_order(self._answer, question)

    def _instead(self) -> str:
        persona = self._persona
        if self._random.random() < persona.gibberish_share:
            return " ".join(self._gibberish() for _ in range(self._random.randint(6, 20)))
        if self._random.random() < persona.instead_share:
            return self._next("instead")
        return ""

    def _told_first(self, question: Question) -> str:
        """The answer, without the sentences that are kept for follow-ups of the plan."""
        answer = self._known(question)
        sentences = sentences_of(answer, self._persona.language)
        count = min(self._persona.keeps_back, len(sentences) // 2)
        if not count or not isinstance(question.grader, RubricGrading) or not question.planned_follow_ups:
            return answer
        self._kept = sentences[-count:]
        return " ".join(sentences[:-count])

    def _more(self, question: Question) -> str:
        """A line of the persona about the question; another one, and about another part of it, each time."""
        line = self._next("more")
        if PART not in line:
            return line
        if not self._parts:
            asked = [part for text in (question.prompt, *question.planned_follow_ups) for part in parts_of(text)]
            self._parts = [part for part in asked if len(part.split()) <= _WORDS_OF_PART] or [_skill(question)]
            self._random.shuffle(self._parts)
        return line.replace(PART, self._parts.pop())

    def _known(self, question: Question) -> str:
        """An answer from the question's reference answers. A question with a key gets a right or a wrong one."""
        reference = question.reference
        if reference is None:
            raise InvalidInput(f"{question.id} has no reference answers; a simulation needs them on every question.")
        answers: dict[Level, str] = {
            "strong": reference.strong,
            "average": reference.average,
            "weak": reference.weak,
        }
        if not isinstance(question.grader, RubricGrading | Ungraded):
            return answers["strong" if self._random.random() < self._persona.right else "weak"]
        levels = self._persona.levels
        return answers[self._random.choices(list(levels), list(levels.values()))[0]]

    def _around(self, answer: str) -> str:
        persona, count = self._persona, self._persona.lines_around
        before = [self._next("before") for _ in range(count) if persona.before]
        after = [self._next("after") for _ in range(count) if persona.after]
        return " ".join([*before, answer, *after])

    def _with_order(self, answer: str, question: Question) -> Said:
        if not self._persona.injections or question.answer_mode == "formula":
            return self._said(answer)
        order = self._next("injections")
        if self._hesitating:
            fillers = cycle(_hesitations(self._persona.language))
            order = _WORD.sub(lambda _word: next(fillers), order)
        return self._said(f"{answer} {order}", plain=answer)

    def _said(self, text: str, plain: str | None = None) -> Said:
        took_s = THINKING_S + len(text.split()) / self._persona.words_per_s
        return Said(text, text if plain is None else plain, took_s)

    def _next(self, kind: str) -> str:
        """The persona's lines of one kind in rotation, from a random start."""
        lines: tuple[str, ...] = getattr(self._persona, kind)
        if kind not in self._lines:
            self._lines[kind] = self._random.randrange(len(lines))
        self._lines[kind] += 1
        return lines[self._lines[kind] % len(lines)]

    def _gibberish(self) -> str:
        return "".join(self._random.choices(string.ascii_lowercase, k=self._random.randint(3, 9)))


def _skill(question: Question) -> str:
    return question.skill.replace("-", " ")
