"""A grading worker process for tests that kill it: the real tier on a real Redis, only the model's weights are fake.

``doomed_worker.py REDIS_URL PREFIX BLOB_DIRECTORY SERVICE_MS``; prints ``ready`` once it works.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import interviews

from deployments.grading.background.worker import rules_of
from deployments.grading.config import BackgroundConfig, GradingConfig
from deployments.grading.tier import GradingStores, GradingTier
from deployments.llm.config import FakeModelConfig, LlmConfig
from storage.archive.database import Database, sqlite_url
from storage.archive.sql import SqlArchive
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.redis import RedisWorkQueue
from tests.support.fake_language_model import FakeLanguageModel

CONFIG = GradingConfig(
    background=BackgroundConfig(
        concurrency=3, lease_s=0.6, max_attempts=1000, backoff_s=0.05, archive_sweep_s=0, patience_s=1e9
    )
)


async def work(url: str, prefix: str, blobs: str, service_ms: float) -> None:
    fake = FakeModelConfig(service_time="lognormal", service_ms=service_ms)
    model = FakeLanguageModel(respond=interviews.verdict, config=LlmConfig(engine="fake", fake=fake))
    stores = GradingStores(
        sessions=RedisSessionStore(url, prefix=prefix),
        archive=SqlArchive(Database(sqlite_url(Path(blobs) / "archive.db"))),
        blobs=FsspecBlobStore(blobs),
        queue=RedisWorkQueue(url, "grading", rules=rules_of(CONFIG.background), prefix=prefix),
    )
    tier = GradingTier(CONFIG, stores, model)
    await tier.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
