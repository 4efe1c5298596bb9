"""The unmodified OpenAI plugin of LiveKit Agents holds a whole interview by voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from serve.http.ports import IngressPorts
from tests.contract.serve.http.realtime.test_openai_sdk_realtime import ports
from tests.contract.serve.http.realtime.test_other_realtime_clients import CLIENTS, check, held, secret_of, speech
from tests.support.paths import ROOT
from tests.support.realtime import application, serving, start

__all__ = ["ports", "speech"]  # the fixtures: real ears, a real voice, a short interview; what the candidate says

PYTHON = ROOT / ".venv-livekit" / "bin" / "python"


@pytest.mark.skipif(not PYTHON.exists(), reason="`make test-livekit` installs LiveKit's plugin")
async def test_livekits_plugin_holds_an_interview(ports: IngressPorts, speech: Path) -> None:
    async with serving(application(ports)) as address:
        await start(address)
        program = [str(PYTHON), str(CLIENTS / "livekit_plugin.py")]
        told = await held(program, speech, URL=f"http://{address}/v1", KEY=await secret_of(address))
    await check(ports, told)
