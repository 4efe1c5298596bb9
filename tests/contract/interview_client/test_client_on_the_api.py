"""The client against the real application on a real socket: whole interviews, both ways; the documented example."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interview_client import AsyncClient, Client, InterviewEnded, NotAuthenticated, NotFound, Sentence, Step
from tests.support.paths import ROOT
from tests.support.realtime import KEY, application, application_ports, fake_ears, serving


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    async with serving(application(application_ports(tmp_path, stt=fake_ears(), tts=None))) as served:
        yield f"http://{served}"


#: A person's speech, so that there is speech to detect; the fake ears hear words of their own in it.
SPEECH = min((ROOT / "tests" / "data" / "speech").glob("*.wav"))


async def test_a_whole_interview_with_the_synchronous_client(address: str) -> None:
    def hold() -> None:
        with Client(address, KEY, trust_env=False) as client:
            client.ready()
            step = client.start("i-1", "backend-engineer", consent=True, name="Ada", reference="ats-1", voice=False)
            assert step.state is not None
            assert step.reply.question is not None
            heard = client.answer("i-1", recording=SPEECH, voice=False)
            assert heard.transcript is not None
            assert "index" in heard.transcript.text
            *parts, last = client.stream_answer("i-1", "I measure it, and then I add an index.", voice=False)
            assert isinstance(last, Step)
            assert " ".join(part.text for part in parts if isinstance(part, Sentence)) == last.reply.text
            assert client.hint("i-1", voice=False).reply.text
            state = client.state("i-1")
            assert state.hints_used == 1
            client.end("i-1")
            with pytest.raises(InterviewEnded):
                client.answer("i-1", "Too late.")
            log = client.log("i-1")
            assert [event.seq for event in log] == list(range(1, len(log) + 1))
            followed = []
            for event in client.events("i-1", after=2):
                followed.append(event)
                if event.type == "session.concluded":
                    break
            assert followed == log[2 : 2 + len(followed)]
            assert client.report("i-1").status == "concluded"
            assert client.report_document("i-1", "pdf").startswith(b"%PDF")
            assert list(client.interviews(plan="backend-engineer", needs_review=True, limit=1)) == []
            link = client.invite("i-2", "backend-engineer", name="Bo")
            assert link.url.endswith(link.token)
            client.revoke_link("i-2")
            with pytest.raises(NotFound):
                client.state("i-9")
        with Client(address, "wrong", trust_env=False) as stranger, pytest.raises(NotAuthenticated):
            stranger.state("i-1")

    await asyncio.to_thread(hold)


async def test_a_whole_interview_with_the_asynchronous_client(address: str) -> None:
    async with AsyncClient(address, KEY, trust_env=False) as client:
        await client.start("i-1", "backend-engineer", consent=True, voice=False)
        parts = [part async for part in client.stream_answer("i-1", "I measure first.", voice=False)]
        assert isinstance(parts[-1], Step)
        assert (await client.answer("i-1", "Then I add an index.", voice=False)).turn_number == 2
        async with client.realtime("i-1") as talk:
            assert (await talk.recv()).type == "session.created"
        await client.end("i-1")
        kinds = [event.type for event in await client.log("i-1")]
        async for event in client.events("i-1"):
            if event.type == "session.concluded":
                break
        assert kinds.count("answer.received") == 2


async def test_the_documented_example_works_when_pasted(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "clients.md").read_text()
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    code = found.group(1)
    assert len(code.splitlines()) <= 16
    for name, value in (("URL", address), ("KEY", KEY), ("SPEECH", str(SPEECH))):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "*")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        await asyncio.to_thread(exec, compile(code, "docs/clients.md", "exec"), {})
    assert "session.concluded" in printed.getvalue()
    assert "score:" in printed.getvalue()
