"""The archive keeps, finds and forgets interviews: one suite on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from interview.errors import ConfigError, InternalError, StorageUnavailable
from interview.grades import Evidence, Grade
from interview.plans.plan import PlanRef
from interview.plans.questions import QuestionCard
from interview.sessions.events import (
    AnswerReceived,
    AnyPayload,
    DifficultyUpdated,
    Event,
    GradeRecorded,
    ResponseSent,
    SessionConcluded,
    SessionPaused,
    SessionResumed,
    SessionStarted,
    encode_event,
)
from interview.sessions.fold import fold
from interview.sessions.session import AgentAction, Candidate
from interview.sessions.settings import SessionSettings
from storage.archive import projection, schema, tables
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database
from storage.archive.port import ReportFacts, SessionQuery
from storage.archive.schema import HEAD, bring_up_to_date, migration_config
from storage.archive.sql import SqlArchive
from storage.audit.port import AuditEntry
from storage.sessions.port import SessionKey

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
KEY = SessionKey("acme", "iv-1")


@pytest.fixture
async def database(archive_url: str) -> AsyncIterator[Database]:
    opened = Database(archive_url)
    yield opened
    await opened.close()


@pytest.fixture
def archive(database: Database) -> SqlArchive:
    return SqlArchive(database)


def grade(score: float, **fields: Any) -> Grade:
    return Grade(score=score, level="good", confidence=0.9, rationale="said so", grader="coverage", **fields)


def asked(question_id: str, turn: int) -> ResponseSent:
    card = QuestionCard(
        question_id=question_id, question_type="technical", prompt="Why?", answer_mode="spoken", skill="databases"
    )
    action = AgentAction(action_type="new_question", reasoning="next", next_phase="technical")
    return ResponseSent(
        turn=turn, text="Why?", action=action, phase="technical", should_continue=True, question=card, core=True
    )


def log_of(*further: AnyPayload, key: SessionKey = KEY, began: datetime = BEGAN, **started: Any) -> list[Event]:
    candidate = started.pop("candidate", Candidate(name="Ada Lovelace", reference="cand-7"))
    plan = PlanRef(id=started.pop("plan", "backend-engineer"), version="1", digest="0" * 64)
    started.setdefault("settings", SessionSettings(prompts={"interviewer": "3@d4e6f0db14e6"}))
    first = SessionStarted(
        interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro", candidate=candidate, **started
    )
    payloads = (first, asked("q1", 0), *further)
    return [Event(seq, began + timedelta(seconds=seq), data) for seq, data in enumerate(payloads, start=1)]


ANSWER = AnswerReceived(turn=1, idempotency_key="k1", question_id="q1", text="An index costs writes.\x00")
ENDED = SessionConcluded(turn=1, by="plan", reason="All was asked.")
WHOLE = (
    ANSWER,
    GradeRecorded(turn=1, question_id="q1", grade=grade(0.4, evidence=(Evidence("An index costs writes."),))),
    DifficultyUpdated(turn=1, skill="databases", theta=0.3, standard_error=0.8, items=1),
    GradeRecorded(turn=1, question_id="q1", grade=grade(0.8), source="override", author="Grace", reason="It is right."),
    ENDED,
)


async def put(archive: SqlArchive, events: list[Event]) -> bool:
    return await archive.put(fold(events), [encode_event(event) for event in events])


async def rows(database: Database, table: sa.Table) -> list[dict[str, Any]]:
    found = await database.read("test", lambda connection: connection.execute(sa.select(table)).mappings().all())
    return [dict(row) for row in found]


async def test_an_interview_comes_back_as_it_was_put(archive: SqlArchive) -> None:
    events = log_of(*WHOLE)
    assert await archive.load(KEY) is None
    assert await put(archive, events)
    found = await archive.load(KEY)
    assert found is not None
    assert found.events == events
    assert found.state == fold(events)
    assert await archive.load(SessionKey("rival", "iv-1")) is None


async def test_every_table_tells_its_part(archive: SqlArchive, database: Database) -> None:
    await put(archive, log_of(*WHOLE))
    (session,) = await rows(database, tables.sessions)
    assert (session["status"], session["ended_by"], session["turns"]) == ("concluded", "plan", 0)
    assert session["ended_at"] == BEGAN + timedelta(seconds=7)
    (candidate,) = await rows(database, tables.candidates)
    assert (candidate["reference"], candidate["name"]) == ("cand-7", "Ada Lovelace")
    (question,) = await rows(database, tables.questions_asked)
    assert (question["question_id"], question["skill"], question["core"]) == ("q1", "databases", True)
    (attempt,) = await rows(database, tables.attempts)
    assert (attempt["turn"], attempt["text"]) == (1, "An index costs writes.")
    (skill,) = await rows(database, tables.skill_states)
    assert (skill["skill"], skill["theta"]) == ("databases", 0.3)
    (given,) = await rows(database, tables.grades)
    assert (given["score"], given["standing"]) == (0.4, False)
    (override,) = await rows(database, tables.overrides)
    assert (override["score"], override["author"], override["standing"]) == (0.8, "Grace", True)
    assert [row["type"] for row in await rows(database, tables.events)][:2] == ["session.started", "response.sent"]


async def test_a_transfer_is_idempotent_and_never_shortens(archive: SqlArchive, database: Database) -> None:
    events = log_of(*WHOLE)
    await asyncio.gather(*(put(archive, events[:length]) for length in (3, 7, 5, 7, 2, 7)))
    found = await archive.load(KEY)
    assert found is not None
    assert found.events == events
    for table, count in ((tables.attempts, 1), (tables.grades, 1), (tables.overrides, 1), (tables.candidates, 1)):
        assert len(await rows(database, table)) == count


async def test_another_interview_under_the_same_id_is_refused_and_changes_nothing(archive: SqlArchive) -> None:
    events = log_of(*WHOLE)
    await put(archive, events)
    other = log_of(*WHOLE, *WHOLE, began=BEGAN + timedelta(days=1), candidate=Candidate(name="Eve"))
    with pytest.raises(InternalError, match="another interview"):
        await put(archive, other)
    found = await archive.load(KEY)
    assert found is not None
    assert found.events == events


async def test_an_id_is_used_for_ever(archive: SqlArchive) -> None:
    assert not await archive.used(KEY)
    await put(archive, log_of())
    assert await archive.used(KEY)
    assert not await archive.used(SessionKey("rival", "iv-1"))
    assert await archive.erase(KEY, by="key-1", cause="request")
    assert await archive.used(KEY)
    assert not await put(archive, log_of(*WHOLE))
    assert await archive.load(KEY) is None


async def test_an_erasure_empties_every_table_and_keeps_a_proof_without_the_id(
    archive: SqlArchive, database: Database
) -> None:
    beside = SessionKey("acme", "iv-2")
    audit = SqlAuditLog(database)
    for key in (KEY, beside):
        await put(
            archive, log_of(*WHOLE, key=key, candidate=Candidate(name="Ada", reference=f"ref-{key.interview_id}"))
        )
        await audit.record(AuditEntry("acme", "key-1", "report.read", subject=key.interview_id))
        await archive.put_report(key, ReportFacts(7, BEGAN, final=True, score=0.5, needs_review=False))
    assert await archive.erase(KEY, by="key-1", cause="request")
    assert not await archive.erase(KEY, by="key-1", cause="request")
    for table in tables.metadata.sorted_tables:
        if table not in (
            tables.erasures,
            tables.audit_log,
            tables.tenant_plans,
            tables.prompt_halts,
            tables.prompt_rollouts,
        ):
            assert await rows(database, table), f"{table.name}: the other interview is whole"
        assert "iv-1" not in str(await rows(database, table)), table.name
    (proof,) = await rows(database, tables.erasures)
    assert (proof["erased_by"], proof["cause"]) == ("key-1", "request")
    entries = await audit.entries("acme", subject="iv-1")
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("interview.erased", proof["digest"]),
        ("report.read", proof["digest"]),
    ]


async def test_a_transfer_that_meets_an_erasure_does_not_restore_the_interview(archive_url: str) -> None:
    """Each with connections of its own, as two replicas have."""
    replicas = [SqlArchive(Database(archive_url)) for _ in range(4)]
    for number in range(8):
        key = SessionKey("acme", f"iv-{number}")
        log = log_of(*WHOLE, key=key)
        transfers = [put(replica, log[:length]) for replica, length in zip(replicas[1:], (2, 5, 7), strict=True)]
        await asyncio.gather(*transfers, replicas[0].erase(key, by="key-1", cause="request"))
        assert not await put(replicas[1], log)
        assert await replicas[0].load(key) is None
    for replica in replicas:
        await replica.close()


async def test_a_candidate_is_gone_with_the_last_interview(archive: SqlArchive, database: Database) -> None:
    keys = [SessionKey("acme", name) for name in ("iv-a", "iv-b")]
    for day, key in enumerate(keys):
        await put(archive, log_of(key=key, began=BEGAN + timedelta(days=day)))
    assert await archive.of_candidate("acme", "cand-7") == keys
    await archive.erase(keys[0], by="x", cause="request")
    assert len(await rows(database, tables.candidates)) == 1
    await archive.erase(keys[1], by="x", cause="request")
    assert await rows(database, tables.candidates) == []
    assert await archive.of_candidate("acme", "cand-7") == []


async def test_the_list_pages_without_a_gap_or_a_duplicate_while_interviews_arrive(archive: SqlArchive) -> None:
    for number in range(7):  # pairs start at the same moment
        key = SessionKey("acme", f"iv-{number}")
        await put(archive, log_of(key=key, began=BEGAN + timedelta(hours=number // 2)))
    await put(archive, log_of(key=SessionKey("rival", "iv-9")))
    seen: list[str] = []
    after = None
    while page := await archive.find(SessionQuery("acme", limit=2, after=after)):
        seen += [row.interview_id for row in page]
        after = (page[-1].started_at, page[-1].interview_id)
        await put(archive, log_of(key=SessionKey("acme", f"new-{len(seen)}"), began=BEGAN + timedelta(days=1)))
    assert seen == [f"iv-{number}" for number in (6, 5, 4, 3, 2, 1, 0)]


async def test_each_filter_selects(archive: SqlArchive) -> None:
    async def keep(name: str, *further: AnyPayload, day: int, **started: Any) -> None:
        await put(archive, log_of(*further, key=SessionKey("acme", name), began=BEGAN + timedelta(days=day), **started))

    await keep("done", ANSWER, ENDED, day=0)
    await keep("live", day=1, plan="data-analyst", candidate=Candidate(name="100% Grace", reference="cand-8"))
    doubtful = GradeRecorded(turn=1, question_id="q1", grade=grade(0.1, needs_review=True))
    await keep("doubt", doubtful, day=2, candidate=Candidate(name="Ada Ärlig"))
    facts = ReportFacts(4, BEGAN, final=True, score=0.62, needs_review=False)
    await archive.put_report(SessionKey("acme", "done"), facts)

    async def found(**filters: Any) -> set[str]:
        return {row.interview_id for row in await archive.find(SessionQuery("acme", **filters))}

    assert await found() == {"done", "live", "doubt"}
    assert await found(status="concluded") == {"done"}
    assert await found(plan="data-analyst") == {"live"}
    assert await found(candidate="cand-8") == {"live"}
    assert await found(candidate="doubt") == {"doubt"}
    assert await found(candidate="doub") == set()
    assert await found(candidate="ada") == {"done", "doubt"}
    assert await found(candidate="100% g") == {"live"}
    assert await found(candidate="ÄRLIG") == {"doubt"}
    assert await found(candidate="%") == {"live"}
    assert await found(needs_review=True) == {"doubt"}
    assert await found(needs_review=False) == {"done", "live"}
    assert await found(score_min=0.6, score_max=0.63) == {"done"}
    assert await found(score_min=0.63) == set()
    assert await found(since=BEGAN + timedelta(days=1), until=BEGAN + timedelta(days=2)) == {"live"}
    (row,) = await archive.find(SessionQuery("acme", status="concluded"))
    assert (row.score, row.report, row.final) == (0.62, True, True)


async def test_the_candidates_of_a_plan_are_compared_with_their_standard_errors(archive: SqlArchive) -> None:
    async def keep(name: str, *further: AnyPayload, day: int, tenant: str = "acme", **started: Any) -> None:
        key = SessionKey(tenant, name)
        await put(archive, log_of(*further, key=key, began=BEGAN + timedelta(days=day), **started))

    weaker = DifficultyUpdated(turn=1, skill="apis", theta=-0.4, standard_error=0.7, items=1)
    await keep("best", *WHOLE, day=0)
    await keep("later", ANSWER, weaker, ENDED, day=1)
    await keep("running", ANSWER, day=2)
    await keep("other-plan", *WHOLE, day=3, plan="data-analyst")
    await keep("foreign", *WHOLE, day=4, tenant="rival")
    await archive.put_report(
        SessionKey("acme", "best"), ReportFacts(7, BEGAN, final=True, score=0.8, needs_review=True)
    )
    later, best = await archive.compare("acme", "backend-engineer")
    assert (best.interview_id, best.score, best.final, best.needs_review) == ("best", 0.8, True, True)
    assert [(a.skill, a.theta, a.standard_error, a.items) for a in best.abilities] == [("databases", 0.3, 0.8, 1)]
    assert [(a.skill, a.theta) for a in later.abilities] == [("apis", -0.4)]
    assert (later.score, later.final) == (None, False)
    chosen = await archive.compare("acme", "backend-engineer", interviews=["best", "foreign", "running"])
    assert [one.interview_id for one in chosen] == ["best"]
    assert [one.interview_id for one in await archive.compare("acme", "backend-engineer", limit=1)] == ["later"]


async def test_a_report_of_an_older_version_does_not_replace_a_newer_one(archive: SqlArchive) -> None:
    await put(archive, log_of(*WHOLE))
    for version, score in ((7, 0.8), (6, 0.1)):
        await archive.put_report(KEY, ReportFacts(version, BEGAN, final=True, score=score, needs_review=False))
    (row,) = await archive.find(SessionQuery("acme"))
    assert row.score == 0.8
    await archive.put_report(SessionKey("acme", "unknown"), ReportFacts(1, BEGAN, True, 0.1, False))


async def test_retention_takes_the_words_and_leaves_the_decision(archive: SqlArchive, database: Database) -> None:
    await put(archive, log_of(*WHOLE, candidate=Candidate(name="Ada", reference="cand-7")))
    await put(archive, log_of(key=SessionKey("acme", "running")))
    later = BEGAN + timedelta(days=1)
    for kind in ("recordings", "transcripts", "decisions"):
        assert await archive.due(kind, BEGAN, limit=10) == []
        assert await archive.due(kind, later, limit=10) == [KEY]
    await archive.forget(KEY, "recordings", later)
    await archive.forget(KEY, "transcripts", later)
    assert await archive.due("recordings", later, limit=10) == []
    assert await archive.due("transcripts", later, limit=10) == []
    assert await archive.due("decisions", later, limit=10) == [KEY]
    found = await archive.load(KEY)
    assert found is not None
    assert (found.events, found.transcript_deleted_at) == ([], later)
    assert [record.grade.score for record in found.state.grades] == [0.8]
    words = str([await rows(database, table) for table in tables.metadata.sorted_tables])
    assert "costs writes" not in words
    assert (await archive.find(SessionQuery("acme", status="concluded")))[0].interview_id == "iv-1"


async def test_overdue_pauses_are_found_until_the_interview_goes_on_or_ends(archive: SqlArchive) -> None:
    return_by = BEGAN + timedelta(days=3)
    paused = SessionPaused(turn=1, reason="later", by="candidate", return_by=return_by)
    waits = SessionPaused(turn=1, reason="a person looks")
    back, ended = SessionResumed(turn=1), SessionConcluded(turn=1, by="expiry", reason="late")
    logs = {"paused": (paused,), "waits": (waits,), "back": (paused, back), "ended": (paused, ended)}
    for name, more in logs.items():
        await put(archive, log_of(*WHOLE[:1], *more, key=SessionKey("acme", name)))
    assert await archive.overdue(return_by - timedelta(seconds=1), limit=10) == []
    assert await archive.overdue(return_by, limit=10) == [SessionKey("acme", "paused")]
    found = {row.interview_id: row.return_by for row in await archive.find(SessionQuery("acme"))}
    assert found == {"paused": return_by, "waits": None, "back": None, "ended": None}


async def test_an_interview_that_an_earlier_release_ended_is_not_overdue(
    archive: SqlArchive, database: Database
) -> None:
    return_by = BEGAN + timedelta(days=3)
    paused = SessionPaused(turn=1, reason="later", by="candidate", return_by=return_by)
    ended = SessionConcluded(turn=1, by="expiry", reason="late")
    await put(archive, log_of(*WHOLE[:1], paused, key=SessionKey("acme", "paused")))
    await put(archive, log_of(*WHOLE[:1], paused, ended, key=SessionKey("acme", "ended")))
    left = sa.update(tables.sessions).values(return_by=return_by - timedelta(days=1))
    left = left.where(tables.sessions.c.interview_id == "ended")
    await database.write("test", lambda connection: connection.execute(left))
    assert await archive.overdue(return_by, limit=1) == [SessionKey("acme", "paused")]


async def test_the_audit_log_is_newest_first_by_tenant_and_subject(database: Database) -> None:
    audit = SqlAuditLog(database)
    for number in range(4):
        tenant = "acme" if number < 3 else "rival"
        time = BEGAN + timedelta(days=number)
        await audit.record(AuditEntry(tenant, "key-1", "report.read", f"iv-{number % 2}", {"format": "pdf"}, time))
    assert [entry.time.day for entry in await audit.entries("acme")] == [7, 6, 5]
    assert [entry.time.day for entry in await audit.entries("acme", subject="iv-0", limit=1)] == [7]
    assert len(await audit.entries()) == 4
    assert len(await audit.entries(since=BEGAN + timedelta(days=2))) == 2
    assert await audit.drop_before(BEGAN + timedelta(days=2)) == 2
    assert len(await audit.entries()) == 2


async def test_an_archive_without_a_server_is_unavailable_and_says_nothing_of_the_row(tmp_path: Any) -> None:
    archive = SqlArchive(Database(f"postgresql://nobody@/x?host={tmp_path}"))
    with pytest.raises(StorageUnavailable) as raised:
        await put(archive, log_of())
    assert "Ada" not in str(raised.value)
    await archive.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite"])
def test_a_wrong_url_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError, match="archive"):
        Database(url)


async def test_replicas_that_start_together_migrate_once(archive_url: str) -> None:
    opened = [Database(archive_url) for _ in range(4)]
    await asyncio.gather(*(SqlArchive(database).ping() for database in opened))
    for database in opened:
        await database.close()


def test_two_archives_of_one_process_migrate_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alembic's context is global to a process."""
    engines = [sa.create_engine(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db")]
    alone, upgrade, both = threading.Lock(), schema._upgrade, threading.Barrier(2)

    def watched(connection: sa.Connection) -> None:
        assert alone.acquire(blocking=False), "two migrations at once"
        try:
            upgrade(connection)
        finally:
            alone.release()

    def migrate(engine: sa.Engine) -> str | None:
        both.wait(30)
        bring_up_to_date(engine)
        with engine.connect() as connection:
            return schema.revision(connection)

    monkeypatch.setattr(schema, "_upgrade", watched)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(migrate, engines)) == [HEAD, HEAD]


def test_the_migrations_make_the_tables(archive_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migration_config()).get_heads() == [HEAD]
    engine = sa.create_engine(archive_url.replace("postgresql://", "postgresql+psycopg://"))
    bring_up_to_date(engine)
    with engine.connect() as connection:
        ours = {
            "include_name": lambda name, kind, _: (
                not (name or "").startswith(("session_names", "ix_sessions_candidate_trgm"))
            )
        }
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, tables.metadata) == []
        connection.rollback()
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'of a later release'"))
        connection.commit()
    bring_up_to_date(engine)  # a replica of this release works on, and changes nothing
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "of a later release"
    engine.dispose()


async def test_an_archive_of_an_earlier_schema_is_brought_up_to_date_with_its_rows(archive_url: str) -> None:
    from alembic import command

    engine = sa.create_engine(archive_url.replace("postgresql://", "postgresql+psycopg://"))
    config = migration_config()
    row = projection.session_row(fold(log_of(*WHOLE)), log_of())
    del row["candidate_folded"], row["return_by"]
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(sa.insert(tables.sessions).values(row))
    engine.dispose()
    database = Database(archive_url)
    (found,) = await SqlArchive(database).find(SessionQuery("acme", candidate="LOVELACE"))
    assert found.interview_id == "iv-1"
    await database.close()
