"""Two releases work on one interview: each reads what the other wrote, and neither loses anything of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from deployments.agent.contract import EndRequest
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.sessions.events import Event, Unrecognised, decode_event, encode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from interview.sessions.snapshot_format import SNAPSHOT_FORMAT
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.archive import tables
from storage.archive.database import Database
from storage.archive.sql import SqlArchive
from storage.archive.transfer import archive_session, load_session, made_live
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import TESTS

KEY = SessionKey("acme", "rehearsal")
ANSWER = "I build the billing service of a logistics company together with four other people"
#: An event of the release after this one.
LATER = Unrecognised("answer.weighed", {"turn": 1, "weight": 0.5, "by": {"scale": ["a", "b"]}})


@pytest.fixture
async def sessions(redis_url: str) -> AsyncIterator[RedisSessionStore]:
    store = RedisSessionStore(redis_url, prefix=f"u{secrets.token_hex(4)}")
    yield store
    await store.close()


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    opened = Database("sqlite://")
    yield opened
    await opened.close()


@pytest.fixture
def archive(database: Database) -> SqlArchive:
    return SqlArchive(database)


@pytest.fixture
def stage(sessions: RedisSessionStore, archive: SqlArchive) -> RehearsalStage:
    return RehearsalStage(
        sessions=sessions,
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        archive=archive,
    )


async def later(sessions: RedisSessionStore) -> bytes:
    """Commit an event of the later release; returns it as stored."""
    await amend(sessions, KEY, lambda _: (LATER,))
    return (await sessions.raw_events(KEY))[-1]


async def test_an_interview_goes_on_over_events_of_a_later_release_and_keeps_them(
    stage: RehearsalStage, sessions: RedisSessionStore, archive: SqlArchive
) -> None:
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    stored = await later(sessions)
    assert json.loads(stored)["type"] == "answer.weighed"
    assert json.loads(stored)["data"] == LATER.fields
    await candidate.answer(ANSWER)
    await later(sessions)
    await stage.agent().end(EndRequest("acme", "rehearsal"))
    state = await sessions.load(KEY)
    assert state is not None
    assert state.turn_number == 1
    assert state == fold(await sessions.events(KEY))
    log = await sessions.raw_events(KEY)
    assert stored in log
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    found = await load_session(sessions, archive, KEY)
    assert found is not None
    assert [encode_event(event) for event in found.events] == log
    assert await made_live(sessions, archive, KEY) == state
    assert await sessions.raw_events(KEY) == log


def with_field(raw: bytes, **fields: Any) -> bytes:
    record = json.loads(raw)
    record["data"] |= fields
    return json.dumps({**record, "signed_by": "a later release"}).encode()


async def test_known_events_with_fields_of_a_later_release_fold_as_without_them(
    stage: RehearsalStage, sessions: RedisSessionStore
) -> None:
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(ANSWER)
    log = await sessions.raw_events(KEY)
    extended = [with_field(raw, mood="calm", weights=[1, 2]) for raw in log]
    assert fold(map(decode_event, extended)) == fold(map(decode_event, log))


async def test_a_snapshot_of_another_release_is_folded_anew_and_replaced(
    stage: RehearsalStage, sessions: RedisSessionStore
) -> None:
    """It may lack fields of this release, or have had more: its numbers must not be believed."""
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    true = await sessions.load(KEY)
    assert true is not None
    name = sessions._keys(KEY).session
    wrong = msgspec.msgpack.encode({**msgspec.to_builtins(true), "hints_used": 9, "field_of_another_release": 1})
    for format in ("0" * 16, "", "\0"):
        await sessions._link.command("HSET", name, "s", format.encode() + wrong, what="test")
        assert await sessions.load(KEY) == true
        assert (await sessions.load_with_idempotency(KEY, "start", "start"))[0] == true
    await candidate.answer(ANSWER)
    stored = await sessions._link.command("HGET", name, "s", what="test")
    assert stored.startswith(SNAPSHOT_FORMAT.encode())
    assert await sessions.load(KEY) == fold(await sessions.events(KEY))


async def test_an_archived_snapshot_of_another_release_is_folded_anew(
    stage: RehearsalStage, sessions: RedisSessionStore, archive: SqlArchive, database: Database
) -> None:
    await stage.rehearsal().start("short-plan")
    found = await archive.load(KEY)
    assert found is not None
    wrong = {"format": "0" * 16, "state": {**msgspec.to_builtins(found.state), "hints_used": 9}}
    row = tables.sessions.update().values(snapshot=msgspec.json.encode(wrong).decode())
    await database.write("test", lambda connection: connection.execute(row))
    assert await archive.load(KEY) == found


def test_the_format_changes_with_the_fields_of_the_state() -> None:
    grown = msgspec.defstruct("SessionState", [("mood", str, "")], bases=(SessionState,), frozen=True)
    assert msgspec.json.schema(grown) != msgspec.json.schema(SessionState)
    assert len(SNAPSHOT_FORMAT) == 16


@pytest.mark.parametrize("raw", [b"{}", b'{"seq":1}', b"\xff", b'{"seq":1,"time":"2026-01-05T09:00:00Z","type":"x"}'])
def test_what_is_no_event_is_an_error(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_event(raw)


def test_an_event_of_a_known_type_must_have_its_form() -> None:
    event = Event(seq=1, time=datetime(2026, 1, 5, 9, 0, tzinfo=UTC), data=LATER)
    assert decode_event(encode_event(event)) == event
    broken = encode_event(event).replace(b"answer.weighed", b"grade.recorded")
    with pytest.raises(msgspec.ValidationError):
        decode_event(broken)
