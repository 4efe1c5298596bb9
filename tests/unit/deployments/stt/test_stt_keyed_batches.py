"""Batches across requests: one key a call, waiting pieces join, who left costs nothing, who breaks breaks alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from deployments.stt.engines.fake import FakeRecognizer
from deployments.stt.engines.port import AudioPiece, BatchKey, PieceOptions, PieceText
from deployments.stt.keyed_batches import KeyedBatches, batch_audio_s
from interview.errors import DeadlineExceeded, EngineFailed

SPEECH = np.zeros(16_000, np.float32)


class GatedEngine(FakeRecognizer):
    """Holds every batch until the gate opens, so that a test decides what waits meanwhile."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.gate = threading.Event()
        self.started = threading.Event()
        self.batches: list[list[AudioPiece]] = []

    def transcribe_batch(self, pieces: Sequence[AudioPiece]) -> list[PieceText]:
        self.batches.append(list(pieces))
        self.started.set()
        assert self.gate.wait(10)
        return super().transcribe_batch(pieces)


def piece(engine: FakeRecognizer, **key: object) -> AudioPiece:
    made = engine.prepare(SPEECH, PieceOptions(language="en"))
    made.key = msgspec.structs.replace(made.key, **key)
    return made


async def started(engine: GatedEngine) -> None:
    assert await asyncio.to_thread(engine.started.wait, 10)


async def test_a_batch_never_mixes_keys() -> None:
    engine = GatedEngine()
    engine.gate.set()
    batches = KeyedBatches(engine, max_batch_audio_s=600)
    pieces = [piece(engine, prompt_tokens=length) for length in (2, 10, 2, 18, 10)]

    outcomes = await batches.run(pieces)

    assert all(isinstance(outcome, PieceText) for outcome in outcomes)
    assert sorted(len(batch) for batch in engine.batches) == [1, 2, 2]
    assert all(len({item.key for item in batch}) == 1 for batch in engine.batches)


async def test_pieces_of_other_requests_that_wait_join_the_next_batch() -> None:
    engine = GatedEngine()
    batches = KeyedBatches(engine, max_batch_audio_s=600)
    first = asyncio.ensure_future(batches.run([piece(engine)]))
    await started(engine)
    others = [asyncio.ensure_future(batches.run([piece(engine)])) for _ in range(5)]
    await asyncio.sleep(0)
    engine.gate.set()

    await asyncio.gather(first, *others)

    assert [len(batch) for batch in engine.batches] == [1, 5]


async def test_a_batch_holds_no_more_audio_than_its_limit() -> None:
    engine = GatedEngine()
    engine.gate.set()
    batches = KeyedBatches(engine, max_batch_audio_s=90)

    await batches.run([piece(engine) for _ in range(7)])

    assert [batch_audio_s(batch) for batch in engine.batches] == [90, 90, 30]


async def test_the_oldest_piece_chooses_the_next_key_so_none_starves() -> None:
    engine = GatedEngine()
    batches = KeyedBatches(engine, max_batch_audio_s=60)
    running = asyncio.ensure_future(batches.run([piece(engine)]))
    await started(engine)
    rare = asyncio.ensure_future(batches.run([piece(engine, beam_size=5)]))
    await asyncio.sleep(0)
    common = [asyncio.ensure_future(batches.run([piece(engine)])) for _ in range(6)]
    await asyncio.sleep(0)
    engine.gate.set()

    await asyncio.gather(running, rare, *common)

    assert engine.batches[1][0].key.beam_size == 5


async def test_a_piece_whose_caller_left_or_whose_time_is_up_is_not_transcribed() -> None:
    engine = GatedEngine()
    engine.gate.set()
    batches = KeyedBatches(engine, max_batch_audio_s=600)
    left, late, wanted = piece(engine), piece(engine), piece(engine)
    left.dropped = True
    late.expires_at = 0.0

    outcomes = await batches.run([left, wanted, late])

    assert [type(outcome) for outcome in outcomes] == [DeadlineExceeded, PieceText, DeadlineExceeded]
    assert engine.batches == [[wanted]]
    assert engine.stats.dropped == 2


@pytest.mark.parametrize("bad_at", range(5))
async def test_one_bad_piece_fails_alone(bad_at: int) -> None:
    bad: list[AudioPiece] = []
    engine = FakeRecognizer(fails_on=lambda item: item is bad[0])
    batches = KeyedBatches(engine, max_batch_audio_s=600)
    pieces = [piece(engine) for _ in range(5)]
    bad.append(pieces[bad_at])

    outcomes = await batches.run(pieces)

    assert isinstance(outcomes[bad_at], EngineFailed)
    assert sum(isinstance(outcome, PieceText) for outcome in outcomes) == 4


class Forgetful(FakeRecognizer):
    """Gives no result for the last piece of a call."""

    def transcribe_batch(self, pieces: Sequence[AudioPiece]) -> list[PieceText]:
        return super().transcribe_batch(pieces)[:-1]


async def test_an_engine_that_loses_a_result_leaves_nobody_waiting() -> None:
    engine = Forgetful()
    outcomes = await KeyedBatches(engine, max_batch_audio_s=600).run([piece(engine) for _ in range(3)])
    assert [type(outcome) for outcome in outcomes] == [EngineFailed] * 3


async def test_a_cancelled_caller_does_not_disturb_the_others_of_its_batch() -> None:
    engine = GatedEngine()
    batches = KeyedBatches(engine, max_batch_audio_s=600)
    gone = asyncio.ensure_future(batches.run([piece(engine)]))
    stays = asyncio.ensure_future(batches.run([piece(engine)]))
    await started(engine)
    gone.cancel()
    engine.gate.set()

    assert isinstance((await stays)[0], PieceText)
    with pytest.raises(asyncio.CancelledError):
        await gone


def test_keys_differ_in_all_that_ctranslate2_cannot_mix() -> None:
    key = BatchKey(3000, 2, 0, False, 1, 0.0)
    changes = {"window_frames": 1000, "prompt_tokens": 3, "transcript_token_at": 1, "timestamps": True, "beam_size": 5}
    others = {msgspec.structs.replace(key, **{name: value}) for name, value in changes.items()}
    assert key not in others
    assert len(others) == len(changes)
