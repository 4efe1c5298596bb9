"""The archive's schema version: applies missing migrations under a lock, and leaves a newer release's schema alone."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from storage.archive.name_search import NameSearch, create_name_index, name_search

logger = logging.getLogger(__name__)

#: The newest revision in ``migrations/versions``; a test compares the two. Alembic, slow to import, is then not needed.
HEAD = "0007"

MIGRATIONS = Path(__file__).parent / "migrations"

#: Any fixed number: the key of PostgreSQL's advisory lock.
_LOCK = 7_246_118

#: Alembic keeps the context of a migration in module globals, so that a process migrates one database at a time. Taken
#: before the database's own lock.
_ONE_AT_A_TIME = threading.Lock()


def bring_up_to_date(engine: Engine) -> None:
    """Apply the missing migrations. Replicas that start together wait for the first one; so do the databases of one
    process.

    A revision that this release does not know belongs to a later release. Migrations only add, so its schema serves.
    """
    with engine.execution_options(write=False).begin() as connection:
        if revision(connection) == HEAD and name_search(connection) is NameSearch.INDEX:
            return
    with _ONE_AT_A_TIME, engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _upgrade(connection)
        if revision(connection) == HEAD:
            create_name_index(connection)  # an operator may have allowed it since the migration


def revision(connection: Connection) -> str | None:
    """The schema's revision; None in an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = migration_config()
    found = revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        logger.warning("the archive has the schema of a later release: revision=%s", found)
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migration_config() -> Any:
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
