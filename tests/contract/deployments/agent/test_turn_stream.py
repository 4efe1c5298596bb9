"""A reply heard while it is found: early, sound, never taken back – and in the end exactly what is committed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployments.agent.config import AgentConfig
from deployments.agent.contract import Done, Sentence, SpokenPart, TurnRequest
from deployments.agent.service import AgentService
from deployments.agent.turn import slow_work
from deployments.agent.turn.slow_work import SlowWork
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from deployments.tts.config import TtsConfig
from deployments.tts.contract import TextToSpeech
from deployments.tts.service import TtsService
from interview.errors import EngineFailed, SessionEnded, VersionConflict
from interview.plans.files import load_plan
from interview.sessions.events import FallbackEntered, PlanMade, ResponseSent
from serve.replay.checks import recheck
from serve.simulation.rehearsal import Rehearsal, RehearsalStage, WrittenVoice
from storage.blobs.layout import path_of_url
from storage.sessions.memory import MemorySessionStore
from tests.support.model_stage import model_stage
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
LONG = "I build the billing service of a logistics company together with four other people"
NEXT = PLAN.by_id["index-cost"].prompt
LEAK = ("Remember that every write must.", "Also update the index, always.")

Piece = str | asyncio.Event | Exception


@dataclass
class Written:
    """A language model that writes ``pieces``, and stops at an event until it is set."""

    pieces: list[Piece] = field(default_factory=list)
    whole_calls: int = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        assert request["stream_options"] == {"include_usage": True}
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, asyncio.Event):
                await piece.wait()
            else:
                yield {"model": "written", "choices": [{"index": 0, "delta": {"content": piece}}]}
        yield {"model": "written", "choices": [], "usage": {"completion_tokens": 7}}

    async def chat(self, request: ChatRequest) -> ChatResponse:
        self.whole_calls += 1
        text = "".join(piece for piece in self.pieces if isinstance(piece, str))
        return {"model": "written", "choices": [{"message": {"content": text}}]}

    async def info(self) -> LlmInfo:
        return LlmInfo(engine="written", models=("written",))


def writing(action: str, *utterance: Piece, end: str = '"}') -> list[Piece]:
    """An answer whose utterance is written in pieces."""
    head = {"action": action, "reasoning": "It fits."}
    begun = json.dumps({**head, "takes_up": "work", "utterance": ""}).removesuffix('"}')
    return [begun, *(json.dumps(one)[1:-1] if isinstance(one, str) else one for one in utterance), end]


@dataclass
class Table:
    stage: RehearsalStage
    model: Written
    agent: AgentService
    candidate: Rehearsal

    async def hear(self, text: str = LONG, key: str = "k") -> tuple[list[str], dict[str, Any]]:
        """The sentences, and the reply's body."""
        parts = [part async for part in self.agent.turn_stream(self.request(text, key))]
        done = parts.pop()
        assert isinstance(done, Done)
        assert [part.index for part in parts if isinstance(part, Sentence)] == list(range(len(parts)))
        return [part.text for part in parts if isinstance(part, Sentence)], msgspec.json.decode(done.reply.encoded)

    def request(self, text: str = LONG, key: str = "k") -> TurnRequest:
        return self.candidate.turn_request(key, text=text)

    async def last(self, kind: type) -> Any:
        return [event.data for event in await self.stage.log() if isinstance(event.data, kind)][-1]

    async def replays(self) -> bool:
        counts, differences = await recheck(await self.stage.log(), self.stage.blobs)
        return differences == [] and counts["policy verdicts"] > 0


async def table(
    *pieces: Piece, sessions: MemorySessionStore | None = None, voice: TextToSpeech | None = None, **config: Any
) -> Table:
    model = Written(list(pieces))
    stage = model_stage(model, PLAN, AgentConfig(**config), sessions=sessions, voice=voice)
    agent = stage.agent()
    candidate = Rehearsal(agent)
    await candidate.start("short-plan")
    return Table(stage, model, agent, candidate)


def spoken(body: dict[str, Any]) -> str:
    text: str = body["interviewer_response"]["text"]
    return text


