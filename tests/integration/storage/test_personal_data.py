"""Export, erasure and retention over real stores: a real Redis, files, and SQLite."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interview.errors import NotFound
from interview.policies.retention import RetentionPolicy
from interview.sessions.invitation import Invitation, PreparedStart
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database, sqlite_url
from storage.archive.sql import SqlArchive
from storage.archive.transfer import archive_session, load_state
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.blobs.layout import audio_prefix, documents_prefix, reports_prefix
from storage.erasure.erasure import Erasure
from storage.erasure.personal_data import PersonalData
from storage.erasure.retention import Applied, Retention
from storage.invitations.redis import RedisInvitations
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueuedJob, job_id
from storage.work_queue.redis import RedisWorkQueue
from tests.support.interviews import concluded

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORDS = "zqwordsqz"
VOICE = b"zqvoiceqz"


@dataclass
class Stores:
    directory: Path
    sessions: RedisSessionStore
    archive: SqlArchive
    audit: SqlAuditLog
    blobs: FsspecBlobStore
    invitations: RedisInvitations
    erasure: Erasure
    queue: RedisWorkQueue

    @property
    def personal_data(self) -> PersonalData:
        return PersonalData(self.sessions, self.archive, self.audit, self.blobs, self.invitations, self.erasure)

    def retention(self, policy: RetentionPolicy) -> Retention:
        return Retention(policy, self.sessions, self.archive, self.audit, self.blobs, self.erasure)

    async def keep(
        self, interview_id: str, *, reference: str = "cand-7", days_ago: float = 1, live: bool = False
    ) -> None:
        """An interview that ended ``days_ago``, with a recording, a document and a report."""
        key = SessionKey("acme", interview_id)
        await concluded(self.sessions, key, said=WORDS, reference=reference, ended=NOW - timedelta(days=days_ago))
        await archive_session(self.sessions, self.archive, key)
        if not live:
            await self.sessions.delete(key)
        await self.blobs.put(f"{audio_prefix(*address(key))}/1-candidate.wav", VOICE)
        await self.blobs.put(f"{documents_prefix(*address(key))}/resume.txt", WORDS.encode())
        await self.blobs.put(f"{reports_prefix(*address(key))}/report.json", WORDS.encode())

    def holding(self, word: bytes) -> int:
        """How many files hold ``word``."""
        return sum(word in path.read_bytes() for path in self.directory.rglob("*") if path.is_file())

    async def actions(self) -> list[str]:
        return [entry.action for entry in reversed(await self.audit.entries("acme"))]


def address(key: SessionKey) -> tuple[str, str]:
    return key.tenant, key.interview_id


@pytest.fixture
async def stores(redis_url: str, tmp_path: Path) -> AsyncIterator[Stores]:
    prefix = f"p{secrets.token_hex(4)}"
    sessions = RedisSessionStore(redis_url, prefix=prefix)
    queue = RedisWorkQueue(redis_url, "grading", prefix=prefix)
    database = Database(sqlite_url(tmp_path / "archive.db"))
    blobs = FsspecBlobStore(str(tmp_path / "blobs"))
    archive = SqlArchive(database)
    invitations = RedisInvitations(redis_url, prefix=prefix)
    erasure = Erasure(sessions, archive, blobs, (queue,), invitations)
    yield Stores(tmp_path, sessions, archive, SqlAuditLog(database), blobs, invitations, erasure, queue)
    await queue.close()
    await invitations.close()
    await sessions.close()
    await database.close()
    await blobs.close()


async def test_an_export_holds_everything_of_the_candidate_and_nothing_else(stores: Stores) -> None:
    await stores.keep("one", days_ago=3)
    await stores.keep("two", live=True)
    await stores.keep("other", reference="cand-8")
    keys = await stores.personal_data.of_candidate("acme", "cand-7")
    file = io.BytesIO()
    await stores.personal_data.export(keys, file, by="key-1")
    with zipfile.ZipFile(file) as found:
        names = ("audio/1-candidate.wav", "documents/resume.txt", "events.jsonl", "reports/report.json", "state.json")
        assert sorted(found.namelist()) == sorted(f"{key}/{name}" for key in ("one", "two") for name in names)
        assert found.read("one/audio/1-candidate.wav") == VOICE
        assert WORDS in json.loads(found.read("one/state.json"))["conversation_history"][1]["content"]
        assert [json.loads(line)["seq"] for line in found.read("two/events.jsonl").splitlines()] == [1, 2, 3, 4]
    assert await stores.actions() == ["interview.exported", "interview.exported"]
    for tenant, reference in (("acme", "cand-9"), ("rival", "cand-7"), ("acme", "")):
        with pytest.raises(NotFound):
            await stores.personal_data.of_candidate(tenant, reference)


async def test_an_invitation_that_was_never_used_is_exported_and_erased(stores: Stores) -> None:
    now = datetime.now(UTC)
    invited = (("three", "acme", "cand-7"), ("four", "acme", "cand-8"), ("five", "rival", "cand-7"))
    for name, tenant, reference in invited:
        start = PreparedStart(plan="plan", candidate_name="Ada Lovelace", candidate_reference=reference)
        await stores.invitations.put(Invitation(tenant, name, "link", now, now + timedelta(days=1), "key-1", start))
    await stores.keep("one", days_ago=3)
    keys = await stores.personal_data.of_candidate("acme", "cand-7")
    assert [key.interview_id for key in keys] == ["one", "three"]
    file = io.BytesIO()
    await stores.personal_data.export(keys, file, by="key-1")
    with zipfile.ZipFile(file) as found:
        assert json.loads(found.read("three/invitation.json"))["start"]["candidate_name"] == "Ada Lovelace"
    await stores.personal_data.erase(keys, by="key-1")
    assert await stores.invitations.find(SessionKey("acme", "three")) is None
    assert await stores.invitations.find(SessionKey("acme", "four")) is not None
    assert await stores.invitations.find(SessionKey("rival", "five")) is not None


async def test_an_erased_candidate_leaves_the_proof_alone(stores: Stores) -> None:
    await stores.keep("one", days_ago=3)
    await stores.keep("two", live=True)
    keys = await stores.personal_data.of_candidate("acme", "cand-7")
    assert await stores.personal_data.erase(keys, by="key-1")
    for word in (WORDS.encode(), VOICE, b"cand-7", b"Ada Lovelace"):
        assert stores.holding(word) == 0, word
    assert await stores.actions() == ["interview.erased", "interview.erased"]
    assert [entry.actor for entry in await stores.audit.entries("acme", subject="one")] == ["key-1"]
    with pytest.raises(NotFound):
        await stores.personal_data.of_candidate("acme", "cand-7")


async def test_each_class_goes_when_its_time_has_come_and_leaves_its_proof(stores: Stores) -> None:
    await stores.keep("young", days_ago=9)
    await stores.keep("sound", days_ago=11)
    await stores.keep("words", days_ago=21)
    await stores.keep("whole", days_ago=31)
    retention = stores.retention(RetentionPolicy(recordings_days=10, transcripts_days=20, decisions_days=30))
    assert await retention.apply(NOW) == Applied(recordings=1, transcripts=1, decisions=1)
    assert await retention.apply(NOW) == Applied()
    assert len([path for path in stores.directory.rglob("*.wav") if path.is_file()]) == 1
    assert not any("words" in str(path) for path in stores.directory.rglob("*.txt"))
    state = await load_state(stores.sessions, stores.archive, SessionKey("acme", "words"))
    assert state is not None
    assert (state.conversation_history, state.status) == ((), "concluded")
    assert await load_state(stores.sessions, stores.archive, SessionKey("acme", "whole")) is None
    assert await stores.archive.used(SessionKey("acme", "whole"))
    actions = ["interview.erased", "recordings.deleted", "transcript.deleted", "recordings.deleted"]
    assert await stores.actions() == actions


async def test_a_transcript_takes_the_jobs_that_quote_it_along(stores: Stores) -> None:
    for name in ("words", "young"):
        await stores.keep(name, days_ago=21 if name == "words" else 9)
        await stores.queue.enqueue(QueuedJob(job_id("judge", "acme", name, 1), "judge", WORDS.encode()))
    await stores.retention(RetentionPolicy(transcripts_days=20)).apply(NOW)
    left = [claim.job.id for claim in await stores.queue.claim("worker", limit=9)]
    assert left == [job_id("judge", "acme", "young", 1)]


async def test_a_policy_without_times_deletes_nothing(stores: Stores) -> None:
    await stores.keep("old", days_ago=10_000)
    assert await stores.retention(RetentionPolicy()).apply(NOW) == Applied()
    assert stores.holding(VOICE) == 1


async def test_one_interview_that_cannot_be_deleted_stops_no_other(
    stores: Stores, failed_items: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "bad", "two"):
        await stores.keep(name, days_ago=5)
    delete = stores.blobs.delete

    async def failing(prefix: str) -> int:
        if "/bad/" in prefix:
            raise OSError("no rights")
        return await delete(prefix)

    monkeypatch.setattr(stores.blobs, "delete", failing)
    retention = stores.retention(RetentionPolicy(recordings_days=1))
    assert await retention.apply(NOW) == Applied(recordings=2)
    assert failed_items == [("retention", "OSError")]
    monkeypatch.undo()
    assert await retention.apply(NOW) == Applied(recordings=1)


async def test_no_later_transfer_brings_deleted_words_back(stores: Stores) -> None:
    await stores.keep("words", days_ago=21)
    await stores.retention(RetentionPolicy(transcripts_days=20)).apply(NOW)
    key = SessionKey("acme", "words")
    await concluded(stores.sessions, key, said=WORDS, reference="cand-7", ended=NOW - timedelta(days=21), notes=3)
    assert not await archive_session(stores.sessions, stores.archive, key)
    await stores.sessions.delete(key)
    assert stores.holding(WORDS.encode()) == 0
