"""An erased interview leaves no word behind: not in Redis, not in a blob, not in a byte of the data directory."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.contract import EndRequest
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.queued_work import EVALUATE, JUDGE, QueuedWork
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import InvalidInput, SessionEnded
from interview.plans.files import load_plan
from interview.plans.plan import encode_plan
from interview.sessions.invitation import Invitation, PreparedStart
from serve.composition.local_stores import archive_database
from serve.composition.personal_data import erase_interview
from serve.settings import StorageSettings
from serve.simulation.rehearsal import Rehearsal, RehearsalStage, WrittenVoice
from storage.archive.sql import SqlArchive
from storage.archive.transfer import archive_session, load_session
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.blobs.layout import session_prefix
from storage.embedded.server import EmbeddedRedis
from storage.erasure.erasure import Erasure
from storage.invitations.redis import RedisInvitations
from storage.redis.client import RedisLink
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueuedJob, job_id
from storage.work_queue.redis import RedisWorkQueue
from tests.support.paths import TESTS

CANARY = "zqcanaryqz"
KEPT = "zqkeptqz"
TENANT = "Müller & Co/a"
TYPES = {
    b"string": "GET {}",
    b"hash": "HGETALL {}",
    b"list": "LRANGE {} 0 -1",
    b"set": "SMEMBERS {}",
    b"zset": "ZRANGE {} 0 -1",
    b"stream": "XRANGE {} - +",
}


def recording(words: str) -> bytes:
    """A WAV file with ``words`` as its samples, so that they can be searched for."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes((words * 400).encode().ljust(16_000, b"\0")[:16_000])
    return file.getvalue()