async def test_the_first_sentence_is_heard_before_the_model_has_finished() -> None:
    finishing = asyncio.Event()
    held = await table(*writing("new_question", "Thank you. That", finishing, " helps."))
    parts = held.agent.turn_stream(held.request())
    assert await anext(parts) == Sentence(0, "Thank you.")
    assert not finishing.is_set()
    finishing.set()
    rest = [part async for part in parts]
    assert rest[:-1] == [Sentence(1, "That helps."), Sentence(2, NEXT)]
    assert isinstance(rest[-1], Done)
    assert spoken(msgspec.json.decode(rest[-1].reply.encoded)) == f"Thank you. That helps. {NEXT}"
    made = await held.last(PlanMade)
    assert made.source == "model" and made.output["released"] == ["Thank you."]
    assert made.output["usage"] == {"completion_tokens": 7} and made.output["model"] == "written"
    assert await held.replays()


async def test_the_first_sentence_is_spoken_before_the_model_has_finished() -> None:
    finishing = asyncio.Event()
    voice = TtsService(TtsConfig(engine="fake"))
    held = await table(*writing("new_question", "Thank you. That", finishing, " helps."), voice=voice)
    request = held.candidate.turn_request("k", text=LONG, voice=True, stream_audio=True)
    parts = held.agent.turn_stream(request)
    begun = [await anext(parts), await anext(parts)]
    assert begun[0] == Sentence(0, "Thank you.")
    assert isinstance(begun[1], SpokenPart) and begun[1].caption == "Thank you."
    assert not finishing.is_set()
    finishing.set()
    told = [*begun, *[part async for part in parts]]
    heard = [part for part in told if isinstance(part, SpokenPart)]
    done = told[-1]
    assert isinstance(done, Done)
    body = msgspec.json.decode(done.reply.encoded)
    assert [part.index for part in heard] == list(range(len(heard)))
    assert " ".join(part.caption for part in heard) == spoken(body) == f"Thank you. That helps. {NEXT}"
    response = await held.last(ResponseSent)
    kept = await held.stage.blobs.get(path_of_url("acme", "rehearsal", response.audio_url))
    assert kept[44:] == b"".join(part.audio for part in heard)[44:]
    assert int.from_bytes(kept[40:44], "little") == len(kept) - 44


async def test_a_voice_that_fails_while_the_model_writes_leaves_the_reply_in_text() -> None:
    finishing = asyncio.Event()
    voice = WrittenVoice()
    held = await table(*writing("new_question", "Thank you. That", finishing, " helps."), voice=voice)
    voice.down = True
    parts = held.agent.turn_stream(held.candidate.turn_request("k", text=LONG, voice=True, stream_audio=True))
    assert await anext(parts) == Sentence(0, "Thank you.")
    finishing.set()
    done = [part async for part in parts][-1]
    assert isinstance(done, Done)
    assert spoken(msgspec.json.decode(done.reply.encoded)) == f"Thank you. That helps. {NEXT}"
    fallback = await held.last(FallbackEntered)
    assert (fallback.tier, fallback.to) == ("tts", "text only")


async def test_a_turn_without_a_listener_has_no_stream() -> None:
    held = await table(*writing("new_question", "Thank you. That helps."))
    await held.candidate.answer(LONG)
    assert held.model.whole_calls == 1
    assert "released" not in (await held.last(PlanMade)).output


async def test_a_leak_split_over_two_sentences_is_never_completed() -> None:
    held = await table(*writing("ask_followup", "The billing service. ", *(f"{one} " for one in LEAK), "What else?"))
    sentences, body = await held.hear(f"{LONG}, and remember every invoice")
    assert sentences[1] == LEAK[0] and LEAK[1] not in spoken(body)
    assert spoken(body) == " ".join(sentences) and NEXT in spoken(body)
    fallback = await held.last(FallbackEntered)
    assert fallback.reason.startswith("off policy: no_leak")
    assert fallback.reason.endswith("(after 2 sentences of the model's had been heard)")
    assert await held.replays()


async def test_a_second_sentence_off_the_rules_is_not_heard() -> None:
    held = await table(*writing("ask_followup", "A billing service. ", "How old are you, by the way? ", "Tell me."))
    sentences, body = await held.hear()
    assert sentences[0] == "A billing service." and "How old" not in spoken(body) and "Tell me." not in spoken(body)
    assert spoken(body) == " ".join(sentences)
    assert (await held.last(FallbackEntered)).reason.startswith("off policy: off_limits (after 1 sentence")
    assert await held.replays()


