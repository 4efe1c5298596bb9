"""Records of simulated interviews, a JSON line each, so that a long run with a slow model can be stopped and continued.

A record stands for its interview as long as plan, persona, number, seed and model are the same. It does not know the
code, the prompts or the settings: after a change of those, begin another file.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import SEEK_END
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.sessions.events import (
    AnswerReceived,
    AnswerTranscribed,
    Event,
    FallbackEntered,
    GuardrailTripped,
    PlanMade,
    ResponseSent,
)
from serve.simulation.injections import Lift
from serve.simulation.word_figures import WordFigures


class InterviewRecord(Struct, frozen=True):
    """One interview in numbers; ``failed`` maps failed gates to their problems. ``minutes`` are simulated. ``words``:
    a model's own words."""

    plan: str
    persona: str
    number: int
    turns: int
    questions: int
    follow_ups: int
    clarifications: int
    hints: int
    minutes: float
    ability: float
    concluded_by: str
    fallbacks: int
    guardrails: int
    failed: dict[str, list[str]] = {}
    words: WordFigures = WordFigures()


class ModelTurnRecord(Struct, frozen=True):
    """A turn in which a model was asked: what it wrote, what the rules found, and what the candidate heard."""

    turn: int
    answer: str
    written: dict[str, Any]
    trips: tuple[str, ...]
    fallback: str
    said: str


class HeldRecord(Struct, frozen=True):
    """An interview that was held. ``turns``: those of a model."""

    plan_digest: str
    seed: int
    model: str
    interview: InterviewRecord
    lifts: tuple[Lift, ...] = ()
    turns: tuple[ModelTurnRecord, ...] = ()


#: Of each line.
_BEGINNING = b'{"plan_digest":'


class RecordFile:
    """The records in ``path``, of interviews with ``model`` from ``seed``."""

    def __init__(self, path: Path, *, seed: int, model: str) -> None:
        """A half record at the end, of a run that was killed as it wrote, is dropped with the next ``add``.

        Raises InvalidInput: a line of the file is no record.
        """
        self._path = path
        self._seed = seed
        self._model = model
        self._known: dict[tuple[str, str, int], HeldRecord] = {}
        *lines, half = (path.read_bytes() if path.is_file() else b"").split(b"\n")
        if not _is_half(half):
            lines.append(half)  # another text, which is refused
        self._half_bytes = len(half)
        for number, line in enumerate(lines, start=1):
            try:
                found = msgspec.json.decode(line, type=HeldRecord)
            except msgspec.MsgspecError as error:
                raise InvalidInput(f"{path}:{number} is no record of a simulated interview: {error}") from error
            if (found.seed, found.model) == (seed, model):
                one = found.interview
                self._known[found.plan_digest, one.persona, one.number] = found

    def find(self, plan: InterviewPlan, persona: str, number: int) -> HeldRecord | None:
        return self._known.get((plan.digest, persona, number))

    def add(self, plan: InterviewPlan, interview: InterviewRecord, lifts: list[Lift], events: list[Event]) -> None:
        made = HeldRecord(
            plan_digest=plan.digest,
            seed=self._seed,
            model=self._model,
            interview=interview,
            lifts=tuple(lifts),
            turns=tuple(model_turns(events)),
        )
        with self._path.open("ab") as file:
            if self._half_bytes:
                file.truncate(file.seek(0, SEEK_END) - self._half_bytes)
                self._half_bytes = 0
            file.write(msgspec.json.encode(made) + b"\n")


def _is_half(line: bytes) -> bool:
    """Whether ``line``, which no line break ends, is the beginning of a record and not another file's text."""
    return line[: len(_BEGINNING)] == _BEGINNING[: len(line)]


def model_turns(events: list[Event]) -> Iterator[ModelTurnRecord]:
    """The turns in which a model was asked, in order. Pure."""
    answer, fallback = "", ""
    trips: list[str] = []
    made: PlanMade | None = None
    for event in events:
        match event.data:
            case AnswerReceived(text=text):
                answer, fallback, trips, made = text or "", "", [], None
            case AnswerTranscribed(text=text):
                answer = text
            case FallbackEntered(tier="llm", reason=reason):
                fallback = reason
            case GuardrailTripped() as trip:
                trips.append(f"{trip.rule}: {trip.action}: {trip.detail}")
            case PlanMade() as found:
                made = found
            case ResponseSent(text=said, turn=turn):
                if made is not None and (made.output or fallback):
                    yield ModelTurnRecord(turn, answer, made.output, tuple(trips), fallback, said)
            case _:
                pass
