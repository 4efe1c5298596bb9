"""Speech kept by the caller: one call for the same words, and never a stand-in's voice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from msgspec.structs import replace

from deployments.tts.config import TtsConfig
from deployments.tts.contract import Speech, SynthesisRequest
from deployments.tts.near_cache import NearCache
from deployments.tts.service import TtsService
from interview.errors import InvalidInput


class Counting(TtsService):
    calls = 0
    stands_in = ""

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        self.calls += 1
        return replace(await super().synthesize(request), stands_in=self.stands_in)


@pytest.fixture
async def tier() -> AsyncIterator[Counting]:
    service = Counting(TtsConfig(engine="fake"))
    yield service
    await service.close()


LINE = SynthesisRequest("What does an index cost?")


async def test_the_same_words_are_asked_for_once(tier: Counting) -> None:
    near = NearCache(tier, 1_000_000)
    first, again = await near.synthesize(LINE), await near.synthesize(LINE)
    assert tier.calls == 1
    assert (again.audio, again.duration_s) == (first.audio, first.duration_s)
    assert again.cached


async def test_another_format_or_text_is_another_speech(tier: Counting) -> None:
    near = NearCache(tier, 1_000_000)
    for request in (LINE, replace(LINE, format="mp3"), replace(LINE, text="And what does it gain?")):
        await near.synthesize(request)
    assert tier.calls == 3


async def test_a_stand_in_is_not_kept(tier: Counting) -> None:
    near = NearCache(tier, 1_000_000)
    tier.stands_in = "The wanted voice is missing."
    await near.synthesize(LINE)
    tier.stands_in = ""
    assert (await near.synthesize(LINE)).stands_in == ""
    assert tier.calls == 2


async def test_it_holds_no_more_than_its_bytes_and_nothing_without_any(tier: Counting) -> None:
    size = len((await tier.synthesize(LINE)).audio)
    near = NearCache(tier, 2 * size)
    for number in range(5):
        await near.synthesize(replace(LINE, text=f"{LINE.text} {number}"))
    assert near.cache.size_bytes <= 2 * size
    none = NearCache(tier, 0)
    before = tier.calls
    await none.synthesize(LINE)
    await none.synthesize(LINE)
    assert tier.calls == before + 2


async def test_an_error_is_not_kept_and_a_stream_passes_through(tier: Counting) -> None:
    near = NearCache(tier, 1_000_000)
    with pytest.raises(InvalidInput):
        await near.synthesize(SynthesisRequest("..."))
    async with aclosing(near.stream(LINE)) as parts:
        assert sum([part.duration_s async for part in parts]) > 0
    assert len(near.cache) == 0
