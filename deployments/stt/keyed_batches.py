"""What happens inside one batch: group by key, drop who left, isolate what breaks.

``ray.serve.batch`` gathers pieces as they come; CTranslate2 takes only pieces of one key in a call. Knows no Ray, so
that it is tested without.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from deployments.stt.engine import BatchKey, Piece, PieceOutcome, SpeechEngine
from interview.errors import DeadlineExceeded, EngineFailed

logger = logging.getLogger(__name__)


def batch_audio_s(pieces: Sequence[Piece]) -> int:
    """The weight of a batch: seconds of encoder input, rounded up. ``batch_size_fn`` of ``ray.serve.batch``."""
    return math.ceil(sum(piece.window_s for piece in pieces))


class KeyedBatches:
    """Runs mixed batches on an engine, one group per key, each group in a worker thread.

    CTranslate2 releases the GIL, so the event loop keeps answering meanwhile.
    """

    def __init__(self, engine: SpeechEngine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(max_workers=engine.workers, thread_name_prefix="stt-engine")

    async def run(self, pieces: Sequence[Piece]) -> list[PieceOutcome]:
        """One outcome per piece, in order; never raises for a piece's sake."""
        groups: dict[BatchKey, list[int]] = {}
        for index, piece in enumerate(pieces):
            groups.setdefault(piece.key, []).append(index)
        loop = asyncio.get_running_loop()
        outcomes: dict[int, PieceOutcome] = {}
        runs = [
            loop.run_in_executor(self._threads, self._run_group, [pieces[index] for index in indices])
            for indices in groups.values()
        ]
        for indices, group in zip(groups.values(), await asyncio.gather(*runs), strict=True):
            outcomes.update(zip(indices, group, strict=True))
        return [outcomes[index] for index in range(len(pieces))]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run_group(self, pieces: list[Piece]) -> list[PieceOutcome]:
        # Looked at here and not on arrival: a group may have waited for a free worker.
        wanted = [piece for piece in pieces if piece.wanted()]
        self._engine.stats.dropped += len(pieces) - len(wanted)
        texts = iter(self._isolating(wanted))
        late = DeadlineExceeded("The recording waited too long for a free transcriber; try again.", retry_after_s=2)
        still_wanted = {id(piece) for piece in wanted}
        return [next(texts) if id(piece) in still_wanted else late for piece in pieces]

    def _isolating(self, pieces: list[Piece]) -> list[PieceOutcome]:
        """Run a group; when it fails, halve it until the piece at fault stands alone."""
        if not pieces:
            return []
        try:
            return list(self._engine.transcribe_batch(pieces))
        except Exception as error:
            self._engine.stats.failed_batches += 1
            logger.warning("a batch failed: %s", type(error).__name__, exc_info=error, extra={"pieces": len(pieces)})
        if len(pieces) == 1:
            return [EngineFailed("The speech model failed on this recording; try again.", retry_after_s=1)]
        middle = len(pieces) // 2
        return [*self._isolating(pieces[:middle]), *self._isolating(pieces[middle:])]
