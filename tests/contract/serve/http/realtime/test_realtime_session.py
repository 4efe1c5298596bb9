"""A realtime session over a real socket: the order of events, answers as turns of the agent, bad input, resumption.

Every event that a client receives here is valid by the OpenAI SDK's own types (``tests/support/realtime.py``).
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from deployments.agent.contract import HintRequest, StepReply, TurnRequest
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.stt.contract import EngineInfo, TranscribeRequest, Transcript
from deployments.tts.config import TtsConfig
from deployments.tts.contract import Speech, SynthesisRequest
from deployments.tts.engines.selection import build_engine
from deployments.tts.service import TtsService
from interview.errors import Unavailable, UnsupportedRequest
from serve.http.app import create_app
from serve.http.ports import IngressPorts
from serve.http.realtime import conversation
from serve.http.settings import HttpSettings, RealtimeSettings
from storage.sessions.port import SessionKey
from tests.support.paths import DATA
from tests.support.realtime import (
    AT_ONCE,
    Line,
    application,
    application_ports,
    fake_ears,
    http_client,
    line,
    serving,
    start,
)
from tests.support.recordings import human_speech
from tests.support.spoken_scenarios import SteadyVoice

VOICE = TtsConfig(engine="fake", kept_bytes=0)
RESPONSE = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
]
ENDS = ["response.content_part.done", "conversation.item.done", "response.output_item.done", "response.done"]
TAKEN = ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]
FAILED = "conversation.item.input_audio_transcription.failed"
SPOKEN_END = ["response.output_audio.done", "response.output_audio_transcript.done", *ENDS]
KEY = SessionKey("acme", "i-1")


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[IngressPorts]:
    tts = TtsService(VOICE, build_engine(VOICE))
    yield application_ports(tmp_path, stt=fake_ears(), tts=tts)
    await tts.close()


@pytest.fixture
async def address(ports: IngressPorts) -> AsyncIterator[str]:
    async with serving(application(ports)) as found:
        await start(found)
        yield found


@pytest.fixture
def speech() -> np.ndarray:
    return human_speech(24_000)


async def manual(talk: Line) -> None:
    """The client says itself when an answer ends."""
    await talk.until("session.created")
    await talk.settings(turn_detection=None)


async def reply_of(talk: Line, done: dict[str, Any]) -> dict[str, Any]:
    """The reply of a cancelled response: in its ``response.done``, or in ``session.updated`` once it is committed."""
    reply: dict[str, Any] | None = done["response"].get("interview")
    if reply is None:
        updated = await talk.until("session.updated", lambda one: "reply" in one["session"]["interview"])
        assert updated["session"]["interview"]["seq"] > 1
        reply = updated["session"]["interview"]["reply"]
    return reply


async def turns_of(ports: IngressPorts) -> int:
    state = await ports.sessions.load(KEY)
    assert state is not None
    return state.turn_number


async def test_the_session_begins_with_its_settings_and_what_was_said(address: str, ports: IngressPorts) -> None:
    async with line(address) as talk:
        session = (await talk.next())["session"]
        assert (session["type"], session["object"]) == ("realtime", "realtime.session")
        assert session["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24_000}
        assert session["interview"]["question"]["prompt"]
        item = (await talk.until("conversation.item.done"))["item"]
        assert item["role"] == "assistant"
        state = await ports.sessions.load(KEY)
        assert state is not None
        assert item["content"][0]["transcript"] == state.conversation_history[0].content


async def test_without_an_answer_a_response_says_the_last_line_again_and_is_no_turn(
    address: str, ports: IngressPorts
) -> None:
    async with line(address) as talk:
        await manual(talk)
        greeting = talk.seen[1]["item"]["content"][0]["transcript"]
        for _ in range(2):
            before = len(talk.seen)
            await talk.send("response.create")
            done = await talk.until("response.done")
            assert done["response"]["output"][0]["content"][0]["transcript"] == greeting
            kinds = [kind for kind in talk.kinds(before) if not kind.endswith(".delta")]
            assert kinds == [*RESPONSE, *SPOKEN_END]
    assert await turns_of(ports) == 0


async def test_the_last_line_of_an_interview_that_was_ended_is_its_closing(address: str, ports: IngressPorts) -> None:
    async with http_client(address) as client:
        ended = await client.delete("/session/state/i-1")
    closing = ended.json()["interviewer_response"]["text"]
    async with line(address) as talk:
        await manual(talk)
        await talk.send("response.create")
        done = await talk.until("response.done")
    assert done["response"]["output"][0]["content"][0]["transcript"] == closing


async def test_a_typed_answer_is_one_turn_in_the_order_of_the_realtime_api(address: str, ports: IngressPorts) -> None:
    async with line(address) as talk:
        await manual(talk)
        before = len(talk.seen)
        done = await talk.answer("I build services in Python and measure them before I change them.")
        kinds = [kind for kind in talk.kinds(before) if not kind.endswith(".delta")]
        assert kinds == ["conversation.item.added", "conversation.item.done", *RESPONSE, *SPOKEN_END]
        assert done["response"]["status"] == "completed"
        sound = sum(
            len(base64.b64decode(one["delta"])) for one in talk.seen if one["type"] == "response.output_audio.delta"
        )
        assert sound > 24_000
        assert done["response"]["interview"]["turn_number"] == await turns_of(ports) == 1


async def test_text_sessions_get_text(address: str) -> None:
    async with line(address) as talk:
        await talk.until("session.created")
        await talk.send("session.update", session={"output_modalities": ["text"]})
        await talk.until("session.updated")
        done = await talk.answer("I build services in Python and measure them before I change them.")
        content = done["response"]["output"][0]["content"][0]
        told = "".join(one["delta"] for one in talk.seen if one["type"] == "response.output_text.delta")
        assert content["type"] == "output_text"
        assert told == content["text"] == done["response"]["interview"]["text"]
        assert not any(one["type"] == "response.output_audio.delta" for one in talk.seen)


@pytest.mark.parametrize(
    "form",
    [{"type": "audio/pcm", "rate": 24_000}, {"type": "audio/pcmu"}, {"type": "audio/pcma"}],
    ids=["pcm", "mu-law", "a-law"],
)
async def test_a_spoken_answer_is_transcribed_and_answered(
    address: str, ports: IngressPorts, form: dict[str, Any]
) -> None:
    async with line(address) as talk:
        await talk.until("session.created")
        await talk.settings(turn_detection=None, format=form)
        before = len(talk.seen)
        if form["type"] == "audio/pcm":
            await talk.say(human_speech(24_000))
        else:
            await talk.g711(form["type"], human_speech(8_000))
        await talk.send("input_audio_buffer.commit")
        await talk.send("response.create")
        heard = await talk.until("conversation.item.input_audio_transcription.completed")
        assert heard["transcript"].startswith("I would measure it first")
        assert heard["usage"]["seconds"] == pytest.approx(len(human_speech(8_000)) / 8_000, abs=0.1)
        done = talk.seen[-1] if talk.seen[-1]["type"] == "response.done" else await talk.until("response.done")
        assert done["response"]["status"] == "completed"
        assert talk.kinds(before)[:4] == [
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "response.created",
        ]
    state = await ports.sessions.load(KEY)
    assert state is not None
    said = [turn for turn in state.conversation_history if turn.role == "candidate"]
    assert len(said) == 1
    assert said[0].audio_url


async def test_a_response_is_cancelled_and_its_turn_is_kept(ports: IngressPorts) -> None:
    paced = RealtimeSettings(lead_s=0.3)
    async with serving(application(ports, paced)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            await talk.type("I build services in Python and measure them before I change them.")
            await talk.send("response.create")
            await talk.until("response.output_audio.delta")
            await talk.send("response.cancel")
            done = await talk.until("response.done")
            assert done["response"]["status"] == "cancelled"
            assert done["response"]["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
            assert done["response"]["output"][0]["status"] == "incomplete"
            assert (await reply_of(talk, done))["turn_number"] == 1
            await talk.type("A deadlock is two tasks that wait for each other for ever.")
            await talk.send("response.create")
            await talk.until("response.output_audio.delta")
    assert await turns_of(ports) == 2


async def test_a_response_is_cancelled_before_its_first_word(ports: IngressPorts) -> None:
    async with serving(application(ports)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            await talk.type("I build services in Python and measure them before I change them.")
            await talk.send("response.create")
            await talk.send("response.cancel")
            done = await talk.until("response.done")
            assert done["response"]["status"] == "cancelled"
            reply = await reply_of(talk, done)
            assert (reply["turn_number"], reply["question"]["prompt"] in reply["text"]) == (1, True)
            await talk.type("A deadlock is two tasks that wait for each other for ever.")
            await talk.send("response.create")
            await talk.until("response.output_audio.delta")


@pytest.mark.parametrize("action", [None, "hint"])
async def test_a_step_that_fails_after_its_response_was_cancelled_names_its_answer_or_event(
    ports: IngressPorts, monkeypatch: pytest.MonkeyPatch, action: str | None
) -> None:
    cancelled = asyncio.Event()

    async def fails(*_: Any) -> Any:
        await cancelled.wait()
        raise Unavailable("The model does not answer.")

    async def fails_streaming(request: TurnRequest) -> AsyncIterator[Any]:
        yield await fails(request)

    async with serving(application(ports)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            monkeypatch.setattr(ports.agent, "turn_stream", fails_streaming)
            monkeypatch.setattr(ports.agent, "hint", fails)
            if action is None:
                await talk.type("I build services in Python.", id="item_mine")
                await talk.send("response.create")
            else:
                await talk.send("response.create", event_id="hint-1", response={"metadata": {"action": action}})
            await talk.send("response.cancel")
            assert (await talk.until("response.done"))["response"]["status"] == "cancelled"
            cancelled.set()
            failed = await talk.until("error")
            assert failed["error"]["event_id"] == ("item_mine" if action is None else "hint-1")
            monkeypatch.undo()
            if action is None:
                await talk.send("response.create")
                assert (await talk.until("response.done"))["response"]["interview"]["turn_number"] == 1


async def test_only_what_was_heard_stays_in_a_truncated_item(ports: IngressPorts) -> None:
    async with serving(application(ports)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            done = await talk.answer("I build services in Python and measure them before I change them.")
            item = done["response"]["output"][0]
            await talk.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=10**7)
            assert (await talk.until("error"))["error"]["param"] == "audio_end_ms"
            await talk.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=500)
            await talk.until("conversation.item.truncated")
            await talk.send("conversation.item.retrieve", item_id=item["id"])
            kept = (await talk.until("conversation.item.retrieved"))["item"]["content"][0]["transcript"]
            whole = item["content"][0]["transcript"]
            assert whole.startswith(kept)
            assert 0 < len(kept) < len(whole)
            await talk.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=500)
            again = await talk.answer("And I write a test for every change that I make to them.")
            assert again["response"]["interview"]["question"]["prompt"] in whole, "it was not heard: it is put again"
            kinds = [event.type for event in await ports.sessions.events(SessionKey("acme", "i-1"))]
            assert kinds.count("response.heard") == 1
        async with line(address) as later:
            await later.until("conversation.item.done", lambda event: event["item"]["id"] == "item_reply_2")
            cut = next(event["item"] for event in later.seen if event.get("item", {}).get("id") == "item_reply_1")
            assert (cut["content"][0]["transcript"], cut["status"]) == (kept, "incomplete")
        async with http_client(address) as client:
            said = (await client.get("/session/state/i-1")).json()["conversation_history"]
            assert [turn["content"] for turn in said if turn["role"] == "interviewer"][1] == kept


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ("{", "invalid_json", None),
        ('{"type": "no.such.event"}', "invalid_value", "type"),
        ('{"type": "input_audio_buffer.append"}', "missing_required_parameter", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": 7}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": "#"}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.commit"}', "input_audio_buffer_commit_empty", None),
        ('{"type": "response.cancel"}', "response_cancel_not_active", None),
        ('{"type": "response.create", "response": {"metadata": {"action": "x"}}}', "invalid_value",
         "response.metadata.action"),
        ('{"type": "conversation.item.retrieve", "item_id": "x"}', "item_retrieve_invalid_item_id", "item_id"),
        ('{"type": "conversation.item.create", "item": {"type": "function_call"}}', "invalid_value", "item.type"),
        ('{"type": "session.update", "session": {"audio": {"input": {"format": {"rate": 44100}}}}}',
         "invalid_value", "session.audio.input.format.rate"),
        ('{"type": "session.update", "session": {"audio": {"input": {"format": {"type": "audio/mp3"}}}}}',
         "invalid_value", "session.audio.input.format.type"),
        ('{"type": "session.update", "session": {"output_modalities": ["audio", "text"]}}', "invalid_value",
         "session.output_modalities"),
        ('{"type": "input_audio_buffer.append", "audio": "' + "A" * 1_100_000 + '"}', "frame_too_large", None),
    ],
)  # fmt: skip
async def test_bad_input_is_an_error_event_and_the_session_stays_usable(
    address: str, ports: IngressPorts, sent: str, code: str, param: str | None
) -> None:
    async with line(address) as talk:
        await manual(talk)
        await talk.socket.send(sent)
        error = (await talk.until("error"))["error"]
        assert (error["code"], error["param"]) == (code, param)
        assert error["message"]
        done = await talk.answer("I build services in Python and measure them before I change them.")
        assert done["response"]["status"] == "completed"
    assert await turns_of(ports) == 1


async def test_an_error_names_the_clients_event(address: str) -> None:
    async with line(address) as talk:
        await talk.send("response.cancel", event_id="mine")
        assert (await talk.until("error"))["error"]["event_id"] == "mine"


async def test_one_response_at_a_time(address: str, ports: IngressPorts) -> None:
    async with line(address) as talk:
        await manual(talk)
        await talk.type("I build services in Python and measure them before I change them.")
        await talk.send("response.create")
        await talk.send("response.create")
        error = (await talk.until("error"))["error"]
        assert error["code"] == "conversation_already_has_active_response"
        await talk.until("response.done")
    assert await turns_of(ports) == 1


async def test_silence_is_no_answer(tmp_path: Path) -> None:
    from deployments.stt.config import SttConfig
    from deployments.stt.engines.fake import FakeRecognizer
    from deployments.stt.service import SttService
    from tests.support.realtime import words

    ports = application_ports(tmp_path, stt=SttService(SttConfig(), FakeRecognizer(), words), tts=None)
    async with serving(application(ports)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            before = len(talk.seen)
            await talk.say(np.zeros(48_000, np.int16))
            await talk.send("input_audio_buffer.commit")
            await talk.send("response.create")
            failed = await talk.until("conversation.item.input_audio_transcription.failed")
            assert failed["error"]["code"] == "audio-silent"
            assert (await talk.until("response.done"))["response"]["status"] == "failed"
            await talk.until("error")
            assert talk.kinds(before) == [*TAKEN, *RESPONSE, FAILED, *SPOKEN_END, "error"]
            assert {event["item_id"] for event in talk.seen[before:] if event["type"] in (TAKEN[0], FAILED)} == {
                failed["item_id"]
            }
            assert (await talk.answer("I build services in Python."))["response"]["status"] == "completed"
    assert await turns_of(ports) == 1


class BrokenEars:
    """Speech recognition that fails for good."""

    async def transcribe(self, _: TranscribeRequest) -> Transcript:
        raise UnsupportedRequest("This recognizer has no such language.")

    async def info(self) -> EngineInfo:
        return EngineInfo("broken", "broken")


async def test_an_answer_that_cannot_be_transcribed_has_no_transcript(tmp_path: Path, speech: np.ndarray) -> None:
    async with serving(application(application_ports(tmp_path, stt=BrokenEars(), tts=None))) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            before = len(talk.seen)
            await talk.say(speech)
            await talk.send("input_audio_buffer.commit")
            await talk.send("response.create")
            done = await talk.until("response.done")
    assert done["response"]["status"] == "completed"
    assert talk.kinds(before)[: len(TAKEN) + len(RESPONSE) + 1] == [*TAKEN, *RESPONSE, FAILED]
    failed = next(event for event in talk.seen if event["type"] == FAILED)
    assert failed["error"]["code"] == "engine-failed"


async def test_a_flood_of_audio_is_refused_and_what_was_taken_is_kept(ports: IngressPorts, speech: np.ndarray) -> None:
    slow = RealtimeSettings(lead_s=1e9, audio_rate=1e-6, audio_burst_s=len(speech) / 24_000 + 0.5)
    async with serving(application(ports, slow)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            await talk.say(speech)
            await talk.say(np.zeros(48_000, np.int16))
            assert (await talk.until("error"))["error"]["code"] == "rate_limit_exceeded"
            await talk.send("input_audio_buffer.commit")
            await talk.send("response.create")
            heard = await talk.until("conversation.item.input_audio_transcription.completed")
            assert heard["usage"]["seconds"] >= len(speech) / 24_000 - 0.1


async def test_the_audio_of_one_answer_is_bounded_over_all_its_commits(ports: IngressPorts, speech: np.ndarray) -> None:
    bounded = RealtimeSettings(lead_s=1e9, audio_burst_s=1e6, max_answer_s=len(speech) / 24_000 + 0.5)
    async with serving(application(ports, bounded)) as address:
        await start(address)
        async with line(address) as talk:
            await manual(talk)
            await talk.say(speech)
            await talk.send("input_audio_buffer.commit")
            await talk.say(speech, piece=len(speech))
            assert (await talk.until("error"))["error"]["code"] == "input_audio_buffer_full"
            await talk.send("response.create")
            assert (await talk.until("response.done"))["response"]["status"] == "completed"
            await talk.say(speech)
            await talk.send("input_audio_buffer.commit")
            await talk.send("response.create")
            assert (await talk.until("response.done"))["response"]["status"] == "completed"


async def test_hint_skip_and_end_are_actions_of_a_response(address: str, ports: IngressPorts) -> None:
    assert not await ports.slots.take("interviews of acme", "another", limit=1, ttl_s=60)
    async with line(address) as talk:
        await manual(talk)
        await talk.answer("I build services in Python and measure them before I change them.")
        for action, expected in [("hint", "give_hint"), ("skip", "new_question"), ("end", "conclude")]:
            await talk.send("response.create", response={"metadata": {"action": action}})
            done = await talk.until("response.done")
            assert done["response"]["status"] == "completed", done
            assert done["response"]["interview"]["action"]["action_type"] == expected
        await talk.type("More.")
        await talk.send("response.create")
        assert (await talk.until("error"))["error"]["code"] == "session-ended"
    state = await ports.sessions.load(KEY)
    assert state is not None
    assert (state.status, state.hints_used) == ("concluded", 1)
    assert await ports.slots.take("interviews of acme", "another", limit=1, ttl_s=60), "it is not counted any more"


class NotingVoice(SteadyVoice):
    """Keeps the language of each request for a whole text."""

    def __init__(self) -> None:
        self.asked: list[SynthesisRequest] = []

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        self.asked.append(request)
        return await super().synthesize(request)


async def test_a_reply_without_audio_is_spoken_in_the_interviews_language(tmp_path: Path) -> None:
    voice = NotingVoice()
    plans = InstalledPlans.from_directory(DATA / "web")
    ports = application_ports(tmp_path, stt=fake_ears(), tts=voice, plans=plans)
    async with serving(application(ports)) as address:
        await start(address, plan="every-form-de")
        async with line(address) as talk:
            await manual(talk)
            voice.asked.clear()
            await talk.send("response.create", response={"metadata": {"action": "pause"}})
            assert (await talk.until("response.done"))["response"]["status"] == "completed"
    assert [one.language for one in voice.asked] == ["de"]


async def test_steps_over_http_the_socket_and_mcp_share_one_limit(
    ports: IngressPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def slow(_: HintRequest) -> StepReply:
        begun.set()
        await finish.wait()
        raise Unavailable("The agent is down.")

    monkeypatch.setattr(ports.agent, "hint", slow)
    app = create_app(ports, HttpSettings(realtime=AT_ONCE, max_steps_in_flight=1))
    async with serving(app) as address, http_client(address) as client:
        await start(address)
        hint = asyncio.create_task(client.post("/session/hint/i-1", json={}))
        await begun.wait()
        async with line(address) as talk:
            await manual(talk)
            await talk.type("I build services in Python.")
            await talk.send("response.create")
            assert (await talk.until("error"))["error"]["code"] == "rate_limit_exceeded"
        arguments = {"user_session_id": "i-1", "candidate_answer": "I build services in Python."}
        call = {"name": "conduct_interview", "arguments": arguments}
        reply = await client.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
            headers={"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"},
        )
        assert reply.json()["result"]["structuredContent"]["code"] == "overloaded"
        finish.set()
        assert (await hint).status_code == 503
    assert await turns_of(ports) == 0


# --- resumption ------------------------------------------------------------------------------------------------------


async def test_a_client_that_comes_back_gets_what_it_missed_spoken_once_more(address: str, ports: IngressPorts) -> None:
    async with line(address) as talk:
        session = (await talk.next())["session"]["id"]
        await talk.settings(turn_detection=None)
        await talk.type("I build services in Python and measure them before I change them.")
        await talk.send("response.create")
        await talk.until("response.created")
    async with line(address, resume=session, after=2) as back:
        created = await back.next()
        assert created["session"]["interview"]["resumed"]
        said = await back.until("conversation.item.done", lambda event: event["item"]["role"] == "user")
        assert said["item"]["content"][0]["text"].startswith("I build services")
        done = await back.until("response.done")
        seq = done["seq"]
        assert done["response"]["output"][0]["content"][0]["transcript"]
    async with line(address, resume=session, after=seq) as again:
        await again.next()
        await again.settings(turn_detection=None)
        assert again.kinds() == ["session.created", "session.updated"]
    assert await turns_of(ports) == 1


async def test_each_connection_of_a_session_says_when_it_ends(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(conversation, "time", SimpleNamespace(time=lambda: now))
    async with line(address) as talk:
        session = (await talk.next())["session"]
        assert session["expires_at"] == now + AT_ONCE.max_session_s
    now += 600.0
    async with line(address, resume=session["id"], after=0) as back:
        resumed = (await back.next())["session"]
        assert resumed["id"] == session["id"]
        assert resumed["expires_at"] == now + AT_ONCE.max_session_s


async def test_audio_that_was_not_committed_waits_for_its_client(address: str, speech: np.ndarray) -> None:
    async with line(address) as talk:
        session = (await talk.next())["session"]["id"]
        await talk.settings(turn_detection=None)
        await talk.say(speech[: len(speech) // 2])
        await talk.settings(turn_detection=None)
    async with line(address, resume=session, after=3) as back:
        about = (await back.next())["session"]["interview"]
        held = about["audio_ms_held"]
        assert about["audio_ms_received"] >= held
        assert held == pytest.approx(len(speech) / 48, abs=20)
        await back.say(speech[len(speech) // 2 :])
        await back.send("input_audio_buffer.commit")
        await back.send("response.create")
        heard = await back.until("conversation.item.input_audio_transcription.completed")
        assert heard["usage"]["seconds"] == pytest.approx(len(speech) / 24_000, abs=0.1)


async def test_an_answer_that_a_dead_replica_had_accepted_is_answered(address: str, ports: IngressPorts) -> None:
    """Its worker died between the two commits: the lease is released, and no client knows of it."""
    parts = ports.agent.turn_stream(TurnRequest("acme", "i-1", "realtime-item_lost", text="I build services."))

    async def lost(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    commit, accepted = ports.sessions.commit, 0

    async def once(*args: Any, **more: Any) -> None:
        nonlocal accepted
        accepted += 1
        await (commit if accepted == 1 else lost)(*args, **more)

    ports.sessions.commit = once  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        async for _ in parts:
            pass
    ports.sessions.commit = commit  # type: ignore[method-assign]
    async with line(address) as talk:
        done = await talk.until("response.done")
        assert done["response"]["status"] == "completed"
        ids = [event["item"]["id"] for event in talk.seen if event["type"] == "conversation.item.done"]
        assert "item_lost" in ids
    assert await turns_of(ports) == 1


async def test_an_item_that_is_sent_twice_is_answered_once(address: str, ports: IngressPorts) -> None:
    for _ in range(2):
        async with line(address) as talk:
            await manual(talk)
            await talk.type("I build services in Python and measure them.", id="item_of_mine")
            await talk.send("response.create")
            await talk.until("response.done")
    assert await turns_of(ports) == 1


async def test_a_spoken_answer_that_is_sent_again_to_another_replica_is_recorded_once(
    ports: IngressPorts, speech: np.ndarray
) -> None:
    """The repetition starts elsewhere in the recording, so that its bytes differ."""
    async with serving(application(ports)) as first, serving(application(ports)) as second:
        await start(first)
        results = []
        for address, samples in ((first, speech), (second, speech[2_400:])):
            async with line(address) as talk:
                await manual(talk)
                await talk.send("input_audio_buffer.clear", item_id="item_mine")
                await talk.say(samples)
                await talk.send("input_audio_buffer.commit")
                assert (await talk.until("input_audio_buffer.committed"))["item_id"] == "item_mine"
                await talk.send("response.create")
                results.append((await talk.until("response.done"))["response"])
    assert [one["status"] for one in results] == ["completed", "failed"]
    assert results[1]["status_details"]["error"]["code"] == "idempotency-mismatch"
    assert await turns_of(ports) == 1


async def test_an_item_of_speech_has_an_id_that_can_be_used(address: str) -> None:
    async with line(address) as talk:
        await manual(talk)
        await talk.send("input_audio_buffer.clear", item_id="a b", event_id="mine")
        error = (await talk.until("error"))["error"]
        assert (error["code"], error["param"], error["event_id"]) == ("invalid_value", "item_id", "mine")


async def test_another_connection_takes_the_interview_over(address: str) -> None:
    async with line(address) as first:
        await first.until("session.created")
        async with line(address) as second:
            await second.until("session.created")
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await first.next()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
            assert (await second.answer("I build services in Python."))["response"]["status"] == "completed"


async def test_a_server_that_stops_tells_its_clients_to_come_back(ports: IngressPorts) -> None:
    async with serving(application(ports)) as address:
        await start(address)
        talk = line(address)
        client = await talk.__aenter__()
        await client.until("session.created")
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await client.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


async def test_a_client_that_does_not_read_is_disconnected(ports: IngressPorts) -> None:
    from serve.http.realtime.outbox import Close, Outbox

    outbox, stuck = Outbox(max_bytes=1_000), asyncio.Event()

    async def send(_: str) -> None:
        await stuck.wait()

    pump = asyncio.create_task(outbox.pump(send))
    for _ in range(100):
        outbox.put({"type": "response.output_audio.delta", "delta": "A" * 100})
        await asyncio.sleep(0)
    stuck.set()
    with pytest.raises(Close) as closed:
        await pump
    assert closed.value.code == 1008
    assert "slow" in closed.value.reason


async def test_http_and_the_socket_are_one_interview(address: str, ports: IngressPorts) -> None:
    async with http_client(address) as client:
        reply = await client.post("/session/turn/i-1", json={"answer": "I build services in Python.", "voice": False})
        assert reply.status_code == 200
    async with line(address) as talk:
        await manual(talk)
        assert sum(event["type"] == "conversation.item.done" for event in talk.seen) == 3
        await talk.answer("A deadlock is two tasks that wait for each other for ever.")
    assert await turns_of(ports) == 2