class Ears(FakeSpeechToText):
    """Hears the word that a recording holds; ``gate`` holds a transcription back."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        heard = await super().transcribe(request)
        self.asked.set()
        await self.gate.wait()
        word = CANARY if CANARY.encode() in request.audio else KEPT
        segments = tuple(replace(segment, text=f"{word} {segment.text}") for segment in heard.segments)
        return replace(heard, text=f"{word} every write must also update the index", segments=segments)


@dataclass
class Place:
    """A data directory as ``interview up`` has one, and an agent over it."""

    data: Path
    server: EmbeddedRedis
    sessions: RedisSessionStore
    archive: SqlArchive
    blobs: FsspecBlobStore
    queue: RedisWorkQueue
    ears: Ears
    stage: RehearsalStage

    @property
    def erasure(self) -> Erasure:
        return Erasure(self.sessions, self.archive, self.blobs, (self.queue,))

    async def in_redis(self, word: str) -> set[str]:
        """The last parts of the names of all keys whose name or content holds ``word``."""
        link = RedisLink(self.server.url)
        found = set()
        for name in await link.command("KEYS", "*", what="test"):
            kind = await link.command("TYPE", name, what="test")
            words: list[Any] = [name if part == "{}" else part for part in TYPES[kind].split()]
            content = await link.command(*words, what="test")
            if word.encode() in name + flat(content):
                found.add(name.decode().rpartition("}:")[2].partition(":")[0])
        await link.close()
        return found

    def in_files(self, word: str) -> set[str]:
        """Places in the data directory (``redis``) and folders of interviews (``audio``) that hold ``word``."""
        found = set()
        for path in self.data.rglob("*"):
            if path.is_file() and (word.encode() in path.read_bytes() or word in str(path)):
                parts = path.relative_to(self.data).parts
                found.add(parts[4] if parts[:2] == ("blobs", "sessions") else parts[0].partition(".")[0])
        return found


def flat(content: Any) -> bytes:
    if isinstance(content, list):
        return b"\n".join(map(flat, content))
    return content if isinstance(content, bytes) else str(content).encode()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    with EmbeddedRedis(tmp_path, fsync="always") as server:
        sessions = RedisSessionStore(server.url)
        blobs = FsspecBlobStore(str(tmp_path / "blobs"))
        archive = SqlArchive(archive_database(tmp_path))
        queue = RedisWorkQueue(server.url, "grading")
        ears = Ears()
        stage = RehearsalStage(
            sessions=sessions,
            plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
            grading=GradingService(GradingConfig(), background=QueuedWork(queue)),
            blobs=blobs,
            config=AgentConfig(lease_s=60),
            stt=ears,
            voice=WrittenVoice(),
            archive=archive,
        )
        yield Place(tmp_path, server, sessions, archive, blobs, queue, ears, stage)
        await queue.close()
        await archive.close()
        await sessions.close()
        await blobs.close()


async def hold_interview(place: Place, word: str, interview_id: str) -> Rehearsal:
    """Several turns by voice and by text, with ``word`` in each field that a client fills and in the plan it brings."""
    candidate = place.stage.rehearsal(interview_id=interview_id, tenant=TENANT, voice=True)
    plan = msgspec.json.decode(encode_plan(place.stage.plan))
    plan |= {"title": f"Plan of {word}", "closing": f"Goodbye from {word}."}
    await candidate.start(
        plan,
        candidate_name=word,
        candidate_reference=f"ref {word}",
        resume_content=f"Five years at {word}.",
        role_description=f"Engineer at {word}.",
    )
    signals = {"tab_hidden": 1, "note": word}
    await candidate.answer(f"I build the billing service of {word}", key=f"{word}-1", signals=signals)
    await candidate.speak(recording(word), key=f"{word}-2")
    await candidate.hint(f"{word}-3")
    await candidate.answer(f"Every write must also update the index, said {word}", key=f"{word}-4")
    await candidate.speak(recording(word + "again"), key=f"{word}-5")
    return candidate


async def invite(place: Place, word: str, interview_id: str) -> None:
    invitations, now = RedisInvitations(place.server.url), datetime.now(UTC)
    start = PreparedStart(plan="short-plan", candidate_name=word, resume_content=f"Five years at {word}.")
    await invitations.put(Invitation(TENANT, interview_id, "0" * 16, now, now + timedelta(days=1), start=start))
    await invitations.close()


async def finish(place: Place, word: str, interview_id: str) -> None:
    """End it; archive, report, a done job, a dead one, a delayed one and one that waits."""
    agent = place.stage.agent()
    await agent.end(EndRequest(TENANT, interview_id, by="operator", reason=f"Asked by {word}."))
    grading = BackgroundGrading(place.sessions, place.archive, place.blobs, GradingConfig(), now=place.stage.clock.now)
    claims = [claim for claim in await place.queue.claim("w", limit=50) if interview_id in claim.job.id]
    for claim in claims:
        await grading.handlers[claim.job.kind](claim.job)
    evaluated = [claim for claim in claims if claim.job.kind == EVALUATE]
    judged = [claim for claim in claims if claim.job.kind == JUDGE]
    assert len(evaluated) == 1
    assert len(judged) >= 1
    await place.queue.ack(evaluated[0])
    await place.queue.bury(judged[0], f"no use: {word}")
    for claim in judged[1:]:
        await place.queue.retry(claim, "later", delay_s=3600)
    await place.queue.enqueue(QueuedJob(job_id(JUDGE, TENANT, interview_id, 99, "late"), JUDGE, word.encode()))


async def test_no_word_of_an_erased_interview_is_left_anywhere_and_another_interview_is_whole(place: Place) -> None:
    await hold_interview(place, CANARY, "erased")
    await finish(place, CANARY, "erased")
    await hold_interview(place, KEPT, "kept")
    await finish(place, KEPT, "kept")
    # it was there, in every place that this test looks at
    assert await place.in_redis(CANARY) == {"session", "events", "idem", "job"}
    assert place.in_files(CANARY) == {"redis", "audio", "documents", "plan", "archive", "reports"}
    before = await load_session(place.sessions, place.archive, SessionKey(TENANT, "kept"))
    kept_in_files = place.in_files(KEPT)

    erased = await place.erasure.erase(TENANT, "erased")

    assert erased.session
    assert erased.jobs >= 3
    assert erased.blobs >= 7
    assert erased.archived
    assert erased.log_purged
    assert await place.in_redis(CANARY) == set()
    while place.in_files(CANARY):  # the server removes its old log files on a thread of its own
        await asyncio.sleep(0.01)
    assert await place.in_redis("erased}") == {"erased"}  # the mark that keeps work in flight away
    assert await load_session(place.sessions, place.archive, SessionKey(TENANT, "erased")) is None
    assert await load_session(place.sessions, place.archive, SessionKey(TENANT, "kept")) == before
    assert place.in_files(KEPT) == kept_in_files
    assert (await place.erasure.erase(TENANT, "erased")).anything is False


async def test_nothing_comes_back_after_a_restart_of_the_server(place: Place) -> None:
    """The log that the server starts from was rewritten, and says the same as its memory."""
    await hold_interview(place, CANARY, "erased")
    await place.erasure.erase(TENANT, "erased")
    place.server.stop()
    place.server.start()
    assert await place.in_redis(CANARY) == set()
    with pytest.raises(SessionEnded, match="erased"):
        await place.stage.rehearsal(interview_id="erased", tenant=TENANT).start("short-plan")


async def test_a_turn_in_flight_does_not_bring_an_erased_interview_back(place: Place) -> None:
    candidate = await hold_interview(place, CANARY, "erased")
    place.ears.gate.clear()
    place.ears.asked.clear()
    turn = asyncio.create_task(candidate.speak(recording(CANARY), key="in flight"))
    await place.ears.asked.wait()
    await place.erasure.erase(TENANT, "erased")
    place.ears.gate.set()
    with pytest.raises(SessionEnded, match="erased"):
        await turn
    for again in (candidate.answer(CANARY), candidate.start("short-plan", resume_content=CANARY)):
        with pytest.raises(SessionEnded, match="erased"):
            await again
    # what such a step may have written beside the session, at the worst moment
    await place.blobs.put(f"{session_prefix(TENANT, 'erased')}/audio/1-candidate.wav", CANARY.encode())
    await place.queue.enqueue(QueuedJob(job_id(JUDGE, TENANT, "erased", 1, "q"), JUDGE, CANARY.encode()))
    assert not await archive_session(place.sessions, place.archive, SessionKey(TENANT, "erased"))
    assert await place.erasure.erase_leftovers() == 1
    assert await place.in_redis(CANARY) == set()
    while place.in_files(CANARY):
        await asyncio.sleep(0.01)
    assert await place.erasure.erase_leftovers() == 0


async def test_leftovers_that_cannot_be_erased_do_not_stop_the_others(
    place: Place, failed_items: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        await place.erasure.erase("acme", name)
        await place.blobs.put(f"{session_prefix('acme', name)}/audio/x", b"late")
    delete = place.blobs.delete

    async def failing(prefix: str) -> int:
        if prefix.endswith("/two"):
            raise OSError("no rights")
        return await delete(prefix)

    monkeypatch.setattr(place.blobs, "delete", failing)
    assert await place.erasure.erase_leftovers() == 2
    assert failed_items == [("erasure", "OSError")]


async def test_an_interview_is_erased_from_a_data_directory_on_which_no_platform_runs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    await hold_interview(place, CANARY, "erased")
    await finish(place, CANARY, "erased")
    await invite(place, CANARY, "erased")
    await place.sessions.delete(SessionKey(TENANT, "erased"))  # expired, and in the archive only
    for name in ("grading", "webhooks"):
        queue = RedisWorkQueue(place.server.url, name)
        await queue.enqueue(QueuedJob(job_id("deliver", TENANT, "erased", "late"), "deliver", CANARY.encode()))
        await queue.close()
    place.server.stop()
    erased = await erase_interview(StorageSettings(), place.data, TENANT, "erased")
    assert (erased.session, erased.invited, erased.log_purged) == (False, True, True)
    assert erased.blobs >= 7
    assert erased.archived
    assert place.in_files(CANARY) == set()


@pytest.mark.parametrize(("tenant", "interview_id"), [("", "iv"), ("acme", "")])
async def test_an_erasure_without_an_address_is_refused_and_erases_nothing(
    place: Place, tenant: str, interview_id: str
) -> None:
    await place.blobs.put("sessions/acme/iv/audio/x", b"kept")
    with pytest.raises(InvalidInput):
        await place.erasure.erase(tenant, interview_id)
    assert await place.blobs.exists("sessions/acme/iv/audio/x")
