"""Measures the list of interviews: fills an archive with interviews of two tenants, then times each kind of page.

``python -m benchmarks.archive_listing [--interviews 100000] [--url postgresql://…]``; SQLite in a temporary directory
by default. Only the tables that the list reads are filled. Prints one JSON line per query: p50 and p99 in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, create_engine, insert, select, text

from interview.plans.plan import PlanRef
from interview.sessions.session import Candidate, SessionState
from storage.archive.database import Database, driver_url, parsed_url, sqlite_url
from storage.archive.port import SessionQuery
from storage.archive.projection import session_row
from storage.archive.sql import SqlArchive
from storage.archive.tables import reports, sessions

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
PLANS = ("backend-engineer", "data-analyst", "machine-learning-engineer", "customer-success-manager")
BATCH = 5000


def row(number: int, chance: random.Random) -> dict[str, Any]:
    """One interview, every sixth of another tenant, 5 minutes after the one before."""
    began = BEGAN + timedelta(minutes=5 * number)
    state = SessionState(
        interview_id=f"iv-{number}",
        tenant="rival" if number % 6 == 5 else "acme",
        plan=PlanRef(id=chance.choice(PLANS), version="1", digest="0" * 64),
        started_at=began,
        last_updated=began + timedelta(minutes=30),
        status=chance.choices(("concluded", "expired", "active"), (95, 4, 1))[0],
        candidate=Candidate(name=f"Person {number} Example", reference=f"ref-{number // 2}"),
        version=1,
    )
    ended = None if state.status == "active" else state.last_updated
    found = {**session_row(state, ()), "ended_at": ended, "needs_review": chance.random() < 0.1}
    return {**found, "score": round(chance.random(), 3), "turns": 14, "snapshot": found["snapshot"] + " " * 4000}


def fill(connection: Connection, first: int, count: int) -> None:
    chance = random.Random(first)
    rows = [row(number, chance) for number in range(first, first + count)]
    connection.execute(insert(sessions), rows)
    ids = connection.scalars(
        select(sessions.c.id).where(sessions.c.interview_id.in_([r["interview_id"] for r in rows]))
    )
    report = {"version": 1, "ready_at": BEGAN, "final": True, "score": 0.5, "needs_review": False}
    connection.execute(insert(reports), [{"session_id": session_id, **report} for session_id in ids])


def maintain(url: str) -> None:
    """What autovacuum does in time."""
    engine = create_engine(driver_url(parsed_url(url)), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    engine.dispose()


def queries(interviews: int) -> dict[str, SessionQuery]:
    last = BEGAN + timedelta(minutes=5 * interviews)
    return {
        "first page": SessionQuery("acme"),
        "page in the middle": SessionQuery("acme", after=(BEGAN + (last - BEGAN) / 2, "iv-0")),
        "last page": SessionQuery("acme", after=(BEGAN + timedelta(hours=5), "iv-60")),
        "plan and status": SessionQuery("acme", plan=PLANS[1], status="concluded"),
        "active only": SessionQuery("acme", status="active"),
        "needs review, score": SessionQuery("acme", needs_review=True, score_min=0.6, score_max=0.8),
        "a rare score": SessionQuery("acme", score_min=0.9999),
        "dates": SessionQuery("acme", since=BEGAN + timedelta(days=30), until=BEGAN + timedelta(days=31)),
        "reference": SessionQuery("acme", candidate="ref-600"),
        "a name of the first interview": SessionQuery("acme", candidate="person 1 exam"),
        "a name without a match": SessionQuery("acme", candidate="zacharias"),
        "a name that a hundredth share": SessionQuery("acme", candidate="person 77"),
        "a name that all share": SessionQuery("acme", candidate="example"),
        "two letters without a match": SessionQuery("acme", candidate="zq"),
        "200 rows": SessionQuery("acme", limit=200),
    }


async def measure(url: str, interviews: int, repeats: int) -> None:
    database = Database(url, timeout_s=600)
    archive = SqlArchive(database)
    for first in range(0, interviews, BATCH):
        await database.write("fill", partial(fill, first=first, count=min(BATCH, interviews - first)))
    maintain(url)
    for name, query in queries(interviews).items():
        took: list[float] = []
        found = 0
        for _ in range(repeats):
            began = time.perf_counter()
            found = len(await archive.find(query))
            took.append((time.perf_counter() - began) * 1000)
        p99 = statistics.quantiles(took, n=100)[98]
        line = {"query": name, "rows": found, "p50_ms": round(statistics.median(took), 2), "p99_ms": round(p99, 2)}
        sys.stdout.write(msgspec.json.encode({"database": database.dialect, **line}).decode() + "\n")
    await archive.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--url", help="an empty PostgreSQL database; default: SQLite in a temporary directory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        url = arguments.url or sqlite_url(Path(place) / "archive.db")
        asyncio.run(measure(url, arguments.interviews, arguments.repeats))


if __name__ == "__main__":
    main()
