"""The demo's interview over the real application on a real socket, without Ray and with fake ears."""

from __future__ import annotations

import asyncio
import io
import json
import re
from pathlib import Path

from rich.console import Console

from deployments.tts.config import TtsConfig
from deployments.tts.service import TtsService
from interview_client import Client
from serve.demo.answering import Answer, Recording
from serve.demo.run import hold_interview
from serve.demo.screen import LiveScreen
from tests.support.paths import ROOT
from tests.support.realtime import KEY, application, application_ports, fake_ears, serving

SPEECH = min((ROOT / "tests" / "data" / "speech").glob("*.wav"))


class ThreeAnswers:
    """A candidate who gives three recorded answers and then has no more."""

    name, plan, voice = "Ada", "backend-engineer", "recordings"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, question_id: str) -> Answer | None:
        self.asked.append(question_id)
        if len(self.asked) > 3:
            return None
        return Answer(Recording(SPEECH.read_bytes(), "wav"), "I would measure it first")

    def close(self) -> None:
        """Nothing to release."""


async def test_the_demo_shows_and_keeps_an_interview(tmp_path: Path) -> None:
    candidate, shown, out = ThreeAnswers(), io.StringIO(), tmp_path / "out"
    out.mkdir()
    tts = TtsService(TtsConfig(engine="fake"))

    def hold(address: str) -> dict[str, object]:
        with Client(f"http://{address}", KEY, trust_env=False) as client:
            screen = LiveScreen(Console(file=shown, width=200))
            return hold_interview(client, "demo-1", candidate, screen, client.status()["engines"], out)

    ports = application_ports(tmp_path / "blobs", stt=fake_ears(), tts=tts)
    async with serving(application(ports)) as address:
        summary = await asyncio.to_thread(hold, address)
    await tts.close()
    assert (summary["interview_id"], summary["turns"]) == ("demo-1", 3)
    assert all(re.fullmatch(r"be-[a-z0-9-]+", question) for question in candidate.asked)
    assert json.loads((out / "report.json").read_text())["status"] == "concluded"
    events = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    assert sum(event["type"] == "answer.transcribed" for event in events) == 3
    assert len(list((out / "audio").glob("*-candidate-*.wav"))) >= 1
    assert len(list((out / "audio").glob("*-interviewer-*"))) >= 1
    printed = shown.getvalue()
    assert "Interviewer" in printed
    assert "heard (wav, confidence" in printed
    assert "ending the interview" in printed
