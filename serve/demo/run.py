"""Runs the demo interview and writes its results: report, events and both voices."""

from __future__ import annotations

import re
import statistics
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from interview_client import Client, Reply, Step
from serve.demo.answering import Candidate
from serve.demo.screen import Screen
from serve.demo.word_errors import word_errors

#: The interview counts as stuck after this many answers.
MAX_TURNS = 60


class Tally:
    """Counters of the running interview."""

    def __init__(self) -> None:
        self.turns = 0
        self.errors = 0
        self.words = 0
        self.grades: dict[str, dict[str, Any]] = {}
        self.stages: dict[str, list[float]] = {}
        self.fallbacks: list[str] = []
        self.seq = 0

    def add(self, said: str | None, step: Step) -> None:
        """``said`` None: the recording has no transcript, so it has no error rate."""
        self.turns += 1
        if said is not None:
            errors, words = word_errors(said, step.transcript.text if step.transcript else "")
            self.errors += errors
            self.words += words
        for stage, ms in step.stage_ms.items():
            self.stages.setdefault(stage, []).append(ms)

    def follow(self, events: bytes) -> Decided:
        """The grades and reasons in the latest events: a step's reply is for the candidate and holds neither."""
        graded, reasoning = [], ""
        for event in (msgspec.json.decode(line) for line in events.splitlines()):
            self.seq, data = event["seq"], event["data"]
            match event["type"]:
                case "grade.recorded":
                    graded.append(data)
                    self.grades[data["question_id"]] = data["grade"]
                case "fallback.entered":
                    self.fallbacks.append(f"{data['tier']}: {data['reason']}")
                case "response.sent":
                    reasoning = data["action"]["reasoning"]
                case _:
                    pass  # the other events are not shown
        return Decided(graded, reasoning)


class Decided(NamedTuple):
    """The grades of a step, and the interviewer's reason for its reply."""

    grades: list[dict[str, Any]]
    reasoning: str


def hold_interview(
    client: Client, interview_id: str, candidate: Candidate, screen: Screen, engines: dict[str, Any], out: Path
) -> dict[str, Any]:
    """Run one whole interview; returns the summary that ``interview demo --json`` prints.

    Raises:

        ClientError: the platform refused, or was not reached.
    """
    tally = Tally()
    step = client.start(interview_id, candidate.plan, name=candidate.name, consent=True)
    decided = tally.follow(client.log_lines(interview_id))
    screen.step("speech recognition may mishear some answers: each is shown as spoken and as it was heard")
    screen.interviewer(step.reply, decided.reasoning, step.stage_ms)
    concluded = not step.reply.should_continue
    while not concluded and tally.turns < MAX_TURNS:
        answer = candidate.answer(_question_id(step.reply, client, interview_id))
        if answer is None:
            screen.step("the candidate has no more answers; ending the interview")
            client.end(interview_id)
            concluded = True
            break
        step = client.answer(interview_id, recording=answer.recording.data)
        tally.add(answer.said, step)
        screen.candidate(answer.said, step.transcript, answer.recording.container)
        decided = tally.follow(client.log_lines(interview_id, after=tally.seq))
        for graded in decided.grades:
            screen.grade(graded)
        screen.interviewer(step.reply, decided.reasoning, step.stage_ms)
        concluded = not step.reply.should_continue
    report_json = client.report_document(interview_id, "json")
    (out / "report.json").write_bytes(report_json)
    events = client.log_lines(interview_id)
    (out / "events.jsonl").write_bytes(events)
    keep_recordings(client, interview_id, events, out / "audio")
    (out / "report.html").write_bytes(with_relative_links(client.report_document(interview_id, "html"), interview_id))
    summary = _summary(interview_id, tally, engines, out, concluded)
    screen.summary(summary, msgspec.json.decode(report_json))
    return summary


def keep_recordings(client: Client, interview_id: str, events: bytes, directory: Path) -> None:
    """Save every recording in the event log as ``directory/NAME``; NAME is the last part of its URL."""
    directory.mkdir(parents=True, exist_ok=True)
    address = re.compile(rf"{re.escape(recordings_address(interview_id))}([\w.-]+)".encode())
    for name in dict.fromkeys(found.decode() for found in address.findall(events)):
        (directory / name).write_bytes(client.recording(recordings_address(interview_id) + name))


def with_relative_links(html: bytes, interview_id: str) -> bytes:
    """A report whose recording links point to the ``audio`` directory next to it, so that it works without a server."""
    return html.replace(f'href="{recordings_address(interview_id)}'.encode(), b'href="audio/')


def recordings_address(interview_id: str) -> str:
    return f"/session/audio/{interview_id}/"


def _question_id(reply: Reply, client: Client, interview_id: str) -> str:
    """The question being answered: the card of a new one, else the last asked."""
    if reply.question is not None:
        return reply.question.question_id
    return client.state(interview_id).questions_asked[-1].question_id


def _figures(stages: dict[str, list[float]]) -> Iterator[tuple[str, dict[str, float]]]:
    for stage, values in stages.items():
        yield stage, {"p50": round(statistics.median(values), 1), "max": round(max(values), 1)}


def _summary(interview_id: str, tally: Tally, engines: dict[str, Any], out: Path, concluded: bool) -> dict[str, Any]:
    rate = round(tally.errors / tally.words, 4) if tally.words else None
    unexplained = [question for question, grade in tally.grades.items() if not grade.get("rationale")]
    return {
        "interview_id": interview_id,
        "turns": tally.turns,
        "word_error_rate": rate,
        "words": tally.words,
        "grades": [{"question_id": question, **grade} for question, grade in tally.grades.items()],
        "stage_ms": dict(_figures(tally.stages)),
        "engines": engines,
        "fallbacks": tally.fallbacks,
        "written_to": str(out),
        "ok": concluded and bool(tally.grades) and not unexplained,
    }


def new_interview_id() -> str:
    return f"demo-{uuid.uuid4().hex[:12]}"
