"""Batches pieces by key within a replica: joins waiting pieces, drops cancelled ones, and isolates failures.

``ray.serve.batch`` collects pieces for a few milliseconds; CTranslate2 takes only pieces of one key per call. While the
engine is busy, arriving small batches are joined with others of their key, so that load enlarges batches instead of
queues. It does not use Ray, so tests need none.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from deployments.stt.engines.port import AudioPiece, BatchKey, PieceOutcome, Recognizer
from interview.errors import DeadlineExceeded, EngineFailed

logger = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    arrival: int
    piece: AudioPiece
    outcome: asyncio.Future[PieceOutcome]


def batch_audio_s(pieces: Sequence[AudioPiece]) -> int:
    """The weight of a batch: seconds of encoder input, rounded up. ``batch_size_fn`` of ``ray.serve.batch``."""
    return math.ceil(sum(piece.window_s for piece in pieces))


class KeyedBatches:
    """Runs mixed batches on an engine: at most ``engine.workers`` groups at a time, each of one key, in a thread.

    The oldest waiting piece decides which key goes next, so none starves. CTranslate2 releases the GIL, so the event
    loop stays responsive. For one event loop.
    """

    def __init__(self, engine: Recognizer, max_batch_audio_s: float) -> None:
        self._engine = engine
        self._max_batch_audio_s = max_batch_audio_s
        self._threads = ThreadPoolExecutor(max_workers=engine.workers, thread_name_prefix="stt-engine")
        self._idle_workers = engine.workers
        self._arrivals = 0
        self._lanes: dict[BatchKey, deque[_Waiting]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, pieces: Sequence[AudioPiece]) -> list[PieceOutcome]:
        """One outcome per piece, in order; never raises because of a piece."""
        loop = asyncio.get_running_loop()
        outcomes: list[asyncio.Future[PieceOutcome]] = []
        for piece in pieces:
            waiting = _Waiting(self._arrivals, piece, loop.create_future())
            self._arrivals += 1
            self._lanes.setdefault(piece.key, deque()).append(waiting)
            outcomes.append(waiting.outcome)
        self._start_idle_workers()
        return [await outcome for outcome in outcomes]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start_idle_workers(self) -> None:
        while self._idle_workers and self._lanes:
            self._idle_workers -= 1
            task = asyncio.ensure_future(self._work(self._next_group()))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _next_group(self) -> list[_Waiting]:
        key = min(self._lanes, key=lambda key: self._lanes[key][0].arrival)
        lane = self._lanes[key]
        group = [lane.popleft()]
        while lane and batch_audio_s([*(item.piece for item in group), lane[0].piece]) <= self._max_batch_audio_s:
            group.append(lane.popleft())
        if not lane:
            del self._lanes[key]
        return group

    async def _work(self, group: list[_Waiting]) -> None:
        pieces = [waiting.piece for waiting in group]
        try:
            outcomes = await asyncio.get_running_loop().run_in_executor(self._threads, self._run_group, pieces)
        finally:
            self._idle_workers += 1
        for waiting, outcome in zip(group, outcomes, strict=True):
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)
        self._start_idle_workers()

    def _run_group(self, pieces: list[AudioPiece]) -> list[PieceOutcome]:
        # Checked here and not on arrival, because the group may have waited for a free worker.
        wanted = [piece for piece in pieces if piece.wanted()]
        self._engine.stats.dropped += len(pieces) - len(wanted)
        outcomes = dict(zip(map(id, wanted), self._isolating(wanted), strict=True))
        late = DeadlineExceeded("The recording waited too long for a free transcriber; try again.", retry_after_s=2)
        return [outcomes.get(id(piece), late) for piece in pieces]

    def _isolating(self, pieces: list[AudioPiece]) -> list[PieceOutcome]:
        """Run a group; when it fails, bisect it until the piece at fault is alone."""
        if not pieces:
            return []
        try:
            outcomes: list[PieceOutcome] = list(self._engine.transcribe_batch(pieces))
            if len(outcomes) != len(pieces):
                raise EngineFailed(f"The speech model gave {len(outcomes)} results for {len(pieces)} pieces.")
            return outcomes
        except Exception as error:
            self._engine.stats.failed_batches += 1
            logger.warning("a batch of %d failed: %s", len(pieces), type(error).__name__, exc_info=error)
        if len(pieces) == 1:
            return [EngineFailed("The speech model failed on this recording; try again.", retry_after_s=1)]
        middle = len(pieces) // 2
        return [*self._isolating(pieces[:middle]), *self._isolating(pieces[middle:])]
