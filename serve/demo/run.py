"""Runs the demo interview and writes its results: report, events and both voices."""

from __future__ import annotations

import re
import statistics
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from serve.demo.answering import Candidate
from serve.demo.candidate import CandidateClient
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

    def add(self, said: str | None, body: dict[str, Any]) -> None:
        """``said`` None: the recording has no transcript, so it has no error rate."""
        self.turns += 1
        if said is not None:
            errors, words = word_errors(said, (body.get("transcript") or {}).get("text", ""))
            self.errors += errors
            self.words += words
        for stage, ms in body.get("stage_ms", {}).items():
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
    client: CandidateClient, candidate: Candidate, screen: Screen, engines: dict[str, Any], out: Path
) -> dict[str, Any]:
    """Run one whole interview; returns the summary that ``interview demo --json`` prints.

    Raises:

        InterviewError: the platform's error.
    """
    tally = Tally()
    body = client.start(candidate.plan, candidate.name)
    decided = tally.follow(client.events())
    screen.interviewer(body["interviewer_response"], decided.reasoning, body.get("stage_ms", {}))
    concluded = not body["interviewer_response"]["should_continue"]
    while not concluded and tally.turns < MAX_TURNS:
        answer = candidate.answer(_question_id(body, client))
        if answer is None:
            screen.step("the candidate has no more answers; ending the interview")
            client.end()
            concluded = True
            break
        body = client.speak(answer.recording)
        tally.add(answer.said, body)
        screen.candidate(answer.said, body.get("transcript"), answer.recording.container)
        decided = tally.follow(client.events(after=tally.seq))
        for graded in decided.grades:
            screen.grade(graded)
        screen.interviewer(body["interviewer_response"], decided.reasoning, body.get("stage_ms", {}))
        concluded = not body["interviewer_response"]["should_continue"]
    report_json = client.report("application/json")
    (out / "report.json").write_bytes(report_json)
    events = client.events()
    (out / "events.jsonl").write_bytes(events)
    keep_recordings(client, events, out / "audio")
    (out / "report.html").write_bytes(with_relative_links(client.report("text/html"), client.interview_id))
    summary = _summary(client, tally, engines, out, concluded)
    screen.summary(summary, msgspec.json.decode(report_json))
    return summary


def keep_recordings(client: CandidateClient, events: bytes, directory: Path) -> None:
    """Save every recording in the event log as ``directory/NAME``; NAME is the last part of its URL."""
    directory.mkdir(parents=True, exist_ok=True)
    address = re.compile(rf"{re.escape(recordings_address(client.interview_id))}([\w.-]+)".encode())
    for name in dict.fromkeys(found.decode() for found in address.findall(events)):
        (directory / name).write_bytes(client.fetch(recordings_address(client.interview_id) + name))


def with_relative_links(html: bytes, interview_id: str) -> bytes:
    """A report whose recording links point to the ``audio`` directory next to it, so that it works without a server."""
    return html.replace(f'href="{recordings_address(interview_id)}'.encode(), b'href="audio/')


def recordings_address(interview_id: str) -> str:
    return f"/session/audio/{interview_id}/"


def _question_id(body: dict[str, Any], client: CandidateClient) -> str:
    """The question being answered: the card of a new one, else the last asked."""
    card = body["interviewer_response"].get("question")
    if card:
        return str(card["question_id"])
    asked = (body.get("session_state") or client.state())["questions_asked"]
    return str(asked[-1]["question_id"])


def _figures(stages: dict[str, list[float]]) -> Iterator[tuple[str, dict[str, float]]]:
    for stage, values in stages.items():
        yield stage, {"p50": round(statistics.median(values), 1), "max": round(max(values), 1)}


def _summary(
    client: CandidateClient, tally: Tally, engines: dict[str, Any], out: Path, concluded: bool
) -> dict[str, Any]:
    rate = round(tally.errors / tally.words, 4) if tally.words else None
    unexplained = [question for question, grade in tally.grades.items() if not grade.get("rationale")]
    return {
        "interview_id": client.interview_id,
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