async def test_a_follow_up_is_heard_once_it_speaks_of_the_matter() -> None:
    held = await table(*writing("ask_followup", "Thank you. ", "Tell me of the billing. ", "Who pays?"))
    sentences, body = await held.hear()
    assert sentences == ["Thank you.", "Tell me of the billing.", "Who pays?"]
    assert "fallbacks" not in body


async def test_a_follow_up_off_the_topic_is_never_heard() -> None:
    held = await table(*writing("ask_followup", "Mmm. ", "Do penguins enjoy thunderstorms? ", "Well?"))
    sentences, body = await held.hear()
    assert not {"Mmm.", "Do penguins enjoy thunderstorms?", "Well?"} & set(sentences)
    assert spoken(body) == " ".join(sentences) and NEXT in spoken(body)
    assert (await held.last(FallbackEntered)).reason.startswith("off plan: a follow-up that refers to neither")
    assert await held.replays()


async def test_praise_in_the_middle_is_left_out_and_the_rest_is_said() -> None:
    held = await table(*writing("new_question", "I see. ", "Great answer! ", "A billing service then."))
    sentences, body = await held.hear()
    assert sentences == ["I see.", "A billing service then.", NEXT]
    assert spoken(body) == " ".join(sentences) and "fallbacks" not in body
    assert await held.replays()


async def test_words_too_many_end_where_they_were_heard_last() -> None:
    """A rewritten utterance would keep its last sentence instead of one that was heard."""
    long = [f"Then {'service ' * 29}number{count}. " for count in range(4)]
    held = await table(*writing("new_question", *long))
    sentences, body = await held.hear()
    assert sentences == [long[0].strip(), long[1].strip(), NEXT]
    assert spoken(body) == " ".join(sentences) and "fallbacks" not in body
    assert await held.replays()


FAILURES: dict[str, tuple[list[Piece], str]] = {
    "deadline": (writing("new_question", "Thank you. I see. ", asyncio.Event()), "deadline-exceeded"),
    "not of the schema": (writing("new_question", "Thank you. I see. ", end='", "score": 1}'), "invalid-model-output"),
    "cut off": (writing("new_question", "Thank you. I see. And", end=""), "invalid-model-output"),
    "engine": (writing("new_question", "Thank you. I see. ", EngineFailed("It broke.")), "engine-failed"),
    "change of mind": (
        writing("ask_followup", "Billing. I see. ", end='", "utterance": "Who does the billing?"}'),
        "invalid-model-output",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_the_script_continues_after_what_was_heard(failure: str) -> None:
    pieces, reason = FAILURES[failure]
    held = await table(*pieces, decide_deadline_s=0.4 if failure == "deadline" else 8.0)
    sentences, body = await held.hear()
    heard = ["Billing." if failure == "change of mind" else "Thank you.", "I see."]
    assert sentences[:2] == heard
    assert spoken(body) == " ".join(sentences) and spoken(body).endswith(NEXT)
    fallback = await held.last(FallbackEntered)
    assert fallback.reason.startswith(reason)
    assert fallback.reason.endswith("(after 2 sentences of the model's had been heard)")
    made = await held.last(PlanMade)
    assert made.source == "scripted" and made.output["released"] == heard
    assert made.prompt.startswith("interviewer/")
    assert await held.replays()


@pytest.mark.parametrize("action", ["conclude", "give_hint", "dance"])
async def test_nothing_is_heard_under_an_action_that_is_not_open(action: str) -> None:
    held = await table(*writing(action, "Secret one. Secret two. Secret three."))
    sentences, body = await held.hear()
    assert "Secret" not in " ".join(sentences)
    assert spoken(body) == " ".join(sentences)
    assert (await held.last(FallbackEntered)).reason.startswith("invalid-model-output")


FRAGMENTS = (
    "Thank you.",
    "I see.",
    "Great answer!",
    "What was your own part in that?",
    "How old are you, by the way?",
    *LEAK,
    NEXT,
    "word " * 45 + "end.",
    "Was haben Sie in der Zeit mit dem Team und der Datenbank gemacht?",
    "no end",
)
ENDS = ('"}', '", "score": 1}', "", '", "utterance": "I see. Well."}', ' I see."} and more')


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    action=st.sampled_from(["new_question", "ask_followup", "clarify", "conclude"]),
    fragments=st.lists(st.sampled_from(FRAGMENTS), max_size=5),
    end=st.sampled_from(ENDS),
    size=st.integers(1, 40),
)
async def test_the_reply_is_exactly_what_was_heard_and_replays(
    action: str, fragments: list[str], end: str, size: int
) -> None:
    text = "".join(str(piece) for piece in writing(action, " ".join(fragments), end=end))
    held = await table(*(text[at : at + size] for at in range(0, len(text), size)))
    sentences, body = await held.hear()
    assert spoken(body) == " ".join(sentences)
    assert "How old" not in spoken(body) and LEAK[1] not in spoken(body)
    assert (await held.last(ResponseSent)).text == spoken(body)
    assert await held.replays()
    assert await held.hear() == ([], body), "a recorded reply is told without sentences"


async def test_a_request_is_answered_by_the_script_aloud() -> None:
    held = await table()
    sentences, body = await held.hear("Please repeat the question.")
    assert sentences and spoken(body) == " ".join(sentences)


class Contested(MemorySessionStore):
    """Another writer wins the next commits that finish a turn."""

    losses = 0

    async def commit(self, key: Any, **fields: Any) -> Any:
        if self.losses and fields["idempotency"] is not None and fields["idempotency"].status == "done":
            self.losses -= 1
            raise VersionConflict("Another commit came first.")
        return await super().commit(key, **fields)


async def test_a_lost_race_says_nothing_twice() -> None:
    sessions = Contested()
    held = await table(*writing("new_question", "Thank you. That helps."), sessions=sessions)
    sessions.losses = 2
    sentences, body = await held.hear()
    assert sentences == ["Thank you.", "That helps.", NEXT]
    assert spoken(body) == " ".join(sentences)


async def test_decided_anew_on_other_grounds_the_words_said_stay_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SlowWork, "decision_for", lambda *_: None)
    sessions = Contested()
    held = await table(*writing("new_question", "Thank you. That helps."), sessions=sessions)
    sessions.losses = 1
    sentences, body = await held.hear()
    assert sentences[:3] == ["Thank you.", "That helps.", NEXT]
    assert len(sentences) > 3 and spoken(body) == " ".join(sentences)
    assert (await held.last(PlanMade)).output["said_before"] == " ".join(sentences[:3])
    assert await held.replays()


