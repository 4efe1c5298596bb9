"""Which interviews a prompt's version held, and which rollouts are halted. On SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from interview.plans.plan import PlanRef
from interview.sessions.events import AnyPayload, Event, SessionConcluded, SessionStarted, encode_event
from interview.sessions.fold import fold
from interview.sessions.settings import SessionSettings
from storage.archive import projection, tables
from storage.archive.database import Database
from storage.archive.rollouts import SqlRollouts
from storage.archive.schema import migration_config
from storage.archive.sql import SqlArchive
from storage.rollouts.port import Halt, Rollout
from storage.sessions.port import SessionKey

BEGAN = datetime(2026, 12, 1, 9, tzinfo=UTC)
OLD, NEW = "3@d4e6f0db14e6", "4@30e8375bfc97"
ENDED = SessionConcluded(turn=0, by="plan", reason="All was asked.")


@pytest.fixture
async def database(archive_url: str) -> AsyncIterator[Database]:
    opened = Database(archive_url)
    yield opened
    await opened.close()


def log_of(number: int, pin: str, *, tenant: str = "acme", ended: bool = True) -> list[Event]:
    """The ``number``-th interview begins ``number`` minutes after the first and lasts that long again."""
    began = BEGAN + timedelta(minutes=number)
    start = SessionStarted(
        interview_id=f"iv-{number}",
        tenant=tenant,
        plan=PlanRef(id="backend-engineer", version="1", digest="0" * 64),
        phase="intro",
        settings=SessionSettings(prompts={"interviewer": pin, "technical": "1@aaaaaaaaaaaa"}),
    )
    payloads: list[AnyPayload] = [start, *([ENDED] if ended else [])]
    return [Event(seq, began + timedelta(minutes=number * (seq - 1)), data) for seq, data in enumerate(payloads, 1)]


async def put(database: Database, number: int, pin: str, *, tenant: str = "acme", ended: bool = True) -> None:
    events = log_of(number, pin, tenant=tenant, ended=ended)
    assert await SqlArchive(database).put(fold(events), [encode_event(event) for event in events])


async def test_a_versions_ended_interviews_come_in_the_order_of_their_ends(database: Database) -> None:
    rollouts = SqlRollouts(database)
    await put(database, 3, NEW)
    await put(database, 1, OLD)
    await put(database, 2, NEW, tenant="rival")
    await put(database, 5, NEW, ended=False)
    found = await rollouts.interviews("interviewer", NEW, limit=10)
    assert [one.key for one in found] == [SessionKey("rival", "iv-2"), SessionKey("acme", "iv-3")]
    assert found[0].ended_at == BEGAN + timedelta(minutes=4)
    assert [one.pin for one in await rollouts.interviews("interviewer", OLD, limit=10)] == [OLD]
    since = BEGAN + timedelta(minutes=3)
    assert [one.key.interview_id for one in await rollouts.interviews("interviewer", NEW, since=since, limit=10)] == [
        "iv-3"
    ]
    assert len(await rollouts.interviews("interviewer", NEW, limit=1)) == 1
    assert await rollouts.interviews("behavioral", NEW, limit=10) == []
    assert await rollouts.began("interviewer", NEW) == BEGAN + timedelta(minutes=2)
    assert await rollouts.began("interviewer", "9@0") is None


async def test_what_was_erased_or_lost_its_transcript_is_not_compared(database: Database) -> None:
    rollouts, archive = SqlRollouts(database), SqlArchive(database)
    await put(database, 1, NEW)
    await put(database, 2, NEW)
    await archive.erase(SessionKey("acme", "iv-1"), by="test", cause="request")
    await archive.forget(SessionKey("acme", "iv-2"), "transcripts", BEGAN)
    assert await rollouts.interviews("interviewer", NEW, limit=10) == []
    left = await database.read(
        "test", lambda connection: connection.execute(sa.select(tables.session_prompts)).mappings().all()
    )
    assert len({row["session_id"] for row in left}) == 1  # the erased interview's rows are gone


async def test_one_of_many_who_halt_a_version_at_once_does_it(database: Database) -> None:
    rollouts = SqlRollouts(database)
    halts = [Halt("interviewer", NEW, BEGAN, f"reason {number}") for number in range(4)]
    done = await asyncio.gather(*(rollouts.halt(halt) for halt in halts))
    assert sorted(done) == [False, False, False, True]
    assert await rollouts.halts() == [halts[done.index(True)]]
    assert await rollouts.halt(Halt("technical", NEW, BEGAN + timedelta(hours=1), "another prompt"))
    assert [halt.prompt for halt in await rollouts.halts()] == ["interviewer", "technical"]


async def test_the_interviews_of_an_earlier_schema_are_compared_too(archive_url: str) -> None:
    from alembic import command

    engine = sa.create_engine(archive_url.replace("postgresql://", "postgresql+psycopg://"))
    config = migration_config()
    events = log_of(1, OLD)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        row = projection.session_row(fold(events), events)
        connection.execute(sa.insert(tables.sessions).values(row))
        damaged = ("not json", '{"state": null}', '{"state": {"settings": {"prompts": null}}}', "[]")
        for number, snapshot in enumerate(damaged):
            bad = {**row, "interview_id": f"bad-{number}", "snapshot": snapshot}
            connection.execute(sa.insert(tables.sessions).values(bad))
    engine.dispose()
    database = Database(archive_url)
    found = await SqlRollouts(database).interviews("interviewer", OLD, limit=10)
    assert [one.key.interview_id for one in found] == ["iv-1"]
    await database.close()


async def test_a_rollout_runs_since_its_last_change(database: Database) -> None:
    rollouts = SqlRollouts(database)
    tenth, half = (Rollout("interviewer", OLD, NEW, percent) for percent in (10, 50))
    at = [BEGAN + timedelta(hours=number) for number in range(6)]
    assert await rollouts.running([tenth], at[0]) == {"interviewer": at[0]}
    assert await rollouts.running([tenth], at[1]) == {"interviewer": at[0]}
    assert await rollouts.since("interviewer", OLD, NEW) == at[0]
    assert await rollouts.running([half], at[2]) == {"interviewer": at[2]}
    assert await rollouts.running([], at[3]) == {}
    assert await rollouts.since("interviewer", OLD, NEW) is None
    assert await rollouts.running([half], at[4]) == {"interviewer": at[4]}
    assert await rollouts.since("interviewer", NEW, OLD) is None
