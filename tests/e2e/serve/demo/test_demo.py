"""`interview demo`: one whole spoken interview on real parts, and nothing left behind."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.paths import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

#: Distinguishes the processes of one test's run from anything else on the machine.
MARK = "INTERVIEW_TEST_RUN"

SPEECH = ROOT / "tests" / "data" / "speech"


def start(out: Path, *flags: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, MARK: str(out), "PYTHONUNBUFFERED": "1"}
    environment.pop("REDIS_URL", None)
    command = [sys.executable, "-m", "serve.cli.main", "demo", "--out", str(out), *flags]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def family(out: Path) -> list[psutil.Process]:
    """Living processes that inherited this run's mark (Ray renames its processes, but their environment stays)."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(out) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def command_lines(out: Path) -> list[str]:
    """Of the living processes; one may end between being listed and being read."""
    found = []
    for process in family(out):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(" ".join(process.cmdline()))
    return found


def left_over(out: Path, within_s: float = 45.0) -> list[psutil.Process]:
    """The processes that are still alive after a grace period."""
    _, alive = psutil.wait_procs(family(out), timeout=within_s)
    return alive or family(out)


def wait_for_replicas(out: Path, run: subprocess.Popen[bytes]) -> None:
    """Until the platform's deployments run, so that a kill meets a busy run."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert run.poll() is None, "the demo ended before it could be killed"
        if any("ServeReplica" in line for line in command_lines(out)):
            return
        time.sleep(0.2)
    pytest.fail("the platform did not start in time")


def test_the_demo_holds_a_whole_spoken_interview(tmp_path: Path) -> None:
    run = start(tmp_path, "--json")
    stdout, stderr = run.communicate(timeout=280)
    assert run.returncode == 0, stderr.decode()[-4000:]
    summary = json.loads(stdout)  # one JSON object and nothing else

    assert summary["ok"] is True
    assert summary["turns"] >= 8
    assert summary["word_error_rate"] <= 0.25
    assert summary["grades"] and all(grade["rationale"] for grade in summary["grades"])
    assert set(summary["engines"]) >= {"stt", "tts", "llm"}
    assert "whisper-tiny.en" in json.dumps(summary["engines"]["stt"])
    assert "espeak-ng" in summary["engines"]["tts"]["detail"]["name"]
    assert isinstance(summary["fallbacks"], list)
    assert {"p50", "max"} <= set(summary["stage_ms"]["stt"])

    report = json.loads((tmp_path / "report.json").read_bytes())
    assert report["interview_id"] == summary["interview_id"]
    assert "<html" in (tmp_path / "report.html").read_text()
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert sum(event["type"] == "answer.transcribed" for event in events) == summary["turns"]
    names = {path.name for path in (tmp_path / "audio").iterdir()}
    assert {".wav", ".webm"} <= {Path(name).suffix for name in names}
    linked = set(re.findall(r'href="audio/([^"#]+)', (tmp_path / "report.html").read_text()))
    assert linked and linked <= names
    assert left_over(tmp_path) == []

    replay = subprocess.run(
        [
            sys.executable,
            "-m",
            "serve.cli.main",
            "replay",
            summary["interview_id"],
            "--data",
            str(tmp_path / "data"),
            "--json",
        ],
        capture_output=True,
        timeout=120,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "REDIS_URL"},
    )
    assert replay.returncode == 0, replay.stderr.decode()[-2000:]
    assert json.loads(replay.stdout)["compared"] == "the stored snapshot"


def test_a_person_answers_with_recordings(tmp_path: Path) -> None:
    recordings, out = tmp_path / "recordings", tmp_path / "out"
    said = people_into(recordings)
    run = start(out, "--recordings", str(recordings), "--plan", "backend-engineer", "--keep")
    printed = printed_until(run, "Ctrl-C stops it.")
    review = re.search(r"http://127\.0\.0\.1:\d+/review", printed)
    assert review is not None, printed
    assert httpx.get(review.group(), trust_env=False).status_code == 200
    run.send_signal(signal.SIGINT)
    stdout, stderr = run.communicate(timeout=120)
    assert run.returncode == 0, stderr.decode()[-4000:]
    assert stdout.decode().rstrip().endswith((out / "report.html").as_uri())
    shown = " ".join(printed.split())

    rate, words = re.search(r"word error rate ([\d.]+) on (\d+) words", shown).groups()  # type: ignore[union-attr]
    assert float(rate) <= 0.06
    assert int(words) == sum(len(line.split()) for line in said)

    events = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    heard = [event for event in events if event["type"] == "answer.transcribed"]
    assert len(heard) == len(said)
    kept = [(out / "audio" / path.name).read_bytes() for path in (out / "audio").iterdir()]
    assert all(recording.read_bytes() in kept for recording in recordings.glob("*.wav"))
    assert left_over(out) == []


def printed_until(run: subprocess.Popen[bytes], last: str) -> str:
    """What a run prints up to the line with ``last``."""
    assert run.stdout is not None
    lines: list[str] = []
    for line in run.stdout:
        lines.append(line.decode())
        if last in lines[-1]:
            return "".join(lines)
    pytest.fail(f"the demo ended with {run.wait()}: {''.join(lines)}")


def people_into(directory: Path) -> list[str]:
    """Public-domain recordings of people, each with its words in a text file; returns the words."""
    directory.mkdir()
    with (SPEECH / "transcripts.tsv").open(newline="") as file:
        words = {row["clip"]: row["text"] for row in csv.DictReader(file, delimiter="\t")}
    for clip, text in words.items():
        shutil.copyfile(SPEECH / f"{clip}.wav", directory / f"{clip}.wav")
        (directory / f"{clip}.txt").write_text(text)
    return list(words.values())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
def test_nothing_stays_behind(tmp_path: Path, how: signal.Signals) -> None:
    run = start(tmp_path)
    wait_for_replicas(tmp_path, run)
    run.send_signal(how)
    run.communicate(timeout=120)
    assert run.returncode != 0
    assert left_over(tmp_path) == []
