"""Holds the demo interview and writes what remains of it: report, events and both voices."""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from deployments.tts.direct import encode_audio, synthesize_wav
from serve.demo.candidate import CandidateClient, Recording
from serve.demo.persona import Persona, Speaker
from serve.demo.screen import Screen
from serve.demo.word_errors import word_errors

#: An interview that has not ended after this many answers has lost its way.
MAX_TURNS = 60

#: What candidates' browsers and telephones send; the persona takes them in turn.
CONTAINERS = (("wav", "audio/wav"), ("webm", "audio/webm"))


class Tally:
    """What is counted while the interview runs."""

    def __init__(self) -> None:
        self.turns = 0
        self.errors = 0
        self.words = 0
        self.grades: dict[str, dict[str, Any]] = {}
        self.stages: dict[str, list[float]] = {}
        self.fallbacks: list[str] = []

    def add(self, said: str, body: dict[str, Any]) -> None:
        errors, words = word_errors(said, (body.get("transcript") or {}).get("text", ""))
        self.turns += 1
        self.errors += errors
        self.words += words
        graded = body.get("grade")
        if graded is not None:
            self.grades[graded["question_id"]] = graded["grade"]
        for stage, ms in body.get("stage_ms", {}).items():
            self.stages.setdefault(stage, []).append(ms)
        self.fallbacks += [f"{found['tier']}: {found['reason']}" for found in body.get("fallbacks", ())]


def record(text: str, persona: Persona, container: tuple[str, str]) -> Recording:
    """Speak ``text`` on the spot, as a file of ``container``."""
    samples, rate = synthesize_wav(text, persona.voice, persona.speed)
    return Recording(encode_audio(samples, rate, container[0]), container[1], container[0])


def hold_interview(
    client: CandidateClient, persona: Persona, screen: Screen, engines: dict[str, Any], out: Path
) -> dict[str, Any]:
    """One whole interview; returns the summary that ``interview demo --json`` prints.

    Raises:
        InterviewError: what the platform answered.
    """
    audio = out / "audio"
    audio.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    speaker = Speaker(persona)
    body = client.start(persona.plan, persona.name)
    _show(screen, client, body, audio)
    concluded = not body["interviewer_response"]["should_continue"]
    while not concluded and tally.turns < MAX_TURNS:
        said = speaker.answer(_question_id(body, client))
        container = CONTAINERS[tally.turns % len(CONTAINERS)]
        recording = record(said, persona, container)
        body = client.speak(recording)
        tally.add(said, body)
        (audio / f"{tally.turns:02d}-candidate.{recording.container}").write_bytes(recording.data)
        screen.candidate(said, body.get("transcript"), recording.container)
        screen.grade(body.get("grade"))
        _show(screen, client, body, audio)
        concluded = not body["interviewer_response"]["should_continue"]
    report_json = client.report("application/json")
    (out / "report.json").write_bytes(report_json)
    (out / "report.html").write_bytes(client.report("text/html"))
    (out / "events.jsonl").write_bytes(client.events())
    summary = _summary(client, tally, engines, out, concluded)
    screen.summary(summary, msgspec.json.decode(report_json))
    return summary


def _question_id(body: dict[str, Any], client: CandidateClient) -> str:
    """The question being answered: the card when a new one was put, else the last asked."""
    card = body["interviewer_response"].get("question")
    if card:
        return str(card["question_id"])
    asked = (body.get("session_state") or client.state())["questions_asked"]
    return str(asked[-1]["question_id"])


def _show(screen: Screen, client: CandidateClient, body: dict[str, Any], audio: Path) -> None:
    response = body["interviewer_response"]
    screen.interviewer(response, body.get("stage_ms", {}))
    if response.get("audio_url"):
        name = f"{body['turn_number']:02d}-interviewer.{response['audio_url'].rsplit('.', 1)[-1]}"
        (audio / name).write_bytes(client.fetch(response["audio_url"]))


def _figures(stages: dict[str, list[float]]) -> Iterator[tuple[str, dict[str, float]]]:
    for stage, values in stages.items():
        yield stage, {"p50": round(statistics.median(values), 1), "max": round(max(values), 1)}


def _summary(
    client: CandidateClient, tally: Tally, engines: dict[str, Any], out: Path, concluded: bool
) -> dict[str, Any]:
    rate = tally.errors / tally.words if tally.words else 1.0
    unexplained = [question for question, grade in tally.grades.items() if not grade.get("rationale")]
    return {
        "interview_id": client.interview_id,
        "turns": tally.turns,
        "word_error_rate": round(rate, 4),
        "grades": [{"question_id": question, **grade} for question, grade in tally.grades.items()],
        "stage_ms": dict(_figures(tally.stages)),
        "engines": engines,
        "fallbacks": tally.fallbacks,
        "written_to": str(out),
        "ok": concluded and bool(tally.grades) and not unexplained,
    }


def new_interview_id() -> str:
    return f"demo-{uuid.uuid4().hex[:12]}"
