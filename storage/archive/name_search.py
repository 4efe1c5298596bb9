"""Finds interviews by a part of a candidate's name through a trigram index: FTS5 in SQLite, ``pg_trgm`` in PostgreSQL.

Where neither can be created, a search reads every name of the tenant (``NameSearch.SCAN``), and ``interview doctor``
says so. Names are stored without case (``candidate_folded``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from enum import Enum

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from storage.archive.tables import sessions

logger = logging.getLogger(__name__)

#: SQLite's table of trigrams over ``sessions.candidate_folded``, kept by triggers; a writer of any release fills it.
SQLITE_INDEX = "session_names"
POSTGRESQL_INDEX = "ix_sessions_candidate_trgm"

_TRIGRAM = 3
#: The ids of more interviews would cost more than reading the names.
_SELECTIVE_AT_MOST = 2000

_SQLITE = (
    """
    CREATE VIRTUAL TABLE session_names USING fts5(
        candidate_folded, content='sessions', content_rowid='id', tokenize='trigram case_sensitive 1'
    )""",
    """
    CREATE TRIGGER session_names_added AFTER INSERT ON sessions BEGIN
        INSERT INTO session_names(rowid, candidate_folded) VALUES (new.id, new.candidate_folded);
    END""",
    """
    CREATE TRIGGER session_names_deleted AFTER DELETE ON sessions BEGIN
        INSERT INTO session_names(session_names, rowid, candidate_folded)
        VALUES ('delete', old.id, old.candidate_folded);
    END""",
    """
    CREATE TRIGGER session_names_changed AFTER UPDATE OF candidate_folded ON sessions
    WHEN old.candidate_folded IS NOT new.candidate_folded BEGIN
        INSERT INTO session_names(session_names, rowid, candidate_folded)
        VALUES ('delete', old.id, old.candidate_folded);
        INSERT INTO session_names(rowid, candidate_folded) VALUES (new.id, new.candidate_folded);
    END""",
    "INSERT INTO session_names(session_names) VALUES ('rebuild')",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_sessions_candidate_trgm ON sessions USING gin (candidate_folded gin_trgm_ops)",
)

_MATCHING = text("SELECT rowid FROM session_names WHERE session_names MATCH :phrase LIMIT :most")
_MERGE = text("INSERT INTO session_names(session_names) VALUES ('optimize')")


class NameSearch(Enum):
    """How names are searched."""

    INDEX = "index"
    SCAN = "scan"


def name_search(connection: Connection) -> NameSearch:
    """How a search by name works in this database now."""
    if connection.dialect.name == "postgresql":
        found = connection.scalar(text("SELECT to_regclass(:name)"), {"name": POSTGRESQL_INDEX})
    else:
        found = connection.scalar(text("SELECT 1 FROM sqlite_master WHERE name = :name"), {"name": SQLITE_INDEX})
    return NameSearch.SCAN if found is None else NameSearch.INDEX


def create_name_index(connection: Connection) -> NameSearch:
    """Create the index unless it exists. SCAN, with a warning in the log, if the database cannot have it: a SQLite
    before 3.34 or without FTS5, a PostgreSQL whose user may not create the extension ``pg_trgm``."""
    if name_search(connection) is NameSearch.INDEX:
        return NameSearch.INDEX
    statements = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.execute(text(statement))
    except DBAPIError as error:
        logger.warning(
            "searches by name read every name of the tenant, because the trigram index cannot be created: error=%s",
            type(error.orig).__name__,
        )
        return NameSearch.SCAN
    return NameSearch.INDEX


def can_look_up(connection: Connection, part: str) -> bool:
    """Whether ``part``, a folded text, can be looked up: there is an index, and it is no shorter than a trigram."""
    return len(part) >= _TRIGRAM and name_search(connection) is NameSearch.INDEX


def sessions_named(connection: Connection, part: str) -> Sequence[int] | None:
    """The ids of the sessions, of any tenant, whose folded name contains ``part``, which ``can_look_up`` allows.

    None: so many match that the caller must read the names.
    """
    if connection.dialect.name == "postgresql":
        wanted = select(sessions.c.id).where(sessions.c.candidate_folded.contains(part, autoescape=True))
        found = connection.scalars(wanted.limit(_SELECTIVE_AT_MOST + 1)).all()
    else:
        phrase = '"' + part.replace('"', '""') + '"'
        found = connection.scalars(_MATCHING, {"phrase": phrase, "most": _SELECTIVE_AT_MOST + 1}).all()
    return None if len(found) > _SELECTIVE_AT_MOST else found


def forget_deleted_names(connection: Connection) -> None:
    """Merge SQLite's index into one segment, because a deletion leaves the trigrams of the name in the others."""
    if connection.dialect.name == "sqlite" and name_search(connection) is NameSearch.INDEX:
        connection.execute(_MERGE)
