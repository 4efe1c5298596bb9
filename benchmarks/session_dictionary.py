"""``python -m benchmarks.session_dictionary --out FILE``: trains the dictionary with which sessions are stored.

The samples are the events, snapshots and replies of rehearsed interviews over the shipped plans, so that no person's
words are in it. A dictionary in use never changes (``storage/sessions/compaction.py``): a new one gets a new number.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import msgspec
import zstandard

from benchmarks.load.traffic import ANSWERS, sample_audio
from deployments.agent.contract import EndRequest
from deployments.grading.config import GradingConfig
from deployments.grading.fake import FakeGrading
from deployments.grading.service import GradingService
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import InterviewError
from interview.plans.files import load_plan
from interview.sessions.events import Event, encode_event
from interview.sessions.session import SessionState
from interview.sessions.snapshot_format import SNAPSHOT_FORMAT
from serve.serve_file import plans_dir
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import IdempotencyRecord, SessionKey

_DICTIONARY_BYTES = 16 * 1024
_INTERVIEWS_PER_PLAN = 6
_TURNS = 24
_SPOKEN = 0.3


class SamplingStore(MemorySessionStore):
    """Keeps what a commit would write."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: list[bytes] = []

    async def commit(
        self,
        key: SessionKey,
        *,
        expected_version: int,
        state: SessionState,
        events: Sequence[Event],
        idempotency: IdempotencyRecord | None = None,
        releases: IdempotencyRecord | None = None,
        snapshot: bool = True,
    ) -> None:
        await super().commit(
            key,
            expected_version=expected_version,
            state=state,
            events=events,
            idempotency=idempotency,
            releases=releases,
            snapshot=snapshot,
        )
        self.samples += [encode_event(event) for event in events]
        if idempotency is not None and idempotency.status == "done":
            self.samples.append(msgspec.msgpack.encode(idempotency))
        if snapshot and state.turn_number % 6 == 1:
            self.samples.append(SNAPSHOT_FORMAT.encode() + msgspec.msgpack.encode(state))


async def samples() -> list[bytes]:
    """The values that rehearsed interviews store."""
    store = SamplingStore()
    own = random.Random(1)
    for path in sorted(plans_dir().glob("*.yaml")):
        for number in range(_INTERVIEWS_PER_PLAN):
            grading = FakeGrading(GradingConfig().fake) if number % 2 else GradingService(
                GradingConfig(), background=NotedQueue()
            )  # fmt: skip
            stage = RehearsalStage(sessions=store, plan=load_plan(path), grading=grading, stt=FakeSpeechToText())
            candidate = stage.rehearsal(interview_id=uuid.UUID(int=own.getrandbits(128)).hex)
            await candidate.start(stage.plan.id)
            for _ in range(_TURNS):
                stage.clock.advance(own.uniform(20, 90))
                key = uuid.UUID(int=own.getrandbits(128)).hex
                try:
                    if own.random() < _SPOKEN:
                        await candidate.speak(sample_audio(), key=key)
                    else:
                        await candidate.answer(own.choice(ANSWERS), key=key)
                except InterviewError:
                    break
            await candidate.agent.end(EndRequest(candidate.tenant, candidate.interview_id))
    return store.samples


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.session_dictionary", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    found = asyncio.run(samples())
    held_out = found[1::2]
    training: list[bytes | bytearray | memoryview[int]] = [*found[::2]]
    dictionary = zstandard.train_dictionary(_DICTIONARY_BYTES, training)
    given.out.write_bytes(dictionary.as_bytes())
    compressor = zstandard.ZstdCompressor(level=1, dict_data=dictionary, write_dict_id=False)
    share = sum(len(compressor.compress(one)) for one in held_out) / sum(len(one) for one in held_out)
    print(f"{len(found)} values; of those held out {share:.1%} remain")
    return 0


if __name__ == "__main__":
    sys.exit(main())
