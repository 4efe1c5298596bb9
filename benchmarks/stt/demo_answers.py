"""Word error rate of a speech model on all answers of a demo persona, in the persona's voice.

    OMP_NUM_THREADS=1 python -m benchmarks.stt.demo_answers --model whisper-tiny.en [--json OUT]

`make demo` reaches a dozen of these answers, so its own rate varies by some points with the course of the interview.
Answers are encoded as in the demo (its containers in turn) and transcribed by the speech tier in this process, with one
thread, as in a replica: another number of threads changes the last digits of sums, and with them words.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.stt.inprocess import speech_service
from deployments.stt.config import SttConfig
from deployments.stt.contract import TranscribeRequest
from serve.demo.answering import Answer, SpokenPersona
from serve.demo.persona import DemoPersona, load_persona
from serve.demo.word_errors import word_errors

PERSONA = Path(__file__).resolve().parents[2] / "configs" / "interviews" / "personas" / "demo-backend.yaml"


class Row(Struct, frozen=True):
    """``errors`` of ``words`` said."""

    question: str
    container: str
    errors: int
    words: int
    said: str
    heard: str


def answers_of(persona: DemoPersona) -> tuple[str, list[tuple[str, Answer]]]:
    """The voice, and each question's answers in order, then those for any question."""
    spoken = SpokenPersona(persona)
    asked = [question for question, given in persona.answers.items() for _ in given]
    asked += ["any"] * len(persona.fallback)
    given = [(question, answer) for question in asked if (answer := spoken.answer(question)) is not None]
    spoken.close()
    return spoken.voice, given


async def transcribed(given: list[tuple[str, Answer]], model: str) -> list[Row]:
    """What was said and heard, in order."""
    service = speech_service(SttConfig(model=model, threads_per_worker=1))
    rows: list[Row] = []
    for question, answer in given:
        heard = await service.transcribe(TranscribeRequest(answer.recording.data, language="en"))
        said = answer.said or ""
        rows.append(Row(question, answer.recording.container, *word_errors(said, heard.text), said, heard.text))
    service.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="whisper-tiny.en")
    parser.add_argument("--persona", type=Path, default=PERSONA)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    voice, given = answers_of(load_persona(arguments.persona))
    rows = asyncio.run(transcribed(given, arguments.model))
    words = sum(row.words for row in rows)
    found = {
        "model": arguments.model,
        "voice": voice,
        "answers": len(rows),
        "words": words,
        "word_error_rate": round(sum(row.errors for row in rows) / words, 3),
    }
    print(" ".join(f"{name}={value}" for name, value in found.items()))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode({**found, "rows": rows}), indent=1) + b"\n")


if __name__ == "__main__":
    main()
