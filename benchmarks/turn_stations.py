"""``python -m benchmarks.turn_stations``: counts how often a reader of one spoken turn returns to a file.

It traces one spoken turn in one process. It prints each call from a file of the ingress, the agent or the storage into
another, in order, once per calling line. Then it counts them per file: so often does control, and with it a reader,
return to that file. Some calls do not count: clocks and stage times, the domain (``interview``), the engines behind the
other tiers, and store fakes.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.contract import StartRequest, TurnRequest
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.fake import FakeGrading
from deployments.stt.engines.fake import FakeSpeechToText
from deployments.tts.config import TtsConfig
from deployments.tts.service import TtsService
from serve.http.interviews.agent_calls import StepCaller
from serve.serve_file import plans_dir
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.sessions.memory import MemorySessionStore

ROOT = Path(__file__).resolve().parents[1]

#: Files that count, and files that do not.
READ = ("deployments/agent/", "serve/http/", "storage/")
LOOKED_UP = (
    "deployments/agent/journal/stage_times.py",
    "deployments/agent/ports.py",
    "deployments/agent/config.py",
    "storage/blobs/fsspec_blobs.py",
    "storage/sessions/memory.py",
)


def file_of(code: CodeType) -> str:
    """The file of ``code`` from the repository's root; empty when it does not count."""
    path = Path(code.co_filename)
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
    return name if name.startswith(READ) and not name.startswith(LOOKED_UP) else ""


class Stations:
    """Calls between files, in order, each once for each line it is made from."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str, int, str, str], None] = {}

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        there = file_of(frame.f_code) if event == "call" else ""
        if not there or frame.f_code.co_name.startswith("<"):
            return
        caller = frame.f_back
        while caller is not None and not file_of(caller.f_code):
            caller = caller.f_back
        if caller is not None and (here := file_of(caller.f_code)) != there:
            key = (here, caller.f_code.co_qualname, caller.f_lineno, there, frame.f_code.co_qualname)
            self.seen.setdefault(key)


async def main() -> None:
    sessions, blobs = MemorySessionStore(), FsspecBlobStore(tempfile.mkdtemp())
    voice = TtsService(TtsConfig(engine="fake"))
    ports = AgentPorts(
        sessions=sessions,
        blobs=blobs,
        grading=FakeGrading(),
        plans=InstalledPlans.from_directory(plans_dir()),
        stt=FakeSpeechToText(),
        tts=voice,
    )
    agent = StepCaller(AgentService(ports, AgentConfig()), max_in_flight=1)
    recording = (ROOT / "deployments" / "stt" / "health_clip.wav").read_bytes()
    turn = TurnRequest(
        tenant="t", interview_id="i", idempotency_key="traced", audio=recording, content_type="audio/wav"
    )
    await agent.start(StartRequest(tenant="t", interview_id="i", plan="backend-engineer", consent=True, voice=False))
    for key in ("warm", "warmer", "warmest"):
        await agent.turn(replace(turn, idempotency_key=key))
    stations = Stations()
    sys.setprofile(stations)
    await agent.turn(turn)
    sys.setprofile(None)
    await voice.close()
    for here, function, _, there, called in stations.seen:
        print(f"{here}:{function} -> {there}:{called}")
    print(f"\n{len(stations.seen)} calls between files; returns to each file:")
    for here, returns in Counter(station[0] for station in stations.seen).most_common():
        print(f"{returns:4} {here}")


if __name__ == "__main__":
    asyncio.run(main())