async def test_back_on_the_first_grounds_a_decision_that_leaves_words_out_is_not_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    same = iter([False, True, True])
    monkeypatch.setattr(slow_work, "_same_choice", lambda *_: next(same))
    sessions = Contested()
    held = await table(*writing("new_question", "Thank you. That helps."), sessions=sessions)
    sessions.losses = 2
    sentences, body = await held.hear()
    assert len(sentences) > 3 and spoken(body) == " ".join(sentences)


async def test_a_listener_who_leaves_in_the_middle_finds_the_turn_finished_as_it_was_heard() -> None:
    finishing = asyncio.Event()
    held = await table(*writing("new_question", "Thank you. That", finishing, " helps."))
    parts = held.agent.turn_stream(held.request())
    assert await anext(parts) == Sentence(0, "Thank you.")
    await parts.aclose()
    (working,) = held.agent._unheard
    finishing.set()
    reply = await working
    again = await held.agent.turn(held.request())
    assert again.replayed and again.encoded == reply.encoded
    assert spoken(msgspec.json.decode(again.encoded)) == f"Thank you. That helps. {NEXT}"
    await asyncio.sleep(0)
    assert not held.agent._unheard


async def test_a_listener_who_leaves_before_a_word_gives_the_turn_up_and_the_key_resumes_it() -> None:
    never = asyncio.Event()
    held = await table(never)
    parts = held.agent.turn_stream(held.request())
    waiting = asyncio.create_task(anext(parts))
    while (await held.stage.state()).pending_answer is None:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not held.agent._unheard
    held.model.pieces = writing("new_question", "Thank you.")
    reply = await held.agent.turn(held.request())
    assert spoken(msgspec.json.decode(reply.encoded)) == f"Thank you. {NEXT}"


async def test_a_refusal_is_raised_before_the_first_part() -> None:
    held = await table()
    await held.candidate.end()
    with pytest.raises(SessionEnded):
        await anext(held.agent.turn_stream(held.request()))
